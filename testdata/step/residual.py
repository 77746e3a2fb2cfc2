"""Loss and gradients of a training step of a small residual network, by PyTorch.

    python3 testdata/step/residual.py > testdata/step/residual.json

The network is a ResNet's beginning: a convolution 7x7/2, batch norm, ReLU and
max pooling 3x3/2; a basic block with a projection 1x1/2, and one without; then
pooling and a linear layer. Weights, pictures and targets are made by a formula,
and of every gradient come four sums with weights made by it, so that neither
needs a file. All is computed in float64.
"""
import json

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def formula(seed, shape):
    """float32 values from -1 to 1 that look drawn at random."""
    i = np.arange(int(np.prod(shape)))
    v = np.sin(i * 12.9898 + seed * 78.233) * 43758.5453
    return torch.tensor((2 * (v - np.floor(v)) - 1).astype("f4").astype("f8")).reshape(shape)


SHAPES = {"fc.weight": (3, 16), "fc.bias": (3,)}
for name, shape in {
    "conv1": (8, 3, 7, 7), "0.conv1": (16, 8, 3, 3), "0.conv2": (16, 16, 3, 3), "0.downsample": (16, 8, 1, 1),
    "1.conv1": (16, 16, 3, 3), "1.conv2": (16, 16, 3, 3),
}.items():
    SHAPES |= {name + ".weight": shape, name + ".gamma": shape[:1], name + ".beta": shape[:1]}

t = {}
for seed, (name, shape) in enumerate(sorted(SHAPES.items())):
    v = formula(seed, shape)
    if len(shape) > 1:
        v = v / np.float32(np.sqrt(np.prod(shape[1:])))
        v = v.float().double()
    if name.endswith("gamma"):
        v = (1 + v / 4).float().double()
    t[name] = v.requires_grad_(True)


def conv(x, name, stride):
    w = t[name + ".weight"]
    x = F.conv2d(x, w, stride=stride, padding=w.shape[-1] // 2)
    return F.batch_norm(x, None, None, t[name + ".gamma"], t[name + ".beta"], True, eps=1e-5)


images = formula(100, (4, 32, 24, 3))
targets = torch.eye(3)[[0, 2, 1, 2]]
x = F.max_pool2d(F.relu(conv(images.permute(0, 3, 1, 2), "conv1", 2)), 3, 2, 1)
x = F.relu(conv(F.relu(conv(x, "0.conv1", 2)), "0.conv2", 1) + conv(x, "0.downsample", 2))
x = F.relu(conv(F.relu(conv(x, "1.conv1", 1)), "1.conv2", 1) + x)
logits = F.linear(x.mean((2, 3)), t["fc.weight"], t["fc.bias"])
loss = -(targets * F.log_softmax(logits, 1)).sum(1).mean()
loss.backward()

out = {"torch": torch.__version__, "loss": loss.item(), "logits": logits.flatten().tolist(), "gradients": {}}
for name in sorted(t):
    g = t[name].grad
    out["gradients"][name] = [(g * formula(200 + k, g.shape)).sum().item() for k in range(4)] + [(g * g).sum().sqrt().item()]
print(json.dumps(out, indent=1))
