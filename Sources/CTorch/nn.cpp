// Layers' operations and losses.
#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/einsum.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/kl_div.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_linear1d.h>
#include <ATen/ops/upsample_nearest1d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include "guard.h"

extern "C" {

ct_tensor *ct_matmul(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::matmul(a->value, b->value); });
}

ct_tensor *ct_einsum(const char *equation, const ct_tensor *const *tensors, int64_t count) {
    return ct::guarded([&] { return at::einsum(equation, ct::tensors(tensors, count)); });
}

ct_tensor *ct_linear(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias) {
    return ct::guarded([&] { return at::linear(x->value, weight->value, ct::optional(bias)); });
}

ct_tensor *ct_layer_norm(const ct_tensor *x, const int64_t *shape, int64_t rank, const ct_tensor *weight,
                         const ct_tensor *bias, double eps) {
    return ct::guarded([&] {
        return at::layer_norm(x->value, ct::list(shape, rank), ct::optional(weight), ct::optional(bias), eps);
    });
}

ct_tensor *ct_batch_norm(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, ct_tensor *running_mean,
                         ct_tensor *running_variance, bool training, double momentum, double eps) {
    return ct::guarded([&] {
        return at::batch_norm(x->value, ct::optional(weight), ct::optional(bias), ct::optional(running_mean),
                              ct::optional(running_variance), training, momentum, eps, /*cudnn_enabled=*/true);
    });
}

ct_tensor *ct_attention(const ct_tensor *q, const ct_tensor *k, const ct_tensor *v, const ct_tensor *mask,
                        double dropout, bool causal, double scale) {
    return ct::guarded([&] {
        return at::scaled_dot_product_attention(q->value, k->value, v->value, ct::optional(mask), dropout, causal, scale);
    });
}

ct_tensor *ct_convolution(int32_t rank, const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias,
                          const int64_t *stride, const int64_t *padding, const int64_t *dilation, int64_t groups) {
    return ct::guarded([&] {
        auto s = ct::list(stride, rank), p = ct::list(padding, rank), d = ct::list(dilation, rank);
        switch (rank) {
        case 1: return at::conv1d(x->value, weight->value, ct::optional(bias), s, p, d, groups);
        case 2: return at::conv2d(x->value, weight->value, ct::optional(bias), s, p, d, groups);
        default: return at::conv3d(x->value, weight->value, ct::optional(bias), s, p, d, groups);
        }
    });
}

ct_tensor *ct_average_pool2d(const ct_tensor *x, int64_t size, int64_t stride) {
    return ct::guarded([&] { return at::avg_pool2d(x->value, {size, size}, {stride, stride}); });
}

ct_tensor *ct_embedding(const ct_tensor *weight, const ct_tensor *indices) {
    return ct::guarded([&] { return at::embedding(weight->value, indices->value); });
}

ct_tensor *ct_softmax(const ct_tensor *x, int64_t axis) {
    return ct::guarded([&] { return at::softmax(x->value, axis); });
}

ct_tensor *ct_log_softmax(const ct_tensor *x, int64_t axis) {
    return ct::guarded([&] { return at::log_softmax(x->value, axis); });
}

ct_tensor *ct_dropout(const ct_tensor *x, double probability) {
    return ct::guarded([&] { return at::dropout(x->value, probability, /*train=*/true); });
}

ct_tensor *ct_cross_entropy(const ct_tensor *logits, const ct_tensor *target, const ct_tensor *weight,
                            int32_t reduction, int64_t ignore_index, double label_smoothing) {
    return ct::guarded([&] {
        return at::cross_entropy_loss(logits->value, target->value, ct::optional(weight), reduction, ignore_index,
                                      label_smoothing);
    });
}

ct_tensor *ct_kl_div(const ct_tensor *log_input, const ct_tensor *target, int32_t reduction, bool log_target) {
    return ct::guarded([&] { return at::kl_div(log_input->value, target->value, reduction, log_target); });
}

ct_tensor *ct_binary_cross_entropy_with_logits(const ct_tensor *logits, const ct_tensor *target, int32_t reduction) {
    return ct::guarded([&] {
        return at::binary_cross_entropy_with_logits(logits->value, target->value, {}, {}, reduction);
    });
}

ct_tensor *ct_mse_loss(const ct_tensor *input, const ct_tensor *target, int32_t reduction) {
    return ct::guarded([&] { return at::mse_loss(input->value, target->value, reduction); });
}

ct_tensor *ct_interpolate(const ct_tensor *x, const int64_t *size, int64_t rank, int32_t mode, bool align_corners,
                          bool antialias) {
    return ct::guarded([&]() -> at::Tensor {
        auto s = ct::list(size, rank);
        switch (mode) {
        case 0: return rank == 1 ? at::upsample_nearest1d(x->value, s) : at::upsample_nearest2d(x->value, s);
        case 1: return at::upsample_linear1d(x->value, s, align_corners);
        case 2:
            return antialias ? at::_upsample_bilinear2d_aa(x->value, s, align_corners)
                             : at::upsample_bilinear2d(x->value, s, align_corners);
        default:
            return antialias ? at::_upsample_bicubic2d_aa(x->value, s, align_corners)
                             : at::upsample_bicubic2d(x->value, s, align_corners);
        }
    });
}

bool ct_lstm(const ct_tensor *x, const ct_tensor *h, const ct_tensor *c, const ct_tensor *const *parameters,
             int64_t count, bool biases, int64_t layers, double dropout, bool training, bool bidirectional,
             ct_tensor **output, ct_tensor **h_out, ct_tensor **c_out) {
    return ct::succeeds([&] {
        auto result = at::lstm(x->value, {h->value, c->value}, ct::tensors(parameters, count), biases, layers, dropout,
                               training, bidirectional, /*batch_first=*/true);
        *output = ct::own(std::get<0>(result));
        *h_out = ct::own(std::get<1>(result));
        *c_out = ct::own(std::get<2>(result));
    });
}

}
