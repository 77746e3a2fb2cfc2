#!/usr/bin/env python3
"""Writes annotations.json into a folder that everyday.py laid out, of the outlines that a
resized copy of Caltech 101 has in its own annotations.json: the same outlines, at the
pictures' other size.

    tools/everyday_outlines.py EVERYDAY CALTECH101     (needs Pillow)

scalecam evaluate --pack everyday --data EVERYDAY/val then measures how well maps find
the objects, too.
"""
import hashlib
import json
import os
import sys

from PIL import Image

everyday, caltech = sys.argv[1:3]
with open(os.path.join(caltech, "annotations.json")) as f:
    outlines = {"/".join(name.split("/")[1:]): (name, note) for name, note in json.load(f).items()}
found = {}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "everyday.tsv")) as table:
    for line in table:
        if line.startswith("#"):
            continue
        split, cls, key, path = line.rstrip("\n").split("\t")
        name, note = outlines.get(path.removeprefix("101_ObjectCategories/"), (None, None))
        if name is None:
            continue
        file = f"{split}/{cls}/{key}-{hashlib.sha1(path.encode()).hexdigest()[:12]}.jpg"
        with Image.open(os.path.join(caltech, name)) as of, Image.open(os.path.join(everyday, file)) as here:
            x, y = here.width / of.width, here.height / of.height
        found[file] = {
            "box": [round(v * (y if i % 2 else x), 1) for i, v in enumerate(note["box"])],
            "polygon": note["polygon"] and [[round(px * x, 1), round(py * y, 1)] for px, py in note["polygon"]],
        }
with open(os.path.join(everyday, "annotations.json"), "w") as f:
    json.dump(found, f)
print(len(found), "outlines")
