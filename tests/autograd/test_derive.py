"""Derivations as the course prints them, character for character."""

import numpy as np
import pytest
from latex2mathml.converter import convert

import autograd as ag
from tests.autograd.derived import (
    ONE_HOT,
    constant,
    latex,
    logistic,
    network,
    scalars,
    softmax_and_cross_entropy,
    squared_error,
    two_layers,
    weight_decay,
)

LAST = [r"dA_{2} = -\frac{Y}{A_{2}} + \frac{1 - Y}{1 - A_{2}}", r"dZ_{2} = A_{2} - Y"]
OUTPUT = [
    *LAST,
    r"dW_{2} = \frac{1}{m}\,dZ_{2}\,A_{1}^{\mathsf{T}}",
    r"db_{2} = \frac{1}{m}\,\sum_{\text{columns}} dZ_{2}",
    r"dA_{1} = W_{2}^{\mathsf{T}}\,dZ_{2}",
]
INPUT = [
    r"dW_{1} = \frac{1}{m}\,dZ_{1}\,X^{\mathsf{T}}",
    r"db_{1} = \frac{1}{m}\,\sum_{\text{columns}} dZ_{1}",
]

COURSE = {
    "logistic regression, 002-9, 10, 16": (
        logistic,
        [
            r"dA = -\frac{Y}{A} + \frac{1 - Y}{1 - A}",
            r"dZ = A - Y",
            r"dw = \frac{1}{m}\,X\,dZ^{\mathsf{T}}",
            r"db = \frac{1}{m}\,\sum dZ",
        ],
    ),
    "two layers with tanh, 002-25, 26 corrected, 27": (
        two_layers,
        [*OUTPUT, r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})", *INPUT],
    ),
    "two layers with relu": (
        lambda: two_layers(ag.relu),
        [*OUTPUT, r"dZ_{1} = dA_{1} \ast \left[A_{1} > 0\right]", *INPUT],
    ),
    "two layers with sigmoid": (
        lambda: two_layers(ag.sigmoid),
        [*OUTPUT, r"dZ_{1} = dA_{1} \ast A_{1} \ast (1 - A_{1})", *INPUT],
    ),
    "two layers with leaky relu": (
        lambda: two_layers(ag.leaky_relu),
        [
            *OUTPUT,
            r"dZ_{1} = dA_{1} \ast \begin{cases} 1 & \text{where } \left[Z_{1} > 0\right] \\ "
            r"0.01 & \text{elsewhere} \end{cases}",
            *INPUT,
        ],
    ),
    "two layers with softmax": (
        lambda: two_layers(ag.softmax),
        [*OUTPUT, r"dZ_{1} = A_{1} \ast \left(dA_{1} - \sum_{\text{rows}} dA_{1} \ast A_{1}\right)", *INPUT],
    ),
    "L layers, 000-10 to 14": (
        lambda: ag.binary_cross_entropy(*network(sizes=(3, 5, 4, 2, 1))[::2]),
        [
            r"dA_{4} = -\frac{Y}{A_{4}} + \frac{1 - Y}{1 - A_{4}}",
            r"dZ_{4} = A_{4} - Y",
            *(
                line
                for l in (4, 3, 2)
                for line in (
                    rf"dW_{{{l}}} = \frac{{1}}{{m}}\,dZ_{{{l}}}\,A_{{{l - 1}}}^{{\mathsf{{T}}}}",
                    rf"db_{{{l}}} = \frac{{1}}{{m}}\,\sum_{{\text{{columns}}}} dZ_{{{l}}}",
                    rf"dA_{{{l - 1}}} = W_{{{l}}}^{{\mathsf{{T}}}}\,dZ_{{{l}}}",
                    rf"dZ_{{{l - 1}}} = dA_{{{l - 1}}} \ast (1 - A_{{{l - 1}}}^{{2}})",
                )
            ),
            *INPUT,
        ],
    ),
    "scalars, 004-6 to 10": (
        scalars,
        [
            r"da_{2} = -\frac{y}{a_{2}} + \frac{1 - y}{1 - a_{2}}",
            r"dz_{2} = a_{2} - y",
            r"dw_{2} = dz_{2}\,a_{1}",
            r"db_{2} = dz_{2}",
            r"da_{1} = dz_{2}\,w_{2}",
            r"dz_{1} = da_{1}\,a_{1}\,(1 - a_{1})",
            r"dw_{1} = dz_{1}\,x",
            r"db_{1} = dz_{1}",
        ],
    ),
    "softmax and cross-entropy": (
        softmax_and_cross_entropy,
        [
            r"dA_{2} = -\frac{Y}{A_{2}}",
            *OUTPUT[1:],
            r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})",
            *INPUT,
        ],
    ),
    "squared error": (
        squared_error,
        [r"dZ_{2} = Z_{2} - Y", *OUTPUT[2:], r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})", *INPUT],
    ),
    "weight decay": (
        weight_decay,
        [
            *LAST,
            r"dW_{2} = \frac{1}{m}\,dZ_{2}\,A_{1}^{\mathsf{T}} + \frac{\lambda}{m}\,W_{2}",
            *OUTPUT[3:],
            r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})",
            r"dW_{1} = \frac{1}{m}\,dZ_{1}\,X^{\mathsf{T}} + \frac{\lambda}{m}\,W_{1}",
            INPUT[1],
        ],
    ),
}


@pytest.mark.parametrize("case", COURSE)
def test_as_the_course_prints_it(case):
    build, lines = COURSE[case]
    assert latex(build()) == lines


@pytest.mark.parametrize("case", COURSE)
def test_pages_can_set_it(case):
    mathml = convert(ag.derive(COURSE[case][0](), steps=True).latex())
    assert mathml.startswith("<math") and "merror" not in mathml and "\\" not in mathml


def test_true_derivatives():
    assert latex(two_layers(), convention="true") == [
        r"dA_{2} = \frac{1}{m}\,\left(-\frac{Y}{A_{2}} + \frac{1 - Y}{1 - A_{2}}\right)",
        r"dZ_{2} = \frac{1}{m}\,(A_{2} - Y)",
        r"dW_{2} = dZ_{2}\,A_{1}^{\mathsf{T}}",
        r"db_{2} = \sum_{\text{columns}} dZ_{2}",
        r"dA_{1} = W_{2}^{\mathsf{T}}\,dZ_{2}",
        r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})",
        r"dW_{1} = dZ_{1}\,X^{\mathsf{T}}",
        r"db_{1} = \sum_{\text{columns}} dZ_{1}",
    ]
    assert (
        latex(weight_decay(), convention="true")[2] == r"dW_{2} = dZ_{2}\,A_{1}^{\mathsf{T}} + \frac{\lambda}{m}\,W_{2}"
    )
    assert latex(softmax_and_cross_entropy(), convention="true")[:2] == [
        r"dA_{2} = -\frac{1}{m}\,\frac{Y}{A_{2}}",
        r"dZ_{2} = \frac{1}{m}\,(A_{2} - Y)",
    ]


def test_the_steps_stay_when_asked_for():
    lines = latex(two_layers(), steps=True)
    slope = r"\left(-\frac{Y}{A_{2}} + \frac{1 - Y}{1 - A_{2}}\right)"
    assert lines[1] == rf"dZ_{{2}} = {slope} \ast A_{{2}} \ast (1 - A_{{2}}) = A_{{2}} - Y"
    assert lines[5] == (r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2}) = W_{2}^{\mathsf{T}}\,dZ_{2} \ast (1 - A_{1}^{2})")
    assert lines[2] == OUTPUT[2]
    scalar = latex(scalars(), steps=True)
    assert scalar[2:4] == [r"dw_{2} = dz_{2}\,a_{1} = (a_{2} - y)\,a_{1}", r"db_{2} = dz_{2} = a_{2} - y"]
    assert scalar[5] == r"dz_{1} = da_{1}\,a_{1}\,(1 - a_{1}) = dz_{2}\,w_{2}\,a_{1}\,(1 - a_{1})"


def test_what_the_data_do_is_said():
    derivation = ag.derive(softmax_and_cross_entropy())
    assert derivation["dZ2"].note == "each column of Y sums to 1, as in these data"
    assert "each column of Y sums to 1" in str(derivation) and "each column of Y sums to 1" in derivation.numpy()
    A, _, Y = network(sizes=(3, 4, 3), last=ag.softmax, target=2 * ONE_HOT)
    other = ag.derive(np.sum(-ag.xlogy(Y, A)) / constant("m", 6.0))
    assert other["dZ2"].latex == r"dZ_{2} = \left(A_{2} \ast \sum_{\text{rows}} Y\right) - Y"
    assert not other["dZ2"].note
