#!/usr/bin/env python3
"""Records PyTorch's numbers for the tests of the Torch target.

    pip install torch==2.13.0 && python3 scripts/record-torch-fixtures.py

writes Tests/Fixtures/torch/operations.json and optimizers.json. Inputs are float64, rounded to four decimals, from a
fixed seed; the tests read every case of the files, so a case added here needs no Swift unless its operation is new.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

FOLDER = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "torch"
generator = torch.Generator().manual_seed(20260711)
torch.set_default_dtype(torch.float64)


def rand(*shape, scale=1.0):
    return (torch.randn(shape, generator=generator) * scale * 1e4).round() / 1e4


def probabilities(*shape):
    return rand(*shape).softmax(-1)


def encoded(tensor):
    tensor = tensor.detach()
    name = str(tensor.dtype).removeprefix("torch.")
    if tensor.dtype == torch.bool:
        values = [int(v) for v in tensor.flatten().tolist()]
    elif tensor.dtype.is_floating_point:
        values = [float(f"{v:.15g}") for v in tensor.double().flatten().tolist()]
        values = [int(v) if v == int(v) and abs(v) < 1e15 else v for v in values]
    else:
        values = tensor.flatten().tolist()
    return {"dtype": name, "shape": list(tensor.shape), "values": values}


cases = []


def record(operation, name, outputs, options=None, **inputs):
    outputs = outputs if isinstance(outputs, dict) else {"result": outputs}
    cases.append({
        "operation": operation, "name": name, "options": options or {},
        "inputs": {k: encoded(v) for k, v in inputs.items()}, "outputs": {k: encoded(v) for k, v in outputs.items()},
    })


def record_activations():
    x = torch.tensor([-30.0, -6, -3, -1.5, -1, -0.5, -1e-3, 0, 1e-3, 0.5, 1, 1.5, 3, 6, 30])
    record("gelu", "erf", F.gelu(x), x=x)
    record("tanhGELU", "tanh", F.gelu(x, approximate="tanh"), x=x)
    record("quickGELU", "x * sigmoid(1.702 x)", x * torch.sigmoid(1.702 * x), x=x)
    for name in ["silu", "relu", "sigmoid", "tanh"]:
        record(name, name, getattr(F if name == "silu" else torch, name)(x), x=x)


def record_rounding():
    x = torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, -2.7, 2.7, -0.2])
    record("rounded", "halves to even", x.round(), x=x)
    record("floored", "towards minus infinity", x.floor(), x=x)
    for divisor in [3.0, -3.0, 0.7]:
        x = torch.tensor([-7.0, -3, -1, 0, 1, 3, 7, 7.5, -7.5])
        record("remainder", f"by {divisor}", torch.remainder(x, divisor), {"number": divisor}, x=x)
        record("floorDivided", f"by {divisor}", torch.floor_divide(x, divisor), {"number": divisor}, x=x)
    x = torch.tensor([1.0, 1 / 3, 1e-3, 255.0, 256.5, 257.0, 3.14159265, -2.71828, 1.00390625, 1.01171875])
    for dtype in [torch.bfloat16, torch.float16, torch.float32]:
        record("cast", f"to {dtype}", x.to(dtype), {"dtype": str(dtype).removeprefix("torch.")}, x=x)
    x = torch.tensor([-1.9, -0.5, 0.0, 0.5, 1.9, 100.7])
    for dtype in [torch.int64, torch.int8, torch.bool]:
        record("cast", f"to {dtype}", x.to(dtype), {"dtype": str(dtype).removeprefix("torch.")}, x=x)


def record_reductions():
    x = rand(2, 3, 4)
    for axes in [[0], [-1], [0, 2]]:
        for unbiased in [True, False]:
            record("variance", f"axes {axes}, unbiased {unbiased}", x.var(axes, unbiased=unbiased),
                   {"axes": axes, "unbiased": unbiased}, x=x)
    record("logSumExp", "large values", torch.logsumexp(x * 400, [-1]), {"axes": [-1]}, x=x * 400)
    record("norm", "two axes", torch.linalg.vector_norm(x, 2, [1, 2]), {"axes": [1, 2]}, x=x)
    record("cumulativeSum", "axis 1", x.cumsum(1), {"axis": 1}, x=x)
    ties = torch.tensor([[1.0, 3, 3, 2], [0, 0, 0, 0], [5, 1, 5, 1]])
    record("argmax", "first of equals", ties.argmax(1), {"axis": 1}, x=ties)
    record("argmin", "first of equals", ties.argmin(1), {"axis": 1}, x=ties)
    record("argsort", "stable", ties.argsort(dim=1, stable=True), {"axis": 1, "descending": False}, x=ties)
    record("argsort", "stable, descending", ties.argsort(dim=1, stable=True, descending=True),
           {"axis": 1, "descending": True}, x=ties)
    y = rand(3, 6)
    values, indices = y.topk(4, 1)
    record("topK", "descending", {"values": values, "indices": indices}, {"count": 4, "axis": 1}, x=y)
    z = torch.stack([rand(4), torch.zeros(4), rand(4) * 1e-3])
    record("normalized", "with a zero row", F.normalize(z, dim=-1), {"axis": -1}, x=z)
    record("normalized", "axis 0", F.normalize(z, dim=0), {"axis": 0}, x=z)


def record_shapes():
    x = rand(2, 3, 5)
    record("padded", "last axis first", F.pad(x, (1, 2, 0, 1), value=0.5), {"sizes": [1, 2, 0, 1], "number": 0.5}, x=x)
    record("padded", "negative crops", F.pad(x, (-1, -1)), {"sizes": [-1, -1], "number": 0}, x=x)
    record("windows", "overlapping", x.unfold(2, 3, 2), {"axis": 2, "size": 3, "step": 2}, x=x)
    record("rolled", "forwards", x.roll(2, 2), {"axis": 2, "shift": 2}, x=x)
    record("rolled", "backwards", x.roll(-1, 1), {"axis": 1, "shift": -1}, x=x)
    record("repeated", "tiles", x.repeat(2, 1, 1, 3), {"sizes": [2, 1, 1, 3]}, x=x)
    record("repeatedInterleaved", "in place", x.repeat_interleave(2, 1), {"count": 2, "axis": 1}, x=x)
    record("diagonal", "offset", x.diagonal(1, 1, 2), {"shift": 1, "axes": [1, 2]}, x=x)
    record("lowerTriangle", "diagonal 1", x.tril(1), {"shift": 1}, x=x)
    record("upperTriangle", "diagonal -1", x.triu(-1), {"shift": -1}, x=x)
    indices = torch.tensor([[[0, 2, 1, 0, 0]], [[2, 2, 0, 1, 2]]])
    record("gathered", "axis 1", x.gather(1, indices), {"axis": 1}, x=x, indices=indices)
    source = rand(2, 1, 5)
    record("scattered", "axis 1", x.scatter(1, indices, source), {"axis": 1}, x=x, indices=indices, source=source)
    twice = torch.tensor([[[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]], [[0, 0, 0, 0, 0], [0, 2, 0, 2, 0]]])
    added = rand(2, 2, 5)
    record("scatterAdded", "same place twice", x.scatter_add(1, twice, added), {"axis": 1}, x=x, indices=twice,
           source=added)


def record_layers():
    x, w, b = rand(2, 3, 5), rand(4, 5), rand(4)
    record("linear", "with bias", F.linear(x, w, b), x=x, weight=w, bias=b)
    record("linear", "without bias", F.linear(x, w), x=x, weight=w)
    record("einsum", "btd,kd->btk", torch.einsum("btd,kd->btk", x, w), {"equation": "btd,kd->btk"}, x=x, y=w)
    y = rand(2, 3, 5)
    record("einsum", "implicit output", torch.einsum("bij,bij", x, y).reshape([]), {"equation": "bij,bij"}, x=x, y=y)
    record("einsum", "trace of products", torch.einsum("bij,bkj->bik", x, y), {"equation": "bij,bkj->bik"}, x=x, y=y)
    gain, shift = rand(5), rand(5)
    record("layerNorm", "affine", F.layer_norm(x, [5], gain, shift, 1e-5), {"eps": 1e-5}, x=x, weight=gain, bias=shift)
    record("layerNorm", "large eps", F.layer_norm(x, [5], None, None, 0.1), {"eps": 0.1}, x=x)
    z, gain, shift, mean, variance = rand(3, 2, 4), rand(2), rand(2), rand(2), rand(2).abs() + 0.5
    for training in [True, False]:
        m, v = mean.clone(), variance.clone()
        result = F.batch_norm(z, m, v, gain, shift, training, 0.1, 1e-5)
        record("batchNorm", f"training {training}", {"result": result, "mean": m, "variance": v},
               {"training": training, "number": 0.1, "eps": 1e-5}, x=z, weight=gain, bias=shift, mean=mean,
               variance=variance)
    table, rows = rand(5, 3), torch.tensor([[4, 0], [2, 2]])
    record("rows", "of a table", F.embedding(rows, table), x=table, indices=rows)
    record("softmax", "axis 1", x.softmax(1), {"axis": 1}, x=x)
    record("logSoftmax", "large values", (x * 300).log_softmax(-1), {"axis": -1}, x=x * 300)
    image = rand(1, 2, 5, 7)
    record("averagePool", "drops the rest", F.avg_pool2d(image, 2, 2), {"size": 2, "step": 2}, x=image)
    record("averagePool", "overlapping", F.avg_pool2d(image, 3, 1), {"size": 3, "step": 1}, x=image)


def record_attention():
    q, k, v = rand(1, 2, 3, 4), rand(1, 2, 5, 4), rand(1, 2, 5, 6)
    record("attention", "default scale", F.scaled_dot_product_attention(q, k, v), {}, x=q, keys=k, values=v)
    record("attention", "scale 0.3", F.scaled_dot_product_attention(q, k, v, scale=0.3), {"scale": 0.3}, x=q, keys=k,
           values=v)
    added = rand(3, 5)
    record("attention", "added mask", F.scaled_dot_product_attention(q, k, v, added), {}, x=q, keys=k, values=v,
           mask=added)
    seen = torch.tensor([[1, 1, 0, 0, 1], [0, 1, 1, 1, 1], [0, 0, 0, 1, 0]], dtype=torch.bool)
    record("attention", "true may be seen", F.scaled_dot_product_attention(q, k, v, seen), {}, x=q, keys=k, values=v,
           mask=seen)
    record("attention", "causal counts from the first key", F.scaled_dot_product_attention(q, k, v, is_causal=True),
           {"causal": True}, x=q, keys=k, values=v)


def record_convolutions():
    def one(name, function, x, w, b, stride, padding, dilation, groups):
        result = function(x, w, b, stride, padding, dilation, groups)
        options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        inputs = {"x": x, "weight": w} | ({} if b is None else {"bias": b})
        record("convolution", name, result, options, **inputs)

    one("1d, depthwise", F.conv1d, rand(2, 4, 6), rand(4, 1, 3), rand(4), [1], [1], [1], 4)
    one("1d, dilated", F.conv1d, rand(1, 2, 9), rand(3, 2, 3), None, [2], [2], [2], 1)
    one("2d, patches", F.conv2d, rand(1, 3, 6, 4), rand(2, 3, 2, 2), None, [2], [0], [1], 1)
    one("2d, unequal", F.conv2d, rand(1, 2, 5, 6), rand(4, 1, 3, 2), rand(4), [2, 1], [1, 0], [1, 2], 2)
    one("3d, depthwise in time", F.conv3d, rand(1, 2, 4, 3, 3), rand(2, 1, 3, 1, 1), rand(2), [1], [1, 0, 0], [1], 2)


def record_interpolation():
    line, image = rand(1, 2, 5), rand(1, 1, 6, 5)
    for size in [[8], [3]]:
        record("interpolated", f"nearest {size}", F.interpolate(line, size, mode="nearest"),
               {"sizes": size, "mode": "nearest"}, x=line)
        for corners in [False, True]:
            record("interpolated", f"linear {size} corners {corners}",
                   F.interpolate(line, size, mode="linear", align_corners=corners),
                   {"sizes": size, "mode": "linear", "alignCorners": corners}, x=line)
    for size in [[9, 7], [3, 2], [4, 8]]:
        record("interpolated", f"nearest {size}", F.interpolate(image, size, mode="nearest"),
               {"sizes": size, "mode": "nearest"}, x=image)
        for mode in ["bilinear", "bicubic"]:
            for corners in [False, True]:
                for antialias in [False, True]:
                    record("interpolated", f"{mode} {size} corners {corners} antialias {antialias}",
                           F.interpolate(image, size, mode=mode, align_corners=corners, antialias=antialias),
                           {"sizes": size, "mode": mode, "alignCorners": corners, "antialias": antialias}, x=image)


def record_lstm():
    for layers, bidirectional in [(1, False), (2, False), (1, True)]:
        lstm = torch.nn.LSTM(3, 2, layers, batch_first=True, bidirectional=bidirectional)
        names = [name for name, _ in lstm.named_parameters()]
        with torch.no_grad():
            for p in lstm.parameters():
                p.copy_(rand(*p.shape, scale=0.5))
        count = layers * (2 if bidirectional else 1)
        x, h, c = rand(2, 4, 3), rand(count, 2, 2), rand(count, 2, 2)
        output, (hn, cn) = lstm(x, (h, c))
        parameters = {f"parameter.{i}": p for i, p in enumerate(lstm.parameters())}
        assert len(names) == len(parameters)
        record("lstm", f"{layers} layers, bidirectional {bidirectional}", {"result": output, "hidden": hn, "cell": cn},
               {"layers": layers, "bidirectional": bidirectional}, x=x, hidden=h, cell=c, **parameters)


def record_losses():
    logits, target, weight = rand(4, 5, scale=2), torch.tensor([1, 4, 0, 4]), rand(5).abs() + 0.1
    masked, soft = torch.tensor([1, -100, 0, 4]), probabilities(4, 5)
    for reduction in ["none", "mean", "sum"]:
        for name, t, w, ignored, smoothing in [
            ("indices", target, None, -100, 0), ("smoothed", target, None, -100, 0.1),
            ("weighted", target, weight, -100, 0), ("weighted, smoothed", target, weight, -100, 0.2),
            ("ignored rows", masked, None, -100, 0), ("ignored rows, weighted, smoothed", masked, weight, -100, 0.1),
            ("ignored class 4", target, None, 4, 0), ("probabilities", soft, None, -100, 0),
            ("probabilities, weighted, smoothed", soft, weight, -100, 0.1),
        ]:
            options = {"reduction": reduction, "ignoredIndex": ignored, "labelSmoothing": smoothing}
            result = F.cross_entropy(logits, t, w, ignore_index=ignored, reduction=reduction, label_smoothing=smoothing)
            record("crossEntropy", f"{name}, {reduction}", result, options, x=logits, target=t,
                   **({} if w is None else {"weight": w}))
        p, q = probabilities(3, 4).log(), probabilities(3, 4)
        q[1, 2] = 0
        record("klDivergence", f"probabilities with a zero, {reduction}", F.kl_div(p, q, reduction=reduction),
               {"reduction": reduction, "logarithm": False}, x=p, target=q)
        r = probabilities(3, 4).log()
        record("klDivergence", f"logarithms, {reduction}", F.kl_div(p, r, reduction=reduction, log_target=True),
               {"reduction": reduction, "logarithm": True}, x=p, target=r)
        z, t = torch.tensor([-800.0, -1, 0, 2, 800]), torch.tensor([0.0, 0.25, 1, 0.5, 1])
        record("binaryCrossEntropy", reduction, F.binary_cross_entropy_with_logits(z, t, reduction=reduction),
               {"reduction": reduction}, x=z, target=t)
        a, b = rand(2, 3), rand(2, 3)
        error = F.mse_loss(a, b, reduction=reduction)
        record("squaredError", reduction, error, {"reduction": reduction}, x=a, target=b)
    batch = F.kl_div(p, q, reduction="batchmean")
    record("klBatchMean", "sum divided by the batch", batch, {}, x=p, target=q)
    a, b = rand(3, 4), rand(3, 4)
    record("cosineSimilarity", "rows", F.cosine_similarity(a, b, dim=-1), {}, x=a, target=b)


# ---- optimisers

SHAPES = {"layer.weight": (3, 2), "layer.bias": (3,), "scale": (), "unused": (2,)}


def optimizer_case(name, optimizer, groups, rates, dtype, settings, skipped=None, limit=None):
    """Runs an optimiser over fixed gradients; `skipped` maps a parameter to the steps in which it has no gradient."""
    skipped = {"unused": range(len(rates))} | (skipped or {})
    values = {k: rand(*s).to(dtype) for k, s in SHAPES.items()}
    parameters = {k: torch.nn.Parameter(v.clone()) for k, v in values.items()}
    torch_groups = [
        {"params": [parameters[n] for n in g["names"]], "weight_decay": g["weightDecay"]} for g in groups
    ]
    optim = optimizer(torch_groups)
    steps = []
    for step, rate in enumerate(rates):
        gradients = {k: rand(*s).to(dtype) for k, s in SHAPES.items() if step not in skipped.get(k, ())}
        for k, p in parameters.items():
            p.grad = gradients[k].clone() if k in gradients else None
        norm = None
        if limit is not None:
            norm = float(torch.nn.utils.clip_grad_norm_(list(parameters.values()), limit))
        for g, t in zip(groups, optim.param_groups):
            t["lr"] = rate * g["learningRateScale"]
        optim.step()
        steps.append({
            "rate": rate, "norm": norm, "gradients": {k: encoded(v) for k, v in gradients.items()},
            "parameters": {k: encoded(v) for k, v in parameters.items()},
        })
    return {"name": name, "groups": groups, "settings": settings, "limit": limit,
            "parameters": {k: encoded(v) for k, v in values.items()}, "steps": steps}


def group(names, weight_decay=0.0, scale=1.0):
    return {"names": names, "weightDecay": weight_decay, "learningRateScale": scale}


def optimizer_cases():
    everything = list(SHAPES)
    split = [group(["layer.weight", "unused"], 0.2), group(["layer.bias", "scale"], 0, 0.1)]
    rates = [1e-2, 1e-2, 5e-3, 2e-2, 1e-3]
    late = {"layer.bias": {0, 3}}

    def adamw(betas, eps):
        return lambda groups: torch.optim.AdamW(groups, lr=1, betas=betas, eps=eps, foreach=False)

    def sgd(momentum, nesterov):
        return lambda groups: torch.optim.SGD(groups, lr=1, momentum=momentum, nesterov=nesterov, foreach=False)

    def adamw_case(name, groups, betas=(0.9, 0.999), eps=1e-8, dtype=torch.float64, **rest):
        return optimizer_case(name, adamw(betas, eps), groups, rates, dtype,
                              {"kind": "AdamW", "betas": list(betas), "eps": eps}, **rest)

    def sgd_case(name, groups, momentum, nesterov, dtype=torch.float64, **rest):
        return optimizer_case(name, sgd(momentum, nesterov), groups, rates, dtype,
                              {"kind": "SGD", "momentum": momentum, "nesterov": nesterov}, **rest)

    return [
        adamw_case("AdamW, defaults", [group(everything)]),
        adamw_case("AdamW, two groups", split, skipped=late),
        adamw_case("AdamW, CLIP's betas and eps", [group(everything, 0.2)], (0.9, 0.98), 1e-6),
        adamw_case("AdamW, large eps", [group(everything, 0.01)], (0.5, 0.7), 0.1),
        adamw_case("AdamW, float32", split, dtype=torch.float32),
        adamw_case("AdamW, clipped", split, limit=0.5),
        sgd_case("SGD, plain", [group(everything)], 0, False),
        sgd_case("SGD, weight decay", split, 0, False),
        sgd_case("SGD, momentum", split, 0.9, False, skipped=late),
        sgd_case("SGD, Nesterov", split, 0.9, True, skipped=late),
        sgd_case("SGD, float32", [group(everything, 5e-4)], 0.9, False, dtype=torch.float32),
        sgd_case("SGD, clipped above the norm", [group(everything)], 0.9, False, limit=1e6),
    ]


def write(name, content):
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in content)
    path = FOLDER / name
    path.write_text(f'{{"torch":"{torch.__version__}","cases":[\n{lines}\n]}}\n')
    print(f"{path}: {len(content)} cases, {path.stat().st_size} bytes")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for part in [record_activations, record_rounding, record_reductions, record_shapes, record_layers, record_attention,
                 record_convolutions, record_interpolation, record_lstm, record_losses]:
        part()
    write("operations.json", cases)
    write("optimizers.json", optimizer_cases())


main()
