#!/usr/bin/env python3
"""Makes kind-*: small pictures of kinds that few programs write, each by one that
does, and beside each what is right: the source where the kind is lossless, else
what libjpeg-turbo, libavif (by Pillow) or libheif (by pillow-heif) makes of it.

Needs Debian's libheif-examples, libavif-bin, libjpeg-turbo-progs, libtiff-tools
and imagemagick; Pillow, numpy and pillow-heif (PyPI).
"""

import os
import shlex
import subprocess

import numpy as np
from PIL import Image, ImageFilter, ImageOps

import pillow_heif

pillow_heif.register_heif_opener()
os.chdir(os.path.dirname(os.path.abspath(__file__)))
y, x = np.mgrid[0:18, 0:26]
scene = np.stack([x * 10, y * 14, 255 - x * 5 - y * 5], -1).astype(np.uint8)
scene[4:12, 6:18] = (230, 30, 40)
scene = Image.fromarray(scene).filter(ImageFilter.GaussianBlur(0.6))
scene.save("source.png")
scene.save("source.ppm")
scene.convert("1").save("source-1.png")


def run(command):
    subprocess.run(shlex.split(command), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def want(name, m=None):
    if m is None:
        m = ImageOps.exif_transpose(Image.open(name)).convert("RGBA")
        m = Image.alpha_composite(Image.new("RGBA", m.size, "white"), m)
    m.convert("RGB").save(name + ".want.png")


for name, options in {
    "arithmetic": "-arithmetic", "arithmetic-progressive": "-arithmetic -progressive", "restarts": "-progressive -restart 1",
    "1x2": "-sample 1x2", "4x1": "-sample 4x1", "2x2-1x1-1x2": "-sample 2x2,1x1,1x2",
}.items():
    run(f"cjpeg -quality 85 {options} -outfile kind-{name}.jpg source.ppm")
    want(f"kind-{name}.jpg")
run("cjpeg -quality 85 -outfile kind-no-end.jpg source.ppm")
want("kind-no-end.jpg")
with open("kind-no-end.jpg", "rb+") as f:
    f.truncate(os.path.getsize("kind-no-end.jpg") - 2)

alpha = scene.copy()
alpha.putalpha(Image.linear_gradient("L").resize(scene.size))
alpha.save("source-alpha.png")
run("heif-enc -q 70 -o kind-420.heic source.png")
run("heif-enc -q 70 -b 10 -o kind-10.heic source-alpha.png")
turned = Image.Exif()
turned[0x0112] = 6
scene.save("kind-turned.heic", "HEIF", quality=80, exif=turned)
for name in ["kind-420.heic", "kind-10.heic", "kind-turned.heic"]:
    m = Image.open(name).convert("RGBA")  # turned as it is
    want(name, Image.alpha_composite(Image.new("RGBA", m.size, "white"), m))
run("avifenc -s 8 -l source.png kind-lossless.avif")
run("avifenc -s 8 --min 0 --max 20 -d 10 --irot 1 --imir 0 source-alpha.png kind-turned.avif")
want("kind-lossless.avif")
want("kind-turned.avif")

for name, source, options in [
    ("planar", "source.png", "-c lzw -p separate"), ("tiled", "source.png", "-c zip:2 -t -w 16 -l 16"), ("big-zstd", "source.png", "-8 -c zstd -B"), ("lzma", "source.png", "-c lzma:2 -t -w 16 -l 16 -B"),
    ("jpeg", "source.png", "-c jpeg -r 16"), ("g4", "source-1.png", "-c g4"), ("g3", "source-1.png", "-c g3:2d -f lsb2msb"),
]:
    Image.open(source).save("source.tif")
    run(f"tiffcp {options} source.tif kind-{name}.tif")
    want(f"kind-{name}.tif", None if name == "jpeg" else Image.open(source))
Image.open("source.png").save("source.tif")
run("tiffcp -c webp source.tif kind-webp.tif")  # which Pillow's libtiff does not read, and Debian's does
run("tiff2rgba kind-webp.tif source-rgba.tif")
want("kind-webp.tif", Image.open("source-rgba.tif"))
scene.convert("CMYK").save("kind-cmyk.tif")
want("kind-cmyk.tif", scene.convert("CMYK"))
Image.fromarray(np.asarray(scene.convert("L")).astype(np.float32)).save("kind-float.tif")
want("kind-float.tif", scene.convert("L"))
grey = scene.convert("L")
grey.putalpha(Image.linear_gradient("L").resize(scene.size))
grey.save("kind-grey-alpha.tif")
want("kind-grey-alpha.tif")

run("convert source.png -define bmp:subtype=RGB565 kind-565.bmp")
run("convert source.png -type Palette -colors 16 -compress RLE kind-rle.bmp")
run("convert source.png -define bmp:subtype=RGB555 bmp2:kind-555.bmp")
want("kind-565.bmp")
want("kind-555.bmp")
want("kind-rle.bmp")
scene.save("kind-binary.ppm")
want("kind-binary.ppm", scene)
run("convert source.png -type Grayscale -compress none kind-plain.pgm")
want("kind-plain.pgm")
run("convert source-1.png kind-binary.pbm")
want("kind-binary.pbm", Image.open("source-1.png"))
scene.save("kind-moving.webp", save_all=True, append_images=[scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT)], lossless=True)
want("kind-moving.webp", scene)
exif = turned.tobytes()
text = "\nexif\n%8d\n%s\n" % (len(exif), exif.hex())
from PIL import PngImagePlugin  # noqa: E402

info = PngImagePlugin.PngInfo()
info.add_text("Raw profile type exif", text, zip=True)
scene.save("kind-turned.png", pnginfo=info)
want("kind-turned.png", scene.transpose(Image.Transpose.ROTATE_270))
info = PngImagePlugin.PngInfo()
info.add_itxt("XML:com.adobe.xmp", '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>')
scene.save("kind-xmp.png", pnginfo=info)
want("kind-xmp.png", scene.transpose(Image.Transpose.ROTATE_270))
for name in os.listdir("."):
    if name.startswith("source"):
        os.remove(name)
