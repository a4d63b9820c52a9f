"""The real data sets: breast_cancer, digits and airfoil."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError
from nn.data import one_hot

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Description:
    """What the numbers of a bundled data set mean."""

    name: str
    title: str
    targets: str  # what Y holds, and which class is 1
    source: str
    features: tuple[str, ...]  # one per row of X
    classes: tuple[str, ...]  # class k is classes[k]; none where Y holds quantities

    def __str__(self) -> str:
        n_x = len(self.features)
        return f"{self.title}\nX: {n_x} features, a sample per column\nY: {self.targets}\nsource: {self.source}"


_TEXTS = {
    "breast_cancer": {
        "title": "Breast Cancer Wisconsin (Diagnostic): cell nuclei in 569 samples of tissue, measured",
        "targets": "(1, 569), 1 = benign (357 samples), 0 = malignant (212 samples), as in scikit-learn",
        "source": "UCI Machine Learning Repository, doi:10.24432/C5DW2B, CC BY 4.0",
    },
    "digits": {
        "title": "Optical Recognition of Handwritten Digits: 1797 images of 8 × 8 pixels, 0 empty, 1 full",
        "targets": "(10, 1797), one-hot: row k is 1 where the digit is k",
        "source": "UCI Machine Learning Repository, doi:10.24432/C50P49, CC BY 4.0 (the test set)",
    },
    "airfoil": {
        "title": "Airfoil Self-Noise: 1503 measurements of how loud wings are in a wind tunnel, by NASA",
        "targets": "(1, 1503), the sound pressure level in decibels, 103 to 141",
        "source": "UCI Machine Learning Repository, doi:10.24432/C5VW2C, CC BY 4.0",
    },
}


def load(name: str) -> tuple[Array, Array]:
    """Load a real data set, samples in columns. Each call gives new arrays, so they may be changed freely.

    - `"breast_cancer"`: X `(30, 569)` in its own units (see `nn.data.standardize`);
      Y `(1, 569)`, **1 = benign**, 0 = malignant.
    - `"digits"`: X `(64, 1797)` from 0 to 1; Y `(10, 1797)`, one-hot.
    - `"airfoil"`: X `(5, 1503)` in its own units; Y `(1, 1503)`, a quantity: decibels.

    Args:
        name: `"breast_cancer"`, `"digits"` or `"airfoil"`.

    Returns:
        X and Y, float64.

    Raises:
        DataError: no data set has this name.

    Example:
        >>> X, Y = load("breast_cancer")
        >>> X.shape, Y.shape, int(Y.sum())
        ((30, 569), (1, 569), 357)
    """
    stored = _stored(name)
    if "Y" in stored:  # quantities
        return stored["X"], stored["Y"]
    if name == "breast_cancer":
        return stored["X"], stored["labels"].reshape(1, -1).astype(np.float64)
    return stored["X"] / 16, one_hot(stored["labels"], 10)  # pixels are counted from 0 to 16


def describe(name: str) -> Description:
    """Say what the rows of X and Y of a data set are, and where it comes from.

    Args:
        name: as for `load`.

    Raises:
        DataError: no data set has this name.

    Example:
        >>> about = describe("breast_cancer")
        >>> about.features[:2], about.classes
        (('mean radius', 'mean texture'), ('malignant', 'benign'))
    """
    stored = _stored(name)
    features, classes = (tuple(stored[what].tolist()) if what in stored else () for what in ("features", "classes"))
    return Description(name=name, features=features, classes=classes, **_TEXTS[name])


def _stored(name: str) -> dict[str, Array]:
    if name not in _TEXTS:
        raise DataError(f"There is no data set named {name!r}. Known: {', '.join(_TEXTS)}.")
    with (files(__package__) / f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)
