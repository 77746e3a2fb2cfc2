# /// script
# requires-python = ">=3.11"
# dependencies = ["scikit-learn==1.9.1", "numpy"]
# ///
"""What scikit-learn's LogisticRegression makes of small sets of features.

    uv run tools/logistic.py testdata/teach

writes ordinary.json, separable.json and single.json, to which the test of
network/teach holds its own heads: features, labels, and for each strength C, with the
classes weighted alike or balanced, the coefficients, intercepts and objective.
Of two classes the library fits one vector.
"""

import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_class_weight


def draw(rng, counts, channels, apart):
    """Features as pooling leaves them: not negative, some of them always near 0."""
    labels = np.repeat(np.arange(len(counts)), counts)
    means = rng.normal(0.3, apart, (len(counts), channels))
    x = np.maximum(0, means[labels] + rng.normal(0, 0.5, (len(labels), channels)))
    order = rng.permutation(len(labels))
    return np.round(x[order], 3), labels[order]


def fit(x, y, strength, balanced):
    weight = "balanced" if balanced else None
    best = None
    for solver in "lbfgs", "newton-cg":  # the less of the two is the nearer to the least
        m = LogisticRegression(C=strength, class_weight=weight, solver=solver, tol=1e-12, max_iter=100000).fit(x, y)
        z = x @ m.coef_.T + m.intercept_
        if len(m.classes_) == 2:
            z = np.hstack([np.zeros_like(z), z])
        each = np.logaddexp.reduce(z, axis=1) - z[np.arange(len(y)), y]
        weights = compute_class_weight(weight, classes=m.classes_, y=y)
        loss = strength * (weights[y] * each).sum() + (m.coef_**2).sum() / 2
        intercept = m.intercept_ - (m.intercept_.mean() if len(m.classes_) > 2 else 0)
        if best is None or loss < best["loss"]:
            best = {"c": strength, "balanced": balanced, "loss": loss, "weights": weights.tolist(), "coefficients": m.coef_.tolist(), "intercepts": intercept.tolist()}
    return best


def main():
    folder = pathlib.Path(sys.argv[1])
    rng = np.random.default_rng(1)
    sets = {
        "ordinary": draw(rng, [40, 25, 15, 10], 12, 0.2),  # classes of different sizes that overlap
        "separable": draw(rng, [15, 15], 40, 1.0),  # two, which a plane tells apart
        "single": draw(rng, [12, 9, 1], 8, 0.5),  # a class of one picture
    }
    for name, (x, y) in sets.items():
        fits = [fit(x, y, c, b) for c in (0.01, 1, 100) for b in (False, True)]
        for f in fits:
            for key in "coefficients", "intercepts":
                f[key] = np.round(f[key], 7).tolist()
        text = {"sklearn": sklearn.__version__, "classes": int(y.max()) + 1, "features": x.tolist(), "labels": y.tolist(), "fits": fits}
        (folder / f"{name}.json").write_text(json.dumps(text) + "\n")


if __name__ == "__main__":
    main()
