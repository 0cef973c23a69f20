// Gradients.
#include <torch/csrc/autograd/autograd.h>

#include "guard.h"

extern "C" {

bool ct_set_requires_gradient(ct_tensor *tensor, bool value) {
    return ct::succeeds([&] { tensor->value.set_requires_grad(value); });
}

bool ct_requires_gradient(const ct_tensor *tensor) { return tensor->value.requires_grad(); }

bool ct_backward(const ct_tensor *loss, const ct_tensor *gradient) {
    return ct::succeeds([&] {
        torch::autograd::backward({loss->value}, gradient ? torch::autograd::variable_list{gradient->value}
                                                          : torch::autograd::variable_list{});
    });
}

ct_tensor *ct_gradient(const ct_tensor *tensor) {
    ct_tensor *result = nullptr;
    ct::succeeds([&] {
        const auto &gradient = tensor->value.grad();
        if (gradient.defined()) result = ct::own(gradient);
    });
    return result;
}

bool ct_clear_gradient(ct_tensor *tensor) {
    return ct::succeeds([&] { tensor->value.mutable_grad() = at::Tensor(); });
}

bool ct_set_gradient(ct_tensor *tensor, const ct_tensor *gradient) {
    return ct::succeeds([&] { tensor->value.mutable_grad() = gradient->value; });
}

bool ct_gradients(const ct_tensor *const *outputs, int64_t count_out, const ct_tensor *const *inputs, int64_t count_in,
                  ct_tensor **results) {
    return ct::succeeds([&] {
        auto gradients = torch::autograd::grad(ct::tensors(outputs, count_out), ct::tensors(inputs, count_in), {},
                                               /*retain_graph=*/std::nullopt, /*create_graph=*/false,
                                               /*allow_unused=*/true);
        for (int64_t i = 0; i < count_in; ++i) {
            auto &gradient = gradients[static_cast<size_t>(i)];
            results[i] = gradient.defined() ? ct::own(gradient) : nullptr;
        }
    });
}

}
