# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "torchvision==0.29.2", "timm==1.0.31", "safetensors", "onnx", "onnxscript", "numpy"]
# ///
"""Networks as PyTorch exports them, drawn at random, with what PyTorch computes.

    uv run tools/exports.py FOLDER [COUNT [SEED]]
    CHECKPOINTS=FOLDER go test -run TestCheckpoints -v ./network/models

writes COUNT (120) files NAME.onnx or NAME.pt2 and beside each
NAME.expected.safetensors, as tools/checkpoints.py does: torchvision's and timm's
networks in turn, exported by today's exporter or the one by TorchScript, to an opset
from 13 to 20, optimised and folded or not, with batch and sides fixed or left open,
with the weights in the file or beside it; and as programs. An export that PyTorch
refuses is named and left out.
"""

import pathlib
import random
import sys

import timm
import torch
import torchvision
from checkpoints import efficientnet, lively
from safetensors.torch import save_file

make = timm.models.efficientnet
NETWORKS = {
    "efficientnet": lambda: efficientnet(0.25, 1, 10),
    "mobilenet_v2": lambda: torchvision.models.mobilenet_v2(width_mult=0.35, num_classes=10),
    "resnet18": lambda: torchvision.models.resnet18(num_classes=10),
    "resnet50": lambda: torchvision.models.ResNet(torchvision.models.resnet.Bottleneck, [1, 2, 2, 1], num_classes=10),
    "timm_resnet18": lambda: timm.create_model("resnet18", num_classes=10),
    "timm_efficientnet": lambda: make._gen_efficientnet("efficientnet_b0", 0.25, 1.2, num_classes=10),
    "tf_efficientnet": lambda: make._gen_efficientnet("tf_efficientnet_b0", 0.25, 1, num_classes=10, pad_type="same", bn_eps=1e-3),
    "efficientnet_lite0": lambda: make._gen_efficientnet_lite("efficientnet_lite0", 0.25, 1, num_classes=10),
    "tf_efficientnet_lite0": lambda: make._gen_efficientnet_lite("tf_efficientnet_lite0", 0.25, 1, num_classes=10, pad_type="same", bn_eps=1e-3),
    "mobilenetv2_110d": lambda: make._gen_mobilenet_v2("mobilenetv2_110d", 0.35, 1.2, fix_stem_head=True, num_classes=10),
}
SIDES = {"mobilenet_v2": (96, 64), "tf_efficientnet": (66, 75), "timm_efficientnet": (83, 61)}


def write(folder, i, draw):
    name = list(NETWORKS)[i % len(NETWORKS)]
    net = lively(NETWORKS[name]())
    h, w = SIDES.get(name, (64, 64))
    x = torch.randn(1, 3, h, w)
    path = folder / f"{name}-{i:03d}"
    open_sides = draw.choice([{}, {0: "n"}, {0: "n", 2: "h", 3: "w"}])
    how = draw.choice(["program", "dynamo", "dynamo", "dynamo", "script", "script", "script"])
    options = {}
    if how == "program":
        dims = {k: torch.export.Dim.AUTO for k in open_sides}
        torch.export.save(torch.export.export(net, (x,), dynamic_shapes=(dims,)), f"{path}.pt2")
    else:
        options = {"opset_version": draw.choice([None, *range(13, 21)])}
        if how == "dynamo":
            options |= {"dynamo": True, "external_data": draw.random() < 0.5, "optimize": draw.random() < 0.7, "verbose": False}
            if open_sides:
                options["dynamic_shapes"] = ({k: torch.export.Dim.DYNAMIC for k in open_sides},)
        else:
            options |= {"dynamo": False, "do_constant_folding": draw.random() < 0.7, "training": draw.choice([torch.onnx.TrainingMode.EVAL, torch.onnx.TrainingMode.PRESERVE, torch.onnx.TrainingMode.TRAINING])}
            net.train(False)
            if open_sides:
                options |= {"input_names": ["picture"], "output_names": ["scores"], "dynamic_axes": {"picture": open_sides, "scores": {0: "n"}}}
        torch.onnx.export(net, (x,), f"{path}.onnx", **options)
        net.eval()
    # after the export: one in training mode moves the running statistics, and writes the moved ones
    expected = {"input": x, "logits": net(x).detach().contiguous()}
    said = {"how": how, "open": str(sorted(open_sides)), **{k: str(v) for k, v in options.items()}}
    save_file(expected, f"{path}.expected.safetensors", metadata=said)
    return f"{path.name}: {said}"


def main():
    folder = pathlib.Path(sys.argv[1])
    count, seed = (int(a) for a in [*sys.argv[2:4], *("120", "1")[len(sys.argv) - 2 :]])
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    torch.manual_seed(seed)
    for i in range(count):
        try:
            print(write(folder, i, draw), flush=True)
        except Exception as refused:  # PyTorch's own: not every pair of options is there
            print(f"{i}: not exported: {type(refused).__name__}: {str(refused).splitlines()[0][:120]}", flush=True)


if __name__ == "__main__":
    main()
