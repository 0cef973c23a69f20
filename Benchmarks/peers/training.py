"""The training steps of `verb-benchmarks training`, as one would write them in PyTorch.

    training.py step METHOD --batch 2 --warmup 1 --steps 3 --threads 2 --words 520
    training.py check METHOD FOLDER

`step` times optimiser steps on random clips that are there already; nothing is decoded. `check` reads weights and a
batch that Verb wrote, and answers with the number of parameters, the loss and the norm of its gradients.

Attention is F.scaled_dot_product_attention, the optimiser AdamW(fused=True). What a method freezes has no gradient,
and what comes before the first trained parameter runs without a graph. The sentences of M2-CLIP's classes pass the
frozen text blocks once and not in every step. QuickGELU is x * sigmoid(1.702 x), as there is no other in PyTorch.
"""

import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional as F

T, K, SIDE, PATCH, WIDTH, TEXT, SPACE = 8, 400, 224, 16, 768, 512, 512
GRID = SIDE // PATCH


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.randn(3 * width, width) * width**-0.5)
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, h, N, d]

    def forward(self, x, memory=None, causal=False):
        if memory is None:
            q, k, v = F.linear(x, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
        else:
            n = x.shape[-1]
            q = F.linear(x, self.in_proj_weight[:n], self.in_proj_bias[:n])
            k, v = F.linear(memory, self.in_proj_weight[n:], self.in_proj_bias[n:]).chunk(2, -1)
        y = F.scaled_dot_product_attention(self.split(q), self.split(k), self.split(v), is_causal=causal)
        return self.out_proj(y.transpose(1, 2).flatten(2))


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    def __init__(self, width, heads, adapter=None, eps=1e-5):
        super().__init__()
        self.ln_1, self.attn, self.ln_2 = nn.LayerNorm(width, eps), Attention(width, heads), nn.LayerNorm(width, eps)
        self.mlp = nn.Sequential()
        self.mlp.add_module("c_fc", nn.Linear(width, 4 * width))
        self.mlp.add_module("gelu", QuickGELU())
        self.mlp.add_module("c_proj", nn.Linear(4 * width, width))
        if adapter is not None:
            self.adapter_pre_mlp = adapter
        self.adapted = adapter is not None

    def forward(self, x, memory=None, causal=False):
        x = x + self.attn(self.ln_1(x), None if memory is None else self.ln_1(memory), causal)
        if self.adapted:
            x = self.adapter_pre_mlp(x)
        return x + self.mlp(self.ln_2(x))


class Blocks(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.resblocks = nn.ModuleList(blocks)

    def forward(self, x, causal=False):
        for block in self.resblocks:
            x = block(x, causal=causal)
        return x


class Tower(nn.Module):
    """CLIP's vision transformer up to the last block."""

    def __init__(self, adapter=lambda: None, bias=False):
        super().__init__()
        self.class_embedding = nn.Parameter(torch.randn(WIDTH) * WIDTH**-0.5)
        self.positional_embedding = nn.Parameter(torch.randn(GRID * GRID + 1, WIDTH) * WIDTH**-0.5)
        self.conv1 = nn.Conv2d(3, WIDTH, PATCH, PATCH, bias=bias)
        self.ln_pre = nn.LayerNorm(WIDTH)
        self.transformer = Blocks([Block(WIDTH, 12, adapter()) for _ in range(12)])

    def embed(self, frames):
        x = self.conv1(frames).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.expand(len(x), 1, -1), x], 1) + self.positional_embedding
        return self.ln_pre(x)

    def forward(self, frames):
        return self.transformer(self.embed(frames))


class ImageTower(Tower):
    def __init__(self, adapter=lambda: None):
        super().__init__(adapter)
        self.ln_post = nn.LayerNorm(WIDTH)
        self.proj = nn.Parameter(torch.randn(WIDTH, SPACE) * WIDTH**-0.5)


class Text(nn.Module):
    """CLIP's text tower; its parts stand at the model's root."""

    def __init__(self, blocks):
        super().__init__()
        self.token_embedding = nn.Embedding(49408, TEXT)
        nn.init.normal_(self.token_embedding.weight, std=0.02)
        self.positional_embedding = nn.Parameter(torch.randn(77, TEXT) * 0.01)
        self.transformer = Blocks(blocks)
        self.ln_final = nn.LayerNorm(TEXT)
        self.text_projection = nn.Parameter(torch.randn(TEXT, SPACE) * TEXT**-0.5)
        self.logit_scale = nn.Parameter(torch.tensor(2.6592600369327783))

    def embed_text(self, tokens):
        return self.token_embedding(tokens) + self.positional_embedding[: tokens.shape[1]]

    def pooled(self, x, tokens):
        return self.ln_final(x[torch.arange(len(x)), tokens.argmax(-1)]) @ self.text_projection


def soft_contrastive(logits, labels):
    target = (10 * (labels[:, None] == labels[None]).float()).softmax(-1)
    return (
        F.kl_div(logits.log_softmax(-1), target, reduction="batchmean")
        + F.kl_div(logits.T.log_softmax(-1), target, reduction="batchmean")
    ) / 2


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


class CLIP(Text):
    def __init__(self):
        super().__init__([Block(TEXT, 8) for _ in range(12)])
        self.visual = ImageTower()

    def encode_image(self, frames):
        return self.visual.ln_post(self.visual(frames)[:, 0]) @ self.visual.proj

    def encode_text(self, tokens):
        return self.pooled(self.transformer(self.embed_text(tokens), causal=True), tokens)


class FrameTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.frame_position_embeddings = nn.Embedding(77, SPACE)
        self.transformer = Blocks([Block(SPACE, 8, eps=1e-12) for _ in range(6)])

    def forward(self, x):
        return (self.transformer(x + self.frame_position_embeddings.weight[: x.shape[1]]) + x).mean(1)


class ActionCLIP(nn.Module):
    decay = dict(betas=(0.9, 0.98), weight_decay=0.2, lr=5e-6)

    def __init__(self, words):
        super().__init__()
        self.model, self.fusion = CLIP(), FrameTransformer()

    @staticmethod
    def is_trained(name):
        return True

    def loss(self, batch, training):
        clips = batch["clips"]
        videos = self.fusion(self.model.encode_image(clips.flatten(0, 1)).unflatten(0, (len(clips), T)))
        texts = self.model.encode_text(batch["tokens"])
        return soft_contrastive(self.model.logit_scale.exp() * unit(videos) @ unit(texts).T, batch["labels"])


class TemporalEnhancement(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, inner), nn.Linear(inner, width)
        self.conv = nn.Conv1d(inner, inner, 3, padding=1, groups=inner)
        zero(self.conv)

    def change(self, x):  # [B, T, N, C]
        b, t, n, _ = x.shape
        a = self.fc1(x).permute(0, 2, 3, 1).flatten(0, 1)  # [B N, A, T]
        return self.fc2(self.conv(a).unflatten(0, (b, n)).permute(0, 3, 1, 2))

    def forward(self, x):
        return x + self.change(x)


class TemporalDifference(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, inner), nn.Linear(inner, width)
        self.conv = nn.Conv3d(inner, inner, (1, 3, 3), padding=(0, 1, 1), groups=inner)
        zero(self.conv)

    def forward(self, p):  # [B, T, M, C]
        b, t, m, _ = p.shape
        d = F.pad(p[:, 1:] - p[:, :-1], (0, 0, 0, 0, 1, 0))
        d = self.fc1(d).flatten(0, 1).transpose(1, 2).unflatten(2, (GRID, GRID))  # [B T, A, G, G]
        d = F.conv2d(d, self.conv.weight.squeeze(2), self.conv.bias, padding=1, groups=d.shape[1])
        return self.fc2(d.flatten(2).transpose(1, 2)).unflatten(0, (b, t))


class TEDAdapter(TemporalEnhancement):
    def __init__(self):
        super().__init__(WIDTH, 384)
        self.offset_adapter = TemporalDifference(WIDTH, 384)

    def forward(self, x):
        clips = x.unflatten(0, (-1, T))
        y = clips + self.change(clips) + F.pad(self.offset_adapter(clips[:, :, 1:]), (0, 0, 1, 0))
        return y.flatten(0, 1)


class TextAdapter(nn.Module):
    def __init__(self):
        super().__init__()
        self.textad_fc1, self.textad_fc2 = nn.Linear(TEXT, 384), nn.Linear(384, TEXT)

    def forward(self, x):
        return x + self.textad_fc2(F.gelu(self.textad_fc1(x)))


class WordHead(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.transform = nn.ModuleDict({"dense": nn.Linear(TEXT, TEXT), "LayerNorm": nn.LayerNorm(TEXT, 1e-12)})
        self.decoder = nn.Linear(TEXT, words, bias=False)
        self.bias = nn.Parameter(torch.zeros(words))

    def forward(self, x):
        return self.decoder(self.transform["LayerNorm"](F.gelu(self.transform["dense"](x)))) + self.bias


class M2CLIP(Text):
    decay = dict(betas=(0.9, 0.999), weight_decay=0.01, lr=2.8e-4)

    def __init__(self, words):
        super().__init__([Block(TEXT, 8, TextAdapter() if i >= 11 else None) for i in range(13)])
        self.visual = ImageTower(TEDAdapter)
        self.visual.t_adapter = TemporalEnhancement(SPACE, SPACE // 2)
        self.visual.adapter_fc = nn.Linear(WIDTH, K)
        self.mlm_adapter = WordHead(words)
        self.prompts = None

    @staticmethod
    def is_trained(name):
        return "adapter" in name

    def text_states(self, tokens, blocks, x=None):
        x = self.embed_text(tokens) if x is None else x
        for block in blocks:
            x = block(x, causal=True)
        return x

    def loss(self, batch, training):
        blocks, labels = self.transformer.resblocks, batch["labels"]
        if self.prompts is None:
            tokens = batch["class_tokens"]
            self.class_tokens = tokens[:, : tokens.argmax(-1).max() + 1]
            with torch.no_grad():
                self.prompts = self.text_states(self.class_tokens, blocks[:11])
        clips, visual = batch["clips"], self.visual
        c = visual(clips.flatten(0, 1))[:, 0]
        f = (visual.ln_post(c) @ visual.proj).unflatten(0, (-1, T))
        f = visual.t_adapter(f.unsqueeze(2)).squeeze(2)
        m = visual.ln_post(c.unflatten(0, (-1, T)).mean(1))
        classes = visual.adapter_fc(F.dropout(m, 0.5, training))
        states = self.text_states(batch["tokens"], blocks[:12])
        v = unit(f.mean(1))
        pairs = self.logit_scale.exp() * v @ unit(self.pooled(states, batch["tokens"])).T
        prompts = self.pooled(self.text_states(self.class_tokens, blocks[11:12], self.prompts), self.class_tokens)
        words = self.mlm_adapter(self.ln_final(blocks[12](states, f)))
        masked = F.cross_entropy(words.flatten(0, 1), batch["words"].flatten(), ignore_index=-100, reduction="sum")
        masked = masked / (batch["words"] != -100).sum().clamp(min=1)
        return (
            0.5 * soft_contrastive(pairs, labels)
            + 0.5 * F.cross_entropy((100 * v @ unit(prompts).T).softmax(-1), labels)
            + F.cross_entropy(classes, labels)
            + 0.1 * masked
        )


class SpatioTemporalAdapter(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(WIDTH, 384), nn.Linear(384, WIDTH)
        self.conv = nn.Conv3d(384, 384, (3, 1, 1), padding=(1, 0, 0), groups=384)
        zero(self.conv)

    def forward(self, x):
        p = self.fc1(x[:, 1:])  # [B T, M, A]
        p = p.unflatten(0, (-1, T)).unflatten(2, (GRID, GRID)).permute(0, 4, 1, 2, 3)
        p = self.conv(p.contiguous()).permute(0, 2, 3, 4, 1).flatten(2, 3).flatten(0, 1)
        return torch.cat([x[:, :1], x[:, 1:] + self.fc2(p)], 1)


class STAdapter(Tower):
    decay = dict(betas=(0.9, 0.999), weight_decay=0.01, lr=7.5e-4)

    def __init__(self, words):
        super().__init__(SpatioTemporalAdapter)
        self.ln_post, self.fc = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, K)

    @staticmethod
    def is_trained(name):
        return "adapter" in name or name.startswith("fc.")

    def loss(self, batch, training):
        x = self(batch["clips"].flatten(0, 1))[:, 0].unflatten(0, (-1, T)).mean(1)
        return F.cross_entropy(self.fc(F.dropout(self.ln_post(x), 0.5, training)), batch["labels"])


class CrossAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1 = nn.Parameter(torch.zeros((2 * GRID - 1) ** 2, WIDTH))
        self.w2 = nn.Parameter(torch.zeros((2 * GRID - 1) ** 2, WIDTH))
        place = torch.stack(torch.meshgrid(torch.arange(GRID), torch.arange(GRID), indexing="ij")).flatten(1)
        distance = place[:, :, None] - place[:, None] + GRID - 1
        self.register_buffer("index", distance[0] * (2 * GRID - 1) + distance[1], persistent=False)

    def forward(self, q, k):  # [B, T, L, h, d]
        q, k = q[:, :, 1:], k[:, :, 1:]
        out = q.new_zeros(*q.shape[:3], WIDTH)

        def read(q, k, table):
            with torch.no_grad():
                maps = torch.einsum("btphd,btkhd->btphk", q / q.shape[-1] ** 0.5, k).softmax(-1).mean(3)
            return torch.einsum("btpk,pkc->btpc", maps, table[self.index])

        before = F.pad(read(q[:, 1:], k[:, :-1], self.w1), (0, 0, 0, 0, 1, 0))
        behind = F.pad(read(q[:, :-1], k[:, 1:], self.w2), (0, 0, 0, 0, 0, 1))
        return F.pad(out + before + behind, (0, 0, 1, 0))


class QueryAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj, self.k_proj = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.v_proj, self.out_proj = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, query, tokens):
        q, k, v = (
            x.unflatten(-1, (12, -1)).transpose(1, 2)
            for x in (self.q_proj(query)[:, None], self.k_proj(tokens), self.v_proj(tokens))
        )
        return self.out_proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(1))


class DecoderLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = QueryAttention()
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(WIDTH, 4 * WIDTH), "fc2": nn.Linear(4 * WIDTH, WIDTH)})
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)

    def forward(self, x, tokens):
        x = x + self.attn(self.norm1(x), self.norm3(tokens))
        h = self.mlp["fc1"](self.norm2(x))
        return x + self.mlp["fc2"](F.dropout(h * torch.sigmoid(1.702 * h), 0.5, self.training))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(WIDTH))
        self.decoder_layers = nn.ModuleList(DecoderLayer() for _ in range(4))
        self.temporal_conv = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=1, groups=WIDTH) for _ in range(4))
        self.temporal_pos_embed = nn.ParameterList(nn.Parameter(torch.zeros(T, WIDTH)) for _ in range(4))
        self.cross_attention = nn.ModuleList(CrossAttention() for _ in range(4))

    def forward(self, features):
        x = self.cls_token.expand(len(features[0][0]), -1)
        for i, (stream, q, k) in enumerate(features):
            b, t, n, _ = stream.shape
            conv = self.temporal_conv[i](stream.permute(0, 2, 3, 1).flatten(0, 1)).unflatten(0, (b, n))
            y = stream + conv.permute(0, 3, 1, 2) + self.temporal_pos_embed[i][:, None] + self.cross_attention[i](q, k)
            x = self.decoder_layers[i](x, y.flatten(1, 2))
        return x


class EVL(nn.Module):
    decay = dict(betas=(0.9, 0.999), weight_decay=0.05, lr=4e-4)

    def __init__(self, words):
        super().__init__()
        self.backbone, self.decoder = Tower(bias=True), Decoder()
        self.proj = nn.Sequential(nn.LayerNorm(WIDTH), nn.Dropout(0.5), nn.Linear(WIDTH, K))

    @staticmethod
    def is_trained(name):
        return not name.startswith("backbone.")

    @torch.no_grad()
    def features(self, clips):
        blocks, kept = self.backbone.transformer.resblocks, []
        x = self.backbone.embed(clips.flatten(0, 1))
        for i, block in enumerate(blocks):
            if i < len(blocks) - 4:
                x = block(x)
                continue
            attn = block.attn
            q, k, v = F.linear(block.ln_1(x), attn.in_proj_weight, attn.in_proj_bias).chunk(3, -1)
            mixed = F.scaled_dot_product_attention(attn.split(q), attn.split(k), attn.split(v))
            x = x + attn.out_proj(mixed.transpose(1, 2).flatten(2))
            x = x + block.mlp(block.ln_2(x))
            kept.append([y.unflatten(0, (-1, T)) for y in (x, q.unflatten(-1, (12, -1)), k.unflatten(-1, (12, -1)))])
        return kept

    def loss(self, batch, training):
        self.train(training)
        return F.cross_entropy(self.proj(self.decoder(self.features(batch["clips"]))), batch["labels"])


METHODS = {"actionclip": ActionCLIP, "m2clip": M2CLIP, "evl": EVL, "st-adapter": STAdapter}


def zero(conv):
    nn.init.zeros_(conv.weight)
    nn.init.zeros_(conv.bias)


def prepare(name, words):
    torch.manual_seed(1)
    model = METHODS[name](words)
    for key, parameter in model.named_parameters():
        parameter.requires_grad_(model.is_trained(key))
    return model, [p for p in model.parameters() if p.requires_grad]


def memory(key):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(key))


def sentences(rows):
    tokens = torch.zeros(rows, 77, dtype=torch.long)
    tokens[:, 0], tokens[:, 1:9], tokens[:, 9] = 49406, torch.randint(1, 40000, (rows, 8)), 49407
    return tokens


def step(arguments):
    torch.set_num_threads(arguments.threads)
    model, trained = prepare(arguments.method, arguments.words)
    optimizer = torch.optim.AdamW(trained, fused=True, **model.decay)
    count = arguments.batch
    words = torch.full((count, 77), -100)
    words[:, 5] = 3
    batch = {
        "clips": torch.randn(count, T, 3, SIDE, SIDE), "labels": torch.arange(count), "words": words,
        "tokens": sentences(count), "class_tokens": sentences(K),
    }
    seconds = []
    for number in range(arguments.warmup + arguments.steps):
        if number == arguments.warmup:
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = model.loss(batch, True)
        loss.backward()
        optimizer.step()
        loss.item()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds[arguments.warmup :], "peakBytes": memory("VmHWM"), "dataWait": 0}))


def check(arguments):
    from safetensors.torch import load_file

    batch = load_file(arguments.folder + "/batch.safetensors")
    batch = {key: value if value.is_floating_point() else value.long() for key, value in batch.items()}
    weights = load_file(arguments.folder + "/weights.safetensors")
    words = weights.get("mlm_adapter.bias", torch.zeros(520)).numel()
    model, trained = prepare(arguments.method, words)
    model.load_state_dict(weights)
    loss = model.loss(batch, False)
    loss.backward()
    norms = [p.grad.norm() for p in trained if p.grad is not None]
    answer = {
        "parameters": sum(p.numel() for p in model.parameters()), "trained": sum(p.numel() for p in trained),
        "loss": loss.item(), "gradientNorm": torch.stack(norms).norm().item(),
    }
    print(json.dumps(answer))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("step")
    one.add_argument("method", choices=METHODS)
    for name, value in {"batch": 2, "warmup": 1, "steps": 3, "threads": 2, "words": 520}.items():
        one.add_argument("--" + name, type=int, default=value)
    one.set_defaults(run=step)
    other = commands.add_parser("check")
    other.add_argument("method", choices=METHODS)
    other.add_argument("folder")
    other.set_defaults(run=check)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
