// Making, reading and moving tensors.
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/core/grad_mode.h>

#include <cstring>

#include "guard.h"

extern "C" {

void ct_free(ct_tensor *tensor) { delete tensor; }

ct_tensor *ct_from_bytes(const void *data, int64_t byte_count, const int64_t *shape, int64_t rank, ct_dtype dtype) {
    return ct::guarded([&] {
        auto result = at::empty(ct::list(shape, rank), ct::options(dtype, CT_CPU, 0));
        TORCH_CHECK(result.nbytes() == static_cast<size_t>(byte_count), "from_bytes: ", byte_count, " bytes given, ",
                    result.nbytes(), " needed");
        if (byte_count > 0) std::memcpy(result.data_ptr(), data, static_cast<size_t>(byte_count));
        return result;
    });
}

ct_tensor *ct_from_memory(void *data, const int64_t *shape, const int64_t *strides, int64_t rank, ct_dtype dtype,
                          void (*release)(void *), void *context) {
    bool taken = false;
    auto result = ct::guarded([&] {
        auto tensor = at::from_blob(
            data, ct::list(shape, rank), ct::list(strides, rank), [release, context](void *) { release(context); },
            ct::options(dtype, CT_CPU, 0));
        taken = true;
        return tensor;
    });
    if (!taken) release(context);
    return result;
}

ct_tensor *ct_full(const int64_t *shape, int64_t rank, double value, ct_dtype dtype, ct_device device, int32_t index) {
    return ct::guarded([&] { return at::full(ct::list(shape, rank), value, ct::options(dtype, device, index)); });
}

ct_tensor *ct_arange(double start, double end, double step, ct_dtype dtype, ct_device device, int32_t index) {
    return ct::guarded([&] { return at::arange(start, end, step, ct::options(dtype, device, index)); });
}

ct_tensor *ct_eye(int64_t n, ct_dtype dtype, ct_device device, int32_t index) {
    return ct::guarded([&] { return at::eye(n, ct::options(dtype, device, index)); });
}

int64_t ct_rank(const ct_tensor *tensor) { return tensor->value.dim(); }

void ct_shape(const ct_tensor *tensor, int64_t *out) {
    auto sizes = tensor->value.sizes();
    std::copy(sizes.begin(), sizes.end(), out);
}

void ct_strides(const ct_tensor *tensor, int64_t *out) {
    auto strides = tensor->value.strides();
    std::copy(strides.begin(), strides.end(), out);
}

int32_t ct_dtype_of(const ct_tensor *tensor) { return ct::code(tensor->value.scalar_type()); }

ct_device ct_device_of(const ct_tensor *tensor, int32_t *index) {
    auto device = tensor->value.device();
    *index = device.has_index() ? device.index() : 0;
    if (device.is_cuda()) return CT_CUDA;
    if (device.is_mps()) return CT_MPS;
    return CT_CPU;
}

bool ct_is_contiguous(const ct_tensor *tensor) { return tensor->value.is_contiguous(); }

void *ct_data(const ct_tensor *tensor) {
    void *address = nullptr;
    ct::succeeds([&] { address = tensor->value.data_ptr(); });
    return address;
}

ct_tensor *ct_to(const ct_tensor *tensor, ct_dtype dtype, ct_device device, int32_t index) {
    return ct::guarded([&] { return tensor->value.to(ct::options(dtype, device, index)); });
}

ct_tensor *ct_contiguous(const ct_tensor *tensor) {
    return ct::guarded([&] { return tensor->value.contiguous(); });
}

ct_tensor *ct_clone(const ct_tensor *tensor) {
    return ct::guarded([&] { return tensor->value.clone(); });
}

ct_tensor *ct_detach(const ct_tensor *tensor) {
    return ct::guarded([&] { return tensor->value.detach(); });
}

bool ct_copy_into(ct_tensor *target, const ct_tensor *source) {
    return ct::succeeds([&] {
        at::NoGradGuard guard;
        target->value.copy_(source->value);
    });
}

bool ct_fill(ct_tensor *target, double value) {
    return ct::succeeds([&] {
        at::NoGradGuard guard;
        target->value.fill_(value);
    });
}

}
