#!/bin/sh
# torch 2.15.0: torch.onnx.export(network, (input,), 'net.onnx'), as its default now is,
# writes weights of even a few hundred bytes to a second file beside it, net.onnx.data,
# without a word. net.onnx alone, moved or sent, can't be run. The documentation speaks of
# files above 2 GB. external_data=False puts all into one file, as the exporter before
# (dynamo=False) did.
#
# Seen on 29 November 2026 (torch 2.15.0, onnxscript 0.7.2, onnxruntime 1.32.0):
#   by default net.onnx net.onnx.data
#   net.onnx alone fails for want of external data: True
#   {'external_data': False} net.onnx
#   net.onnx alone runs
#
# Needs Python 3 with venv and PyPI (torch fetches some 5 GB). Fails where this is so no
# more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-cache-dir torch==2.15.0 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0
cat >probe.py <<'PYTHON'
import os
import shutil
import tempfile

import onnxruntime
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)).eval()
x = torch.randn(1, 3, 8, 8)
for options in {}, {'external_data': False}:
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as moved:
        torch.onnx.export(net, (x,), f'{made}/net.onnx', verbose=False, **options)
        print(options or 'by default', *sorted(os.listdir(made)))
        shutil.copy(f'{made}/net.onnx', moved)
        try:
            onnxruntime.InferenceSession(f'{moved}/net.onnx')
            print('net.onnx alone runs')
        except Exception as error:
            print('net.onnx alone fails for want of external data:', 'External data' in str(error))
PYTHON
venv/bin/python probe.py | tee seen
cat >expected <<'TEXT'
by default net.onnx net.onnx.data
net.onnx alone fails for want of external data: True
{'external_data': False} net.onnx
net.onnx alone runs
TEXT
cmp seen expected
