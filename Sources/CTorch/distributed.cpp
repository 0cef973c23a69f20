// Process groups: c10d's key-value store, Gloo between processors and NCCL between NVIDIA GPUs.
//
// LibTorch has Gloo inside, but its wheels bring no Gloo headers. The folder gloo/ declares the names that the header of
// ProcessGroupGloo mentions; no Gloo object is touched here, so their layout does not matter.
#define USE_C10D_GLOO
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Logging.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#ifdef VERB_NCCL
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "guard.h"

struct ct_store {
    c10::intrusive_ptr<c10d::TCPStore> server;
    c10::intrusive_ptr<c10d::Store> value;
};

namespace {

// c10d logs whole stack traces for what it throws as well; what is thrown is told by Swift. TORCH_CPP_LOG_LEVEL brings
// the logs back.
class Quiet {
    int before = FLAGS_caffe2_log_level;

public:
    Quiet() {
        if (!std::getenv("TORCH_CPP_LOG_LEVEL")) FLAGS_caffe2_log_level = 3;
    }
    ~Quiet() { FLAGS_caffe2_log_level = before; }
};

// Who writes to a process that has ended gets an error; the signal would end this one without a word.
void ignore_closed_pipes() {
    struct sigaction now = {};
    if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

// The connections of a group; autograd graphs with a gather inside keep them alive.
struct Link : torch::CustomClassHolder {
    c10::intrusive_ptr<c10d::Backend> gloo, nccl;
    std::string failure;

    c10d::Backend &carrier(const at::Tensor &tensor) { return tensor.is_cuda() && nccl ? *nccl : *gloo; }

    void sum(at::Tensor tensor) {
        std::vector<at::Tensor> list{tensor};
        carrier(tensor).allreduce(list)->wait();
    }

    void all_gather(at::Tensor output, at::Tensor input) { carrier(input)._allgather_base(output, input)->wait(); }
};

at::Tensor gathered(Link &link, const at::Tensor &x, at::IntArrayRef rows) {
    auto most = *std::max_element(rows.begin(), rows.end());
    auto shape = x.sizes().vec();
    shape[0] = most;
    auto own = x.contiguous();
    if (x.size(0) < most) {
        own = at::zeros(shape, x.options());
        own.narrow(0, 0, x.size(0)).copy_(x);
    }
    shape[0] = most * static_cast<int64_t>(rows.size());
    auto all = at::empty(shape, x.options());
    if (all.numel() > 0) link.all_gather(all, own);
    std::vector<at::Tensor> parts;
    for (size_t rank = 0; rank < rows.size(); ++rank)
        parts.push_back(all.narrow(0, static_cast<int64_t>(rank) * most, rows[rank]));
    return at::cat(parts);
}

// Rows of all processes; the gradient of a process's rows is the sum over the processes.
struct GatherRows : torch::autograd::Function<GatherRows> {
    static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                              const c10::intrusive_ptr<Link> &link, const std::vector<int64_t> &rows, int64_t rank) {
        context->saved_data["link"] = c10::IValue::make_capsule(link);
        context->saved_data["rows"] = rows;
        context->saved_data["rank"] = rank;
        return gathered(*link, x, rows);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                   torch::autograd::variable_list gradients) {
        auto link = c10::static_intrusive_pointer_cast<Link>(context->saved_data["link"].toCapsule());
        auto rows = context->saved_data["rows"].toIntVector();
        auto rank = context->saved_data["rank"].toInt();
        auto type = gradients[0].scalar_type();
        auto wide = type == at::kHalf || type == at::kBFloat16 ? at::kFloat : type;
        auto sum = gradients[0].to(wide, /*non_blocking=*/false, /*copy=*/true, at::MemoryFormat::Contiguous);
        try {
            if (sum.numel() > 0) link->sum(sum);
        } catch (const c10::Error &error) {
            link->failure = error.what_without_backtrace();
            throw;
        } catch (const std::exception &error) {
            link->failure = error.what();
            throw;
        }
        int64_t before = 0;
        for (int64_t i = 0; i < rank; ++i) before += rows[static_cast<size_t>(i)];
        return {sum.narrow(0, before, rows[static_cast<size_t>(rank)]).to(type), {}, {}, {}};
    }
};

}  // namespace

struct ct_group {
    c10::intrusive_ptr<Link> link;
};

extern "C" {

ct_store *ct_store_new(const char *address, uint16_t port, const char *prefix, bool serves, int64_t milliseconds) {
    ct_store *result = nullptr;
    ct::succeeds([&] {
        Quiet quiet;
        ignore_closed_pipes();
        c10d::TCPStoreOptions options;
        options.port = port;
        options.isServer = serves;
        options.waitWorkers = false;
        options.timeout = std::chrono::milliseconds(milliseconds);
        auto server = c10::make_intrusive<c10d::TCPStore>(address, options);
        result = new ct_store{server, c10::make_intrusive<c10d::PrefixStore>(prefix, server)};
    });
    return result;
}

void ct_store_free(ct_store *store) { delete store; }

uint16_t ct_store_port(const ct_store *store) { return store->server->getPort(); }

bool ct_store_set(ct_store *store, const char *key, const char *value) {
    return ct::succeeds([&] { store->value->set(key, std::string(value)); });
}

bool ct_store_add(ct_store *store, const char *key, int64_t amount, int64_t *sum) {
    return ct::succeeds([&] { *sum = store->value->add(key, amount); });
}

bool ct_store_has(ct_store *store, const char *key, bool *found) {
    return ct::succeeds([&] { *found = store->value->check({key}); });
}

ct_tensor *ct_store_get(ct_store *store, const char *key, int64_t milliseconds) {
    return ct::guarded([&] {
        Quiet quiet;
        store->value->wait({key}, std::chrono::milliseconds(milliseconds));
        auto bytes = store->value->get(key);
        auto result = at::empty({static_cast<int64_t>(bytes.size())}, at::TensorOptions().dtype(at::kByte));
        std::copy(bytes.begin(), bytes.end(), result.data_ptr<uint8_t>());
        return result;
    });
}

ct_group *ct_group_new(ct_store *store, int32_t rank, int32_t size, int64_t milliseconds) {
    ct_group *result = nullptr;
    ct::succeeds([&] {
        auto timeout = std::chrono::milliseconds(milliseconds);
        auto link = c10::make_intrusive<Link>();
        link->gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(
            c10::make_intrusive<c10d::PrefixStore>("gloo", store->value), rank, size,
            c10d::ProcessGroupGloo::Options::create_default(timeout));
#ifdef VERB_NCCL
        auto options = c10d::ProcessGroupNCCL::Options::create();
        options->timeout = timeout;
        link->nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(
            c10::make_intrusive<c10d::PrefixStore>("nccl", store->value), rank, size, options);
#endif
        result = new ct_group{std::move(link)};
    });
    return result;
}

void ct_group_free(ct_group *group) { delete group; }

bool ct_group_carries(const ct_group *group, ct_device device) {
    return device == CT_CPU || (device == CT_CUDA && group->link->nccl);
}

const char *ct_group_failure(const ct_group *group) { return group->link->failure.c_str(); }

bool ct_group_sum(ct_group *group, ct_tensor *tensor) {
    return ct::succeeds([&] { group->link->sum(tensor->value); });
}

bool ct_group_broadcast(ct_group *group, ct_tensor *tensor, int32_t source) {
    return ct::succeeds([&] {
        c10d::BroadcastOptions options;
        options.rootRank = source;
        std::vector<at::Tensor> list{tensor->value};
        group->link->carrier(tensor->value).broadcast(list, options)->wait();
    });
}

bool ct_group_all_gather(ct_group *group, ct_tensor *output, const ct_tensor *input) {
    return ct::succeeds([&] { group->link->all_gather(output->value, input->value); });
}

ct_tensor *ct_group_gather_rows(ct_group *group, const ct_tensor *tensor, const int64_t *rows, int64_t size,
                                int64_t rank) {
    return ct::guarded([&] {
        return GatherRows::apply(tensor->value, group->link, ct::list(rows, size).vec(), rank);
    });
}

}
