// Errors, threads, devices and modes of the calling thread.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/DeviceAccelerator.h>
#include <torch/version.h>

#include "guard.h"

namespace ct {

std::string &message() {
    thread_local std::string text;
    return text;
}

at::ScalarType scalar_type(ct_dtype dtype) {
    switch (dtype) {
    case CT_FLOAT32: return at::kFloat;
    case CT_FLOAT64: return at::kDouble;
    case CT_FLOAT16: return at::kHalf;
    case CT_BFLOAT16: return at::kBFloat16;
    case CT_INT64: return at::kLong;
    case CT_INT32: return at::kInt;
    case CT_INT16: return at::kShort;
    case CT_INT8: return at::kChar;
    case CT_UINT8: return at::kByte;
    case CT_BOOL: return at::kBool;
    }
    return at::kFloat;
}

int32_t code(at::ScalarType type) {
    switch (type) {
    case at::kFloat: return CT_FLOAT32;
    case at::kDouble: return CT_FLOAT64;
    case at::kHalf: return CT_FLOAT16;
    case at::kBFloat16: return CT_BFLOAT16;
    case at::kLong: return CT_INT64;
    case at::kInt: return CT_INT32;
    case at::kShort: return CT_INT16;
    case at::kChar: return CT_INT8;
    case at::kByte: return CT_UINT8;
    case at::kBool: return CT_BOOL;
    default: return -1;
    }
}

at::Device device(ct_device kind, int32_t index) {
    switch (kind) {
    case CT_CUDA: return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index));
    case CT_MPS: return at::Device(at::kMPS, static_cast<at::DeviceIndex>(index));
    case CT_CPU: break;
    }
    return at::Device(at::kCPU);
}

at::TensorOptions options(ct_dtype dtype, ct_device kind, int32_t index) {
    return at::TensorOptions().dtype(scalar_type(dtype)).device(device(kind, index));
}

}  // namespace ct

extern "C" {

const char *ct_last_error(void) { return ct::message().c_str(); }

const char *ct_version(void) { return TORCH_VERSION; }

bool ct_set_threads(int32_t count) {
    return ct::succeeds([&] { at::set_num_threads(count); });
}

int32_t ct_threads(void) { return at::get_num_threads(); }

bool ct_device_available(ct_device device) {
    switch (device) {
    case CT_CPU: return true;
    case CT_CUDA: return at::hasCUDA();
    case CT_MPS: return at::hasMPS();
    }
    return false;
}

int32_t ct_device_count(ct_device device) {
    switch (device) {
    case CT_CPU: return 1;
    case CT_CUDA: return at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().deviceCount()) : 0;
    case CT_MPS: return at::hasMPS() ? 1 : 0;
    }
    return 0;
}

bool ct_synchronize(ct_device device, int32_t index) {
    return ct::succeeds([&] {
        if (device == CT_CUDA) at::accelerator::synchronizeDevice(static_cast<c10::DeviceIndex>(index));
        if (device == CT_MPS) at::detail::getMPSHooks().deviceSynchronize();
    });
}

bool ct_set_autocast(ct_device device, bool enabled, ct_dtype dtype) {
    return ct::succeeds([&] {
        auto kind = ct::device(device, 0).type();
        at::autocast::set_autocast_enabled(kind, enabled);
        at::autocast::set_autocast_dtype(kind, ct::scalar_type(dtype));
        if (!enabled) at::autocast::clear_cache();
    });
}

bool ct_autocast_enabled(ct_device device) {
    return at::autocast::is_autocast_enabled(ct::device(device, 0).type());
}

int32_t ct_autocast_dtype(ct_device device) {
    return ct::code(at::autocast::get_autocast_dtype(ct::device(device, 0).type()));
}

bool ct_gradient_enabled(void) { return at::GradMode::is_enabled(); }

void ct_set_gradient_enabled(bool enabled) { at::GradMode::set_enabled(enabled); }

}
