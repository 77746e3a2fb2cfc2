"""Two training steps of a small EfficientNet-64, computed by PyTorch.

    SCALECAM_STEP=/tmp/step.safetensors go test -run TestStepAgainstPyTorch ./network/train
    python3 testdata/step/step.py /tmp/step.safetensors testdata/step/expected.safetensors

The first command writes the network's weights and the batch, the second one what
PyTorch makes of them: loss, gradients and running statistics of the first step,
and some weights after the second.
"""
import json
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

STAGES = [(1, 3, 1, 2), (1, 3, 4, 1), (2, 5, 4, 2), (2, 3, 4, 1)]  # layers, kernel, expansion, stride


def read(path):
    data = open(path, "rb").read()
    n = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + n])
    out = {}
    for name, t in header.items():
        if name != "__metadata__":
            a, b = t["data_offsets"]
            values = np.frombuffer(data[8 + n + a : 8 + n + b], "<f4").reshape(t["shape"])
            out[name] = torch.tensor(values.copy())
    return out


def write(path, tensors):
    header, body = {}, b""
    for name in sorted(tensors):
        values = np.ascontiguousarray(tensors[name].detach().numpy().astype("<f2" if tensors[name].dim() > 1 else "<f4"))
        header[name] = {
            "dtype": "F16" if values.itemsize == 2 else "F32", "shape": list(values.shape),
            "data_offsets": [len(body), len(body) + values.nbytes],
        }
        body += values.tobytes()
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + body)


def forward(t, x, eps, momentum):
    def conv(x, name, stride=1, groups=1, act=True):
        w = t[name + ".0.weight"]
        x = F.conv2d(x, w, stride=stride, padding=w.shape[-1] // 2, groups=groups)
        bn = name + ".1."
        x = F.batch_norm(x, t[bn + "running_mean"], t[bn + "running_var"], t[bn + "weight"], t[bn + "bias"], True, momentum, eps)
        return F.silu(x) if act else x

    x = conv(x, "features.0", 2)
    for stage, (layers, _, expand, stride) in enumerate(STAGES, 1):
        for block in range(layers):
            name, before, at = f"features.{stage}.{block}.block.", x, 0
            if expand > 1:
                x, at = conv(x, name + "0"), 1
            x = conv(x, name + str(at), stride if block == 0 else 1, x.shape[1])
            s = F.silu(F.conv2d(x.mean((2, 3), keepdim=True), t[name + f"{at+1}.fc1.weight"], t[name + f"{at+1}.fc1.bias"]))
            x = x * torch.sigmoid(F.conv2d(s, t[name + f"{at+1}.fc2.weight"], t[name + f"{at+1}.fc2.bias"]))
            x = conv(x, name + str(at + 2), act=False)
            if x.shape == before.shape:
                x = x + before
    x = conv(x, f"features.{len(STAGES)+1}")
    return F.linear(x.mean((2, 3)), t["classifier.1.weight"], t["classifier.1.bias"])


def main(source, target):
    t = read(source)
    images, targets = t.pop("images"), t.pop("targets")
    learnt = [n for n in t if "running" not in n]
    for n in learnt:
        t[n].requires_grad_(True)
    groups = [
        {"params": [t[n] for n in learnt if t[n].dim() > 1], "weight_decay": 0.01},
        {"params": [t[n] for n in learnt if t[n].dim() == 1], "weight_decay": 0},
    ]
    sgd = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    out = {}
    for step in range(2):
        sgd.zero_grad()
        logits = forward(t, images.permute(0, 3, 1, 2), 1e-3, 0.1)
        loss = -(targets * F.log_softmax(logits, 1)).sum(1).mean()
        loss.backward()
        if step == 0:
            out["loss"] = loss.reshape(1)
            for n in t:
                out[n] = (t[n].grad if n in learnt else t[n]).clone()
        sgd.step()
    for n in ["features.0.0.weight", "features.3.0.block.1.0.weight", "classifier.1.weight", "classifier.1.bias"]:
        out["after two steps " + n] = t[n]
    write(target, out)


main(*sys.argv[1:])
