#!/usr/bin/env python3
"""Writes measures.json: twenty maps of 48 x 40 pixels, as bytes, with masks and boxes,
and what independent code makes of them: MaxBoxAccV2's found boxes at each threshold and
its value, PxAP, deletion and insertion, Gini index, the ceiling of grids.

The definitions are those of the papers and of their published code (arXiv 2007.04178,
1806.07421); contours are OpenCV's, the blur is SciPy's. Needs numpy, scipy and
opencv-python-headless. Written with numpy 2.4.6, scipy 1.17.1, opencv 5.0.0.

    python make.py
"""
import base64
import json
import os

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

W, H, MAPS = 40, 48, 20
rng = np.random.default_rng(20261130)


def b64(a):
    return base64.b64encode(np.ascontiguousarray(a).tobytes()).decode()


def draw(k):
    """A map of bytes: smooth, rough, ringed (holes), flat or with ties."""
    cells = rng.random([(7, 7), (5, 6), (14, 14), (24, 20)][k % 4]).astype(np.float32)
    m = cv2.resize(cells, (W, H), interpolation=[cv2.INTER_CUBIC, cv2.INTER_LINEAR, cv2.INTER_NEAREST][k % 3])
    y, x = np.mgrid[:H, :W]
    if k % 5 == 1:  # a ring, whose hole is a contour of its own
        d = np.hypot(x - 20, y - 22)
        m = m * 0.3 + np.exp(-((d - 11) ** 2) / 8)
    if k == 7:
        m[:] = 0.4
    if k % 5 == 3:
        m = np.round(m * 6) / 6
    m = m - m.min()
    return np.round(255 * m / max(m.max(), 1e-9)).astype(np.uint8) if k != 7 else np.full((H, W), 100, np.uint8)


def outline(k):
    y, x = np.mgrid[:H, :W]
    cx, cy, rx, ry = rng.integers(10, 30), rng.integers(12, 36), rng.integers(3, 14), rng.integers(3, 16)
    mask = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1
    boxes = [[int(x[mask].min()), int(y[mask].min()), int(x[mask].max()), int(y[mask].max())]]
    if k % 4 == 2:
        boxes.append([2, 3, 9, 12])
    return mask, boxes


def unit(m):
    m = m.astype(np.float32)
    if m.min() == m.max():
        return np.zeros_like(m)
    m = m - m.min()
    return m / m.max()


def iou(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0]) + 1
    h = min(a[3], b[3]) - max(a[1], b[1]) + 1
    both = max(w, 0) * max(h, 0)
    area = lambda r: (r[2] - r[0] + 1) * (r[3] - r[1] + 1)
    return both / (area(a) + area(b) - both)


def found(m, boxes):
    """For each threshold the best IoU."""
    image = (unit(m) * 255).astype(np.uint8)
    best = []
    for t in np.arange(0, 1, 0.001):
        _, above = cv2.threshold(image, int(t * image.max()), 255, cv2.THRESH_BINARY)
        contours, _ = cv2.findContours(above, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
        rects = [cv2.boundingRect(c) for c in contours]
        rects = [[x, y, min(x + w, W - 1), min(y + h, H - 1)] for x, y, w, h in rects] or [[0, 0, 0, 0]]
        best.append(max(iou(r, b) for r in rects for b in boxes))
    return np.array(best)


def pxap(maps, masks):
    edges = np.append(np.arange(0, 1, 0.001), [1, 2, 3])
    true, false = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
    for m, mask in zip(maps, masks):
        true += np.histogram(unit(m)[mask], bins=edges)[0]
        false += np.histogram(unit(m)[~mask], bins=edges)[0]
    tp, fp = true[::-1].cumsum(), false[::-1].cumsum()
    recall = tp / true.sum()
    some = tp + fp > 0
    precision = np.where(some, tp / np.maximum(tp + fp, 1), 0)
    return float((precision[1:] * np.diff(recall))[some[1:]].sum())


POINT = np.zeros((11, 11))
POINT[5, 5] = 1
KERNEL = gaussian_filter(POINT, 5)


def blurred(picture):
    return np.stack([cv2.filter2D(picture[..., c], -1, KERNEL, borderType=cv2.BORDER_CONSTANT) for c in range(3)], -1)


def path(score, m, start, finish):
    order = np.flip(np.argsort(m.reshape(-1), kind="stable"))
    now, to = start.reshape(-1, 3).copy(), finish.reshape(-1, 3)
    steps = (W * H + W - 1) // W
    scores = []
    for i in range(steps + 1):
        scores.append(score(now))
        at = order[W * i : W * (i + 1)]
        now[at] = to[at]
    scores = np.array(scores)
    return float((scores.sum() - scores[0] / 2 - scores[-1] / 2) / (len(scores) - 1))


def gini(m):
    v = np.sort(np.abs(m.astype(np.float64)).reshape(-1))
    n = len(v)
    return float(1 - 2 * np.sum(v / v.sum() * (n - np.arange(1, n + 1) + 0.5) / n))


def ceiling(mask, gw, gh):
    """By all thresholds of the share of a cell that the object covers."""
    y, x = np.mgrid[:H, :W]
    cell = (y * gh // H) * gw + x * gw // W
    share = np.array([mask[cell == c].mean() for c in range(gw * gh)])
    best = 0
    for t in np.unique(share):
        chosen = share[cell] >= t
        best = max(best, (chosen & mask).sum() / (chosen | mask).sum())
    return float(best)


picture = rng.normal(size=(H, W, 3)).astype(np.float32)
weights = rng.normal(scale=0.05, size=(H, W, 3)).astype(np.float32)
score = lambda p: float(1 / (1 + np.exp(-(p.reshape(-1).astype(np.float64) * weights.reshape(-1)).sum())))
cases, maps, masks, curves = [], [], [], []
for k in range(MAPS):
    m, (mask, boxes) = draw(k), outline(k)
    best = found(m, boxes)
    maps.append(m)
    masks.append(mask)
    curves.append(best)
    cases.append({
        "map": b64(m), "mask": b64(mask.astype(np.uint8)), "boxes": boxes,
        "found": [int((best >= d).sum()) for d in (0.3, 0.5, 0.7)], "best_iou": float(best.max()),
        "deletion": path(score, m, picture, np.zeros_like(picture)), "insertion": path(score, m, blurred(picture), picture),
        "gini": gini(m), "ceilings": [ceiling(mask, 7, 7), ceiling(mask, 14, 14)],
    })
accuracy = float(np.mean([(np.array(curves) >= d).mean(0).max() for d in (0.3, 0.5, 0.7)]))
out = {"w": W, "h": H, "picture": b64(picture), "weights": b64(weights), "max_box_acc_v2": accuracy, "pxap": pxap(maps, masks), "cases": cases}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "measures.json"), "w") as f:
    json.dump(out, f, indent=1)
    f.write("\n")
print(accuracy, out["pxap"])
