# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "torchvision==0.29.2", "timm==1.0.31", "transformers==5.24.0", "efficientnet-pytorch==0.7.1", "mmpretrain==1.2.0", "mmengine==0.10.7", "mmcv-lite==2.2.0"]
# ///
"""What networks of other libraries than torchvision compute: logits, features, maps.

    git clone https://github.com/d-li14/mobilenetv2.pytorch REPOSITORIES/d-li14        (at 1733532)
    git clone https://github.com/tonylins/pytorch-mobilenet-v2 REPOSITORIES/tonylins   (at 99f2136)
    uv run testdata/oracle/libraries.py REPOSITORIES [LIBRARY …]

writes LIBRARY-MODEL.json beside this script, and the lists of tensors into
../naming, as the makers there do; of all libraries or of those named. Weights and
input come from make.py's formula, and the results are in its format. Under "beside"
is what lies beside the weights where the library saves it: config.json.
"""
import importlib.util
import json
import math
import runpy
import sys
from pathlib import Path

import torch

HERE = Path(__file__).parent
oracle = runpy.run_path(str(HERE / "make.py"))
write = runpy.run_path(str(HERE.parent / "naming" / "make.py"))["write"]
CLASSES = (2, 7)


def transformers(_):
    import transformers as t

    def make(kind, config, gain, last):
        model = getattr(t, f"{kind}ForImageClassification")(config)
        return model, gain, last, {"config.json": json.loads(config.to_json_string())}

    def efficientnet(**how):
        return make("EfficientNet", t.EfficientNetConfig(num_labels=10, width_coefficient=0.25, hidden_dim=320, **how), 5.5, "efficientnet.encoder")

    def mobilenet(width, tf_padding):
        return make("MobileNetV2", t.MobileNetV2Config(num_labels=10, depth_multiplier=width, tf_padding=tf_padding), 4, "mobilenet_v2.conv_1x1")

    # As B1 is published, made for 240; and made for the paddings of no published one.
    yield t.__version__, "efficientnet-w0.25-d1.1-10", efficientnet(depth_coefficient=1.1, image_size=240, depthwise_padding=[16]), [(64, 64), (83, 61)]
    yield t.__version__, "efficientnet-w0.25-d1-10", efficientnet(depth_coefficient=1.0, image_size=100, depthwise_padding=[1, 5, 11]), [(96, 96)]
    yield t.__version__, "mobilenet_v2-w0.35-10", mobilenet(0.35, True), [(64, 64), (83, 61)]
    yield t.__version__, "mobilenet_v2-w1.3-10", mobilenet(1.3, False), [(83, 61)]


def mmpretrain(_):
    import mmpretrain.models as m
    from mmpretrain import __version__

    m.EfficientNet.arch_settings["b-narrow"] = (0.25, 1.1, 64)
    net = m.ImageClassifier(dict(type="EfficientNet", arch="b-narrow"), neck=dict(type="GlobalAveragePooling"), head=dict(type="LinearClsHead", num_classes=10, in_channels=320))
    yield __version__, "efficientnet-w0.25-d1.1-10", (net, 5.5, "backbone.layers.6", {}), [(64, 64), (83, 61)]
    net = m.ImageClassifier(dict(type="MobileNetV2", widen_factor=0.35), neck=dict(type="GlobalAveragePooling"), head=dict(type="LinearClsHead", num_classes=10, in_channels=1280))
    yield __version__, "mobilenet_v2-w0.35-10", (net, 4, "backbone.conv2", {}), [(64, 64), (83, 61)]


def lukemelas(_):
    import efficientnet_pytorch as e

    # Made for 240 pixels, and its padding with it.
    yield e.__version__, "efficientnet_b1-10", (e.EfficientNet.from_name("efficientnet-b1", num_classes=10), 6, "_swish", {}), [(64, 64), (83, 61)]


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def dli14(repositories):
    make = module(repositories / "d-li14" / "models" / "imagenet" / "mobilenetv2.py").mobilenetv2
    for width in 0.1, 0.35:
        yield "1733532", f"mobilenet_v2-w{width}-10", (make(width_mult=width, num_classes=10), 4, "conv", {}), [(64, 64), (83, 61)]


def tonylins(repositories):
    make = module(repositories / "tonylins" / "MobileNetV2.py").MobileNetV2
    for width in 1, 0.5:
        yield "99f2136", f"mobilenet_v2-w{width}-10", (make(n_class=10, width_mult=width), 4, "features.18", {}), [(64, 64), (83, 61)]


def timm(_):
    import timm as t

    yield t.__version__, "tf_efficientnetv2_b0", (t.create_model("tf_efficientnetv2_b0"), 5, "bn2", {}), [(83, 61), (224, 224)]


def akamaster(_):
    """The network of naming/make.py, which says it by that repository's names."""
    make = runpy.run_path(str(HERE.parent / "naming" / "make.py"))["cifar_resnet"]
    yield "1877b67", "resnet20-10", (make(20), 3, "layer3", {}), [(32, 32), (45, 39)]


# By the names that scalecam has for them.
LIBRARIES = {"timm": timm, "pytorch_resnet_cifar10": akamaster, "transformers": transformers, "mmpretrain": mmpretrain, "EfficientNet-PyTorch": lukemelas, "mobilenetv2.pytorch": dli14, "pytorch-mobilenet-v2": tonylins}


def compute(model, last, x):
    kept = []
    hook = model.get_submodule(last).register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    with torch.no_grad():
        logits = model(x[None])
    hook.remove()
    logits = getattr(logits, "logits", logits)[0]
    features = getattr(kept[-1], "last_hidden_state", kept[-1])[0]
    classifier = [m for m in model.modules() if isinstance(m, torch.nn.Linear)][-1]
    results = {("logits", None, None): logits, ("features", None, None): features}
    for c in CLASSES:
        results["cam", None, c] = torch.einsum("k,khw->hw", classifier.weight[c].detach(), features)
    return results


def main():
    torch.set_num_threads(1)
    for library in sys.argv[2:] or LIBRARIES:
        for version, name, (model, gain, last, beside), sizes in LIBRARIES[library](Path(sys.argv[1])):
            write(library, version, name, model)
            model.eval().load_state_dict({k: oracle["weights"](k, tuple(t.shape), gain) if t.dtype == torch.float32 else t for k, t in model.state_dict().items()})
            runs = []
            for h, w in sizes:
                x = oracle["picture"](h, w, 0)
                narrow, wide = compute(model.float(), last, x), compute(model.double(), last, x.double())
                model.float()
                entries = [oracle["entry"](key, wide[key], narrow[key]) for key in wide]
                runs.append({"height": h, "width": w, "seed": 0, "top": int(wide["logits", None, None].argmax()), "results": entries})
                for e in entries:
                    print(f"{library} {name} {h}x{w} {e['what']} {e['shape']}: largest {e['largest']:.3g}, mean {e['sum'] / math.prod(e['shape']):.3g}, float32 within {e['float32']:.1e}")
            head = {"library": library, "version": version, "torch": torch.__version__.split("+")[0], "model": name,
                    "tensors": f"../naming/{library}-{name}.txt", "gain": gain, "beside": beside}
            lines = [json.dumps(head)[:-1] + ', "runs": [']
            for r, run in enumerate(runs):
                results = run.pop("results")
                lines.append(json.dumps(run)[:-1] + ', "results": [')
                lines += [json.dumps(e) + ("," if i < len(results) - 1 else "") for i, e in enumerate(results)]
                lines.append("]}" + ("," if r < len(runs) - 1 else ""))
            (HERE / f"{library}-{name}.json").write_text("\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
