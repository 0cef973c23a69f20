"""The image towers of `verb-benchmarks realtime`, as one would run them with PyTorch, ONNX Runtime and OpenVINO.

    realtime.py prepare FOLDER --threads 2
    realtime.py encode FOLDER BACKEND --batches 1 8 --threads 2 --warmup 3 --runs 20
    realtime.py dense FOLDER --threads 2 --warmup 1 --runs 5

FOLDER is written by Verb: `tower.json` (sizes), `weights.safetensors` (OpenAI's names), `pictures.safetensors` with
normalised pictures to measure with (`pixels`), their features by Verb's own graph (`features`), and other pictures to
calibrate with (`calibration`). `prepare` writes the ONNX model and its 8-bit forms there, `encode` times one backend and
answers with the mean cosine of its features with Verb's, so that nothing is timed that computes something else.

OpenVINO computes in bfloat16 on its own where a processor can; here it is told float32, or bfloat16 where a backend's name
says so. The 8-bit models multiply in 8 bits and do the rest in float32, or bfloat16, as each tool's own quantiser leaves
them.
"""

import argparse
import json
import os
import pathlib
import time

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

BACKENDS = [
    "eager",
    "compile",
    "onnxruntime",
    "onnxruntime-int8-dynamic",
    "onnxruntime-int8-static",
    "openvino",
    "openvino-bf16",
    "openvino-int8",
    "openvino-int8-bf16",
]


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x):
        b, n, width = x.shape
        qkv = F.linear(x, self.in_proj_weight, self.in_proj_bias).reshape(b, n, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        return self.out_proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, width))


class Block(nn.Module):
    def __init__(self, width, heads, activation, eps=1e-5):
        super().__init__()
        self.ln_1, self.attn, self.ln_2 = nn.LayerNorm(width, eps), Attention(width, heads), nn.LayerNorm(width, eps)
        self.mlp = nn.Sequential()
        self.mlp.add_module("c_fc", nn.Linear(width, 4 * width))
        self.mlp.add_module("gelu", nn.GELU() if activation == "gelu" else QuickGELU())
        self.mlp.add_module("c_proj", nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Blocks(nn.Module):
    def __init__(self, count, width, heads, activation, eps=1e-5):
        super().__init__()
        self.resblocks = nn.Sequential(*(Block(width, heads, activation, eps) for _ in range(count)))

    def forward(self, x):
        return self.resblocks(x)


class Tower(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        width, patch = sizes["width"], sizes["patch"]
        self.class_embedding = nn.Parameter(torch.empty(width))
        self.positional_embedding = nn.Parameter(torch.empty((sizes["image"] // patch) ** 2 + 1, width))
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.ln_pre, self.ln_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.transformer = Blocks(sizes["layers"], width, sizes["heads"], sizes["activation"])
        self.proj = nn.Parameter(torch.empty(width, sizes["space"]))

    def forward(self, pixels):
        x = self.conv1(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.expand(x.shape[0], 1, -1), x], 1) + self.positional_embedding
        return self.ln_post(self.transformer(self.ln_pre(x))[:, 0]) @ self.proj


class ActionCLIP(nn.Module):
    """The tower and the reference's `Transf` over frames, with features of labels that are there already."""

    def __init__(self, sizes):
        super().__init__()
        self.visual = Tower(sizes)
        space = sizes["space"]
        self.frame_position_embeddings = nn.Embedding(77, space)
        self.transformer = Blocks(6, space, space // 64, "quick_gelu", 1e-12)

    def forward(self, clip, labels):
        x = self.visual(clip)[None]
        video = (self.transformer(x + self.frame_position_embeddings.weight[: x.shape[1]]) + x).mean(1)
        return (100 * F.normalize(video, dim=-1) @ F.normalize(labels, dim=-1).T).softmax(-1)


def read(folder):
    sizes = json.loads((folder / "tower.json").read_text())
    weights = load_file(folder / "weights.safetensors")
    tower = Tower(sizes)
    tower.load_state_dict({name.removeprefix("visual."): value for name, value in weights.items()})
    return tower.eval(), load_file(folder / "pictures.safetensors")


def prepare(folder):
    import openvino
    import nncf
    from onnxruntime import quantization

    tower, pictures = read(folder)
    plain = str(folder / "tower.onnx")
    torch.onnx.export(
        tower, (pictures["pixels"],), plain, input_names=["pixels"], output_names=["features"], opset_version=17,
        dynamic_axes={"pixels": {0: "batch"}, "features": {0: "batch"}}, dynamo=False)
    calibration = pictures["calibration"].numpy()

    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.batches = iter([{"pixels": calibration[i : i + 1]} for i in range(len(calibration))])

        def get_next(self):
            return next(self.batches, None)

    shaped = str(folder / "shaped.onnx")
    quantization.quant_pre_process(plain, shaped, skip_symbolic_shape=True)
    quantization.quantize_dynamic(shaped, str(folder / "int8-dynamic.onnx"), per_channel=True)
    quantization.quantize_static(
        shaped, str(folder / "int8-static.onnx"), Reader(), per_channel=True,
        quant_format=quantization.QuantFormat.QDQ, activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"],
        extra_options={"WeightSymmetric": True, "MatMulConstBOnly": True})
    model = openvino.convert_model(plain)
    openvino.save_model(model, folder / "openvino.xml", compress_to_fp16=False)
    data = nncf.Dataset([calibration[i : i + 1] for i in range(len(calibration))])
    rounded = nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(calibration))
    openvino.save_model(rounded, folder / "openvino-int8.xml", compress_to_fp16=False)


def with_onnxruntime(path, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda pixels: session.run(None, {"pixels": pixels.numpy()})[0]


def with_openvino(path, threads, precision):
    import openvino

    settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": precision}
    compiled = {}

    def run(pixels):
        # A fixed shape each, which OpenVINO is faster with.
        if len(pixels) not in compiled:
            model = openvino.Core().read_model(path)
            model.reshape(list(pixels.shape))
            compiled[len(pixels)] = openvino.Core().compile_model(model, "CPU", settings).create_infer_request()
        return next(iter(compiled[len(pixels)].infer({0: pixels.numpy()}, share_inputs=True).values()))

    return run


def backend(name, folder, threads):
    files = {
        "onnxruntime": "tower.onnx", "onnxruntime-int8-dynamic": "int8-dynamic.onnx",
        "onnxruntime-int8-static": "int8-static.onnx", "openvino": "openvino.xml",
        "openvino-bf16": "openvino.xml", "openvino-int8": "openvino-int8.xml",
        "openvino-int8-bf16": "openvino-int8.xml",
    }
    if name.startswith("onnxruntime"):
        return with_onnxruntime(folder / files[name], threads)
    if name.startswith("openvino"):
        return with_openvino(folder / files[name], threads, "bf16" if name.endswith("bf16") else "f32")
    tower = read(folder)[0]
    if name == "compile":
        import torch._inductor.config

        torch._inductor.config.freezing = True
        tower = torch.compile(tower, dynamic=False)
    return tower


def timed(body, warmup, runs):
    seconds = []
    for number in range(warmup + runs):
        begin = time.perf_counter()
        body()
        if number >= warmup:
            seconds.append(time.perf_counter() - begin)
    return seconds


def encode(folder, name, batches, threads, warmup, runs):
    run, pictures = backend(name, folder, threads), load_file(folder / "pictures.safetensors")
    times = {}
    for batch in batches:
        pixels = pictures["pixels"][:batch].contiguous()
        times[batch] = timed(lambda: run(pixels), warmup, runs)
    features = torch.as_tensor(np.asarray(run(pictures["pixels"][: max(batches)].contiguous())))
    cosine = F.cosine_similarity(features, pictures["features"][: max(batches)]).mean()
    return {"seconds": times, "cosine": float(cosine)}


def dense(folder, threads, warmup, runs):
    sizes = json.loads((folder / "tower.json").read_text())
    model = ActionCLIP(sizes).eval()
    weights = load_file(folder / "actionclip.safetensors")
    model.load_state_dict(
        {
            name.removeprefix("model.").removeprefix("fusion."): value
            for name, value in weights.items()
            if name.startswith("model.visual.") or name.startswith("fusion.")
        })
    stream = load_file(folder / "stream.safetensors")
    frames, labels = stream["pixels"], stream["labels"]
    windows = [frames[start : start + 8].contiguous() for start in range(len(frames) - 7)]
    place = iter(range(10**9))
    seconds = timed(lambda: model(windows[next(place) % len(windows)], labels), warmup, runs)
    found = torch.cat([model(window, labels) for window in windows[: len(stream["probabilities"])]])
    return {"seconds": seconds, "difference": float((found - stream["probabilities"]).abs().max())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["prepare", "encode", "dense"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("backend", nargs="?", choices=BACKENDS)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with torch.inference_mode(options.command != "prepare"), torch.set_grad_enabled(False):
        if options.command == "prepare":
            prepare(options.folder)
            answer = {}
        elif options.command == "dense":
            answer = dense(options.folder, options.threads, options.warmup, options.runs)
        else:
            answer = encode(
                options.folder, options.backend, options.batches, options.threads, options.warmup, options.runs)
    os.write(OUTPUT, (json.dumps(answer) + "\n").encode())


if __name__ == "__main__":
    # The tools print to the standard output as they like; the answer alone goes there.
    OUTPUT = os.dup(1)
    os.dup2(2, 1)
    main()
