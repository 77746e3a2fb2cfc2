package code

import (
	"fmt"
	"strings"

	"scalecam/cam"
)

// recipes are the methods' lines. They have net, layer, the input x, the logits y, the
// layer's features A [1, K, h, w] and score, and make array [h, w].
var recipes = map[*cam.Method]string{
	cam.MethodCAM: `
array = torch.tensordot(score(net.get_submodule(CLASSIFIER).weight), A[0], 1)`,

	cam.MethodGradCAM: `
g, = torch.autograd.grad(score(y), A)
array = (g.mean((2, 3), keepdim=True) * A).sum(1)[0]`,

	cam.MethodHiResCAM: `
g, = torch.autograd.grad(score(y), A)
array = (g * A).sum(1)[0]`,

	cam.MethodLayerCAM: `
g, = torch.autograd.grad(score(y), A)
array = (g.relu() * A).sum(1)[0]`,

	cam.MethodGradCAMPlusPlus: `
g = torch.autograd.grad(score(y), A)[0].relu()
w = (g / (2 + A.sum((2, 3), keepdim=True) * g)).sum((2, 3), keepdim=True)
array = (w * A).sum(1)[0]`,

	cam.MethodXGradCAM: `
g, = torch.autograd.grad(score(y), A)
w = ((A * g).sum((2, 3), keepdim=True) / A.sum((2, 3), keepdim=True)).nan_to_num(0, 0, 0)
array = (w * A).sum(1)[0]`,

	cam.MethodEigenCAM: `
array = component(A)`,

	cam.MethodEigenGradCAM: `
g, = torch.autograd.grad(score(y), A)
array = component(g * A)`,

	cam.MethodScoreCAM: `
with torch.no_grad():
    masks = torch.nn.functional.interpolate(A, x.shape[2:], mode="bilinear", align_corners=True)[0]
    least, most = masks.amin((1, 2), keepdim=True), masks.amax((1, 2), keepdim=True)
    masks = ((masks - least) / (most - least)).nan_to_num(0)
    w = torch.stack([score(net(x * mask)[0]) for mask in masks]).softmax(0)
array = torch.tensordot(w, A[0], 1)`,

	cam.MethodAblationCAM: `
with torch.no_grad():
    w = torch.stack([(score(y) - changed(lambda out: out.index_fill(1, torch.tensor([k]), 0))) / score(y).abs() for k in range(A.shape[1])])
array = torch.tensordot(w, A[0], 1)`,

	cam.MethodReciproCAM: `
h, w = A.shape[2:]
with torch.no_grad():
    alone = torch.stack([changed(lambda out: out * cell) for cell in torch.eye(h * w).reshape(-1, h, w)])
    array = (alone - changed(torch.zeros_like)).reshape(h, w)`,

	cam.MethodOcclusion: `
def edge(cell, side):
    return min(max(cell, 0), 14) * side // 14

def hidden(row, col):  # a square of 2 x 2 of 14 x 14 cells
    shown, (h, w) = x.clone(), x.shape[2:]
    shown[..., edge(row - 1, h):edge(row + 1, h), edge(col - 1, w):edge(col + 1, w)] = 0
    return score(net(shown)[0])

with torch.no_grad():
    s = torch.stack([hidden(i // 15, i % 15) for i in range(225)]).reshape(15, 15)
    array = score(y) - (s[:-1, :-1] + s[:-1, 1:] + s[1:, :-1] + s[1:, 1:]) / 4`,
}

// ablationAtLast is Ablation-CAM where the ending is linear: no run for each channel.
const ablationAtLast = `
w = score(net.get_submodule(CLASSIFIER).weight) * A.mean((2, 3))[0] / score(y).abs()
array = torch.tensordot(w, A[0], 1)`

// helpers are functions that recipes call.
var helpers = map[string]string{
	"component(": `
def component(features):  # the first, signed as the cells' sums
    cells = features[0].flatten(1).T
    sums, cells = cells.sum(1), cells - cells.mean(0)
    first = cells @ torch.linalg.svd(cells, full_matrices=False)[2][0]
    return (first * torch.sign(first @ (sums - sums.mean()))).reshape(features.shape[2:])
`,
	"changed(": `
def changed(change):  # the score where what the layer puts out is changed
    hook = layer.register_forward_hook(lambda module, given, out: change(out))
    y = net(x)[0]
    hook.remove()
    return score(y)
`,
}

// recipe is a method's lines at a layer of a network with that classifier.
func recipe(m *cam.Method, layer cam.Layer, classifier string) []string {
	text := recipes[m]
	if m == cam.MethodAblationCAM && layer.Last {
		text = ablationAtLast
	}
	for name, helper := range helpers {
		if strings.Contains(text, name) {
			text = helper + text
		}
	}
	text = strings.ReplaceAll(text, "CLASSIFIER", fmt.Sprintf("%q", classifier))
	return strings.Split(strings.TrimPrefix(text, "\n"), "\n")
}
