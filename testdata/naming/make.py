# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "torchvision==0.29.2", "timm==1.0.31"]
# ///
"""The tensors of two libraries' networks: their names, kinds and shapes.

    uv run testdata/naming/make.py      (or: pip install the above, python3 make.py)

writes LIBRARY-MODEL.txt beside this script. What is written comes from the
libraries alone, so that tests hold scalecam's naming to something that
scalecam did not make. Weights are never made: torch's meta device has shapes
only.

A file begins with lines of "# key: value": library, version, model, parameters
(trainable numbers). Then follows the state dict in its order, a line for each
tensor: its name, its kind (p parameter, b float32 buffer, i int64 buffer) and
its shape, which a scalar has not.
"""
from pathlib import Path

import timm
import torch
import torchvision

TORCHVISION = [*((f"efficientnet_b{i}", {}) for i in range(8)),
               ("mobilenet_v2", {}), ("mobilenet_v2", {"width_mult": 0.5}), ("mobilenet_v2", {"width_mult": 1.4}),
               *((f"resnet{i}", {}) for i in (18, 34, 50, 101))]
TIMM = [*(f"efficientnet_b{i}" for i in range(5)), "tf_efficientnet_b0",
        "mobilenetv2_100", "mobilenetv2_050", "mobilenetv2_110d", "mobilenetv2_120d",
        *(f"efficientnet_lite{i}" for i in range(5)), "resnet18", "resnet50"]


def write(library, version, name, model):
    parameters = dict(model.named_parameters())
    lines = [f"# library: {library}", f"# version: {version}", f"# model: {name}",
             f"# parameters: {sum(p.numel() for p in parameters.values() if p.requires_grad)}"]
    for key, t in model.state_dict().items():
        kind = "p" if key in parameters else {torch.float32: "b", torch.int64: "i"}[t.dtype]
        lines.append(f"{key} {kind} {','.join(map(str, t.shape))}".rstrip())
    path = Path(__file__).parent / f"{library}-{name.replace(' width_mult=', '-')}.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


with torch.device("meta"):
    for name, options in TORCHVISION:
        model = torchvision.models.get_model(name, weights=None, **options)
        write("torchvision", torchvision.__version__.split("+")[0], " ".join([name, *(f"{k}={v}" for k, v in options.items())]), model)
    for name in TIMM:
        write("timm", timm.__version__, name, timm.create_model(name))
