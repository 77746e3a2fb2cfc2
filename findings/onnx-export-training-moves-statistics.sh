#!/bin/sh
# torch 2.15.0: torch.onnx.export with dynamo=False and training=TrainingMode.TRAINING
# runs the network in training mode to trace it, which moves the running means and
# variances of batch norm by the example input, be it noise. The file holds the moved
# ones, and the network in memory keeps them, though the exporter puts its mode back: what
# it computes after the export is not what it computed before.
#
# Seen on 30 November 2026 (torch 2.15.0, onnx 1.23.2):
#   eval mode afterwards: True
#   running mean moved in memory: True
#   the file holds the moved one: True
#   the same answer as before: False
#
# Needs Python 3 with venv and PyPI (torch fetches some 5 GB). Fails where this is so no
# more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-cache-dir torch==2.15.0 onnx==1.23.2 onnxscript==0.7.2
cat >probe.py <<'PYTHON'
import onnx
import torch
from onnx import numpy_helper
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)).eval()
x = torch.randn(1, 3, 8, 8)
answer, mean = net(x), net[1].running_mean.clone()
torch.onnx.export(net, (x,), 'net.onnx', dynamo=False, training=torch.onnx.TrainingMode.TRAINING, opset_version=15)
held = {t.name: torch.tensor(numpy_helper.to_array(t)) for t in onnx.load('net.onnx').graph.initializer}
print('eval mode afterwards:', not net.training)
print('running mean moved in memory:', not torch.equal(mean, net[1].running_mean))
print('the file holds the moved one:', torch.equal(held['1.running_mean'], net[1].running_mean))
print('the same answer as before:', torch.allclose(answer, net(x)))
PYTHON
venv/bin/python -W ignore probe.py | tee seen
cat >expected <<'TEXT'
eval mode afterwards: True
running mean moved in memory: True
the file holds the moved one: True
the same answer as before: False
TEXT
cmp seen expected
