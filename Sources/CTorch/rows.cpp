// Kernels of inference over rows: norm, 8-bit rounding, attention. One pass over memory each; no gradients.
#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "guard.h"

// The compiler makes a version of a function for each of these instruction sets; the first call chooses.
#if defined(__x86_64__) && defined(__linux__)
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORIZED
#endif

namespace {

constexpr int64_t lanes = 32;

// Lane by lane, because the order of a sum may not be changed by the compiler.
VECTORIZED float sum(const float *x, int64_t count) {
    float partial[lanes] = {};
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int64_t lane = 0; lane < lanes; ++lane) partial[lane] += x[i + lane];
    float total = 0;
    for (; i < count; ++i) total += x[i];
    for (float part : partial) total += part;
    return total;
}

VECTORIZED float sum_of_squares(const float *x, int64_t count, float mean) {
    float partial[lanes] = {};
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int64_t lane = 0; lane < lanes; ++lane) {
            auto distance = x[i + lane] - mean;
            partial[lane] += distance * distance;
        }
    float total = 0;
    for (; i < count; ++i) total += (x[i] - mean) * (x[i] - mean);
    for (float part : partial) total += part;
    return total;
}

VECTORIZED float largest(const float *x, int64_t count) {
    float partial[lanes];
    std::fill(partial, partial + lanes, -INFINITY);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int64_t lane = 0; lane < lanes; ++lane) partial[lane] = x[i + lane] > partial[lane] ? x[i + lane] : partial[lane];
    float result = -INFINITY;
    for (; i < count; ++i) result = std::max(result, x[i]);
    for (float part : partial) result = std::max(result, part);
    return result;
}

VECTORIZED void standardize(const float *x, int64_t count, float mean, float factor, float *y) {
    for (int64_t i = 0; i < count; ++i) y[i] = (x[i] - mean) * factor;
}

VECTORIZED void affine(float *y, int64_t count, const float *weight, const float *bias) {
    for (int64_t i = 0; i < count; ++i) y[i] = y[i] * weight[i] + bias[i];
}

VECTORIZED void scaled(const float *x, int64_t count, float factor, float *y) {
    for (int64_t i = 0; i < count; ++i) y[i] = x[i] * factor;
}

VECTORIZED void rounded(const float *x, int64_t count, float inverse, float zero, uint8_t *y) {
    for (int64_t i = 0; i < count; ++i) {
        auto value = x[i] * inverse + zero;
        value = value < 0.0f ? 0.0f : value > 255.0f ? 255.0f : value;
        y[i] = static_cast<uint8_t>(static_cast<int32_t>(value + 0.5f));
    }
}

VECTORIZED void halved(const float *x, int64_t count, uint16_t *y) {
    for (int64_t i = 0; i < count; ++i) {
        uint32_t bits;
        std::memcpy(&bits, x + i, sizeof bits);
        y[i] = static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);  // nearest, halves to even
    }
}

// exp(factor (x - above)) for every x, none of which lies above, and their sum: 2^n times a polynomial of degree 6 of
// the rest, within 2e-7 of the value. Source: Cephes, expf.
VECTORIZED float exponentials(float *x, int64_t count, float factor, float above) {
    float partial[lanes] = {};
    auto one = [&](float value) __attribute__((always_inline)) {
        auto exponent = (value - above) * factor;
        exponent = exponent < -87.0f ? -87.0f : exponent;
        auto power = static_cast<float>(static_cast<int32_t>(exponent * 1.44269504088896341f - 0.5f));
        auto rest = exponent - power * 0.693359375f + power * 2.12194440e-4f;
        auto series = 1.9875691500e-4f;
        series = series * rest + 1.3981999507e-3f;
        series = series * rest + 8.3334519073e-3f;
        series = series * rest + 4.1665795894e-2f;
        series = series * rest + 1.6666665459e-1f;
        series = series * rest + 5.0000001201e-1f;
        series = series * rest * rest + rest + 1.0f;
        auto bits = static_cast<uint32_t>(static_cast<int32_t>(power) + 127) << 23;
        float scale;
        std::memcpy(&scale, &bits, sizeof scale);
        return series * scale;
    };
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int64_t lane = 0; lane < lanes; ++lane) {
            auto value = one(x[i + lane]);
            x[i + lane] = value;
            partial[lane] += value;
        }
    float total = 0;
    for (; i < count; ++i) {
        x[i] = one(x[i]);
        total += x[i];
    }
    for (float part : partial) total += part;
    return total;
}

VECTORIZED void transposed(const float *x, int64_t stride, int64_t rows, int64_t columns, float *y) {
    constexpr int64_t side = 16;
    for (int64_t r = 0; r < rows; r += side)
        for (int64_t c = 0; c < columns; ++c)
            for (int64_t i = r; i < std::min(r + side, rows); ++i) y[c * rows + i] = x[i * stride + c];
}

// Where rows of a result go, and as what.
struct Output {
    at::Tensor tensor;
    float inverse, zero;

    Output(at::IntArrayRef shape, ct_dtype dtype, ct_grid grid)
        : tensor(at::empty(shape, at::TensorOptions().dtype(ct::scalar_type(dtype)))),
          inverse(static_cast<float>(1 / grid.scale)), zero(static_cast<float>(grid.zero)) {
        TORCH_CHECK(dtype == CT_FLOAT32 || dtype == CT_BFLOAT16 || dtype == CT_UINT8, "an output of another type");
    }

    // Writes values from a place on, given as the number of elements before it.
    void write(const float *values, int64_t count, int64_t place) const {
        auto to = static_cast<char *>(tensor.data_ptr()) + place * tensor.element_size();
        switch (tensor.scalar_type()) {
        case at::kByte: return rounded(values, count, inverse, zero, reinterpret_cast<uint8_t *>(to));
        case at::kBFloat16: return halved(values, count, reinterpret_cast<uint16_t *>(to));
        default: std::memcpy(to, values, static_cast<size_t>(count) * sizeof(float));
        }
    }
};

const float *floats(const at::Tensor &x, const char *what) {
    TORCH_CHECK(x.is_cpu() && x.scalar_type() == at::kFloat, what, ": float32 on the CPU is needed");
    return x.const_data_ptr<float>();
}

const float *floats(const ct_tensor *x, int64_t count) {
    if (!x) return nullptr;
    TORCH_CHECK(x->value.numel() == count && x->value.is_contiguous(), "normalized: ", count, " weights are needed");
    return floats(x->value, "normalized");
}

// Queries, keys or values: tokens [B, N, h d] whose last axis has no gaps.
struct Tokens {
    const float *data;
    int64_t batch, row;

    explicit Tokens(const at::Tensor &x) : data(floats(x, "attention")), batch(x.stride(0)), row(x.stride(1)) {
        TORCH_CHECK(x.dim() == 3 && x.stride(2) == 1, "attention: rows without gaps are needed");
    }
};

constexpr int64_t query_rows = 64;

// One head of one sequence; what is said of shapes is in attention() below.
struct Head {
    const float *queries, *keys, *values;
    int64_t query_stride, key_stride, value_stride, count, seen, width;

    void attend(const Output &output, int64_t place, int64_t row, std::vector<float> &scratch) const {
        scratch.resize(static_cast<size_t>(width * seen + query_rows * (seen + width)));
        auto turned = scratch.data(), weights = turned + width * seen, mixed = weights + query_rows * seen;
        auto factor = 1 / std::sqrt(static_cast<float>(width));
        transposed(keys, key_stride, seen, width, turned);
        for (int64_t start = 0; start < count; start += query_rows) {
            auto rows = std::min(query_rows, count - start);
            at::native::cpublas::brgemm(rows, seen, width, query_stride, seen, seen, false,
                                        queries + start * query_stride, turned, weights);
            float sums[query_rows];
            for (int64_t i = 0; i < rows; ++i) {
                auto line = weights + i * seen;
                sums[i] = exponentials(line, seen, factor, largest(line, seen));
            }
            at::native::cpublas::brgemm(rows, width, seen, seen, value_stride, width, false, weights, values, mixed);
            for (int64_t i = 0; i < rows; ++i) {
                auto line = mixed + i * width;
                scaled(line, width, 1 / sums[i], line);
                output.write(line, width, place + (start + i) * row);
            }
        }
    }
};

}  // namespace

extern "C" {

bool ct_has_row_attention(void) {
    static const bool works = ct::succeeds([] {
        float a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8}, c[4] = {};
        at::native::cpublas::brgemm(2, 2, 2, 2, 2, 2, false, a, b, c);
        TORCH_CHECK(c[0] == 19 && c[3] == 50, "brgemm");
    });
    return works;
}

ct_tensor *ct_normalized_rows(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, double eps,
                              ct_dtype dtype, ct_grid grid) {
    return ct::guarded([&] {
        auto input = x->value.contiguous();
        auto from = floats(input, "normalized");
        auto width = input.size(-1), rows = input.numel() / std::max<int64_t>(width, 1);
        auto scale = floats(weight, width), shift = floats(bias, width);
        Output output(input.sizes(), dtype, grid);
        at::parallel_for(0, rows, std::max<int64_t>(1, 16384 / std::max<int64_t>(width, 1)), [&](int64_t begin, int64_t end) {
            std::vector<float> line(static_cast<size_t>(width));
            for (auto row = begin; row < end; ++row) {
                auto values = from + row * width;
                auto mean = sum(values, width) / static_cast<float>(width);
                auto variance = sum_of_squares(values, width, mean) / static_cast<float>(width);
                standardize(values, width, mean, 1 / std::sqrt(variance + static_cast<float>(eps)), line.data());
                if (scale && shift) affine(line.data(), width, scale, shift);
                output.write(line.data(), width, row * width);
            }
        });
        return output.tensor;
    });
}

ct_tensor *ct_quantized_rows(const ct_tensor *x, ct_grid grid) {
    return ct::guarded([&] {
        auto input = x->value.contiguous();
        auto from = floats(input, "quantized");
        Output output(input.sizes(), CT_UINT8, grid);
        at::parallel_for(0, input.numel(), 16384,
                         [&](int64_t begin, int64_t end) { output.write(from + begin, end - begin, begin); });
        return output.tensor;
    });
}

ct_tensor *ct_row_attention(const ct_tensor *q, const ct_tensor *k, const ct_tensor *v, int64_t heads, ct_dtype dtype,
                            ct_grid grid) {
    return ct::guarded([&] {
        Tokens queries(q->value), keys(k->value), values(v->value);
        auto batch = q->value.size(0), count = q->value.size(1), full = q->value.size(2), seen = k->value.size(1);
        TORCH_CHECK(heads > 0 && full % heads == 0 && k->value.sizes() == v->value.sizes() &&
                        k->value.size(0) == batch && k->value.size(2) == full && seen > 0,
                    "attention: ", q->value.sizes(), ", ", k->value.sizes(), ", ", v->value.sizes());
        auto width = full / heads;
        Output output({batch, count, full}, dtype, grid);
        at::parallel_for(0, batch * heads, 1, [&](int64_t begin, int64_t end) {
            std::vector<float> scratch;
            for (auto item = begin; item < end; ++item) {
                auto b = item / heads, column = item % heads * width;
                Head head{queries.data + b * queries.batch + column, keys.data + b * keys.batch + column,
                          values.data + b * values.batch + column, queries.row, keys.row, values.row, count, seen, width};
                head.attend(output, b * count * full + column, full, scratch);
            }
        });
        return output.tensor;
    });
}

}
