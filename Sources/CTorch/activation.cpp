// Activations that keep less for the backward pass than the operations that they are made of.
#include <ATen/ThreadLocalState.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gelu_backward.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/silu_backward.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "guard.h"
#include "parallel.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double quick = 1.702;
// Elements of a piece: a few pieces fit into a core's second-level cache.
constexpr int64_t piece = 1 << 14;

// Calls body with ranges of 0..<count, small ones from several threads on processors, a single one elsewhere.
template <class F> void for_pieces(const at::Tensor &x, F body) {
    auto count = x.numel();
    if (!x.is_cpu()) return body(0, count);
    at::ThreadLocalState state;
    ct::in_parallel(count, piece, [&](int64_t begin, int64_t end) {
        at::ThreadLocalStateGuard settings(state);
        at::NoGradGuard guard;
        for (auto start = begin; start < end; start += piece) body(start, std::min(piece, end - start));
    });
}

// x * sigmoid(1.702 x) with the roundings of the three operations; x is contiguous.
at::Tensor quick_gelu(const at::Tensor &x) {
    auto result = at::empty_like(x);
    auto from = x.detach().view(-1), to = result.view(-1);
    for_pieces(x, [&](int64_t start, int64_t count) {
        auto input = from.narrow(0, start, count), output = to.narrow(0, start, count);
        at::mul_out(output, input, at::scalar_tensor(quick, input.options()));
        output.sigmoid_().mul_(input);
    });
    return result;
}

// x sigmoid(1.702 x) = silu(1.702 x) / 1.702, so its derivative is that of silu at 1.702 x. The result may be the
// gradient itself; all are contiguous.
void quick_gelu_backward(at::Tensor result, const at::Tensor &gradient, const at::Tensor &x) {
    auto to = result.view(-1), above = gradient.detach().view(-1), from = x.detach().view(-1);
    for_pieces(x, [&](int64_t start, int64_t count) {
        auto scaled = from.narrow(0, start, count).mul(quick), output = to.narrow(0, start, count);
        at::silu_backward_out(output, above.narrow(0, start, count), scaled);
    });
}

// The number of rows is said, because nothing tells it where they are empty.
at::Tensor rows(const at::Tensor &x) {
    int64_t count = 1;
    for (int64_t axis = 0; axis + 1 < x.dim(); ++axis) count *= x.size(axis);
    return x.reshape({count, x.size(-1)});
}

struct QuickGELU : torch::autograd::Function<QuickGELU> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &input) {
        auto x = input.contiguous();
        context->save_for_backward({x});
        return quick_gelu(x);
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        auto x = context->get_saved_variables()[0], gradient = gradients[0].contiguous();
        auto result = at::empty_like(x);
        quick_gelu_backward(result, gradient, x);
        return {result};
    }
};

struct ActivatedLinear : torch::autograd::Function<ActivatedLinear> {
    static at::Tensor activation(const at::Tensor &x, bool isQuick) { return isQuick ? quick_gelu(x) : at::gelu(x); }

    static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
                              const std::optional<at::Tensor> &bias, bool isQuick) {
        auto x = input.contiguous();
        context->save_for_backward({x, weight});
        context->saved_data["quick"] = isQuick;
        context->saved_data["bias"] = bias.has_value();
        return at::linear(activation(x, isQuick), weight, bias);
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        auto x = saved[0], weight = saved[1], gradient = rows(gradients[0]);
        auto isQuick = context->saved_data["quick"].toBool();
        at::Tensor byX, byWeight, byBias;
        if (context->needs_input_grad(1)) byWeight = gradient.t().mm(rows(activation(x, isQuick)));
        // A bias that is missing is not counted among the inputs.
        if (context->saved_data["bias"].toBool() && context->needs_input_grad(2)) byBias = gradient.sum(0);
        if (context->needs_input_grad(0)) {
            byX = gradient.mm(weight).view(x.sizes());
            if (isQuick)
                quick_gelu_backward(byX, byX, x);
            else
                byX = at::gelu_backward(byX, x);
        }
        return {byX, byWeight, byBias, {}};
    }
};

}  // namespace

extern "C" {

ct_tensor *ct_quick_gelu(const ct_tensor *x) {
    return ct::guarded([&] { return QuickGELU::apply(x->value); });
}

ct_tensor *ct_activated_linear(const ct_tensor *x, bool quick, const ct_tensor *weight, const ct_tensor *bias) {
    return ct::guarded([&] {
        // Autocast computes in another type than the weight has; then every operation decides on its own.
        auto device = x->value.device().type();
        auto isPlain = x->value.scalar_type() == weight->value.scalar_type() && !at::autocast::is_autocast_enabled(device);
        if (isPlain) return ActivatedLinear::apply(x->value, weight->value, ct::optional(bias), quick);
        auto active = quick ? QuickGELU::apply(x->value) : at::gelu(x->value);
        return at::linear(active, weight->value, ct::optional(bias));
    });
}

}
