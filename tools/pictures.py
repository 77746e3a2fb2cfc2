#!/usr/bin/env python3
"""Makes pictures of every kind that people's programs write, drawn at random by a
seed, and beside each what a reference library makes of it, for

    tools/pictures.py FOLDER [SEED [COUNT]]
    SCALECAM_PICTURES=FOLDER go test -run TestMadePictures -v ./picture

which reads them all and says which are read rightly, which are refused, and which
are read wrongly: of these there must be none.

Needs Debian's libheif-examples, libavif-bin, libjpeg-turbo-progs, libtiff-tools,
imagemagick and webp; and Pillow, numpy and pillow-heif (PyPI). NAME.png beside
NAME says what is right, NAME.json how far off that a reader may be, in levels of
255, at most and in the mean.
"""

import json
import os
import random
import shlex
import shutil
import subprocess
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

import pillow_heif

pillow_heif.register_heif_opener()

folder = sys.argv[1]
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
chance = random.Random(seed)
os.makedirs(folder, exist_ok=True)
temporary = os.path.join(folder, "source")
os.makedirs(temporary, exist_ok=True)


def scene(w, h):
    """A picture with edges, ramps, noise and saturated colours."""
    rng = np.random.default_rng(chance.getrandbits(32))
    x, y = np.meshgrid(np.linspace(0, 1, w), np.linspace(0, 1, h))
    a = np.stack([255 * x, 255 * y, 255 * (1 - x)], -1) + rng.normal(0, 4, (h, w, 3))
    m = Image.fromarray(a.clip(0, 255).astype(np.uint8))
    d = ImageDraw.Draw(m)
    for _ in range(6):
        x0, x1 = sorted(chance.choices(range(w), k=2))
        y0, y1 = sorted(chance.choices(range(h), k=2))
        d.ellipse([x0, y0, x1, y1], fill=tuple(chance.choices([0, 40, 130, 220, 255], k=3)))
    return m.filter(ImageFilter.GaussianBlur(0.7))


def run(command):
    """Runs a command line; whether it went well."""
    return subprocess.run(shlex.split(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def eight_bits(m):
    """What of Pillow's picture is right: 16 bits' high byte, transparency on white."""
    if m.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(m).astype(np.uint16) >> 8).astype(np.uint8)).convert("RGB")
    if m.mode == "I":
        a = np.asarray(m)
        return Image.fromarray((a >> 8 if a.max() > 255 else a).astype(np.uint8)).convert("RGB")
    if m.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in m.info:
        if m.mode in ("RGBa", "La"):
            m = m.convert(m.mode.upper())
        m = m.convert("RGBA")
        white = Image.new("RGBA", m.size, "white")
        return Image.alpha_composite(white, m).convert("RGB")
    return m.convert("RGB")


def source(w, h, depth=8, alpha=False, mode="RGB"):
    """Writes a scene as PNG and gives its path."""
    m = scene(w, h).convert(mode)
    path = os.path.join(temporary, f"{chance.getrandbits(48):x}.png")
    if alpha:
        m.putalpha(Image.linear_gradient("L").resize(m.size))
    m.save(path)
    if depth == 16:
        assert run(f"convert {path} -depth 16 -evaluate multiply 0.93 -define png:bit-depth=16 {path}")
    return path


def size():
    return chance.choice([1, 2, 3, 7, 16, 33, 64, 81, 130]), chance.choice([1, 2, 5, 8, 17, 40, 57, 96])


# Each kind writes a picture to a path and gives the tolerance, greatest and mean,
# or None where its program cannot.
exact, jpeg, coded = (0, 0), (4, 0.3), (4, 0.8)


def cjpeg(path):
    grey = chance.random() < 0.2
    src = source(*size())
    ppm = src + ".ppm"
    Image.open(src).convert("L" if grey else "RGB").save(ppm)
    options = f"-quality {chance.choice([30, 75, 90, 100])}"
    options += chance.choice(["", " -progressive", " -arithmetic", " -arithmetic -progressive", " -optimize"])
    options += chance.choice(["", " -restart 1", " -restart 3B"])
    if grey:
        options += chance.choice(["", " -grayscale"])
    else:
        options += chance.choice(["", " -rgb"]) if chance.random() < 0.3 else " -sample " + chance.choice(
            ["1x1", "2x1", "1x2", "2x2", "4x1", "4x2", "1x4", "2x2,1x1,1x2", "2x2,2x1,1x1", "3x1", "1x1,2x2,2x2", "2x1,1x1,2x1"])
    ok = run(f"cjpeg {options} -outfile {path} {ppm}")
    if ok and chance.random() < 0.3:
        ok = run(f"jpegtran {chance.choice(['-rotate 90 -trim', '-transpose', '-flip vertical -trim'])} -copy all {chance.choice(['', '-progressive', '-arithmetic'])} -outfile {path} {path}") or os.path.getsize(path) > 0
    return jpeg if ok else None


def pillow_jpeg(path):
    m = scene(*size()).convert(chance.choice(["RGB", "L", "CMYK"]))
    exif = Image.Exif()
    if chance.random() < 0.5:
        exif[0x0112] = chance.randint(1, 8)
    m.save(path, quality=chance.choice([40, 85, 100]), subsampling=chance.choice([0, 1, 2]), progressive=chance.random() < 0.5, exif=exif)
    return jpeg


def heic(path):
    alpha = chance.random() < 0.25
    src = source(*size(), depth=chance.choice([8, 16]), alpha=alpha)
    options = f"-q {chance.choice([40, 80, 95])} -p chroma={chance.choice([420, 422, 444])}"
    options += chance.choice(["", " -b 10", " -b 12"]) + chance.choice(["", "", " -L"])
    options += chance.choice(["", "", " --matrix_coefficients 1", " --matrix_coefficients 9 --colour_primaries 9", " --matrix_coefficients 5 --full_range_flag 0"])
    return coded if run(f"heif-enc {options} -o {path} {src}") else None


def heic_of_pillow(path):
    m = scene(*size()).convert(chance.choice(["RGB", "RGBA", "L"]))
    if m.mode == "RGBA":
        m.putalpha(Image.linear_gradient("L").resize(m.size))
    exif = Image.Exif()
    if chance.random() < 0.5:
        exif[0x0112] = chance.randint(1, 8)
    m.save(path, "HEIF", quality=chance.choice([50, 90, -1]), exif=exif)
    return coded


def avif(path):
    src = source(*size(), depth=chance.choice([8, 16]), alpha=chance.random() < 0.25, mode=chance.choice(["RGB", "RGB", "L"]))
    options = f"-s 8 --min 0 --max {chance.choice([5, 20, 45])} -y {chance.choice([420, 422, 444, 400])} -d {chance.choice([8, 8, 10, 12])}"
    limited = chance.random() < 0.5
    options += f" -r {'limited' if limited else 'full'}" + chance.choice(["", "", " --irot 1", " --irot 2", " --irot 3 --imir 0", " --imir 1", " --imir 0"])
    cicp = chance.choice(["", "", " --cicp 1/13/1", " --cicp 9/16/9", " --cicp 1/13/8"])
    options += cicp + chance.choice(["", " --premultiply"])
    if chance.random() < 0.15:
        options = "-s 8 -l"
    # Of these libyuv, by which Pillow's libavif converts colours, cuts a weight of
    # blue off at 2: up to 16 levels.
    tolerance = (18, 4) if limited and cicp in (" --cicp 1/13/1", " --cicp 9/16/9") else coded
    return tolerance if run(f"avifenc {options} {src} {path}") else None


def tiff_of_imagemagick(path):
    kind = chance.choice(["", "-type Grayscale", "-type Bilevel", "-type Palette -colors 16", "-colorspace CMYK", "-alpha on -channel A -evaluate set 60% +channel", "-type GrayscaleAlpha -alpha on -channel A -evaluate set 40% +channel"])
    depth = chance.choice([1, 2, 4, 8, 16]) if "CMYK" not in kind else chance.choice([8, 16])
    compress = chance.choice(["None", "LZW", "Zip", "RLE", "JPEG", "ZSTD", "LZMA", "WebP"])
    if kind == "-type Bilevel":
        compress, depth = chance.choice(["Fax", "Group4", "None", "LZW"]), 1
    extra = chance.choice(["", "-interlace plane", "-define tiff:tile-geometry=32x32", "-define tiff:endian=msb", "-define tiff:fill-order=lsb", "-define tiff:rows-per-strip=3", "-define quantum:format=floating-point -depth 32"])
    src = source(*size())
    orient = chance.choice(["", "-orient RightTop", "-orient BottomLeft"])
    ok = run(f"convert {src} {kind} -depth {depth} {orient} -compress {compress} {extra} tiff:{path}")
    return (jpeg if compress in ("JPEG", "WebP") else exact) if ok else None


def tiffcp(path):
    m = scene(*size()).convert(chance.choice(["RGB", "L", "1", "P", "CMYK", "RGBA"]))
    first = path + ".first.tif"
    m.save(first)
    compress = chance.choice(["none", "packbits", "lzw", "lzw:2", "zip", "zip:2", "jpeg", "jpeg:r", "zstd", "zstd:2", "lzma", "g3:1d", "g3:2d", "g4"])
    if compress.startswith("g") and m.mode != "1":
        compress = "lzw"
    options = f"-c {compress}" + chance.choice(["", " -t -w 32 -l 48", " -r 5", " -p separate", " -p separate -t -w 16 -l 16"]) + chance.choice(["", " -8"]) + chance.choice(["", " -B", " -L"])
    if m.mode != "P":  # of which Pillow forgets the order of bits
        options += chance.choice(["", " -f lsb2msb"])
    ok = run(f"tiffcp {options} {first} {path}")
    os.remove(first)
    return (jpeg if "jpeg" in compress else exact) if ok else None


def bmp(path):
    kind = chance.choice(["-type Palette -compress RLE", "-type Palette -colors 16", "-monochrome", "-type TrueColor", "-alpha on -channel A -evaluate set 60% +channel", "-define bmp:subtype=RGB565", "-define bmp:subtype=RGB555", "-type Grayscale"])
    form = chance.choice(["bmp", "bmp2", "bmp3"])
    tolerance = (1, 0.5) if "alpha" in kind else exact  # laid on white
    return tolerance if run(f"convert {source(*size())} {kind} {form}:{path}") else None


def pnm(path):
    kind = chance.choice(["pbm", "pgm", "ppm"])
    depth = chance.choice([8, 8, 16, 4])
    return (1, 1) if run(f"convert {source(*size())} -depth {depth} {chance.choice(['', '-compress none'])} {kind}:{path}") else None


def webp(path):
    src = source(*size(), alpha=chance.random() < 0.3)
    if chance.random() < 0.4:
        frames = [Image.open(source(40, 30, alpha=chance.random() < 0.3)) for _ in range(3)]
        frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], lossless=chance.random() < 0.5, duration=50)
        return (7, 0.8)
    options = chance.choice(["-lossless", "-q 60", "-q 95 -sharp_yuv", "-near_lossless 60"])
    return (7, 0.8) if run(f"cwebp -quiet {options} {src} -o {path}") else None


def gif(path):
    frames = [scene(40, 30).convert("P") for _ in range(3)]
    frames[0].save(path, "GIF", save_all=chance.random() < 0.5, append_images=frames[1:], duration=50)
    return exact


def png(path):
    kind = chance.choice(["", "-type Grayscale", "-type Palette", "-monochrome", "-depth 16", "-alpha on -channel A -evaluate set 60% +channel", "-interlace PNG"])
    return (1, 0.5) if run(f"convert {source(*size())} {kind} -define png:exclude-chunks=gama PNG:{path}") else None


kinds = {
    "jpg": [cjpeg, cjpeg, pillow_jpeg], "heic": [heic, heic_of_pillow], "avif": [avif], "tif": [tiff_of_imagemagick, tiffcp],
    "bmp": [bmp], "pnm": [pnm], "webp": [webp], "gif": [gif], "png": [png],
}
weights = {"jpg": 6, "heic": 4, "avif": 4, "tif": 7, "bmp": 2, "pnm": 1, "webp": 2, "gif": 1, "png": 1}

made = 0
while made < count:
    extension = chance.choices(list(weights), list(weights.values()))[0]
    make = chance.choice(kinds[extension])
    path = os.path.join(folder, f"{made:03}-{make.__name__}.{extension}")
    tolerance = make(path)
    if tolerance is None or not os.path.exists(path):
        continue
    try:
        with Image.open(path) as m:
            m.load()
            m.seek(0)
            right = eight_bits(ImageOps.exif_transpose(m) if extension not in ("heic",) else m)
        right.save(path + ".png")
        why = None
    except Exception as e:  # Pillow does not read it either
        why = str(e)
    with open(path + ".json", "w") as f:
        json.dump({"greatest": tolerance[0], "mean": tolerance[1], "unread": why}, f)
    made += 1
shutil.rmtree(temporary)
