#!/usr/bin/env python3
"""Writes assets/catalogue.json: published networks, where their files are, and what
is compared when they stand side by side.

    tools/catalogue.py results-imagenet.csv > assets/catalogue.json

needs torchvision and timm (pip install torchvision==0.29.2 timm==1.0.31) and timm's
results/results-imagenet.csv, of its repository at the commit aa4b585. What the two
packages say of a file (address, hash in its name, preprocessing, accuracy, licence)
is read out of them; parameters, batch norm's eps and padding are those of the network
that they make. What is written by hand below has its source beside it. What nobody
published is left out, and nothing is downloaded.
"""
import csv, json, re, sys
import torch, timm, torchvision
from timm.models._registry import _model_pretrained_cfgs as timm_configs
from torchvision import models as tv

MIB = 1 << 20
EFFICIENTNET = [(1.0, 1.0), (1.0, 1.1), (1.1, 1.2), (1.2, 1.4), (1.4, 1.8), (1.6, 2.2), (1.8, 2.6), (2.0, 3.1)]  # width, depth

# Families: an architecture of network/architecture.go with its depth and width, by
# the name that torchvision and timm have for it.
FAMILIES = {"mobilenet_v2": ("mobilenet-v2", 1, 1), "test_efficientnet": ("test-efficientnet", 1, 1)}
for i, (w, d) in enumerate(EFFICIENTNET):
    FAMILIES[f"efficientnet_b{i}"] = FAMILIES[f"tf_efficientnet_b{i}"] = ("efficientnet-b0", d, w)
    if i < 5:
        FAMILIES[f"efficientnet_lite{i}"] = FAMILIES[f"tf_efficientnet_lite{i}"] = ("efficientnet-lite0", d, w)
for w in (50, 100, 140):
    FAMILIES[f"mobilenetv2_{w:03}"] = ("mobilenet-v2", 1, w / 100)
FAMILIES["mobilenetv2_110d"] = ("mobilenet-v2-deep", 1.2, 1.1)
FAMILIES["mobilenetv2_120d"] = ("mobilenet-v2-deep", 1.4, 1.2)
for d in (18, 34, 50, 101, 152):
    FAMILIES[f"resnet{d}"] = (f"resnet-{d}", 1, 1)
    FAMILIES[f"wide_resnet{d}_2"] = (f"wide-resnet-{d}-2", 1, 1)
for s in "sml":
    FAMILIES[f"efficientnet_v2_{s}"] = FAMILIES[f"tf_efficientnetv2_{s}"] = (f"efficientnetv2-{s}", 1, 1)
for i, (w, d) in enumerate(EFFICIENTNET[:4]):
    FAMILIES[f"tf_efficientnetv2_b{i}"] = ("efficientnetv2-b0", d, w)
for d in (20, 32, 44, 56, 110):
    FAMILIES[f"cifar-{d}"] = ("cifar-resnet", (d - 2) // 6, 1)


def entry(name, title, family, resolution, url, checksum, size, licence, source, settings, origin, top1, top1_from, parameters, macs=""):
    """One network. size is in bytes, 0 where nobody published it."""
    architecture, depth, width = FAMILIES[family] if isinstance(family, str) else family
    e = dict(name=name, title=title, architecture=architecture, depth=depth, width=width, resolution=resolution, url=url, checksum=checksum,
             bytes=size, licence=licence, source=source, classes="imagenet", settings=settings, settings_from=origin,
             top1=top1, top1_from=top1_from, parameters=str(parameters), macs=macs)
    return {k: v for k, v in e.items() if v not in ("", 0)}


def number(x):
    return repr(float(x)) if float(x) != int(x) else str(int(x))


def settings(size, crop, interpolation, mean, std, eps, padding):
    return {"height": str(size), "width_px": str(size), "crop": "centre", "crop_pct": repr(crop), "interpolation": interpolation,
            "mean": ",".join(number(v) for v in mean), "std": ",".join(number(v) for v in std), "eps": f"{eps:g}", "padding": padding}


def facts(model):
    """Parameters, batch norm's eps, and padding of a network that its library made."""
    eps = {m.eps for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)}
    assert len(eps) == 1, eps
    same = any(type(m).__name__ == "Conv2dSame" for m in model.modules())
    return sum(p.numel() for p in model.parameters()), eps.pop(), "same" if same else "symmetric"


def hash_of(url):
    found = re.search(r"-([0-9a-f]{8,})\.", url.rsplit("/", 1)[1])
    return "sha256:" + found[1] if found else ""


def torchvision_entries():
    origin = f"torchvision {torchvision.__version__.split('+')[0]}"
    for family in FAMILIES:
        if family not in tv.list_models(module=tv) or family.startswith("tf_"):
            continue
        for w in tv.get_model_weights(family):
            if not w.name.startswith("IMAGENET1K"):
                continue
            with torch.device("meta"):
                parameters, eps, padding = facts(tv.get_model(family, weights=None))
            assert parameters == w.meta["num_params"]
            t = w.transforms()
            version = w.name[-1]
            name = re.sub(r"resnet(?=\d)", "resnet-", family).replace("_", "-").replace("efficientnet-v2", "efficientnetv2")
            title = name.replace("efficientnet", "EfficientNet").replace("mobilenet-v2", "MobileNetV2").replace("wide-resnet", "Wide ResNet").replace("resnet", "ResNet")
            title = re.sub(r"-(b\d)", lambda m: "-" + m[1].upper(), title).replace("EfficientNetv2-", "EfficientNetV2-")
            title = re.sub(r"V2-([sml])$", lambda m: "V2-" + m[1].upper(), title)
            if version != "1":
                name, title = name + "-imagenet1k-v2", title + ", V2 weights"
            yield entry(name, title, family, t.crop_size[0], w.url, hash_of(w.url), round(w.meta["_file_size"] * MIB), "BSD-3-Clause", "torchvision",
                        settings(t.crop_size[0], t.crop_size[0] / t.resize_size[0], t.interpolation.value, t.mean, t.std, eps, padding),
                        f"{origin}, {type(w).__name__}.{w.name}", w.meta["_metrics"]["ImageNet-1K"]["acc@1"], origin,
                        parameters, f"{w.meta['_ops']:.3f}G")


def timm_entries(results):
    top1 = {(r["model"], r["img_size"], float(r["crop_pct"])): float(r["top1"]) for r in csv.DictReader(open(results))}
    origin = f"timm {timm.__version__}"
    for full, c in timm_configs.items():
        family, dot, tag = full.partition(".")
        # Of resnets those of the plain networks that timm's own recipes trained; of the others all with ImageNet's classes.
        if family not in FAMILIES or not dot or not c.hf_hub_id or c.num_classes != 1000 or not (c.license or ""):
            continue
        if "resnet" in family and not re.match(r"a[123]_in1k|a1h_in1k", tag):
            continue
        with torch.device("meta"):
            parameters, eps, padding = facts(timm.create_model(full, pretrained=False))
        size = c.input_size[1]
        # Lite's at the hub, as safetensors; the others at GitHub, whose names have their hashes.
        url = c.url if c.url and "_lite" not in family else f"https://huggingface.co/{c.hf_hub_id}/resolve/main/model.safetensors"
        licence = {"apache-2.0": "Apache-2.0", "bsd-3-clause": "BSD-3-Clause", "cc-by-nc-4.0": "CC-BY-NC-4.0", "mit": "MIT"}[c.license]
        score = top1.get((full, str(size), round(c.crop_pct, 3)), 0)
        yield entry(full, full, family, size, url, hash_of(url), 0, licence, "timm",
                    settings(size, c.crop_pct, c.interpolation, c.mean, c.std, eps, padding), origin,
                    score, f"timm, results-imagenet.csv, at {size} px" if score else "", parameters)


# d-li14/mobilenetv2.pytorch, README.md at the commit 1733532: width or side, the file's
# hash in its name, the file's blob in git, parameters, million MACs, top-1. imagenet.py
# shows pictures as torchvision's recipe does: the shorter side at size / 0.875, bilinear.
D_LI14 = "https://raw.githubusercontent.com/d-li14/mobilenetv2.pytorch/1733532bd43743442077326e1efc556d7cfd025d/pretrained/mobilenetv2"
WIDTHS = [
    (0.1, "7d1d638a", "2d4bcb67deece9b9c7a01adb040dd28e3f53eb9a", "1.356M", "12.92M", 34.896),
    (0.25, "b61d2159", "bf82bc72fc702f6dc491343b4991c1ff6d39b208", "1.519M", "37.21M", 52.352),
    (0.35, "b2e15951", "6e99454d05c8600f241f620557201ce9bd28a3a8", "1.677M", "59.29M", 60.092),
    (0.5, "eaa6f9ad", "ccd6f9174d801e775e3423dd82af6fbc4ee9456c", "1.968M", "97.14M", 64.592),
    (0.75, "dace9791", "cdeec72e379dd97de9f2c6da9804bcb2b1acc83d", "2.636M", "209.08M", 69.952),
    (1.0, "0c6065bc", "0a66ce95c46d5047a0fc003c0c5a8205875e1b8b", "3.504M", "300.79M", 72.192),
]
SIDES = [
    (96, "ff0e83d8", "908e3fb021b9a2dad578da9072ea1ae556638b07", "3.504M", "56.31M", 62.696),
    (128, "fd66a69d", "3389515dd30d953a115e637d2d23f8881d7403af", "3.504M", "99.09M", 66.740),
    (160, "64dc7fa1", "dadc7d20135ba9adf391c0273bd5d69c8f531c82", "3.504M", "154.10M", 69.504),
    (192, "e423d99e", "9a585f75d34131da02aa8cbb68bcc8962607b955", "3.504M", "221.33M", 71.076),
]


def d_li14_entries():
    for kind, rows in (("w", WIDTHS), ("r", SIDES)):
        for value, hash, blob, parameters, macs, top1 in rows:
            size, width = (224, value) if kind == "w" else (value, 1)
            file = f"_{value}-{hash}.pth" if kind == "w" else f"_{value}x{value}-{hash}.pth"
            title = f"MobileNetV2 × {value}" if kind == "w" else f"MobileNetV2 at {value}"
            yield entry(f"mobilenet-v2-{kind}{value}", title, ("mobilenet-v2", 1, width), size, D_LI14 + file, "git:" + blob, 0, "Apache-2.0", "mobilenetv2.pytorch",
                        settings(size, 0.875, "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 1e-5, "symmetric"),
                        "d-li14/mobilenetv2.pytorch, utils/dataloaders.py", top1, "d-li14/mobilenetv2.pytorch, README.md", parameters, macs)


# akamaster/pytorch_resnet_cifar10 at the commit d5489e8: depth, the file's hash in its name,
# bytes, blob in git, test error, parameters as README.md has them.
AKAMASTER = "https://raw.githubusercontent.com/akamaster/pytorch_resnet_cifar10/d5489e8995e81e91ce6b1d69dcc98ad579b0b153/pretrained_models/"
CIFAR = [
    (20, "12fca82f", 1099231, "f7c370bc38314d1c98166b834cd50988aec2ca50", 8.27, "0.27M"),
    (32, "d509ac18", 1890043, "8be5f1b233fe23955f050b24a0ef08094b3220db", 7.37, "0.46M"),
    (44, "014dd654", 2680855, "95b2a26a7e6bd2902453b3f1f3994e0e4ff91bb9", 6.90, "0.66M"),
    (56, "4bfd9763", 3471733, "5df0ea2530c843f9eaa9c602b28d37505de64378", 6.61, "0.85M"),
    (110, "1d1ed7c2", 0, "45daff3ec1b813c24feb5e17d2208a79066e42d2", 6.32, "1.7M"),
]


def akamaster_entries():
    for depth, hash, size, blob, error, parameters in CIFAR:
        if f"cifar-{depth}" not in FAMILIES:
            continue
        e = entry(f"cifar10-resnet-{depth}", f"ResNet-{depth} (CIFAR-10)", f"cifar-{depth}", 32, f"{AKAMASTER}resnet{depth}-{hash}.th", "git:" + blob, size,
                  "BSD-2-Clause", "pytorch_resnet_cifar10",
                  settings(32, 1.0, "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 1e-5, "symmetric") | {"crop": "none"},
                  "akamaster/pytorch_resnet_cifar10, trainer.py", round(100 - error, 2), "akamaster/pytorch_resnet_cifar10, README.md", parameters)
        yield e | {"classes": "cifar10"}


OTHER_RECIPES = "Each was trained by its own recipe, so that not all of a difference is the scaling's."
SERIES = [
    dict(name="efficientnet-b0-b3", title="ImageNet: EfficientNet B0–B3", compares="compound scaling: depth, width and resolution together (arXiv 1905.11946), by torchvision's weights",
         members=[f"efficientnet-b{i}" for i in range(4)], best="efficientnet-b3",
         notes=["Depth, width and resolution grow together: what is seen of one of them alone is not told from the others.",
                "They are shown 224, 240, 288 and 300 pixels of pictures resized to 256, 256, 288 and 320, as their accuracy was published."]),
    dict(name="efficientnet-lite0-lite2", title="ImageNet: EfficientNet-Lite 0–2", compares="compound scaling for phones, without squeeze-and-excite, by TensorFlow's weights",
         members=[f"tf_efficientnet_lite{i}.in1k" for i in range(3)], best="tf_efficientnet_lite2.in1k",
         notes=["Stem, head and the first and last stage do not scale.", "The scaling is gentle: the dearest network costs 2.2 times the first one's multiply-adds."]),
    dict(name="efficientnetv2-b0-b3", title="ImageNet: EfficientNetV2 B0–B3", compares="compound scaling of EfficientNetV2's base network (arXiv 2104.00298), by TensorFlow's weights",
         members=[f"tf_efficientnetv2_b{i}.in1k" for i in range(4)], best="tf_efficientnetv2_b3.in1k",
         notes=["They run at the sizes that they were trained at, 192, 192, 208 and 240; the published accuracy is at those, and a little higher at the larger test sizes."]),
    dict(name="efficientnetv2-s-l", title="ImageNet: EfficientNetV2 S–L", compares="three sizes of EfficientNetV2 (arXiv 2104.00298), each a stage table of its own, by torchvision's weights",
         members=[f"efficientnetv2-{i}" for i in "sml"], best="efficientnetv2-l",
         notes=["S, M and L are stage tables of their own: no one rule scales one to the next."]),
    dict(name="mobilenet-v2-width", title="MobileNetV2: width 0.1–1", compares="width alone, from 0.1 to 1, at 224 pixels",
         members=[f"mobilenet-v2-w{w}" for w, *_ in WIDTHS], best="mobilenet-v2-w1.0",
         notes=["One recipe trained all of them: width alone differs. The head keeps 1,280 channels at every width."]),
    dict(name="mobilenet-v2-width-timm", title="MobileNetV2: width 0.5–1.4", compares="width alone, from 0.5 to 1.4, at 224 pixels, by timm's weights",
         members=["mobilenetv2_050.lamb_in1k", "mobilenetv2_100.ra_in1k", "mobilenetv2_140.ra_in1k"], best="mobilenetv2_140.ra_in1k",
         notes=["0.5 was trained by another recipe (LAMB) than 1 and 1.4 (RandAugment). The head widens at 1.4 alone."]),
    dict(name="mobilenet-v2-depth-width", title="MobileNetV2: depth and width (110d, 120d)", compares="depth and width together, at 224 pixels, by timm's weights",
         members=["mobilenetv2_100.ra_in1k", "mobilenetv2_110d.ra_in1k", "mobilenetv2_120d.ra_in1k"], best="mobilenetv2_120d.ra_in1k",
         notes=["Depth × 1.2 and 1.4, width × 1.1 and 1.2, at the same resolution: EfficientNet's compound scaling without its third dimension."]),
    dict(name="mobilenet-v2-resolution", title="MobileNetV2: resolution 96–224", compares="resolution alone, from 96 to 224, each trained at its own",
         members=[f"mobilenet-v2-r{r}" for r, *_ in SIDES] + ["mobilenet-v2-w1.0"], best="mobilenet-v2-w1.0",
         notes=["One network and one recipe, trained anew at each resolution. The grid grows with it, from 3 × 3 to 7 × 7: part of what looks like more detail is a finer grid."]),
    dict(name="resnet-depth", title="ResNet: depth 18–152", compares="depth, from 18 to 152 layers (arXiv 1512.03385), at 224 pixels, by torchvision's first weights",
         members=[f"resnet-{d}" for d in (18, 34, 50, 101, 152)], best="resnet-152",
         notes=["18 and 34 are made of basic blocks and end in 512 channels, the others of bottlenecks that end in 2,048: from 34 to 50 it is not depth alone."]),
    dict(name="resnet-50-width", title="ResNet-50: width", compares="the width of the bottlenecks' 3 × 3 convolutions, once and twice (arXiv 1605.07146), at 224 pixels",
         members=["resnet-50", "wide-resnet-50-2"], best="wide-resnet-50-2",
         notes=["The blocks' inner channels double, what goes from block to block stays: both end in 2,048 channels.", OTHER_RECIPES]),
    dict(name="cifar10-depth", title="CIFAR-10: ResNet, depth 20–56", compares="depth alone, from 20 to 56 layers (arXiv 1512.03385, section 4.2), at 32 pixels",
         members=[f"cifar10-resnet-{d}" for d in (20, 32, 44, 56)], best="cifar10-resnet-56",
         notes=["They know ten classes, in pictures of 32 pixels: of a photograph they see that much. One recipe trained all of them."]),
]
# Title, what is compared, and notes of each series in Korean.
KOREAN = {
    "efficientnet-b0-b3": ("ImageNet: EfficientNet B0–B3", "깊이, 너비, 해상도를 함께 키우는 복합 스케일링(arXiv 1905.11946), torchvision 가중치",
        ["깊이, 너비, 해상도가 함께 커지므로 그 하나만의 영향은 나머지와 구별되지 않습니다.",
         "사진을 256, 256, 288, 320픽셀로 줄인 뒤 그 가운데 224, 240, 288, 300픽셀을 보여 줍니다. 공개된 정확도가 그렇게 측정되었습니다."]),
    "efficientnet-lite0-lite2": ("ImageNet: EfficientNet-Lite 0–2", "squeeze-and-excite가 없는 휴대전화용 복합 스케일링, TensorFlow 가중치",
        ["줄기와 머리, 첫 단계와 마지막 단계는 커지지 않습니다.", "스케일링이 완만합니다. 가장 비싼 신경망의 곱셈 덧셈이 첫 신경망의 2.2배입니다."]),
    "efficientnetv2-b0-b3": ("ImageNet: EfficientNetV2 B0–B3", "EfficientNetV2 기본 신경망의 복합 스케일링(arXiv 2104.00298), TensorFlow 가중치",
        ["학습한 크기인 192, 192, 208, 240픽셀로 실행합니다. 공개된 정확도는 그 크기의 것이며, 더 큰 시험 크기에서는 조금 더 높습니다."]),
    "efficientnetv2-s-l": ("ImageNet: EfficientNetV2 S–L", "저마다 단계 표가 다른 EfficientNetV2의 세 크기(arXiv 2104.00298), torchvision 가중치",
        ["S, M, L은 단계 표가 서로 다르며, 하나에서 다음으로 키우는 한 가지 규칙은 없습니다."]),
    "mobilenet-v2-width": ("MobileNetV2: 너비 0.1–1", "너비만 0.1부터 1까지, 224픽셀",
        ["모두 같은 방법으로 학습했으므로 너비만 다릅니다. 머리는 어느 너비에서나 1,280채널입니다."]),
    "mobilenet-v2-width-timm": ("MobileNetV2: 너비 0.5–1.4", "너비만 0.5부터 1.4까지, 224픽셀, timm 가중치",
        ["0.5는 1과 1.4(RandAugment)와 다른 방법(LAMB)으로 학습했습니다. 머리는 1.4에서만 넓어집니다."]),
    "mobilenet-v2-depth-width": ("MobileNetV2: 깊이와 너비(110d, 120d)", "깊이와 너비를 함께, 224픽셀, timm 가중치",
        ["같은 해상도에서 깊이 × 1.2와 1.4, 너비 × 1.1과 1.2. 세 번째 차원이 없는 EfficientNet의 복합 스케일링입니다."]),
    "mobilenet-v2-resolution": ("MobileNetV2: 해상도 96–224", "해상도만 96부터 224까지, 저마다 그 크기로 학습",
        ["한 신경망을 한 가지 방법으로 해상도마다 새로 학습했습니다. 격자도 3 × 3에서 7 × 7로 함께 커지므로, 더 자세해 보이는 것의 일부는 더 촘촘한 격자입니다."]),
    "resnet-depth": ("ResNet: 깊이 18–152", "18층부터 152층까지의 깊이(arXiv 1512.03385), 224픽셀, torchvision의 첫 가중치",
        ["18과 34는 기본 블록으로 되어 있고 512채널로 끝나며, 나머지는 2,048채널로 끝나는 병목 블록입니다. 34에서 50으로는 깊이만 달라지지 않습니다."]),
    "resnet-50-width": ("ResNet-50: 너비", "병목의 3 × 3 합성곱의 너비, 한 배와 두 배(arXiv 1605.07146), 224픽셀",
        ["블록 안의 채널은 두 배가 되고 블록 사이를 오가는 것은 그대로입니다. 둘 다 2,048채널로 끝납니다.", "저마다 다른 방법으로 학습했으므로 차이가 모두 스케일링에서 온 것은 아닙니다."]),
    "cifar10-depth": ("CIFAR-10: ResNet, 깊이 20–56", "깊이만 20층부터 56층까지(arXiv 1512.03385, 4.2절), 32픽셀",
        ["열 가지 클래스를 32픽셀 그림으로 압니다. 사진도 그만큼만 봅니다. 모두 같은 방법으로 학습했습니다."]),
}
CLASSES = {"cifar10": ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]}


def main():
    entries = list(torchvision_entries()) + list(timm_entries(sys.argv[1])) + list(d_li14_entries()) + list(akamaster_entries())
    names = {e["name"] for e in entries}
    assert len(names) == len(entries)
    series = []
    for s in SERIES:
        missing = [m for m in s["members"] if m not in names]
        if missing:
            print(f"left out: {s['name']}, without {', '.join(missing)}", file=sys.stderr)
        else:
            title, compares, notes = KOREAN[s["name"]]
            assert len(notes) == len(s["notes"])
            series.append(s | {"languages": {"ko": {"title": title, "compares": compares, "notes": notes}}})
    line = lambda v: json.dumps(v, ensure_ascii=False)
    print("{\n\"networks\": [\n" + ",\n".join(map(line, entries)) + "\n],\n\"series\": [\n" + ",\n".join(map(line, series)) + "\n],\n\"classes\": " + line(CLASSES) + "\n}")


main()
