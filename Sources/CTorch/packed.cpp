// Linear layers of inference: weights packed once for oneDNN, and 8-bit ones. No gradients.
//
// LibTorch offers these operators to its compiler only, by name: without oneDNN they are not there.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/cpu/Utils.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/max.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/zeros.h>

#if defined(__x86_64__)
#include <cpuinfo.h>
#endif

#include "guard.h"

namespace {

using c10::IValue;

bool exists(const char *name, const char *overload) {
    return c10::Dispatcher::singleton().findSchema({name, overload}).has_value();
}

// A call by values, which the dispatcher checks against the operator's own list of types.
at::Tensor call(const c10::OperatorHandle &operation, std::vector<IValue> arguments) {
    operation.callBoxed(&arguments);
    return arguments.front().toTensor();
}

c10::OperatorHandle find(const char *name, const char *overload) {
    return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
}

const char *name(ct_activation activation) {
    switch (activation) {
    case CT_GELU: return "gelu";
    case CT_SWISH: return "swish";
    case CT_IDENTITY: break;
    }
    return "none";
}

IValue no_scalars() { return c10::List<std::optional<at::Scalar>>(); }

// The exact GELU is the one "without approximation".
IValue algorithm(ct_activation activation) { return std::string(activation == CT_GELU ? "none" : ""); }

IValue optional(const ct_tensor *tensor) { return tensor ? IValue(tensor->value) : IValue(); }

IValue element(ct_dtype dtype) { return static_cast<int64_t>(ct::scalar_type(dtype)); }

constexpr int64_t probe = 16;

void check_is_sum(const at::Tensor &result) {
    TORCH_CHECK(result.to(at::kFloat).sub(probe).abs().max().item<float>() == 0, "a product of ones is not their number");
}

// Whether a product of ones comes out: what was compiled in may still be refused by oneDNN on this machine.
bool multiplies(at::ScalarType type) {
    return ct::succeeds([&] {
        auto ones = at::ones({probe, probe}, type);
        auto packed = call(find("mkldnn::_reorder_linear_weight", ""), {ones, probe});
        check_is_sum(call(find("mkldnn::_linear_pointwise", ""), {ones, packed, IValue(), std::string("none"),
                                                                 no_scalars(), std::string()}));
    });
}

bool multiplies_bytes() {
    return ct::succeeds([] {
        auto bytes = at::ones({probe, probe}, at::kByte), weight = at::ones({probe, probe}, at::kChar);
        auto packed = call(find("onednn::qlinear_prepack", ""), {weight, c10::List<int64_t>({probe, probe})});
        check_is_sum(call(find("onednn::qlinear_pointwise", ""),
                          {bytes, 1.0, int64_t(0), packed, at::ones({probe}), at::zeros({probe}, at::kLong), IValue(),
                           1.0, int64_t(0), element(CT_FLOAT32), std::string("none"), no_scalars(), std::string()}));
    });
}

bool has_bfloat16_products() {
#if defined(__x86_64__)
    return cpuinfo_initialize() && (cpuinfo_has_x86_avx512bf16() || cpuinfo_has_x86_amx_bf16());
#else
    return false;
#endif
}

}  // namespace

extern "C" {

bool ct_has_packed_linear(void) {
    static const bool has = exists("mkldnn::_linear_pointwise", "binary") && multiplies(at::kFloat);
    return has;
}

bool ct_has_quantized_linear(void) {
    static const bool has = at::cpu::is_avx512_vnni_supported() && exists("onednn::qlinear_pointwise", "binary") &&
                            multiplies_bytes();
    return has;
}

bool ct_has_bfloat16_units(void) {
    static const bool has = has_bfloat16_products() && ct_has_packed_linear() && multiplies(at::kBFloat16);
    return has;
}

ct_tensor *ct_pack_linear(const ct_tensor *weight, int64_t rows) {
    return ct::guarded([&] {
        static const auto operation = find("mkldnn::_reorder_linear_weight", "");
        return call(operation, {weight->value.detach().contiguous(), rows});
    });
}

ct_tensor *ct_packed_linear(const ct_tensor *x, const ct_tensor *packed, const ct_tensor *bias,
                            ct_activation activation) {
    return ct::guarded([&] {
        static const auto operation = find("mkldnn::_linear_pointwise", "");
        return call(operation, {x->value, packed->value, optional(bias), std::string(name(activation)), no_scalars(),
                                algorithm(activation)});
    });
}

ct_tensor *ct_packed_linear_add(const ct_tensor *x, const ct_tensor *packed, const ct_tensor *bias,
                                const ct_tensor *other) {
    return ct::guarded([&] {
        static const auto operation = find("mkldnn::_linear_pointwise", "binary");
        return call(operation, {x->value, other->value, packed->value, optional(bias), std::string("add")});
    });
}

ct_tensor *ct_pack_quantized_linear(const ct_tensor *weight, int64_t rows) {
    return ct::guarded([&] {
        static const auto operation = find("onednn::qlinear_prepack", "");
        auto shape = c10::List<int64_t>({rows, weight->value.size(1)});
        return call(operation, {weight->value.contiguous(), shape});
    });
}

ct_tensor *ct_quantized_linear(const ct_tensor *x, ct_grid grid, const ct_tensor *packed, const ct_tensor *scales,
                               const ct_tensor *zeros, const ct_tensor *bias, ct_activation activation,
                               ct_dtype output, ct_grid output_grid) {
    return ct::guarded([&] {
        static const auto operation = find("onednn::qlinear_pointwise", "");
        return call(operation, {x->value, grid.scale, grid.zero, packed->value, scales->value, zeros->value,
                                optional(bias), output_grid.scale, output_grid.zero, element(output),
                                std::string(name(activation)), no_scalars(), algorithm(activation)});
    });
}

bool ct_quantized_linear_add(const ct_tensor *x, ct_grid grid, const ct_tensor *packed, const ct_tensor *scales,
                             const ct_tensor *zeros, const ct_tensor *bias, ct_tensor *sum) {
    return ct::succeeds([&] {
        static const auto operation = find("onednn::qlinear_pointwise", "binary");
        auto result = call(operation, {x->value, grid.scale, grid.zero, packed->value, scales->value, zeros->value,
                                       sum->value, optional(bias), 1.0, int64_t(0), element(CT_FLOAT32), 1.0,
                                       int64_t(0), std::string("sum"), 1.0, std::string("none"), no_scalars(),
                                       std::string()});
        TORCH_CHECK(result.is_same(sum->value) || result.data_ptr() == sum->value.data_ptr(),
                    "the sum was not written in place");
    });
}

}
