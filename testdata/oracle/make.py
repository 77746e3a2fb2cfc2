# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "torchvision==0.29.2", "timm==1.0.31"]
# ///
"""What torchvision's networks compute: logits, features, gradients and maps.

    uv run testdata/oracle/make.py [MODEL …]      (or: pip install the above, python3 make.py)

writes MODEL.json beside this script, of all or of those named. Weights, running statistics and input come
from a formula that scalecam's tests compute as well (network/oracletest), so
that no file of weights is needed.

The formula. Number i of tensor NAME, in row-major order, is made of 24 bits:

    seed = 64-bit FNV-1a of NAME's bytes
    z    = splitmix64's output function of seed + (i+1)·0x9e3779b97f4a7c15
    v    = (z >> 40) / 2^23 - 1, in [-1, 1)

and by NAME and shape becomes a float32, with one rounding:

    two dimensions or more   v · float32(√(gain / fan-in)), fan-in = product of all dimensions but the first
    *.running_var            1 + v/2
    *.weight                 1 + v/4      (batch norm's)
    else                     v/4          (biases, running means)

The gain is a network's own, so that its activations neither die nor explode: to
shift the channels of any one tensor by one changes some logit by at least 5e-4
of the largest.
The input [3, H, W] is 1.5·coarse + 0.5·fine: fine is tensor "input.SEED"
[3, H, W], coarse is pixel (y/16, x/16) of tensor "input.SEED.coarse"
[3, ceil(H/16), ceil(W/16)].

The gradient of ReLU and ReLU6 jumps where they bend: one number so near a bend
that rounding takes it across moves maps by a hundredth. So the seed is the first
one with which none after the layer is nearer to it than MARGIN times what
rounding does there: the root mean square of torch's float32 from float64.

What is computed, by inference in float64 from the float32 weights:

    logits       [classes]
    features     [K, h, w], after the last activation, before pooling; activations the same at another layer
    gradient     [K, h, w]: of the class's logit by the layer's activations A
    cam          [h, w]: sum over k of the class's classifier weights · features; no bias, not clipped
    hires-cam    [h, w]: sum over k of gradient · A, not clipped
    grad-cam     [h, w]: sum over k of (mean over h, w of gradient) · A, not clipped: the method's ReLU comes after

Each is written in full up to FULL numbers, else as SAMPLES of them, number
floor(i·count/SAMPLES) for i = 0, 1, …, with the sum and the sum of squares of
all; maps are always in full. "largest" is the largest magnitude of all, and
"float32" the largest difference that torch's own float32 has from float64, over
the largest magnitude: what no test can ask less than.
"""
import json
import math
import runpy
import sys
from pathlib import Path

import numpy as np
import torch
import torchvision

FULL = SAMPLES = 200
MARGIN = 25
HERE = Path(__file__).parent

# Gain, last layer, and for each size the layers at which there are gradients,
# the earliest one last.
NETWORKS = {
    "efficientnet_b0": (6, "features.8", {(64, 64): [], (83, 61): ["features.5", "features.3"], (224, 224): []}),
    "efficientnet_b4": (5.2, "features.8", {(380, 380): []}),
    "efficientnet_v2_s": (3.5, "features.7", {(83, 61): ["features.4", "features.2"], (384, 384): []}),
    "efficientnet-w0.25-d1.4-10": (5.5, "features.8", {(64, 96): ["features.7", "features.4"]}),
    "mobilenet_v2": (4, "features.18", {(64, 64): ["features.13", "features.6"], (224, 224): []}),
    "mobilenet_v2-w0.25-10": (4, "features.18", {(96, 64): ["features.17", "features.7"]}),
    "resnet18": (3, "layer4", {(128, 128): ["layer3", "layer2"], (224, 224): []}),
    "resnet34": (3, "layer4", {(96, 64): ["layer3"], (224, 224): []}),
    "resnet50": (3, "layer4", {(128, 128): ["layer3"], (224, 224): []}),
    "resnet101": (2.5, "layer4", {(224, 224): []}),
    "wide_resnet50_2": (3, "layer4", {(96, 64): ["layer3"], (224, 224): []}),
}
CLASSES = {1000: (7, 281), 10: (7, 2)}  # of the maps; gradients are the first's


def uniform(name, count):
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / 2**23 - 1


def weights(name, shape, gain):
    v = uniform(name, math.prod(shape))
    if len(shape) >= 2:
        v = v * np.float64(np.float32(math.sqrt(gain / math.prod(shape[1:]))))
    elif name.endswith(".running_var"):
        v = 1 + v / 2
    elif name.endswith(".weight"):
        v = 1 + v / 4
    else:
        v = v / 4
    return torch.from_numpy(v.astype(np.float32).reshape(shape))


def picture(h, w, seed):
    rows, columns = -(-h // 16), -(-w // 16)
    coarse = uniform(f"input.{seed}.coarse", 3 * rows * columns).reshape(3, rows, columns)
    coarse = coarse.repeat(16, 1).repeat(16, 2)[:, :h, :w]
    fine = uniform(f"input.{seed}", 3 * h * w).reshape(3, h, w)
    return torch.from_numpy((1.5 * coarse + 0.5 * fine).astype(np.float32))


def forward(model, last, layer, x):
    """Logits, features, and the activations of a layer, from where gradients are."""
    kept = {}

    def keep(name):
        def hook(_module, _inputs, output):
            if name == layer:
                output = output.detach().requires_grad_()
            kept[name] = output
            return output.clone()  # what follows may overwrite it

        return model.get_submodule(name).register_forward_hook(hook)

    hooks = [keep(name) for name in {last, layer} - {None}]
    logits = model(x[None])
    for hook in hooks:
        hook.remove()
    return logits[0], kept[last], kept.get(layer)


def margin(model, layer, x):
    """How far what ReLUs after the layer read is from where they bend, at least, over what rounding does."""

    def inputs(x):
        read = []
        hooks = [model.get_submodule(layer).register_forward_hook(lambda *_: read.clear())]
        hooks += [m.register_forward_pre_hook(lambda m, inputs: read.append((m, inputs[0].clone())))
                  for m in model.modules() if isinstance(m, (torch.nn.ReLU, torch.nn.ReLU6))]
        with torch.no_grad():
            model(x[None])
        for hook in hooks:
            hook.remove()
        return read

    narrow = inputs(x)
    model.double()
    wide = inputs(x.double())
    model.float()  # exactly what it was: every float32 is a float64
    least = math.inf
    for (m, a), (_, b) in zip(narrow, wide, strict=True):
        bends = (0, 6) if isinstance(m, torch.nn.ReLU6) else (0,)
        noise = (a - b).pow(2).mean().sqrt().item()
        least = min([least, *((b - bend).abs().min().item() / noise for bend in bends)])
    return least


def compute(model, last, layers, classes, x):
    """Every result by (what, layer, class)."""
    classifier = [m for m in model.modules() if isinstance(m, torch.nn.Linear)][-1]
    with torch.no_grad():
        logits, features, _ = forward(model, last, None, x)
    results = {("logits", None, None): logits, ("features", last, None): features[0]}
    for c in classes:
        results["cam", last, c] = torch.einsum("k,khw->hw", classifier.weight[c].detach(), features[0])
    c = classes[0]
    for layer in layers:
        logits, _, a = forward(model, last, layer, x)
        (g,) = torch.autograd.grad(logits[c], a)
        a, g = a.detach()[0], g[0]
        results["activations", layer, None] = a
        results["gradient", layer, c] = g
        results["hires-cam", layer, c] = (g * a).sum(0)
        results["grad-cam", layer, c] = (g.mean((1, 2), keepdim=True) * a).sum(0)
    return results


def number(v):
    return float(f"{v:.9g}")


def entry(key, wide, narrow):
    what, layer, c = key
    flat = wide.flatten()
    largest = flat.abs().max().item()
    at = range(len(flat)) if len(flat) <= FULL or wide.dim() == 2 else [i * len(flat) // SAMPLES for i in range(SAMPLES)]
    out = {"what": what, "layer": layer, "class": c, "shape": list(wide.shape), "largest": number(largest),
           "float32": float(f"{((narrow.double() - wide).abs().max().item() / largest):.2g}"),
           "sum": number(flat.sum().item()), "sum_squares": number(flat.pow(2).sum().item()),
           "values": [number(flat[i].item()) for i in at]}
    return {k: v for k, v in out.items() if v is not None}


def main():
    torch.set_num_threads(1)
    known = dict(runpy.run_path(str(HERE.parent / "naming" / "make.py"))["torchvisions"]())
    for name in sys.argv[1:] or NETWORKS:
        gain, last, sizes = NETWORKS[name]
        model = known[name]().eval()
        model.load_state_dict({k: weights(k, tuple(t.shape), gain) if t.dtype == torch.float32 else t
                               for k, t in model.state_dict().items()})
        count = [m for m in model.modules() if isinstance(m, torch.nn.Linear)][-1].out_features
        runs = []
        for (h, w), layers in sizes.items():
            seed = 0
            while layers and margin(model, layers[-1], picture(h, w, seed)) < MARGIN:
                seed += 1
            x = picture(h, w, seed)
            narrow = compute(model.float(), last, layers, CLASSES[count], x)
            wide = compute(model.double(), last, layers, CLASSES[count], x.double())
            model.float()
            entries = [entry(key, wide[key], narrow[key]) for key in wide]
            runs.append({"height": h, "width": w, "seed": seed, "top": int(wide["logits", None, None].argmax()), "results": entries})
            for e in entries:
                print(f"{name} {h}x{w} seed {seed} {e['what']} {e.get('layer', '')} {e.get('class', '')} {e['shape']}: "
                      f"largest {e['largest']:.3g}, mean {e['sum'] / math.prod(e['shape']):.3g}, float32 within {e['float32']:.1e}")
        head = {"library": "torchvision", "version": torchvision.__version__.split("+")[0], "torch": torch.__version__.split("+")[0],
                "model": name, "tensors": f"../naming/torchvision-{name}.txt", "gain": gain}
        lines = [json.dumps(head)[:-1] + ', "runs": [']
        for r, run in enumerate(runs):
            results = run.pop("results")
            lines.append(json.dumps(run)[:-1] + ', "results": [')
            lines += [json.dumps(e) + ("," if i < len(results) - 1 else "") for i, e in enumerate(results)]
            lines.append("]}" + ("," if r < len(runs) - 1 else ""))
        (HERE / f"{name}.json").write_text("\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
