"""The animated picture at the head of the README: a pass of logistic regression.

python -m tools.pass_picture    writes docs/pictures/pass.gif
"""

from __future__ import annotations

from pathlib import Path

import viz
from viz.demo import logistic_regression

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "pass.gif"

if __name__ == "__main__":
    print(viz.animate(logistic_regression(), PICTURE))
