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

A file begins with lines of "# key: value": library, version, model (where it is
rescaled or has not 1000 classes: with its width, depth and classes), parameters
(trainable numbers). Then follows the state dict in its order, a line for each
tensor: its name, its kind (p parameter, b float32 buffer, i int64 buffer) and
its shape, which a scalar has not.
"""
from functools import partial
from pathlib import Path

import timm
import torch
import torchvision
from torchvision.models.efficientnet import EfficientNet, MBConvConfig


def efficientnet(width_mult, depth_mult, num_classes):
    """torchvision's EfficientNet of any scaling."""
    stage = partial(MBConvConfig, width_mult=width_mult, depth_mult=depth_mult)
    stages = [stage(1, 3, 1, 32, 16, 1), stage(6, 3, 2, 16, 24, 2), stage(6, 5, 2, 24, 40, 2), stage(6, 3, 2, 40, 80, 3),
              stage(6, 5, 1, 80, 112, 3), stage(6, 5, 2, 112, 192, 4), stage(6, 3, 1, 192, 320, 1)]
    return EfficientNet(stages, dropout=0.2, num_classes=num_classes)


def torchvisions():
    """Every name in torchvision with what makes its network."""
    models = torchvision.models
    for name in [*(f"efficientnet_b{i}" for i in range(8)), "mobilenet_v2", *(f"resnet{i}" for i in (18, 34, 50, 101))]:
        yield name, partial(models.get_model, name, weights=None)
    for width in 0.5, 1.4:
        yield f"mobilenet_v2-w{width}", partial(models.mobilenet_v2, width_mult=width)
    yield "mobilenet_v2-w0.25-10", partial(models.mobilenet_v2, width_mult=0.25, num_classes=10)
    yield "efficientnet-w0.25-d1.4-10", partial(efficientnet, 0.25, 1.4, 10)


TIMM = [*(f"efficientnet_b{i}" for i in range(5)), "tf_efficientnet_b0",
        "mobilenetv2_100", "mobilenetv2_050", "mobilenetv2_110d", "mobilenetv2_120d",
        *(f"efficientnet_lite{i}" for i in range(5)), "resnet18", "resnet50", "test_efficientnet"]


def write(library, version, name, model):
    parameters = dict(model.named_parameters())
    lines = [f"# library: {library}", f"# version: {version}", f"# model: {name}",
             f"# parameters: {sum(p.numel() for p in parameters.values() if p.requires_grad)}"]
    for key, t in model.state_dict().items():
        kind = "p" if key in parameters else {torch.float32: "b", torch.int64: "i"}[t.dtype]
        lines.append(f"{key} {kind} {','.join(map(str, t.shape))}".rstrip())
    path = Path(__file__).parent / f"{library}-{name}.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    with torch.device("meta"):
        for name, make in torchvisions():
            write("torchvision", torchvision.__version__.split("+")[0], name, make())
        for name in TIMM:
            write("timm", timm.__version__, name, timm.create_model(name))
