// Random numbers.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/ops/bernoulli.h>
#include <ATen/ops/multinomial.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>

#include "guard.h"

struct ct_generator {
    at::Generator value;
};

static std::optional<at::Generator> chosen(ct_generator *generator) {
    return generator ? std::optional<at::Generator>(generator->value) : std::nullopt;
}

extern "C" {

ct_generator *ct_generator_new(uint64_t seed, ct_device device, int32_t index) {
    ct_generator *result = nullptr;
    ct::succeeds([&] {
        auto generator = device == CT_CPU ? at::detail::createCPUGenerator()
                                          : at::globalContext().defaultGenerator(ct::device(device, index)).clone();
        generator.set_current_seed(seed);
        result = new ct_generator{std::move(generator)};
    });
    return result;
}

void ct_generator_free(ct_generator *generator) { delete generator; }

ct_tensor *ct_generator_state(const ct_generator *generator) {
    return ct::guarded([&] { return generator->value.get_state(); });
}

bool ct_generator_set_state(ct_generator *generator, const ct_tensor *state) {
    return ct::succeeds([&] { generator->value.set_state(state->value); });
}

bool ct_manual_seed(uint64_t seed) {
    return ct::succeeds([&] { at::manual_seed(seed); });
}

ct_tensor *ct_default_generator_state(ct_device device, int32_t index) {
    return ct::guarded([&] { return at::globalContext().defaultGenerator(ct::device(device, index)).get_state(); });
}

bool ct_set_default_generator_state(ct_device device, int32_t index, const ct_tensor *state) {
    return ct::succeeds([&] {
        auto generator = at::globalContext().defaultGenerator(ct::device(device, index));
        generator.set_state(state->value);
    });
}

ct_tensor *ct_rand(const int64_t *shape, int64_t rank, ct_dtype dtype, ct_device device, int32_t index,
                   ct_generator *generator) {
    return ct::guarded(
        [&] { return at::rand(ct::list(shape, rank), chosen(generator), ct::options(dtype, device, index)); });
}

ct_tensor *ct_randn(const int64_t *shape, int64_t rank, ct_dtype dtype, ct_device device, int32_t index,
                    ct_generator *generator) {
    return ct::guarded(
        [&] { return at::randn(ct::list(shape, rank), chosen(generator), ct::options(dtype, device, index)); });
}

ct_tensor *ct_randint(int64_t low, int64_t high, const int64_t *shape, int64_t rank, ct_device device, int32_t index,
                      ct_generator *generator) {
    return ct::guarded([&] {
        return at::randint(low, high, ct::list(shape, rank), chosen(generator), ct::options(CT_INT64, device, index));
    });
}

ct_tensor *ct_randperm(int64_t n, ct_device device, int32_t index, ct_generator *generator) {
    return ct::guarded([&] { return at::randperm(n, chosen(generator), ct::options(CT_INT64, device, index)); });
}

ct_tensor *ct_bernoulli(const ct_tensor *probabilities, ct_generator *generator) {
    return ct::guarded([&] { return at::bernoulli(probabilities->value, chosen(generator)); });
}

ct_tensor *ct_multinomial(const ct_tensor *probabilities, int64_t count, bool replacement, ct_generator *generator) {
    return ct::guarded(
        [&] { return at::multinomial(probabilities->value, count, replacement, chosen(generator)); });
}

}
