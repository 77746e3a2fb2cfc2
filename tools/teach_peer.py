#!/usr/bin/env python3
"""Teaches five networks the classes of DIR/CLASS/*.jpg as scalecam teach does, by PyTorch
(timm, batches of 32) and scikit-learn, and prints the seconds from files to heads: pooled
features of the networks of the pack imagenet, then LogisticRegression, its C chosen by
5-fold cross-validation, for each network.

    python3 tools/teach_peer.py DIR [THREADS]

It needs torch, timm, scikit-learn, Pillow and the weights in assets/packs/imagenet. What
it is given besides: pictures are decoded by Pillow in DataLoader's threads, features are
computed in inference mode, a picture is decoded once for each network (as PyTorch's
users do), and the grid of C is six tens wide.
"""
import os, pathlib, sys, time

threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2
os.environ.setdefault("OMP_NUM_THREADS", str(threads))
import numpy as np
import timm, torch
from PIL import Image
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegressionCV
from torchvision import transforms

torch.set_num_threads(threads)
packs = pathlib.Path(__file__).resolve().parent.parent / "assets/packs/imagenet"
NETWORKS = [  # name, timm's, file, size, crop
    ("baseline", "tf_efficientnet_lite0", "efficientnet-lite0", 224, 0.875),
    ("deeper", "tf_efficientnet_lite1", "efficientnet-lite1", 224, 0.875),
    ("higher-resolution", "tf_efficientnet_lite0", "efficientnet-lite0", 260, 0.89),
    ("compound-half", "tf_efficientnet_lite1", "efficientnet-lite1", 240, 0.882),
    ("compound", "tf_efficientnet_lite2", "efficientnet-lite2", 260, 0.89),
]
files = sorted(p for p in pathlib.Path(sys.argv[1]).glob("*/*") if p.is_file())
classes = sorted({p.parent.name for p in files})
labels = np.array([classes.index(p.parent.name) for p in files])


class Pictures(torch.utils.data.Dataset):
    def __init__(self, size, crop):
        self.prepare = transforms.Compose([
            transforms.Resize(int(size / crop), transforms.InterpolationMode.BICUBIC), transforms.CenterCrop(size),
            transforms.ToTensor(), transforms.Normalize([127 / 255] * 3, [128 / 255] * 3)])

    def __len__(self): return len(files)
    def __getitem__(self, i): return self.prepare(Image.open(files[i]).convert("RGB"))


begin = time.time()
cpu = time.process_time()
seeing = fitting = 0.0
for name, model, file, size, crop in NETWORKS:
    start = time.time()
    net = timm.create_model(model, pretrained=False)
    net.load_state_dict({k: v.float() for k, v in load_file(packs / (file + ".safetensors")).items()})
    net.reset_classifier(0)
    net.eval()
    features = []
    with torch.inference_mode():
        for batch in torch.utils.data.DataLoader(Pictures(size, crop), batch_size=32):
            features.append(net(batch).numpy())
    features = np.concatenate(features)
    seeing += time.time() - start
    start = time.time()
    head = LogisticRegressionCV(Cs=np.logspace(-2, 3, 6), cv=5, max_iter=1000, scoring="neg_log_loss", n_jobs=1, l1_ratios=(0,), use_legacy_attributes=False)
    head.fit(features, labels)
    fitting += time.time() - start
    print(f"{name}: C {head.C_}", file=sys.stderr)
print(f"{len(files)} pictures, {len(classes)} classes, {len(NETWORKS)} networks, {threads} threads: {time.time() - begin:.1f} s ({seeing:.1f} networks, {fitting:.1f} heads), {time.process_time() - cpu:.1f} s of the processors")
