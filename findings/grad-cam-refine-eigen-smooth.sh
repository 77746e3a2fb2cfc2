#!/bin/sh
# grad-cam (pytorch-grad-cam) 1.5.7: RefineCAM's eigen_smooth does something else. It is
# passed to the method for each layer by position, where aug_smooth stands, so maps are
# averaged over six altered copies of the picture (and the network runs six times as
# often), and the smoothing by principal components that was asked for is left out.
#
# Seen on 29 November 2026 (grad-cam 1.5.7, torch 2.15.0):
#   runs of the network for one layer with eigen_smooth: 6
#   the map is that of eigen_smooth: False
#   the map is that of aug_smooth: True
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
import torch
from pytorch_grad_cam import GradCAMPlusPlus, RefineCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), nn.ReLU())
        self.classifier = nn.Linear(64, 2)
        self.runs = 0

    def forward(self, x):
        self.runs += 1
        return self.classifier(self.features(x).mean((2, 3)))


torch.manual_seed(0)
net = Net().eval()
x = torch.randn(1, 3, 7, 7)
asked = x, [ClassifierOutputTarget(0)]
net.runs = 0
seen = RefineCAM(net, [net.features])(*asked, eigen_smooth=True)
print('runs of the network for one layer with eigen_smooth:', net.runs)
for option in 'eigen_smooth', 'aug_smooth':
    with GradCAMPlusPlus(net, [net.features]) as cam:
        want = scale_cam_image(cam(*asked, **{option: True}))
    print(f'the map is that of {option}:', bool(abs(seen - want).max() < .001))
PYTHON
venv/bin/python probe.py | tee seen
cat >expected <<'TEXT'
runs of the network for one layer with eigen_smooth: 6
the map is that of eigen_smooth: False
the map is that of aug_smooth: True
TEXT
cmp seen expected
