#!/bin/sh
# grad-cam (pytorch-grad-cam) 1.5.7: GradCAMPlusPlus adds 1e-6 to the denominator of alpha,
# which is of the size of the squared gradient. At the last layer before pooling that is
# (w / n)^2, with n positions in the layer: for a classifier's weights of 0.05, as trained
# networks have, and 7 x 7 positions, 1e-6 itself. So the map is not that of the formula,
# by more than a tenth of its range; with weights (and the logit) 100 times as large it is.
#
# Seen on 29 November 2026 (grad-cam 1.5.7, torch 2.15.0):
#   weights of 0.05: differs by more than 0.1: True, by less than 0.001: False
#   weights of 5.0: differs by more than 0.1: False, by less than 0.001: True
#
# Needs Python 3 with venv and PyPI (torch fetches some 5 GB). Fails where this is so no
# more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-cache-dir torch==2.15.0 torchvision==0.29.2 grad-cam==1.5.7
cat >probe.py <<'PYTHON'
import numpy as np
import torch
from pytorch_grad_cam import GradCAMPlusPlus
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn


class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), nn.ReLU())
        self.classifier = nn.Linear(64, 2)
        nn.init.normal_(self.classifier.weight, std=size)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


for size in .05, 5.:
    torch.manual_seed(0)
    net = Net(size).eval()
    x = torch.randn(1, 3, 7, 7)
    with GradCAMPlusPlus(net, [net.features]) as cam:
        seen = cam(x, [ClassifierOutputTarget(0)])[0]
    a = net.features(x)[0].detach().numpy()
    g = net.classifier.weight[0].detach().numpy() / 49
    weights = np.maximum(g, 0) / (2 + g * a.sum((1, 2)))
    formula = np.einsum('k,khw->hw', weights, a)
    formula = (formula - formula.min()) / (formula.max() - formula.min())
    difference = abs(seen - formula).max()
    print(f'weights of {size}: differs by more than 0.1: {difference > .1}, by less than 0.001: {difference < .001}')
PYTHON
venv/bin/python probe.py | tee seen
cat >expected <<'TEXT'
weights of 0.05: differs by more than 0.1: True, by less than 0.001: False
weights of 5.0: differs by more than 0.1: False, by less than 0.001: True
TEXT
cmp seen expected
