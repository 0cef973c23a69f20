// Reductions, order and search.
#include <ATen/ops/all.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/amin.h>
#include <ATen/ops/any.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/argmin.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/cumsum.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/var.h>

#include "guard.h"

extern "C" {

ct_tensor *ct_sum(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep) {
    return ct::guarded([&] { return at::sum(x->value, ct::list(axes, count), keep); });
}

ct_tensor *ct_mean(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep) {
    return ct::guarded([&] { return at::mean(x->value, ct::list(axes, count), keep); });
}

ct_tensor *ct_amax(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep) {
    return ct::guarded([&] { return at::amax(x->value, ct::list(axes, count), keep); });
}

ct_tensor *ct_amin(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep) {
    return ct::guarded([&] { return at::amin(x->value, ct::list(axes, count), keep); });
}

ct_tensor *ct_norm(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep) {
    return ct::guarded([&] { return at::linalg_vector_norm(x->value, 2, ct::list(axes, count), keep); });
}

ct_tensor *ct_logsumexp(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep) {
    return ct::guarded([&] { return at::logsumexp(x->value, ct::list(axes, count), keep); });
}

ct_tensor *ct_variance(const ct_tensor *x, const int64_t *axes, int64_t count, bool unbiased, bool keep) {
    return ct::guarded([&] { return at::var(x->value, ct::list(axes, count), unbiased, keep); });
}

ct_tensor *ct_argmax(const ct_tensor *x, int64_t axis, bool keep) {
    return ct::guarded([&] { return at::argmax(x->value, axis, keep); });
}

ct_tensor *ct_argmin(const ct_tensor *x, int64_t axis, bool keep) {
    return ct::guarded([&] { return at::argmin(x->value, axis, keep); });
}

ct_tensor *ct_cumsum(const ct_tensor *x, int64_t axis) {
    return ct::guarded([&] { return at::cumsum(x->value, axis); });
}

ct_tensor *ct_all(const ct_tensor *x) {
    return ct::guarded([&] { return at::all(x->value); });
}

ct_tensor *ct_any(const ct_tensor *x) {
    return ct::guarded([&] { return at::any(x->value); });
}

bool ct_topk(const ct_tensor *x, int64_t k, int64_t axis, ct_tensor **values, ct_tensor **indices) {
    return ct::succeeds([&] {
        auto result = at::topk(x->value, k, axis);
        *values = ct::own(std::get<0>(result));
        *indices = ct::own(std::get<1>(result));
    });
}

ct_tensor *ct_argsort(const ct_tensor *x, int64_t axis, bool descending) {
    return ct::guarded([&] { return at::argsort(x->value, /*stable=*/true, axis, descending); });
}

}
