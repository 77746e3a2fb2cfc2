#!/usr/bin/env python3
"""Lays out the photographs of everyday things that the pack everyday is taught from, as
DIR/train/CLASS and DIR/val/CLASS, the longer side at most 300 pixels. everyday.tsv
beside it names each, and says whose it is.

    tools/everyday.py DIR CALTECH GROCERY CLOTHING FLOWERS     (needs Pillow and git)

The four are git directories: clones of MachineLearning2020/Homework2-Caltech101,
marcusklasson/GroceryStoreDataset, alexeygrigorev/clothing-dataset and
Oldpel/flower_photos, or the .git in them.
"""
import hashlib
import io
import os
import subprocess
import sys

from PIL import Image, ImageOps

LONGEST = 300  # pixels


def cat_file(repository):
    """A git that gives a repository's files by their paths."""
    return subprocess.Popen(["git", "-C", repository, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def read(git, path):
    git.stdin.write(f"HEAD:{path}\n".encode())
    git.stdin.flush()
    header = git.stdout.readline().split()
    if len(header) < 3:
        sys.exit(f"{' '.join(git.args[2:3])} has no {path}; give the collections in the order that is said above")
    data = git.stdout.read(int(header[2]))
    git.stdout.read(1)  # a line's end
    return data


if len(sys.argv) != 6:
    sys.exit(__doc__)
out, collections = sys.argv[1], {key: cat_file(r) for key, r in zip("cgkf", sys.argv[2:])}
done = 0
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "everyday.tsv")) as table:
    for line in table:
        if line.startswith("#"):
            continue
        split, name, key, path = line.rstrip("\n").split("\t")
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(read(collections[key], path)))).convert("RGB")
        k = LONGEST / max(picture.size)
        if k < 1:
            picture = picture.resize([max(1, round(side * k)) for side in picture.size], Image.LANCZOS)
        folder = os.path.join(out, split, name)
        os.makedirs(folder, exist_ok=True)
        picture.save(os.path.join(folder, f"{key}-{hashlib.sha1(path.encode()).hexdigest()[:12]}.jpg"), quality=92)
        done += 1
        if done % 1000 == 0:
            print(done, "photographs", file=sys.stderr)
print(done, "photographs in", out)
