// Elementwise arithmetic, comparison and choice.
#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/div.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/floor.h>
#include <ATen/ops/floor_divide.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/le.h>
#include <ATen/ops/log.h>
#include <ATen/ops/logical_and.h>
#include <ATen/ops/logical_not.h>
#include <ATen/ops/logical_or.h>
#include <ATen/ops/lt.h>
#include <ATen/ops/masked_fill.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/remainder.h>
#include <ATen/ops/round.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/where.h>

#include "guard.h"

extern "C" {

ct_tensor *ct_add(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::add(a->value, b->value); });
}

ct_tensor *ct_sub(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::sub(a->value, b->value); });
}

ct_tensor *ct_mul(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::mul(a->value, b->value); });
}

ct_tensor *ct_div(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::div(a->value, b->value); });
}

ct_tensor *ct_maximum(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::maximum(a->value, b->value); });
}

ct_tensor *ct_minimum(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::minimum(a->value, b->value); });
}

ct_tensor *ct_floor_divide(const ct_tensor *a, double b) {
    return ct::guarded([&] { return at::floor_divide(a->value, at::Scalar(b)); });
}

ct_tensor *ct_remainder(const ct_tensor *a, double b) {
    return ct::guarded([&] { return at::remainder(a->value, at::Scalar(b)); });
}

ct_tensor *ct_add_scalar(const ct_tensor *a, double b) {
    return ct::guarded([&] { return at::add(a->value, at::Scalar(b)); });
}

ct_tensor *ct_mul_scalar(const ct_tensor *a, double b) {
    return ct::guarded([&] { return at::mul(a->value, at::Scalar(b)); });
}

ct_tensor *ct_div_scalar(const ct_tensor *a, double b) {
    return ct::guarded([&] { return at::div(a->value, at::Scalar(b)); });
}

ct_tensor *ct_pow_scalar(const ct_tensor *a, double b) {
    return ct::guarded([&] { return at::pow(a->value, at::Scalar(b)); });
}

ct_tensor *ct_neg(const ct_tensor *x) {
    return ct::guarded([&] { return at::neg(x->value); });
}

ct_tensor *ct_exp(const ct_tensor *x) {
    return ct::guarded([&] { return at::exp(x->value); });
}

ct_tensor *ct_log(const ct_tensor *x) {
    return ct::guarded([&] { return at::log(x->value); });
}

ct_tensor *ct_sqrt(const ct_tensor *x) {
    return ct::guarded([&] { return at::sqrt(x->value); });
}

ct_tensor *ct_rsqrt(const ct_tensor *x) {
    return ct::guarded([&] { return at::rsqrt(x->value); });
}

ct_tensor *ct_abs(const ct_tensor *x) {
    return ct::guarded([&] { return at::abs(x->value); });
}

ct_tensor *ct_sin(const ct_tensor *x) {
    return ct::guarded([&] { return at::sin(x->value); });
}

ct_tensor *ct_cos(const ct_tensor *x) {
    return ct::guarded([&] { return at::cos(x->value); });
}

ct_tensor *ct_tanh(const ct_tensor *x) {
    return ct::guarded([&] { return at::tanh(x->value); });
}

ct_tensor *ct_sigmoid(const ct_tensor *x) {
    return ct::guarded([&] { return at::sigmoid(x->value); });
}

ct_tensor *ct_relu(const ct_tensor *x) {
    return ct::guarded([&] { return at::relu(x->value); });
}

ct_tensor *ct_silu(const ct_tensor *x) {
    return ct::guarded([&] { return at::silu(x->value); });
}

ct_tensor *ct_round(const ct_tensor *x) {
    return ct::guarded([&] { return at::round(x->value); });
}

ct_tensor *ct_floor(const ct_tensor *x) {
    return ct::guarded([&] { return at::floor(x->value); });
}

ct_tensor *ct_logical_not(const ct_tensor *x) {
    return ct::guarded([&] { return at::logical_not(x->value); });
}

ct_tensor *ct_isfinite(const ct_tensor *x) {
    return ct::guarded([&] { return at::isfinite(x->value); });
}

ct_tensor *ct_eq(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::eq(a->value, b->value); });
}

ct_tensor *ct_lt(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::lt(a->value, b->value); });
}

ct_tensor *ct_le(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::le(a->value, b->value); });
}

ct_tensor *ct_logical_and(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::logical_and(a->value, b->value); });
}

ct_tensor *ct_logical_or(const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::logical_or(a->value, b->value); });
}

ct_tensor *ct_eq_scalar(const ct_tensor *a, double b) {
    return ct::guarded([&] { return at::eq(a->value, at::Scalar(b)); });
}

ct_tensor *ct_lt_scalar(const ct_tensor *a, double b) {
    return ct::guarded([&] { return at::lt(a->value, at::Scalar(b)); });
}

ct_tensor *ct_gt_scalar(const ct_tensor *a, double b) {
    return ct::guarded([&] { return at::gt(a->value, at::Scalar(b)); });
}

ct_tensor *ct_gelu(const ct_tensor *x, bool tanh_approximation) {
    return ct::guarded([&] { return at::gelu(x->value, tanh_approximation ? "tanh" : "none"); });
}

ct_tensor *ct_clamp(const ct_tensor *x, double minimum, double maximum) {
    return ct::guarded([&] { return at::clamp(x->value, at::Scalar(minimum), at::Scalar(maximum)); });
}

ct_tensor *ct_where(const ct_tensor *condition, const ct_tensor *a, const ct_tensor *b) {
    return ct::guarded([&] { return at::where(condition->value, a->value, b->value); });
}

ct_tensor *ct_masked_fill(const ct_tensor *x, const ct_tensor *mask, double value) {
    return ct::guarded([&] { return at::masked_fill(x->value, mask->value, at::Scalar(value)); });
}

}
