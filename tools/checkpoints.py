# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "torchvision==0.29.2", "timm==1.0.31", "safetensors", "onnx", "numpy"]
# ///
"""Weights files as people keep them, drawn at random, with what PyTorch computes.

    uv run tools/checkpoints.py FOLDER [COUNT [SEED]]
    CHECKPOINTS=FOLDER go test -run TestCheckpoints ./network/models

writes COUNT (200) files NAME.EXT and beside each NAME.expected.safetensors, with an
input and the logits for it: a network of torchvision's or timm's of some width and
depth, its names after some prefix, with a head of its own or not, with counters or
not, under some keys or none, as a state dict, a list of pairs or a whole model, in
one of torch.save's formats and pickle protocols, as safetensors, ONNX or pt2. The
test opens each and holds the logits to within 1e-4 of the largest.
"""

import argparse
import collections
import datetime
import pathlib
import random
import sys

import numpy as np
import timm
import torch
import torchvision
from safetensors.torch import save_file

torch.serialization.get_source_lines_and_file = lambda *_: (_ for _ in ()).throw(OSError)


def efficientnet(width, depth, classes):
    from torchvision.models.efficientnet import EfficientNet, MBConvConfig

    rows = [(1, 3, 1, 32, 16, 1), (6, 3, 2, 16, 24, 2), (6, 5, 2, 24, 40, 2), (6, 3, 2, 40, 80, 3), (6, 5, 1, 80, 112, 3), (6, 5, 2, 112, 192, 4), (6, 3, 1, 192, 320, 1)]
    return EfficientNet([MBConvConfig(*r, width_mult=width, depth_mult=depth) for r in rows], dropout=0.2, num_classes=classes)


def lively(net):
    """Batch norms that do something."""
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
    return net.eval()


def network(draw):
    classes = draw.choice([1, 2, 5, 10])
    width, depth = draw.choice([0.1, 0.25, 0.3]), draw.choice([0.5, 1, 1.4])
    make = timm.models.efficientnet
    net = draw.choice(
        [
            lambda: efficientnet(width, depth, classes),
            lambda: torchvision.models.mobilenet_v2(width_mult=width, num_classes=classes),
            lambda: make._gen_efficientnet("efficientnet_b0", width, depth, num_classes=classes),
            lambda: make._gen_mobilenet_v2("mobilenetv2_100", width, num_classes=classes),
            lambda: make._gen_mobilenet_v2("mobilenetv2_110d", width, depth, fix_stem_head=True, num_classes=classes),
            lambda: make._gen_efficientnet_lite("efficientnet_lite0", width, depth, num_classes=classes),
            lambda: torchvision.models.resnet18(num_classes=classes),
        ]
    )()
    return lively(net)


def head(net, draw):
    """Replaces the classifier by one of another name."""
    for name in "classifier", "fc":
        if not hasattr(net, name):
            continue
        linear = [m for m in getattr(net, name).modules() if isinstance(m, torch.nn.Linear)][0]
        setattr(net, name, draw.choice([lambda: linear, lambda: torch.nn.Sequential(torch.nn.Dropout(), torch.nn.Sequential(linear)), lambda: torch.nn.Sequential(collections.OrderedDict(out=linear))])())


class Holder(torch.nn.Module):
    def __init__(self, name, net):
        super().__init__()
        setattr(self, name, net)
        self.run = [net]

    def forward(self, x):
        return self.run[0](x)


def around(draw):
    """What stands beside a network in a checkpoint."""
    things = {
        "args": argparse.Namespace(lr=0.1),
        "epoch": 7,
        "best": np.float64(81.25),
        "when": datetime.datetime(2026, 1, 2),
        "device": torch.device("cpu"),
        "dtype": torch.float32,
        "seen": {1, 2},
        "rng": torch.get_rng_state(),
        "big": 2**90,
        "counts": collections.Counter([1, 1]),
        "path": pathlib.PurePosixPath("/data"),
    }
    return {k: things[k] for k in draw.sample(sorted(things), draw.randint(0, 6))}


def write(folder, i, draw):
    net = network(draw)
    x = torch.randn(1, 3, 64, 64)
    if draw.random() < 0.3:
        head(net, draw)
        net.eval()
    expected = {"input": x, "logits": net(x).detach().contiguous()}
    kind = draw.choices(["pth", "safetensors", "whole", "onnx", "pt2"], [10, 3, 3, 1, 1])[0]
    path = folder / f"{i:03d}"
    options = draw.choice([{}, {}, {"_use_new_zipfile_serialization": False}, {"pickle_protocol": 4}, {"pickle_protocol": 5}])
    state = net.state_dict()
    prefix = "".join(draw.choice(["module.", "_orig_mod.", "model.", "net.", "backbone.", "encoder."]) for _ in range(draw.choice([0, 0, 1, 1, 2, 3])))
    state = collections.OrderedDict((prefix + k, v) for k, v in state.items())
    if draw.random() < 0.2:
        state["total_ops"], state["total_params"] = torch.zeros(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    if prefix and draw.random() < 0.3:
        state["criterion.weight"] = torch.ones(3)
    if kind == "safetensors":
        save_file({k: v.contiguous() for k, v in state.items()}, f"{path}.safetensors")
    elif kind == "onnx":
        torch.onnx.export(net, (x,), f"{path}.onnx", dynamo=False)
    elif kind == "pt2":
        torch.export.save(torch.export.export(net, (x,)), f"{path}.pt2")
    elif kind == "whole":
        model = draw.choice([lambda: net, lambda: torch.nn.DataParallel(net), lambda: {"model": net, **around(draw)}])()
        torch.save(model, f"{path}.pt", **options)
    else:
        value = draw.choice([lambda: state, lambda: state, lambda: dict(state), lambda: list(state.items())])()
        other = collections.OrderedDict((k, torch.zeros_like(v)) for k, v in state.items())
        for _ in range(draw.choice([0, 1, 1, 2])):
            key = draw.choice(["state_dict", "model_state_dict", "model", "net", "network", "weights", "params", "student"])
            value = {key: value, **around(draw)}
        if draw.random() < 0.3:
            value = {"state_dict_ema": value, "state_dict": other}
        torch.save(value, f"{path}{draw.choice(['.pth', '.pt', '.bin', '.ckpt', '.pth.tar'])}", **options)
    save_file(expected, f"{path}.expected.safetensors")


def main():
    folder = pathlib.Path(sys.argv[1])
    count, seed = (int(a) for a in [*sys.argv[2:], "200", "1"][:2]) if len(sys.argv) != 3 else (int(sys.argv[2]), 1)
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    torch.manual_seed(seed)
    for i in range(count):
        write(folder, i, draw)


if __name__ == "__main__":
    main()
