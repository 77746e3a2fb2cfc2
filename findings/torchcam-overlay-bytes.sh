#!/bin/sh
# torchcam 0.5.0: overlay_mask squares the mask before it colours it. Its documentation asks
# for a mask "in grayscale"; one of bytes (Pillow's mode L) is squared as bytes, modulo
# 256, so that 16, 32, 64, 128 and 240 get the colour of 0 and the hottest value, 255,
# that of 1. A mask of floats (mode F) is coloured by its square: a half as a quarter.
#
# Seen on 29 November 2026 (torchcam 0.5.0; on black, by a grey colour scale):
#   levels:           0 16 90 128 180 240 255
#   mask of bytes (L):  0 0 163 0 144 0 1
#   mask of floats (F): 0 1 31 64 127 226 255
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
import numpy as np
from PIL import Image
from torchcam.utils import overlay_mask

levels = np.array([[0, 16, 90, 128, 180, 240, 255]], np.uint8)
black = Image.new('RGB', levels.shape[::-1])
print('levels:          ', *levels[0])
for name, mask in ('mask of bytes (L): ', levels), ('mask of floats (F):', np.float32(levels) / 255):
    shown = overlay_mask(black, Image.fromarray(mask), 'gray', alpha=0.0)
    print(name, *np.asarray(shown)[0, :, 0])
PYTHON
venv/bin/python probe.py | tee seen
cat >expected <<'TEXT'
levels:           0 16 90 128 180 240 255
mask of bytes (L):  0 0 163 0 144 0 1
mask of floats (F): 0 1 31 64 127 226 255
TEXT
cmp seen expected
