// Shape and indexing.
#include <ATen/ops/cat.h>
#include <ATen/ops/chunk.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/masked_select.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/permute.h>
#include <ATen/ops/repeat_interleave.h>
#include <ATen/ops/reshape.h>
#include <ATen/ops/roll.h>
#include <ATen/ops/scatter.h>
#include <ATen/ops/scatter_add.h>
#include <ATen/ops/select.h>
#include <ATen/ops/slice.h>
#include <ATen/ops/squeeze.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/transpose.h>
#include <ATen/ops/tril.h>
#include <ATen/ops/triu.h>
#include <ATen/ops/unsqueeze.h>

#include "guard.h"

extern "C" {

ct_tensor *ct_reshape(const ct_tensor *x, const int64_t *shape, int64_t rank) {
    return ct::guarded([&] { return at::reshape(x->value, ct::list(shape, rank)); });
}

ct_tensor *ct_permute(const ct_tensor *x, const int64_t *axes, int64_t rank) {
    return ct::guarded([&] { return at::permute(x->value, ct::list(axes, rank)); });
}

ct_tensor *ct_transpose(const ct_tensor *x, int64_t a, int64_t b) {
    return ct::guarded([&] { return at::transpose(x->value, a, b); });
}

ct_tensor *ct_unsqueeze(const ct_tensor *x, int64_t axis) {
    return ct::guarded([&] { return at::unsqueeze(x->value, axis); });
}

ct_tensor *ct_squeeze(const ct_tensor *x, int64_t axis) {
    return ct::guarded([&] { return at::squeeze(x->value, axis); });
}

ct_tensor *ct_expand(const ct_tensor *x, const int64_t *shape, int64_t rank) {
    return ct::guarded([&] { return x->value.expand(ct::list(shape, rank)); });
}

bool ct_chunk(const ct_tensor *x, int64_t count, int64_t axis, ct_tensor **results) {
    return ct::succeeds([&] {
        auto parts = at::chunk(x->value, count, axis);
        TORCH_CHECK(static_cast<int64_t>(parts.size()) == count, "there are ", parts.size(), " parts, not ", count);
        for (auto &part : parts) *results++ = ct::own(part);
    });
}

ct_tensor *ct_select(const ct_tensor *x, int64_t axis, int64_t index) {
    return ct::guarded([&] { return at::select(x->value, axis, index); });
}

ct_tensor *ct_slice(const ct_tensor *x, int64_t axis, int64_t start, int64_t end, int64_t step) {
    return ct::guarded([&] { return at::slice(x->value, axis, start, end, step); });
}

ct_tensor *ct_cat(const ct_tensor *const *tensors, int64_t count, int64_t axis) {
    return ct::guarded([&] { return at::cat(ct::tensors(tensors, count), axis); });
}

ct_tensor *ct_stack(const ct_tensor *const *tensors, int64_t count, int64_t axis) {
    return ct::guarded([&] { return at::stack(ct::tensors(tensors, count), axis); });
}

ct_tensor *ct_index_select(const ct_tensor *x, int64_t axis, const ct_tensor *indices) {
    return ct::guarded([&] { return at::index_select(x->value, axis, indices->value); });
}

ct_tensor *ct_gather(const ct_tensor *x, int64_t axis, const ct_tensor *indices) {
    return ct::guarded([&] { return at::gather(x->value, axis, indices->value); });
}

ct_tensor *ct_scatter(const ct_tensor *x, int64_t axis, const ct_tensor *indices, const ct_tensor *source) {
    return ct::guarded([&] { return at::scatter(x->value, axis, indices->value, source->value); });
}

ct_tensor *ct_scatter_add(const ct_tensor *x, int64_t axis, const ct_tensor *indices, const ct_tensor *source) {
    return ct::guarded([&] { return at::scatter_add(x->value, axis, indices->value, source->value); });
}

ct_tensor *ct_masked_select(const ct_tensor *x, const ct_tensor *mask) {
    return ct::guarded([&] { return at::masked_select(x->value, mask->value); });
}

ct_tensor *ct_nonzero(const ct_tensor *x) {
    return ct::guarded([&] { return at::nonzero(x->value); });
}

ct_tensor *ct_flip(const ct_tensor *x, const int64_t *axes, int64_t count) {
    return ct::guarded([&] { return at::flip(x->value, ct::list(axes, count)); });
}

ct_tensor *ct_roll(const ct_tensor *x, int64_t shift, int64_t axis) {
    return ct::guarded([&] { return at::roll(x->value, shift, axis); });
}

ct_tensor *ct_repeat(const ct_tensor *x, const int64_t *repeats, int64_t rank) {
    return ct::guarded([&] { return x->value.repeat(ct::list(repeats, rank)); });
}

ct_tensor *ct_repeat_interleave(const ct_tensor *x, int64_t repeats, int64_t axis) {
    return ct::guarded([&] { return at::repeat_interleave(x->value, repeats, axis); });
}

ct_tensor *ct_tril(const ct_tensor *x, int64_t diagonal) {
    return ct::guarded([&] { return at::tril(x->value, diagonal); });
}

ct_tensor *ct_triu(const ct_tensor *x, int64_t diagonal) {
    return ct::guarded([&] { return at::triu(x->value, diagonal); });
}

ct_tensor *ct_diagonal(const ct_tensor *x, int64_t offset, int64_t a, int64_t b) {
    return ct::guarded([&] { return at::diagonal(x->value, offset, a, b); });
}

ct_tensor *ct_unfold(const ct_tensor *x, int64_t axis, int64_t size, int64_t step) {
    return ct::guarded([&] { return x->value.unfold(axis, size, step); });
}

ct_tensor *ct_pad(const ct_tensor *x, const int64_t *amounts, int64_t count, double value) {
    return ct::guarded([&] { return at::constant_pad_nd(x->value, ct::list(amounts, count), at::Scalar(value)); });
}

}
