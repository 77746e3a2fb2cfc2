#!/bin/sh
# transformers 5.24.0: an EfficientNet pads as TensorFlow's "same" for pictures of the size
# in its config alone. Which blocks of stride 2 pad evenly is fixed when the network is
# made, by depthwise_padding, not by what comes in. B1, made for 240, pads block 16 by
# (2, 2) where it gets 15 x 15; at 224 and 256 that block gets 14 x 14 and 16 x 16, for
# which "same" is (1, 2), so windows behind it are shifted by a pixel. No warning is given,
# and weights trained in TensorFlow give other results than there.
#
# Seen on 29 November 2026 (transformers 5.24.0, torch 2.15.0):
#   B1 on 224 x 224: block 16 pads 14 x 14 by (2, 2), "same" by (1, 2)
#   B1 on 240 x 240: all as "same"
#   B1 on 256 x 256: block 16 pads 16 x 16 by (2, 2), "same" by (1, 2)
#
# Needs Python 3 with venv and PyPI (torch fetches some 5 GB). Fails where this is so no
# more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-cache-dir torch==2.15.0 torchvision==0.29.2 transformers==5.24.0
cat >probe.py <<'PYTHON'
import math

import torch
from transformers import EfficientNetConfig, EfficientNetForImageClassification


def same(size, kernel, stride=2):
    """What TensorFlow's "same" pads before and after so many positions."""
    total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


# google/efficientnet-b1's.
net = EfficientNetForImageClassification(EfficientNetConfig(
    width_coefficient=1.0, depth_coefficient=1.1, image_size=240, hidden_dim=1280, depthwise_padding=[16]))
net.eval()


def watch(number, pad, kernel):
    def note(_, inputs, output):
        size = inputs[0].shape[-1]
        if pad.padding[:2] != same(size, kernel):
            others.append(f'block {number} pads {size} x {size} by {pad.padding[:2]}, "same" by {same(size, kernel)}')

    pad.register_forward_hook(note)


for number, block in enumerate(net.efficientnet.encoder.blocks):
    if block.depthwise_conv.stride == 2:
        watch(number, block.depthwise_conv.depthwise_conv_pad, block.depthwise_conv.depthwise_conv.kernel_size[0])
for side in 224, 240, 256:
    others = []
    with torch.no_grad():
        net(torch.zeros(1, 3, side, side))
    print(f'B1 on {side} x {side}:', *others or ['all as "same"'])
PYTHON
venv/bin/python probe.py | tee seen
cat >expected <<'TEXT'
B1 on 224 x 224: block 16 pads 14 x 14 by (2, 2), "same" by (1, 2)
B1 on 240 x 240: all as "same"
B1 on 256 x 256: block 16 pads 16 x 16 by (2, 2), "same" by (1, 2)
TEXT
cmp seen expected
