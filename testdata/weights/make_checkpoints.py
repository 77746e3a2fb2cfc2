# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "numpy", "onnx==1.23.2"]
# ///
"""Makes the golden checkpoints of this folder: what training programs save
around a network's weights, and ways of saving them.

    uv run make_checkpoints.py      (or: pip install the above, python3 make_checkpoints.py)

Those whose names begin with "whole" hold a model, the others the tensors of
make.py's plain.
"""

import argparse
import collections
import datetime
import pathlib

import numpy as np
import torch

plain = collections.OrderedDict(
    [
        ("conv.weight", (torch.arange(24, dtype=torch.float32) - 12).reshape(2, 3, 2, 2) / 4),
        ("conv.bias", torch.tensor([-0.5, 6.0])),
        ("norm.num_batches_tracked", torch.tensor(7)),
    ]
)
zeros = collections.OrderedDict((name, torch.zeros_like(t)) for name, t in plain.items())


def save(name, what, **options):
    torch.save(what, pathlib.Path(__file__).parent / (name + ".pth"), **options)


class Meter:
    """Not known where the file is read."""

    def __init__(self):
        self.values = [1.5, 2.5]


around = {
    "args": argparse.Namespace(lr=0.1, data=pathlib.PurePosixPath("/data")),
    "device": torch.device("cpu"),
    "dtype": torch.float32,
    "when": datetime.datetime(2026, 11, 27),
    "best": np.float64(81.25),
    "counts": collections.Counter([1, 1, 2]),
    "by": collections.defaultdict(list, a=[1]),
    "seen": {1, 2, 3},
    "fixed": frozenset(["a", "b"]),
    "rng": b"\x00\x01\xff" * 100,
    "seed": 2**100,
    "less": -(2**70),
    "meter": Meter(),
}
save("namespace", {**around, "state_dict": plain})
save("protocol5", {**around, "state_dict": plain}, pickle_protocol=5)
save("namespace_legacy", {**around, "state_dict": plain}, _use_new_zipfile_serialization=False)
save("pairs", list(plain.items()))
save("nested", {"epoch": 3, "checkpoint": {"inner": {"of_it": plain}}})
save("tuple", (plain, {"lr": 0.1}))

# What torchvision's references/classification/train.py saves.
parameters = [torch.nn.Parameter(t.clone()) for t in plain.values() if t.is_floating_point()]
optimizer = torch.optim.Adam(parameters)
sum(p.sum() for p in parameters).backward()
optimizer.step()
save(
    "ema",
    {
        "model": zeros,
        "optimizer": optimizer.state_dict(),
        "epoch": 3,
        "model_ema": collections.OrderedDict(
            [("n_averaged", torch.tensor(4)), *((("module." + name), t) for name, t in plain.items())]
        ),
    },
)
save("float8", {"conv.weight": plain["conv.weight"].to(torch.float8_e4m3fn), "conv.bias": plain["conv.bias"]})
save("uint16", {**plain, "counts": torch.tensor([1, 2], dtype=torch.uint16)})

model = torch.nn.Sequential(
    collections.OrderedDict(conv=torch.nn.Conv2d(3, 2, 2, stride=2), norm=torch.nn.BatchNorm2d(2, eps=0.001), last=torch.nn.Linear(2, 2))
)
with torch.no_grad():
    model.conv.weight.copy_(plain["conv.weight"])
    model.conv.bias.copy_(plain["conv.bias"])
    model.norm.running_mean.copy_(torch.tensor([0.25, -8.0]))
    for p in model.last.parameters():
        p.fill_(0.5)
save("whole_model", model)


def unknown(*_):
    raise OSError


torch.serialization.get_source_lines_and_file = unknown  # or else PyTorch's source of each module is in the file
save("whole_model_legacy", {"model": model}, _use_new_zipfile_serialization=False)

# A graph by the exporter that keeps modules' names in those of its nodes, and the
# same weights.
graph = torch.nn.Sequential(
    collections.OrderedDict(
        conv=torch.nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False), norm=torch.nn.BatchNorm2d(4), act=torch.nn.SiLU(),
        block=torch.nn.Sequential(torch.nn.Conv2d(4, 4, 1, bias=False), torch.nn.BatchNorm2d(4)),
        pool=torch.nn.AdaptiveAvgPool2d(1), flat=torch.nn.Flatten(), last=torch.nn.Linear(4, 2))
).eval()
with torch.no_grad():
    for i, p in enumerate(graph.parameters()):
        p.copy_((torch.arange(p.numel()).reshape(p.shape) - i) / 8)
torch.onnx.export(graph, (torch.zeros(1, 3, 8, 8),), str(pathlib.Path(__file__).parent / "graph.onnx"), dynamo=False)


class Program(torch.nn.Module):
    """A module with plain's tensors, which torch.export writes down."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 2, 2)
        self.norm = torch.nn.Module()
        self.norm.register_buffer("num_batches_tracked", torch.tensor(7))

    def forward(self, x):
        return self.conv(x) + self.norm.num_batches_tracked


program = Program()
program.load_state_dict(plain)
torch.export.save(torch.export.export(program.eval(), (torch.zeros(1, 3, 4, 4),)), str(pathlib.Path(__file__).parent / "program.pt2"))
