#!/bin/sh
# grad-cam (pytorch-grad-cam) 1.5.7: where a layer's smallest activation is not 0, as after
# SiLU or GELU, AblationCAM does not set a channel to 0 but to the smallest value of the
# whole batch less 1e7, and does so in place, channel by channel: the next one of the batch
# is set to that less another 1e7. So the weight of channel k, at the last layer, is
# w_k (1 + k mod batch_size): the map depends on the order of the channels and on
# batch_size, which should decide speed alone, and is neither Ablation-CAM's nor, but for
# batches of one, CAM's. After ReLU it is Ablation-CAM's.
#
# Seen on 29 November 2026 (grad-cam 1.5.7, torch 2.15.0):
#   ReLU, batch_size 32: weights w mean A (Ablation-CAM)
#   ReLU, batch_size 16: weights w mean A (Ablation-CAM)
#   ReLU, batch_size 1: weights w mean A (Ablation-CAM)
#   SiLU, batch_size 32: weights w (1 + k mod batch_size)
#   SiLU, batch_size 16: weights w (1 + k mod batch_size)
#   SiLU, batch_size 1: weights w (CAM) = w (1 + k mod batch_size)
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
from pytorch_grad_cam import AblationCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn


class Net(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), activation)
        self.classifier = nn.Linear(64, 2)
        nn.init.constant_(self.classifier.bias, 1)  # a score above 0, by which weights are divided

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


for activation in nn.ReLU(), nn.SiLU():
    for batch_size in 32, 16, 1:
        torch.manual_seed(0)
        net = Net(activation).eval()
        x = torch.randn(1, 3, 7, 7)
        with AblationCAM(net, [net.features], batch_size=batch_size) as cam:
            seen = cam(x, [ClassifierOutputTarget(0)])[0]
        a = net.features(x)[0].detach().numpy()
        w = net.classifier.weight[0].detach().numpy()
        likes = []
        for name, weights in {
            'w mean A (Ablation-CAM)': w * a.mean((1, 2)),
            'w (CAM)': w,
            'w (1 + k mod batch_size)': w * (1 + np.arange(64) % batch_size),
        }.items():
            want = np.maximum(np.einsum('k,khw->hw', weights, a), 0)
            want = (want - want.min()) / (want.max() - want.min())
            if abs(seen - want).max() < .001:
                likes.append(name)
        print(f'{type(activation).__name__}, batch_size {batch_size}: weights', ' = '.join(likes))
PYTHON
venv/bin/python probe.py | tee seen
cat >expected <<'TEXT'
ReLU, batch_size 32: weights w mean A (Ablation-CAM)
ReLU, batch_size 16: weights w mean A (Ablation-CAM)
ReLU, batch_size 1: weights w mean A (Ablation-CAM)
SiLU, batch_size 32: weights w (1 + k mod batch_size)
SiLU, batch_size 16: weights w (1 + k mod batch_size)
SiLU, batch_size 1: weights w (CAM) = w (1 + k mod batch_size)
TEXT
cmp seen expected
