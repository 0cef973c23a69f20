// Kernels of inference over rows: norm, 8-bit rounding, attention. One pass over memory each; no gradients.
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sub.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "guard.h"
#include "parallel.h"

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

VECTORIZED void transposed(const uint32_t *x, int64_t stride, int64_t rows, int64_t columns, uint32_t *y) {
    constexpr int64_t side = 16;
    for (int64_t r = 0; r < rows; r += side)
        for (int64_t c = 0; c < columns; ++c)
            for (int64_t i = r; i < std::min(r + side, rows); ++i) y[c * rows + i] = x[i * stride + c];
}

void transposed(const float *x, int64_t stride, int64_t rows, int64_t columns, float *y) {
    transposed(reinterpret_cast<const uint32_t *>(x), stride, rows, columns, reinterpret_cast<uint32_t *>(y));
}

// Two rows of 16-bit numbers become one of pairs.
VECTORIZED void paired(const uint16_t *x, int64_t stride, int64_t rows, int64_t columns, uint32_t *y) {
    for (int64_t r = 0; r + 1 < rows; r += 2)
        for (int64_t c = 0; c < columns; ++c)
            y[r / 2 * columns + c] = x[r * stride + c] | static_cast<uint32_t>(x[(r + 1) * stride + c]) << 16;
    if (rows % 2 == 0) return;
    for (int64_t c = 0; c < columns; ++c) y[rows / 2 * columns + c] = x[(rows - 1) * stride + c];
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

const float *floats(const ct_tensor *x, int64_t count) {
    if (!x) return nullptr;
    auto &weight = x->value;
    TORCH_CHECK(weight.numel() == count && weight.is_contiguous() && weight.is_cpu() && weight.scalar_type() == at::kFloat,
                "rows: ", count, " float32 weights on the CPU are needed");
    return weight.const_data_ptr<float>();
}

const float *floats(const at::Tensor &x) {
    TORCH_CHECK(x.is_cpu() && x.scalar_type() == at::kFloat, "rows: float32 on the CPU is needed");
    return x.const_data_ptr<float>();
}

using Half = at::BFloat16;
// The most queries at once: their scores stay in a core's first-level cache.
constexpr int64_t query_rows = 40;

// Memory that is used again for each head.
struct Scratch {
    std::vector<float> turned, weights, mixed;
    std::vector<uint32_t> keys, values;
    std::vector<uint16_t> halves;
};

// The distance of rows of scores: whole lanes, so that no element is computed by itself.
int64_t padded(int64_t seen) { return (seen + lanes - 1) / lanes * lanes; }

// Queries, keys or values of one head: rows of a wider matrix.
template <class T> struct Rows {
    const T *data;
    int64_t stride;
};

// The two products of a head's attention, with keys and values arranged for them.
template <class T> struct Products;

template <> struct Products<float> {
    Rows<float> values;
    int64_t seen, width;
    Scratch &scratch;

    Products(Rows<float> keys, Rows<float> values, int64_t seen, int64_t width, Scratch &scratch)
        : values(values), seen(seen), width(width), scratch(scratch) {
        scratch.turned.resize(static_cast<size_t>(width * seen));
        transposed(keys.data, keys.stride, seen, width, scratch.turned.data());
    }

    void scores(Rows<float> queries, int64_t rows, float *result) const {
        at::native::cpublas::brgemm(rows, seen, width, queries.stride, seen, padded(seen), false, queries.data,
                                    scratch.turned.data(), result);
    }

    void mix(const float *weights, int64_t rows, float *result) const {
        at::native::cpublas::brgemm(rows, width, seen, padded(seen), values.stride, width, false, weights, values.data,
                                    result);
    }
};

// 16-bit numbers are multiplied in pairs along the axis that is summed: keys turned with their pairs whole, values with
// the rows of a pair interleaved, a missing last row as zeros.
template <> struct Products<Half> {
    int64_t seen, width, even;
    Scratch &scratch;

    Products(Rows<Half> keys, Rows<Half> values, int64_t seen, int64_t width, Scratch &scratch)
        : seen(seen), width(width), even(seen + seen % 2), scratch(scratch) {
        scratch.keys.resize(static_cast<size_t>(width / 2 * seen));
        scratch.values.resize(static_cast<size_t>(width * even / 2));
        scratch.halves.resize(static_cast<size_t>(query_rows * padded(seen)));
        transposed(reinterpret_cast<const uint32_t *>(keys.data), keys.stride / 2, seen, width / 2, scratch.keys.data());
        paired(reinterpret_cast<const uint16_t *>(values.data), values.stride, seen, width, scratch.values.data());
    }

    void scores(Rows<Half> queries, int64_t rows, float *result) const {
        at::native::cpublas::brgemm(rows, seen, width, queries.stride, seen, padded(seen), false, queries.data,
                                    reinterpret_cast<const Half *>(scratch.keys.data()), result, true);
    }

    void mix(const float *weights, int64_t rows, float *result) const {
        halved(weights, rows * padded(seen), scratch.halves.data());
        at::native::cpublas::brgemm(rows, width, even, padded(seen), width, width, false,
                                    reinterpret_cast<const Half *>(scratch.halves.data()),
                                    reinterpret_cast<const Half *>(scratch.values.data()), result, true);
    }
};

// One head of one sequence; its result goes to a column of the output's rows.
template <class T>
void attend(Rows<T> queries, int64_t count, const Products<T> &products, const Output &output, int64_t place, int64_t row) {
    auto &scratch = products.scratch;
    auto seen = products.seen, width = products.width;
    auto factor = 1 / std::sqrt(static_cast<float>(width));
    auto stride = padded(seen);
    scratch.weights.resize(static_cast<size_t>(query_rows * stride));
    scratch.mixed.resize(static_cast<size_t>(query_rows * width));
    auto blocks = std::max<int64_t>((count + query_rows - 1) / query_rows, 1), step = (count + blocks - 1) / blocks;
    for (int64_t start = 0; start < count; start += step) {
        auto rows = std::min(step, count - start);
        products.scores({queries.data + start * queries.stride, queries.stride}, rows, scratch.weights.data());
        float sums[query_rows];
        for (int64_t i = 0; i < rows; ++i) {
            auto line = scratch.weights.data() + i * stride;
            std::fill(line + seen, line + stride, -INFINITY);
            sums[i] = exponentials(line, stride, factor, largest(line, stride));
        }
        products.mix(scratch.weights.data(), rows, scratch.mixed.data());
        for (int64_t i = 0; i < rows; ++i) {
            auto line = scratch.mixed.data() + i * width;
            scaled(line, width, 1 / sums[i], line);
            output.write(line, width, place + (start + i) * row);
        }
    }
}

// Tokens [B, N, h d] whose last axis has no gaps.
template <class T> struct Tokens {
    const T *data;
    int64_t batch, row;

    explicit Tokens(const at::Tensor &x) : data(x.const_data_ptr<T>()), batch(x.stride(0)), row(x.stride(1)) {
        TORCH_CHECK(x.dim() == 3 && x.is_cpu() && x.stride(2) == 1, "attention: rows without gaps on the CPU are needed");
    }

    Rows<T> head(int64_t sequence, int64_t column) const { return {data + sequence * batch + column, row}; }
};

// Gives the matrix unit back at the end of a thread's work, where the processor has one.
template <class T> struct Release {
    ~Release() { at::native::cpublas::brgemm_release(sizeof(T) == 2); }
};

template <class T>
at::Tensor attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, int64_t heads, ct_dtype dtype,
                     ct_grid grid) {
    Tokens<T> queries(q), keys(k), values(v);
    auto batch = q.size(0), count = q.size(1), full = q.size(2), seen = k.size(1), width = full / heads;
    Output output({batch, count, full}, dtype, grid);
    ct::in_parallel(batch * heads, 1, [&](int64_t begin, int64_t end) {
        Scratch scratch;
        Release<T> release;
        for (auto item = begin; item < end; ++item) {
            auto b = item / heads, column = item % heads * width;
            Products<T> products(keys.head(b, column), values.head(b, column), seen, width, scratch);
            attend(queries.head(b, column), count, products, output, b * count * full + column, full);
        }
    });
    return output.tensor;
}

// Whether a small attention comes out: all keys are equal, so the result is the mean of the values, 0, 1, 2, ...
template <class T> bool attends() {
    return ct::succeeds([] {
        constexpr int64_t seen = 37, width = 16;
        auto type = c10::CppTypeToScalarType<T>::value;
        auto ones = at::ones({1, seen, width}, type);
        auto values = at::arange(seen, at::kFloat).view({1, seen, 1}).expand({1, seen, width}).to(type).contiguous();
        auto result = attention<T>(ones, ones, values, 1, CT_FLOAT32, {1, 0});
        TORCH_CHECK(result.sub((seen - 1) / 2).abs().max().template item<float>() < 0.1f, "small products do not work");
    });
}

}  // namespace

extern "C" {

bool ct_has_row_attention(ct_dtype dtype) {
    static const bool single = attends<float>(), half = ct_has_bfloat16_units() && attends<Half>();
    return dtype == CT_FLOAT32 ? single : dtype == CT_BFLOAT16 && half;
}

ct_tensor *ct_normalized_rows(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, double eps,
                              ct_dtype dtype, ct_grid grid) {
    return ct::guarded([&] {
        auto input = x->value.contiguous();
        auto from = floats(input);
        auto width = input.size(-1), rows = input.numel() / std::max<int64_t>(width, 1);
        auto scale = floats(weight, width), shift = floats(bias, width);
        Output output(input.sizes(), dtype, grid);
        ct::in_parallel(rows, std::max<int64_t>(1, 16384 / std::max<int64_t>(width, 1)), [&](int64_t begin, int64_t end) {
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
        auto from = floats(input);
        Output output(input.sizes(), CT_UINT8, grid);
        ct::in_parallel(input.numel(), 16384,
                        [&](int64_t begin, int64_t end) { output.write(from + begin, end - begin, begin); });
        return output.tensor;
    });
}

ct_tensor *ct_row_attention(const ct_tensor *q, const ct_tensor *k, const ct_tensor *v, int64_t heads, ct_dtype dtype,
                            ct_grid grid) {
    return ct::guarded([&] {
        auto &queries = q->value, &keys = k->value, &values = v->value;
        auto isHalf = queries.scalar_type() == at::kBFloat16;
        TORCH_CHECK(queries.dim() == 3 && keys.dim() == 3 && keys.sizes() == values.sizes() && heads > 0 &&
                        queries.size(2) % heads == 0 && keys.size(0) == queries.size(0) &&
                        keys.size(2) == queries.size(2) && keys.size(1) > 0,
                    "attention: ", queries.sizes(), ", ", keys.sizes(), ", ", values.sizes(), ", heads ", heads);
        TORCH_CHECK(!isHalf || (queries.size(2) / heads % 2 == 0 && keys.stride(1) % 2 == 0 && keys.stride(0) % 2 == 0),
                    "attention: an even width of heads is needed");
        return isHalf ? attention<Half>(queries, keys, values, heads, dtype, grid)
                      : attention<float>(queries, keys, values, heads, dtype, grid);
    });
}

}
