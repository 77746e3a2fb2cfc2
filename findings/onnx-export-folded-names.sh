#!/bin/sh
# torch 2.15.0: torch.onnx.export folds batch norm into the convolution before it and keeps
# the convolution's name for what comes of it: the initializer "0.weight" has the name and
# shape of the state dict's tensor, and other values. The exporter before (dynamo=False)
# folded, too, but gave it a name of its own. Whoever takes weights out of an .onnx by name,
# and batch norm's from elsewhere, normalises twice.
#
# Seen on 29 November 2026 (torch 2.15.0, onnxscript 0.7.2):
#   state dict: 0.weight 1.weight 1.bias 1.running_mean 1.running_var 1.num_batches_tracked
#   dynamo=True: 0.weight [4, 3, 3, 3]: the folded weights
#   dynamo=True: 0.weight_bias [4]: other
#   dynamo=False: onnx::Conv_10 [4, 3, 3, 3]: the folded weights
#   dynamo=False: onnx::Conv_11 [4]: other
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
import tempfile
import warnings

import onnx
import torch
from onnx import numpy_helper
from torch import nn

warnings.simplefilter('ignore')
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4))
for _ in range(20):  # statistics, weights and biases other than 0 and 1
    net(torch.randn(8, 3, 9, 9) * 2 + 1)
nn.init.uniform_(net[1].weight, .5, 2)
nn.init.uniform_(net[1].bias, -1, 1)
net.eval()
state = net.state_dict()
scale = state['1.weight'] / (state['1.running_var'] + net[1].eps).sqrt()
folded = state['0.weight'] * scale[:, None, None, None]
print('state dict:', *state)
for dynamo in True, False:
    with tempfile.TemporaryDirectory() as folder:
        torch.onnx.export(net, (torch.randn(1, 3, 9, 9),), f'{folder}/net.onnx', dynamo=dynamo, verbose=False)
        for tensor in onnx.load(f'{folder}/net.onnx').graph.initializer:
            values = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            what = 'other'
            for name, want in ('the weights as trained', state['0.weight']), ('the folded weights', folded):
                if values.shape == want.shape and torch.allclose(values, want, atol=1e-5):
                    what = name
            print(f'dynamo={dynamo}: {tensor.name} {list(tensor.dims)}: {what}')
PYTHON
venv/bin/python probe.py | tee seen
cat >expected <<'TEXT'
state dict: 0.weight 1.weight 1.bias 1.running_mean 1.running_var 1.num_batches_tracked
dynamo=True: 0.weight [4, 3, 3, 3]: the folded weights
dynamo=True: 0.weight_bias [4]: other
dynamo=False: onnx::Conv_10 [4, 3, 3, 3]: the folded weights
dynamo=False: onnx::Conv_11 [4]: other
TEXT
cmp seen expected
