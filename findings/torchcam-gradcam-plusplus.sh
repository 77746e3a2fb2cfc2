#!/bin/sh
# torchcam 0.5.0: GradCAMpp does not compute Grad-CAM++. The division that makes alpha of
# the squared gradients (its documentation has the formula) is done in place, but on the
# copy that indexing by a mask makes, so alpha stays the squared gradient. At the last
# layer before pooling and a linear classifier the map is that of weights ReLU(w)^3, not
# of ReLU(w) / (2 + w mean A).
#
# Seen on 29 November 2026 (torchcam 0.5.0, torch 2.15.0):
#   the map of weights ReLU(w) / (2 + w mean A): False
#   the map of weights ReLU(w)^3: True
#
# Needs Python 3 with venv and PyPI (torch fetches some 5 GB). Fails where this is so no
# more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-cache-dir torch==2.15.0 torchcam==0.5.0
cat >probe.py <<'PYTHON'
import torch
from torch import nn
from torchcam.methods import GradCAMpp

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU())
        self.classifier = nn.Linear(16, 2)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


def same(a, b):
    """Whether two maps are equal but for a factor."""
    return torch.allclose(a / a.max(), b / b.max(), atol=1e-3)


net = Net().eval()
x = torch.randn(1, 3, 7, 7)
with GradCAMpp(net, 'features') as extractor:
    seen = extractor(0, net(x), normalized=False)[0][0]
a = net.features(x)[0].detach()
w = net.classifier.weight[0].detach()
paper = w.relu() / (2 + w * a.mean((1, 2)))
cubed = w.relu() ** 3
for name, weights in ('ReLU(w) / (2 + w mean A)', paper), ('ReLU(w)^3', cubed):
    print(f'the map of weights {name}:', same(seen, torch.einsum('k,khw->hw', weights, a)))
PYTHON
venv/bin/python probe.py | tee seen
cat >expected <<'TEXT'
the map of weights ReLU(w) / (2 + w mean A): False
the map of weights ReLU(w)^3: True
TEXT
cmp seen expected
