// Counting the bytes of tensors on the CPU.
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <algorithm>
#include <memory>

#include "guard.h"

namespace {

// Hears of each piece of memory that LibTorch's CPU allocator takes and frees for the thread that it is set for.
struct Counter : c10::MemoryReportingInfoBase {
    int64_t live = 0;
    int64_t peak = 0;

    void reportMemoryUsage(void *, int64_t size, size_t, size_t, c10::Device device) override {
        if (!device.is_cpu()) return;
        live += size;
        peak = std::max(peak, live);
    }

    bool memoryProfilingEnabled() const override { return true; }
};

}  // namespace

struct ct_memory_meter {
    std::shared_ptr<Counter> counter = std::make_shared<Counter>();
    c10::DebugInfoGuard guard{c10::DebugInfoKind::PROFILER_STATE, counter};
};

extern "C" {

ct_memory_meter *ct_memory_meter_start(void) {
    ct_memory_meter *meter = nullptr;
    ct::succeeds([&] { meter = new ct_memory_meter; });
    return meter;
}

int64_t ct_memory_meter_peak(const ct_memory_meter *meter) { return meter->counter->peak; }

int64_t ct_memory_meter_live(const ct_memory_meter *meter) { return meter->counter->live; }

void ct_memory_meter_stop(ct_memory_meter *meter) { delete meter; }

void ct_keep_memory(void) {
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
}

}
