// The one place that turns C++ exceptions into a message and a status.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <exception>
#include <string>
#include <vector>

#include "ctorch.h"

struct ct_tensor {
    at::Tensor value;
};

namespace ct {

std::string &message();

inline ct_tensor *own(at::Tensor value) { return new ct_tensor{std::move(value)}; }

template <class F> bool succeeds(F body) noexcept {
    try {
        message().clear();
        body();
        return true;
    } catch (const c10::Error &error) {
        message() = error.what_without_backtrace();
    } catch (const std::exception &error) {
        message() = error.what();
    } catch (...) {
        message() = "unknown C++ exception";
    }
    return false;
}

template <class F> ct_tensor *guarded(F body) noexcept {
    ct_tensor *result = nullptr;
    succeeds([&] { result = own(body()); });
    return result;
}

inline at::IntArrayRef list(const int64_t *items, int64_t count) {
    return at::IntArrayRef(items, static_cast<size_t>(count));
}

inline std::vector<at::Tensor> tensors(const ct_tensor *const *items, int64_t count) {
    std::vector<at::Tensor> result;
    result.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) result.push_back(items[i]->value);
    return result;
}

inline std::optional<at::Tensor> optional(const ct_tensor *tensor) {
    return tensor ? std::optional<at::Tensor>(tensor->value) : std::nullopt;
}

at::ScalarType scalar_type(ct_dtype dtype);
// A type outside of ct_dtype gives -1.
int32_t code(at::ScalarType type);
at::Device device(ct_device kind, int32_t index);
at::TensorOptions options(ct_dtype dtype, ct_device kind, int32_t index);

}  // namespace ct
