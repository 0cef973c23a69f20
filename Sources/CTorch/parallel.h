// Work that LibTorch's threads share.
#pragma once

#include <cstdint>
#include <functional>

namespace ct {

// Calls body with ranges that together are 0..<count, from as many threads as LibTorch uses; returns when all are done.
//
// Ranges have about `grain` elements or more, and are handed out as threads come for them, so that one that is slow does
// less. What a body throws is thrown here. Bodies run where LibTorch's thread-local settings are unknown.
//
// ATen's own parallel_for is compiled by whoever includes it, and runs on one thread without the compiler's OpenMP.
void in_parallel(int64_t count, int64_t grain, const std::function<void(int64_t begin, int64_t end)> &body);

}  // namespace ct
