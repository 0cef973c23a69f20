#include "parallel.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <exception>

namespace {

// What compilers call for a parallel region: of the OpenMP library that LibTorch brings, and so with its threads.
using Region = void (*)(void (*work)(void *), void *data, unsigned threads, unsigned flags);

Region region() {
    static const auto found = reinterpret_cast<Region>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
    return found;
}

struct Work {
    const std::function<void(int64_t, int64_t)> &body;
    const int64_t count, step;
    std::atomic<int64_t> next{0};
    std::atomic<bool> has_failed{false};
    std::exception_ptr error{};

    void run() noexcept {
        for (auto begin = next.fetch_add(step); begin < count && !has_failed; begin = next.fetch_add(step)) {
            try {
                body(begin, std::min(begin + step, count));
            } catch (...) {
                if (!has_failed.exchange(true)) error = std::current_exception();
            }
        }
    }
};

}  // namespace

void ct::in_parallel(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)> &body) {
    auto pieces = (count + grain - 1) / grain;
    auto threads = std::min<int64_t>(at::get_num_threads(), pieces);
    if (threads <= 1 || !region() || at::in_parallel_region()) {
        if (count > 0) body(0, count);
        return;
    }
    // A few ranges for each thread even out their speed.
    Work work{body, count, std::max(grain, (count + 4 * threads - 1) / (4 * threads))};
    region()([](void *data) { static_cast<Work *>(data)->run(); }, &work, static_cast<unsigned>(threads), 0);
    if (work.error) std::rethrow_exception(work.error);
}
