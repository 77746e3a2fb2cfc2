"""Makes the golden weights files of this folder, with PyTorch (1.13) and numpy.

Run it here, only when a golden is added: python3 make.py

Every file that can be read holds the same three tensors, and so reads the same
but for the stored type. Their values are exact in every type of float.
"""

import collections
import json
import os
import struct

import numpy as np
import torch

plain = collections.OrderedDict(
    [
        ("conv.weight", (torch.arange(24, dtype=torch.float32) - 12).reshape(2, 3, 2, 2) / 4),
        ("conv.bias", torch.tensor([-0.5, 6.0])),
        ("norm.num_batches_tracked", torch.tensor(7)),
    ]
)


def changed(change):
    return collections.OrderedDict((name, change(t) if t.is_floating_point() else t) for name, t in plain.items())


def save(name, what, **options):
    torch.save(what, name + ".pth", **options)


save("plain", plain)
for name, dtype in [("half", torch.float16), ("bfloat16", torch.bfloat16), ("double", torch.float64)]:
    save(name, changed(lambda t: t.to(dtype)))
save("parameter", changed(torch.nn.Parameter))

# A transposed view, and two tensors in one larger storage.
shared = torch.cat([torch.full((3,), 99.0), plain["conv.weight"].flatten(), plain["conv.bias"], torch.full((5,), 99.0)])
save("channels_last", changed(lambda t: t.to(memory_format=torch.channels_last) if t.dim() == 4 else t))
save(
    "shared",
    {
        "conv.weight": shared[3:27].reshape(2, 3, 2, 2),
        "conv.bias": shared[27:29],
        "norm.num_batches_tracked": plain["norm.num_batches_tracked"],
    },
)
# Every second value of a storage, and dimensions stored in another order.
twice = torch.stack([plain["conv.bias"], torch.zeros(2)], dim=1)
save("strided", {**plain, "conv.weight": plain["conv.weight"].permute(3, 1, 2, 0).contiguous().permute(3, 1, 2, 0), "conv.bias": twice[:, 0]})

# Checkpoints.
save("checkpoint", {"epoch": 3, "best": 81.25, "big": -(2**40), "arch": "tiny", "history": [1, (2.5, None), True], "state_dict": plain})
save("model", {"model": dict(plain), "optimizer": {"state": {}, "param_groups": [{"lr": 0.1, "params": [0, 1]}]}})
save("averaged", {"state_dict": changed(torch.zeros_like), "state_dict_ema": plain})
save("parallel", collections.OrderedDict(("module." + name, t) for name, t in plain.items()))

# Files that must be refused.
save("protocol4", plain, pickle_protocol=4)
save("legacy", plain, _use_new_zipfile_serialization=False)
save("whole_module", torch.nn.Conv2d(1, 1, 1))
save("numpy", {"best": np.float64(81.25), "state_dict": plain})
save("diverged", {**plain, "conv.bias": torch.tensor([float("nan"), float("-inf")])})
save("empty", {})
save("list", [1, 2, 3])
torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), "torchscript.pt")


class Attack:
    def __reduce__(self):
        return os.system, ("touch attacked",)


save("attack", {**plain, "zz": Attack()})

# plain, as safetensors.
types = {torch.float32: "F32", torch.int64: "I64"}
header, data = {"__metadata__": {"arch": "tiny"}}, b""
for name, t in plain.items():
    b = t.numpy().tobytes()
    header[name] = {"dtype": types[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(b)]}
    data += b
head = json.dumps(header).encode()
with open("plain.safetensors", "wb") as f:
    f.write(struct.pack("<Q", len(head)) + head + data)
