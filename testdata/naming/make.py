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
    for name in [*(f"efficientnet_b{i}" for i in range(8)), "mobilenet_v2", *(f"resnet{i}" for i in (18, 34, 50, 101, 152)),
                 "wide_resnet50_2", "wide_resnet101_2", *(f"efficientnet_v2_{size}" for size in "sml"),
                 "resnext50_32x4d"]:  # of which scalecam knows nothing
        yield name, partial(models.get_model, name, weights=None)
    for width in 0.5, 1.4:
        yield f"mobilenet_v2-w{width}", partial(models.mobilenet_v2, width_mult=width)
    yield "mobilenet_v2-w0.25-10", partial(models.mobilenet_v2, width_mult=0.25, num_classes=10)
    yield "efficientnet-w0.25-d1.4-10", partial(efficientnet, 0.25, 1.4, 10)


TIMM = [*(f"efficientnet_b{i}" for i in range(5)), "tf_efficientnet_b0",
        "mobilenetv2_100", "mobilenetv2_050", "mobilenetv2_110d", "mobilenetv2_120d",
        *(f"efficientnet_lite{i}" for i in range(5)), *(f"resnet{i}" for i in (18, 34, 50, 101, 152)), "wide_resnet50_2", "wide_resnet101_2",
        "test_efficientnet", *(f"tf_efficientnetv2_{size}" for size in ("b0", "b1", "b2", "b3", "s", "m", "l")),
        "resnet50d", "efficientnetv2_rw_s"]  # of these two scalecam knows nothing


def cifar_resnet(depth):
    """ResNet of 6n + 2 layers for CIFAR-10, by the names of akamaster/pytorch_resnet_cifar10."""
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, before, channels, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(before, channels, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(channels)
            self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(channels)
            self.stride, self.zeros = stride, (channels - before) // 2

        def forward(self, x):
            y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
            x = x[:, :, ::self.stride, ::self.stride]
            return (y + nn.functional.pad(x, (0, 0, 0, 0, self.zeros, self.zeros))).relu()

    class Network(nn.Module):
        def __init__(self, n, widths=(16, 32, 64)):
            super().__init__()
            self.conv1 = nn.Conv2d(3, widths[0], 3, 1, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(widths[0])
            for i, (before, channels) in enumerate(zip((widths[0], *widths), widths)):
                blocks = [Block(channels if b else before, channels, 2 if i > 0 and b == 0 else 1) for b in range(n)]
                self.add_module(f"layer{i + 1}", nn.Sequential(*blocks))
            self.linear = nn.Linear(widths[-1], 10)

        def forward(self, x):
            x = self.bn1(self.conv1(x)).relu()
            return self.linear(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))

    return Network((depth - 2) // 6)


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
        for depth in (20, 110):
            write("pytorch_resnet_cifar10", "1877b67", f"resnet{depth}-10", cifar_resnet(depth))
