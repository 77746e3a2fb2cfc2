#!/bin/sh
# grad-cam (pytorch-grad-cam) 1.5.7: show_cam_on_image's documentation says that its result
# is image_weight * img + (1 - image_weight) * heat map. What comes back is that divided by
# its largest value, so that something in it is always 255: a dark photograph is shown
# bright, and even with image_weight 1, where no map is seen, not as it is. How bright it
# comes out depends on the map. (A grey picture of level 51, 0.2, whole under one colour.)
#
# Seen on 29 November 2026 (grad-cam 1.5.7):
#   image_weight 1.0, map 0: documented 51 51 51 seen 255 255 255
#   image_weight 1.0, map 0.5: documented 51 51 51 seen 255 255 255
#   image_weight 0.8, map 0: documented 40 40 66 seen 156 156 255
#   image_weight 0.8, map 0.5: documented 66 91 66 seen 183 255 185
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
import cv2
import numpy as np
from pytorch_grad_cam.utils.image import show_cam_on_image

picture = np.full((4, 4, 3), .2, np.float32)
for weight in 1.0, .8:
    for level in 0, .5:
        heat = np.full((4, 4), level, np.float32)
        colour = cv2.applyColorMap(np.uint8(255 * heat), cv2.COLORMAP_JET)[0, 0, ::-1]
        documented = np.uint8(weight * 51 + (1 - weight) * colour)
        seen = show_cam_on_image(picture, heat, use_rgb=True, image_weight=weight)[0, 0]
        print(f'image_weight {weight}, map {level}: documented', *documented, 'seen', *seen)
PYTHON
venv/bin/python probe.py | tee seen
cat >expected <<'TEXT'
image_weight 1.0, map 0: documented 51 51 51 seen 255 255 255
image_weight 1.0, map 0.5: documented 51 51 51 seen 255 255 255
image_weight 0.8, map 0: documented 40 40 66 seen 156 156 255
image_weight 0.8, map 0.5: documented 66 91 66 seen 183 255 185
TEXT
cmp seen expected
