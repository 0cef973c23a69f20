// A thin C ABI over LibTorch: one function is one LibTorch call, but for the kernels of activation.cpp and rows.cpp.
//
// Every function that can fail returns NULL (pointers) or false (bool); ct_last_error() then says why, for the
// calling thread. Every ct_tensor* returned is owned by the caller and freed with ct_free(). Functions never keep the
// pointers they are given. Sizes are int64_t; lists are a pointer and a count. No C++ type appears here.
//
//     int64_t shape[] = {2, 3};
//     ct_tensor *x = ct_full(shape, 2, 1.0, CT_FLOAT32, CT_CPU, 0);
//     ct_tensor *y = ct_exp(x);
//     if (!y) puts(ct_last_error());
//     ct_free(y); ct_free(x);
#ifndef VERB_CTORCH_H
#define VERB_CTORCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor ct_tensor;
typedef struct ct_generator ct_generator;

typedef enum { CT_FLOAT32, CT_FLOAT64, CT_FLOAT16, CT_BFLOAT16, CT_INT64, CT_INT32, CT_INT16, CT_INT8, CT_UINT8, CT_BOOL } ct_dtype;
typedef enum { CT_CPU, CT_CUDA, CT_MPS } ct_device;

// ---- runtime.cpp
const char *ct_last_error(void);
const char *ct_version(void);
bool ct_set_threads(int32_t count);
int32_t ct_threads(void);
bool ct_device_available(ct_device device);
int32_t ct_device_count(ct_device device);
bool ct_synchronize(ct_device device, int32_t index);
bool ct_set_autocast(ct_device device, bool enabled, ct_dtype dtype);
bool ct_autocast_enabled(ct_device device);
// A dtype outside of ct_dtype gives -1.
int32_t ct_autocast_dtype(ct_device device);
bool ct_gradient_enabled(void);
void ct_set_gradient_enabled(bool enabled);

// ---- activation.cpp
// x * sigmoid(1.702 x); only x is kept for the backward pass.
ct_tensor *ct_quick_gelu(const ct_tensor *x);
// The affine map of quick_gelu(x) or of gelu(x); only x is kept, the activation is computed again.
ct_tensor *ct_activated_linear(const ct_tensor *x, bool quick, const ct_tensor *weight, const ct_tensor *bias);

// ---- memory.cpp: bytes of tensors that the calling thread makes on the CPU, between start and stop
typedef struct ct_memory_meter ct_memory_meter;
ct_memory_meter *ct_memory_meter_start(void);
int64_t ct_memory_meter_peak(const ct_memory_meter *meter);
int64_t ct_memory_meter_live(const ct_memory_meter *meter);
void ct_memory_meter_stop(ct_memory_meter *meter);
// From now on the process keeps freed memory for what it takes next, where its allocator can be told so.
void ct_keep_memory(void);

// ---- tensor.cpp: making, reading, moving
void ct_free(ct_tensor *tensor);
ct_tensor *ct_from_bytes(const void *data, int64_t byte_count, const int64_t *shape, int64_t rank, ct_dtype dtype);
// Views foreign memory; release(context) is called once when LibTorch lets go of it.
ct_tensor *ct_from_memory(void *data, const int64_t *shape, const int64_t *strides, int64_t rank, ct_dtype dtype,
                          void (*release)(void *), void *context);
ct_tensor *ct_full(const int64_t *shape, int64_t rank, double value, ct_dtype dtype, ct_device device, int32_t index);
ct_tensor *ct_arange(double start, double end, double step, ct_dtype dtype, ct_device device, int32_t index);
ct_tensor *ct_eye(int64_t n, ct_dtype dtype, ct_device device, int32_t index);
int64_t ct_rank(const ct_tensor *tensor);
void ct_shape(const ct_tensor *tensor, int64_t *out);
void ct_strides(const ct_tensor *tensor, int64_t *out);
// A dtype outside of ct_dtype gives -1.
int32_t ct_dtype_of(const ct_tensor *tensor);
ct_device ct_device_of(const ct_tensor *tensor, int32_t *index);
bool ct_is_contiguous(const ct_tensor *tensor);
// The address of a CPU tensor's first element.
void *ct_data(const ct_tensor *tensor);
ct_tensor *ct_to(const ct_tensor *tensor, ct_dtype dtype, ct_device device, int32_t index);
ct_tensor *ct_contiguous(const ct_tensor *tensor);
ct_tensor *ct_clone(const ct_tensor *tensor);
ct_tensor *ct_detach(const ct_tensor *tensor);
bool ct_copy_into(ct_tensor *target, const ct_tensor *source);
bool ct_fill(ct_tensor *target, double value);

// ---- arithmetic.cpp
ct_tensor *ct_add(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_sub(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_mul(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_div(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_floor_divide(const ct_tensor *a, double b);
ct_tensor *ct_remainder(const ct_tensor *a, double b);
ct_tensor *ct_add_scalar(const ct_tensor *a, double b);
ct_tensor *ct_mul_scalar(const ct_tensor *a, double b);
ct_tensor *ct_div_scalar(const ct_tensor *a, double b);
ct_tensor *ct_pow_scalar(const ct_tensor *a, double b);
ct_tensor *ct_maximum(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_minimum(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_neg(const ct_tensor *x);
ct_tensor *ct_exp(const ct_tensor *x);
ct_tensor *ct_log(const ct_tensor *x);
ct_tensor *ct_sqrt(const ct_tensor *x);
ct_tensor *ct_rsqrt(const ct_tensor *x);
ct_tensor *ct_abs(const ct_tensor *x);
ct_tensor *ct_sin(const ct_tensor *x);
ct_tensor *ct_cos(const ct_tensor *x);
ct_tensor *ct_tanh(const ct_tensor *x);
ct_tensor *ct_sigmoid(const ct_tensor *x);
ct_tensor *ct_relu(const ct_tensor *x);
ct_tensor *ct_silu(const ct_tensor *x);
ct_tensor *ct_gelu(const ct_tensor *x, bool tanh_approximation);
ct_tensor *ct_round(const ct_tensor *x);
ct_tensor *ct_floor(const ct_tensor *x);
ct_tensor *ct_clamp(const ct_tensor *x, double minimum, double maximum);
ct_tensor *ct_eq(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_lt(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_le(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_eq_scalar(const ct_tensor *a, double b);
ct_tensor *ct_lt_scalar(const ct_tensor *a, double b);
ct_tensor *ct_gt_scalar(const ct_tensor *a, double b);
ct_tensor *ct_logical_and(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_logical_or(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_logical_not(const ct_tensor *x);
ct_tensor *ct_isfinite(const ct_tensor *x);
ct_tensor *ct_where(const ct_tensor *condition, const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_masked_fill(const ct_tensor *x, const ct_tensor *mask, double value);

// ---- reduction.cpp
ct_tensor *ct_sum(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep);
ct_tensor *ct_mean(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep);
ct_tensor *ct_amax(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep);
ct_tensor *ct_amin(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep);
ct_tensor *ct_variance(const ct_tensor *x, const int64_t *axes, int64_t count, bool unbiased, bool keep);
ct_tensor *ct_norm(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep);
ct_tensor *ct_logsumexp(const ct_tensor *x, const int64_t *axes, int64_t count, bool keep);
ct_tensor *ct_argmax(const ct_tensor *x, int64_t axis, bool keep);
ct_tensor *ct_argmin(const ct_tensor *x, int64_t axis, bool keep);
ct_tensor *ct_cumsum(const ct_tensor *x, int64_t axis);
ct_tensor *ct_all(const ct_tensor *x);
ct_tensor *ct_any(const ct_tensor *x);
bool ct_topk(const ct_tensor *x, int64_t k, int64_t axis, ct_tensor **values, ct_tensor **indices);
ct_tensor *ct_argsort(const ct_tensor *x, int64_t axis, bool descending);

// ---- shape.cpp: shape and indexing
ct_tensor *ct_reshape(const ct_tensor *x, const int64_t *shape, int64_t rank);
ct_tensor *ct_permute(const ct_tensor *x, const int64_t *axes, int64_t rank);
ct_tensor *ct_transpose(const ct_tensor *x, int64_t a, int64_t b);
ct_tensor *ct_unsqueeze(const ct_tensor *x, int64_t axis);
ct_tensor *ct_squeeze(const ct_tensor *x, int64_t axis);
ct_tensor *ct_expand(const ct_tensor *x, const int64_t *shape, int64_t rank);
// Equal parts along an axis, as many as asked for.
bool ct_chunk(const ct_tensor *x, int64_t count, int64_t axis, ct_tensor **results);
ct_tensor *ct_select(const ct_tensor *x, int64_t axis, int64_t index);
ct_tensor *ct_slice(const ct_tensor *x, int64_t axis, int64_t start, int64_t end, int64_t step);
ct_tensor *ct_cat(const ct_tensor *const *tensors, int64_t count, int64_t axis);
ct_tensor *ct_stack(const ct_tensor *const *tensors, int64_t count, int64_t axis);
ct_tensor *ct_index_select(const ct_tensor *x, int64_t axis, const ct_tensor *indices);
ct_tensor *ct_gather(const ct_tensor *x, int64_t axis, const ct_tensor *indices);
ct_tensor *ct_scatter(const ct_tensor *x, int64_t axis, const ct_tensor *indices, const ct_tensor *source);
ct_tensor *ct_scatter_add(const ct_tensor *x, int64_t axis, const ct_tensor *indices, const ct_tensor *source);
ct_tensor *ct_masked_select(const ct_tensor *x, const ct_tensor *mask);
ct_tensor *ct_nonzero(const ct_tensor *x);
ct_tensor *ct_flip(const ct_tensor *x, const int64_t *axes, int64_t count);
ct_tensor *ct_roll(const ct_tensor *x, int64_t shift, int64_t axis);
ct_tensor *ct_repeat(const ct_tensor *x, const int64_t *repeats, int64_t rank);
ct_tensor *ct_repeat_interleave(const ct_tensor *x, int64_t repeats, int64_t axis);
ct_tensor *ct_tril(const ct_tensor *x, int64_t diagonal);
ct_tensor *ct_triu(const ct_tensor *x, int64_t diagonal);
ct_tensor *ct_diagonal(const ct_tensor *x, int64_t offset, int64_t a, int64_t b);
ct_tensor *ct_unfold(const ct_tensor *x, int64_t axis, int64_t size, int64_t step);
ct_tensor *ct_pad(const ct_tensor *x, const int64_t *amounts, int64_t count, double value);

// ---- nn.cpp
ct_tensor *ct_matmul(const ct_tensor *a, const ct_tensor *b);
ct_tensor *ct_einsum(const char *equation, const ct_tensor *const *tensors, int64_t count);
ct_tensor *ct_linear(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias);
ct_tensor *ct_layer_norm(const ct_tensor *x, const int64_t *shape, int64_t rank, const ct_tensor *weight,
                         const ct_tensor *bias, double eps);
ct_tensor *ct_batch_norm(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, ct_tensor *running_mean,
                         ct_tensor *running_variance, bool training, double momentum, double eps);
ct_tensor *ct_attention(const ct_tensor *q, const ct_tensor *k, const ct_tensor *v, const ct_tensor *mask,
                        double dropout, bool causal, double scale);
// rank is 1, 2 or 3; stride, padding and dilation have that many items.
ct_tensor *ct_convolution(int32_t rank, const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias,
                          const int64_t *stride, const int64_t *padding, const int64_t *dilation, int64_t groups);
ct_tensor *ct_average_pool2d(const ct_tensor *x, int64_t size, int64_t stride);
ct_tensor *ct_embedding(const ct_tensor *weight, const ct_tensor *indices);
ct_tensor *ct_softmax(const ct_tensor *x, int64_t axis);
ct_tensor *ct_log_softmax(const ct_tensor *x, int64_t axis);
ct_tensor *ct_dropout(const ct_tensor *x, double probability);
// target: class indices (int64) or class probabilities (floating point). reduction: 0 none, 1 mean, 2 sum.
ct_tensor *ct_cross_entropy(const ct_tensor *logits, const ct_tensor *target, const ct_tensor *weight,
                            int32_t reduction, int64_t ignore_index, double label_smoothing);
ct_tensor *ct_kl_div(const ct_tensor *log_input, const ct_tensor *target, int32_t reduction, bool log_target);
ct_tensor *ct_binary_cross_entropy_with_logits(const ct_tensor *logits, const ct_tensor *target, int32_t reduction);
ct_tensor *ct_mse_loss(const ct_tensor *input, const ct_tensor *target, int32_t reduction);
// mode: 0 nearest, 1 linear, 2 bilinear, 3 bicubic.
ct_tensor *ct_interpolate(const ct_tensor *x, const int64_t *size, int64_t rank, int32_t mode, bool align_corners,
                          bool antialias);
// One call of LSTM over [B, T, D]; parameters in PyTorch's order. Gives the outputs and the last h and c.
bool ct_lstm(const ct_tensor *x, const ct_tensor *h, const ct_tensor *c, const ct_tensor *const *parameters,
             int64_t count, bool biases, int64_t layers, double dropout, bool training, bool bidirectional,
             ct_tensor **output, ct_tensor **h_out, ct_tensor **c_out);

// ---- packed.cpp: linear layers of inference on the CPU, with weights packed once; no gradients
// An 8-bit number q stands for scale * (q - zero).
typedef struct { double scale; int64_t zero; } ct_grid;
typedef enum { CT_IDENTITY, CT_GELU, CT_SWISH } ct_activation;
// Whether oneDNN multiplies packed weights here, which is tried once; the functions below fail otherwise.
bool ct_has_packed_linear(void);
// Likewise for 8-bit layers, which need a processor with products of bytes too.
bool ct_has_quantized_linear(void);
// Whether the processor multiplies bfloat16.
bool ct_has_bfloat16_units(void);
// rows: how many are usually multiplied at once.
ct_tensor *ct_pack_linear(const ct_tensor *weight, int64_t rows);
ct_tensor *ct_packed_linear(const ct_tensor *x, const ct_tensor *packed, const ct_tensor *bias,
                            ct_activation activation);
ct_tensor *ct_packed_linear_add(const ct_tensor *x, const ct_tensor *packed, const ct_tensor *bias,
                                const ct_tensor *other);
// weight: int8 [out, in]; scales (float32) and zeros (int64) have a number for each output.
ct_tensor *ct_pack_quantized_linear(const ct_tensor *weight, int64_t rows);
ct_tensor *ct_quantized_linear(const ct_tensor *x, ct_grid grid, const ct_tensor *packed, const ct_tensor *scales,
                               const ct_tensor *zeros, const ct_tensor *bias, ct_activation activation,
                               ct_dtype output, ct_grid output_grid);
// Adds the layer's result to a float32 tensor in place.
bool ct_quantized_linear_add(const ct_tensor *x, ct_grid grid, const ct_tensor *packed, const ct_tensor *scales,
                             const ct_tensor *zeros, const ct_tensor *bias, ct_tensor *sum);

// ---- rows.cpp: kernels of inference on the CPU, to float32, bfloat16 or uint8 (by the grid)
ct_tensor *ct_normalized_rows(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, double eps,
                              ct_dtype dtype, ct_grid grid);
ct_tensor *ct_quantized_rows(const ct_tensor *x, ct_grid grid);
// Whether the kernel below works on this machine with tensors of a type.
bool ct_has_row_attention(ct_dtype dtype);
// Attention of q [B, M, h d] over k and v [B, N, h d], each with rows that have no gaps: [B, M, h d]. All three are
// float32, or bfloat16 with an even width d; softmax is float32.
ct_tensor *ct_row_attention(const ct_tensor *q, const ct_tensor *k, const ct_tensor *v, int64_t heads, ct_dtype dtype,
                            ct_grid grid);

// ---- random.cpp: a null generator means LibTorch's default generator of the device
ct_generator *ct_generator_new(uint64_t seed, ct_device device, int32_t index);
void ct_generator_free(ct_generator *generator);
ct_tensor *ct_generator_state(const ct_generator *generator);
bool ct_generator_set_state(ct_generator *generator, const ct_tensor *state);
bool ct_manual_seed(uint64_t seed);
// LibTorch's own generator of a device, which operations without a generator draw from.
ct_tensor *ct_default_generator_state(ct_device device, int32_t index);
bool ct_set_default_generator_state(ct_device device, int32_t index, const ct_tensor *state);
ct_tensor *ct_rand(const int64_t *shape, int64_t rank, ct_dtype dtype, ct_device device, int32_t index,
                   ct_generator *generator);
ct_tensor *ct_randn(const int64_t *shape, int64_t rank, ct_dtype dtype, ct_device device, int32_t index,
                    ct_generator *generator);
ct_tensor *ct_randint(int64_t low, int64_t high, const int64_t *shape, int64_t rank, ct_device device, int32_t index,
                      ct_generator *generator);
ct_tensor *ct_randperm(int64_t n, ct_device device, int32_t index, ct_generator *generator);
ct_tensor *ct_bernoulli(const ct_tensor *probabilities, ct_generator *generator);
ct_tensor *ct_multinomial(const ct_tensor *probabilities, int64_t count, bool replacement, ct_generator *generator);

// ---- autograd.cpp
bool ct_set_requires_gradient(ct_tensor *tensor, bool value);
bool ct_requires_gradient(const ct_tensor *tensor);
bool ct_backward(const ct_tensor *loss, const ct_tensor *gradient);
// The accumulated gradient, or NULL with an empty ct_last_error() when there is none.
ct_tensor *ct_gradient(const ct_tensor *tensor);
bool ct_clear_gradient(ct_tensor *tensor);
bool ct_set_gradient(ct_tensor *tensor, const ct_tensor *gradient);
// Gradients of outputs by inputs without touching stored gradients; results has count_in places, NULL where unused.
bool ct_gradients(const ct_tensor *const *outputs, int64_t count_out, const ct_tensor *const *inputs, int64_t count_in,
                  ct_tensor **results);

// ---- optimizers.cpp: in place, LibTorch's fused kernels
bool ct_adamw_step(ct_tensor *const *parameters, ct_tensor *const *gradients, ct_tensor *const *averages,
                   ct_tensor *const *squares, ct_tensor *const *steps, int64_t count, double learning_rate,
                   double beta1, double beta2, double weight_decay, double eps);
bool ct_adam_step(ct_tensor *const *parameters, ct_tensor *const *gradients, ct_tensor *const *averages,
                  ct_tensor *const *squares, ct_tensor *const *steps, int64_t count, double learning_rate, double beta1,
                  double beta2, double weight_decay, double eps);
bool ct_sgd_step(ct_tensor *const *parameters, ct_tensor *const *gradients, ct_tensor *const *momenta, int64_t count,
                 double learning_rate, double momentum, double dampening, double weight_decay, bool nesterov,
                 bool first_step);
// Scales gradients so that their common norm is at most max_norm; gives the norm before.
bool ct_clip_gradients(ct_tensor *const *gradients, int64_t count, double max_norm, double *norm);

// Adds weight times the difference to each target: target + weight (source - target).
bool ct_lerp(ct_tensor *const *targets, ct_tensor *const *sources, int64_t count, double weight);
// Multiplies gradients; finite says whether every number was finite before.
bool ct_unscale_gradients(ct_tensor *const *gradients, int64_t count, double factor, bool *finite);

// ---- distributed.cpp: operations that all processes of a group call in the same order
typedef struct ct_store ct_store;
typedef struct ct_group ct_group;

// One process serves (port 0: any free one), the others connect; waiting ends after the time given. From then on the
// process ignores SIGPIPE, unless it handles it.
// Keys begin with the prefix.
ct_store *ct_store_new(const char *address, uint16_t port, const char *prefix, bool serves, int64_t milliseconds);
void ct_store_free(ct_store *store);
uint16_t ct_store_port(const ct_store *store);
bool ct_store_set(ct_store *store, const char *key, const char *value);
bool ct_store_add(ct_store *store, const char *key, int64_t amount, int64_t *sum);
bool ct_store_has(ct_store *store, const char *key, bool *found);
// Waits for the key; gives its bytes.
ct_tensor *ct_store_get(ct_store *store, const char *key, int64_t milliseconds);

ct_group *ct_group_new(ct_store *store, int32_t rank, int32_t size, int64_t milliseconds);
void ct_group_free(ct_group *group);
// Whether tensors of the device need not travel through the processor's memory.
bool ct_group_carries(const ct_group *group, ct_device device);
// What went wrong between processes in a backward pass; empty when nothing did.
const char *ct_group_failure(const ct_group *group);
// In place, contiguous.
bool ct_group_sum(ct_group *group, ct_tensor *tensor);
bool ct_group_broadcast(ct_group *group, ct_tensor *tensor, int32_t source);
// output has the elements of every process's input, which are as many everywhere.
bool ct_group_all_gather(ct_group *group, ct_tensor *output, const ct_tensor *input);
// The rows of all processes, rows[rank] of each; differentiable.
ct_tensor *ct_group_gather_rows(ct_group *group, const ct_tensor *tensor, const int64_t *rows, int64_t size,
                                int64_t rank);

#ifdef __cplusplus
}
#endif
#endif
