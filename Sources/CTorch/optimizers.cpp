// Optimiser steps, in place, by LibTorch's fused kernels.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>

#include "guard.h"

extern "C" {

bool ct_adamw_step(ct_tensor *const *parameters, ct_tensor *const *gradients, ct_tensor *const *averages,
                   ct_tensor *const *squares, ct_tensor *const *steps, int64_t count, double learning_rate,
                   double beta1, double beta2, double weight_decay, double eps) {
    return ct::succeeds([&] {
        at::NoGradGuard guard;
        auto counters = ct::tensors(steps, count);
        for (auto &counter : counters) counter.add_(1);
        at::_fused_adamw_(ct::tensors(parameters, count), ct::tensors(gradients, count), ct::tensors(averages, count),
                          ct::tensors(squares, count), /*max_exp_avg_sqs=*/{}, counters, learning_rate, beta1, beta2,
                          weight_decay, eps, /*amsgrad=*/false, /*maximize=*/false);
    });
}

bool ct_adam_step(ct_tensor *const *parameters, ct_tensor *const *gradients, ct_tensor *const *averages,
                  ct_tensor *const *squares, ct_tensor *const *steps, int64_t count, double learning_rate, double beta1,
                  double beta2, double weight_decay, double eps) {
    return ct::succeeds([&] {
        at::NoGradGuard guard;
        auto counters = ct::tensors(steps, count);
        for (auto &counter : counters) counter.add_(1);
        at::_fused_adam_(ct::tensors(parameters, count), ct::tensors(gradients, count), ct::tensors(averages, count),
                         ct::tensors(squares, count), /*max_exp_avg_sqs=*/{}, counters, learning_rate, beta1, beta2,
                         weight_decay, eps, /*amsgrad=*/false, /*maximize=*/false);
    });
}

bool ct_sgd_step(ct_tensor *const *parameters, ct_tensor *const *gradients, ct_tensor *const *momenta, int64_t count,
                 double learning_rate, double momentum, double dampening, double weight_decay, bool nesterov,
                 bool first_step) {
    return ct::succeeds([&] {
        at::NoGradGuard guard;
        at::_fused_sgd_(ct::tensors(parameters, count), ct::tensors(gradients, count),
                        momentum == 0 ? std::vector<at::Tensor>{} : ct::tensors(momenta, count), weight_decay, momentum,
                        learning_rate, dampening, nesterov, /*maximize=*/false, first_step);
    });
}

bool ct_clip_gradients(ct_tensor *const *gradients, int64_t count, double max_norm, double *norm) {
    return ct::succeeds([&] {
        at::NoGradGuard guard;
        auto all = ct::tensors(gradients, count);
        *norm = 0;
        if (all.empty()) return;
        auto total = at::linalg_vector_norm(at::stack(at::_foreach_norm(all, 2)), 2).item<double>();
        *norm = total;
        auto factor = max_norm / (total + 1e-6);
        if (factor < 1) at::_foreach_mul_(all, factor);
    });
}

bool ct_lerp(ct_tensor *const *targets, ct_tensor *const *sources, int64_t count, double weight) {
    return ct::succeeds([&] {
        at::NoGradGuard guard;
        if (count > 0) at::_foreach_lerp_(ct::tensors(targets, count), ct::tensors(sources, count), weight);
    });
}

bool ct_unscale_gradients(ct_tensor *const *gradients, int64_t count, double factor, bool *finite) {
    return ct::succeeds([&] {
        at::NoGradGuard guard;
        *finite = true;
        for (auto &gradient : ct::tensors(gradients, count)) {
            *finite = *finite && at::isfinite(gradient).all().item<bool>();
            gradient.mul_(factor);
        }
    });
}

}
