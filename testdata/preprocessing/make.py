# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "torchvision==0.29.2", "transformers==5.24.0", "pillow"]
# ///
"""What transformers' image processors make of a picture.

    uv run testdata/preprocessing/make.py

writes processors.json beside this script: of ../picture/resize.png, for each of some
settings, what the library saves as preprocessor_config.json, and pixel_values [3, H, W].
"""
import json
from pathlib import Path

from PIL import Image
from transformers import EfficientNetImageProcessor, MobileNetV2ImageProcessor

HERE = Path(__file__).parent


def side(h, w):
    return {"height": h, "width": w}


def processors():
    for resample in 0, 2, 3:  # Pillow's nearest, bilinear, bicubic
        yield "efficientnet", EfficientNetImageProcessor(size=side(11, 14), resample=resample)
    yield "efficientnet", EfficientNetImageProcessor(size=side(40, 45), resample=0, include_top=False)
    yield "efficientnet", EfficientNetImageProcessor(size=side(12, 12), resample=2, include_top=False, rescale_offset=True, rescale_factor=1 / 127.5, do_normalize=False)
    yield "efficientnet", EfficientNetImageProcessor(size=side(12, 12), resample=3, rescale_offset=True, rescale_factor=1 / 127.5)
    for resample in 0, 2, 3:
        yield "mobilenet_v2", MobileNetV2ImageProcessor(size={"shortest_edge": 17}, crop_size=side(14, 14), resample=resample)
    yield "mobilenet_v2", MobileNetV2ImageProcessor(size={"shortest_edge": 17}, crop_size=side(14, 14), do_rescale=False, do_normalize=False)


def main():
    picture = Image.open(HERE.parent / "picture" / "resize.png").convert("RGB")
    lines = []
    for model, processor in processors():
        values = processor(picture, return_tensors="pt")["pixel_values"][0]
        said = json.loads(processor.to_json_string())
        lines.append(json.dumps({"model": model, "config": said, "shape": list(values.shape), "values": [float(f"{v:.6g}") for v in values.flatten().tolist()]}))
    (HERE / "processors.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
