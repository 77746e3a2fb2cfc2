#!/bin/sh
# timm 1.0.31: tf_efficientnet_lite0 and efficientnet_lite0 have the same parameters
# by name and shape, so a state dict of one loads strictly into the other, and
# neither says a word; but they pad otherwise (Conv2dSame, TensorFlow's), have
# batch norm's eps of 1e-3 and 1e-5, and expect inputs normalised otherwise. The same
# input gives logits that are some 15 % apart, and nothing in a file of weights alone
# tells which of the two it is for. (Lite 1 to 4 differ alike.)
#
# Seen on 29 November 2026 (timm 1.0.31, torch 2.15.0):
#   same names and shapes: True
#   tf_efficientnet_lite0: Conv2dSame, eps 0.001, mean (0.5, 0.5, 0.5)
#   efficientnet_lite0: Conv2d, eps 1e-05, mean (0.485, 0.456, 0.406)
#   the logits differ by more than 5 %: True
#
# Needs Python 3 with venv and PyPI (torch fetches some 5 GB). Fails where this is
# so no more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-cache-dir torch==2.15.0 torchvision==0.29.2 timm==1.0.31
cat >"$folder/probe.py" <<'PYTHON'
import timm
import torch

torch.manual_seed(0)
names = 'tf_efficientnet_lite0', 'efficientnet_lite0'
a, b = (timm.create_model(name).eval() for name in names)
shapes = [{k: tuple(v.shape) for k, v in m.state_dict().items()} for m in (a, b)]
print('same names and shapes:', shapes[0] == shapes[1])
b.load_state_dict(a.state_dict(), strict=True)
for name, m in zip(names, (a, b)):
    print(f"{name}: {type(m.conv_stem).__name__}, eps {m.bn1.eps}, mean {m.default_cfg['mean']}")
x = torch.randn(1, 3, 224, 224)
with torch.no_grad():
    first, second = a(x), b(x)
print('the logits differ by more than 5 %:', bool((first - second).abs().max() > .05 * first.abs().max()))
PYTHON
"$folder/venv/bin/python" "$folder/probe.py" | tee "$folder/seen"
cat >"$folder/expected" <<'TEXT'
same names and shapes: True
tf_efficientnet_lite0: Conv2dSame, eps 0.001, mean (0.5, 0.5, 0.5)
efficientnet_lite0: Conv2d, eps 1e-05, mean (0.485, 0.456, 0.406)
the logits differ by more than 5 %: True
TEXT
cmp "$folder/seen" "$folder/expected"
