#!/usr/bin/env python3
"""Draws hangul-regular.otf and hangul-bold.otf beside this file: Hangul, and the signs
that Korean texts and ours need, out of Noto Sans CJK KR (SIL OFL 1.1, see LICENSE).

    python3 assets/fonts/hangul.py FOLDER

FOLDER holds NotoSansCJK-Regular.ttc and -Bold.ttc of Debian's fonts-noto-cjk
1:20220127+repack1-1 (/usr/share/fonts/opentype/noto). Needs fonttools 4.68.0.

What is in them: the 2350 syllables of KS X 1001 with any other that our texts and names
have, the letters that syllables are made of, and arrows, operators and brackets that
Noto Sans, which Fyne's Latin letters are, lacks. Lines are as high as Noto Sans's, so
that both stand on one baseline and no line grows where they mix.
"""

import glob
import hashlib
import os
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = os.path.dirname(os.path.abspath(__file__))
SHA256 = {
    "Regular": "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a",
    "Bold": "faa5f3656a78b2e2d450d27fe8382c778bc2b6bb5ea29c986664a6a435056ceb",
}
KOREAN = 1  # in the collection: JP, KR, SC, TC, HK
SIGNS = "−←↑→↓↔⇒⇔∀∂∃∇∈∏∑√∝∞∠∥∧∨∩∪∫∴∵≠≡≤≥≪≫⊂⊃⊙⊥■□▲△▶▷▼▽◀◁◆◇○◎●★☆、。〃〈〉《》「」『』【】〔〕㎎㎏㎜㎝㎞㎡㎥"
ASCENT, DESCENT = 1069, -293  # Noto Sans's, of 1000
SPACE = 260  # likewise: a space stands in the letters before it, be they these or those


def letters():
    """Code points of all that the fonts have."""
    standard = {bytes([hi, lo]).decode("euc_kr") for hi in range(0xB0, 0xC9) for lo in range(0xA1, 0xFF)}
    ours = ""
    for name in glob.glob(HERE + "/../translations/*.json") + glob.glob(HERE + "/../classes/*.tsv"):
        with open(name, encoding="utf-8") as f:
            ours += f.read()
    syllables = standard | {c for c in ours if "가" <= c <= "힣"}
    jamo = {chr(c) for c in range(0x3131, 0x318F)}
    return sorted(map(ord, syllables | jamo | set(SIGNS + " ")))


def make(folder, weight):
    name = os.path.join(folder, f"NotoSansCJK-{weight}.ttc")
    with open(name, "rb") as f:
        if hashlib.sha256(f.read()).hexdigest() != SHA256[weight]:
            sys.exit(f"{name} is another file than the one of fonts-noto-cjk 1:20220127+repack1-1")
    font = TTFont(name, fontNumber=KOREAN, recalcTimestamp=False)
    options = subset.Options(layout_features=[], hinting=False, name_IDs=[0, 1, 2, 4, 5, 6, 13, 14], notdef_outline=True)
    options.drop_tables += ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    s = subset.Subsetter(options)
    s.populate(unicodes=letters())
    s.subset(font)
    font["hmtx"][font.getBestCmap()[ord(" ")]] = (SPACE, 0)
    for table, ascent, descent, gap in (("hhea", "ascent", "descent", "lineGap"), ("OS/2", "sTypoAscender", "sTypoDescender", "sTypoLineGap")):
        setattr(font[table], ascent, ASCENT)
        setattr(font[table], descent, DESCENT)
        setattr(font[table], gap, 0)
    font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = ASCENT, -DESCENT
    family = "Scalecam Hangul"  # a changed font goes by another name
    for record in font["name"].names:
        text = {1: family, 4: f"{family} {weight}", 6: f"ScalecamHangul-{weight}"}.get(record.nameID)
        if text:
            record.string = text
    cff = font["CFF "].cff
    cff.fontNames[0] = f"ScalecamHangul-{weight}"
    cff[0].FamilyName, cff[0].FullName = family, f"{family} {weight}"
    font.save(os.path.join(HERE, f"hangul-{weight.lower()}.otf"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for weight in SHA256:
        make(sys.argv[1], weight)
