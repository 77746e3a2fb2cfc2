"""Makes the golden pictures of this folder, with Pillow (9.4) and numpy.

Run it here, only when a golden is added: python3 make.py

upright.png is the reference: six blocks of 8 × 8 pixels of distinct colours,
each with a gradient, so that no turn or mirror image of it equals it. Blocks
of 8 × 8 keep their edges in a JPEG whose chroma is not subsampled. A file
NAME.want.png is what Pillow makes of NAME.
"""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def blocks():
    colours = [[(230, 20, 30), (20, 200, 40), (30, 40, 220)],
               [(230, 220, 10), (15, 15, 15), (240, 240, 240)]]
    picture = np.zeros((16, 24, 3), int)
    for y in range(16):
        for x in range(24):
            picture[y, x] = np.array(colours[y // 8][x // 8]) + (x % 8) - (y % 8)
    return picture.clip(0, 255).astype(np.uint8)


def stored(upright, orientation):
    """The pixels that, shown as EXIF orientation says, look like upright."""
    undo = {1: [], 2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4]}[orientation]
    for operation in undo:  # Image.Transpose: 0 1 mirror, 2 3 4 turn left, 5 6 transpose
        upright = upright.transpose(operation)
    return upright


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows):
    """A PNG of 16-bit colour, which Pillow does not write."""
    raw = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def want(name):
    image = Image.open(name)
    flat = Image.new("RGBA", image.size, "white")
    flat.alpha_composite(image.convert("RGBA"))
    flat.convert("RGB").save(name + ".want.png", optimize=True)


pixels = blocks()
upright = Image.fromarray(pixels)
upright.save("upright.png")
upright.save("rgb.bmp")
upright.save("rgb.tif", compression="tiff_lzw")
upright.save("rgb.webp", lossless=True)
upright.save("rgb.jpg", quality=95, subsampling=0)
upright.quantize(256).save("paletted.png")

# Every orientation in a JPEG, and one in each other format that can say it.
for orientation in range(1, 9):
    stored(upright, orientation).save(f"exif-{orientation}.jpg", quality=95, subsampling=0, exif=exif(orientation))
stored(upright, 6).save("exif-6.png", exif=exif(6)[6:])
stored(upright, 8).save("exif-8.webp", lossless=True, exif=exif(8))
stored(upright, 5).save("exif-5.tif", tiffinfo={0x0112: 5})

# Smooth, so that ways of interpolating subsampled chroma agree closely.
y, x = np.mgrid[0:32, 0:48]
smooth = Image.fromarray(np.dstack([x * 255 // 47, y * 255 // 31, (94 - x - y) * 255 // 94]).clip(0, 255).astype(np.uint8))
smooth.save("progressive.jpg", quality=90, progressive=True)
smooth.save("halved.jpg", quality=90, subsampling="4:2:2")
smooth.convert("CMYK").save("cmyk.jpg", quality=95)
smooth.convert("L").save("grey.jpg", quality=90)
smooth.convert("L").save("grey.webp", quality=90)
smooth.save("lossy.webp", quality=90)
for name in ("progressive.jpg", "halved.jpg", "cmyk.jpg", "grey.jpg", "grey.webp", "lossy.webp"):
    want(name)

# Transparency, from none to full along the rows.
alpha = upright.copy()
alpha.putalpha(Image.fromarray(np.tile(np.arange(24) * 255 // 23, (16, 1)).astype(np.uint8)))
alpha.save("transparent.png")
alpha.save("transparent.webp", lossless=True)
smooth_alpha = smooth.copy()
smooth_alpha.putalpha(smooth.convert("L"))
smooth_alpha.save("transparent-lossy.webp", quality=90)
alpha.convert("LA").save("transparent-grey.png")
for name in ("transparent.png", "transparent.webp", "transparent-lossy.webp", "transparent-grey.png"):
    want(name)

# 16 bits: the high bytes are those of upright.png, the low bytes are 0x80.
wide = pixels.astype(">u2") * 256 + 0x80
open("rgb16.png", "wb").write(png(24, 16, 16, 2, [row.astype(">u2").tobytes() for row in wide]))
open("grey16.png", "wb").write(png(24, 16, 16, 0, [row[:, 0].astype(">u2").tobytes() for row in wide]))
Image.fromarray(pixels[:, :, 0]).save("grey16.png.want.png")

# A GIF of two frames on a screen of 24 × 16: the first, 16 × 8 pixels at
# (5, 3), and then another, which is not to be seen.
def gif(image):
    buffer = io.BytesIO()
    image.quantize(64).save(buffer, "GIF")
    data = buffer.getvalue()
    start = data.index(b"\x2c" + struct.pack("<HHHH", 0, 0, *image.size))
    return data[:start], data[start:-1]


first = upright.crop((0, 0, 16, 8))
header, frame = gif(first)
frame = b"\x2c" + struct.pack("<HH", 5, 3) + frame[5:]
second = b"\x2c" + struct.pack("<HH", 0, 0) + gif(first)[1][5:]
header = header[:6] + struct.pack("<HH", 24, 16) + header[10:]
open("offset.gif", "wb").write(header + frame + second + b"\x3b")
screen = Image.new("RGB", (24, 16), "white")
screen.paste(first.quantize(64).convert("RGB"), (5, 3))
screen.save("offset.gif.want.png")

# Resampling: noise, and a hard edge where bicubic overshoots.
noise = np.random.RandomState(1).randint(0, 256, (29, 37, 3)).astype(np.uint8)
noise[:, 20:24] = 255
noise[:, 24:28] = 0
source = Image.fromarray(noise)
source.save("resize.png")
for name, kernel in (("bilinear", Image.Resampling.BILINEAR), ("bicubic", Image.Resampling.BICUBIC), ("nearest", Image.Resampling.NEAREST)):
    for w, h in ((1, 1), (1, 17), (12, 9), (19, 43), (37, 11), (53, 41)):
        source.resize((w, h), kernel).save(f"resize-{name}-{w}x{h}.png", optimize=True)
