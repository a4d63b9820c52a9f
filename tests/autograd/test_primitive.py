"""primitive: a declaration that cannot be right is refused where it stands, in words with the function's name."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import primitive
from autograd.check.check_grads import check_grads
from autograd.core import op


def cube(x):
    return x**3


def scaled(x, n=2):
    return n * x


def product(x, y):
    return x * y


def required(x, n):
    return n * x


def many(*xs):
    return xs[0]


WRONG = {
    "default of one rule is not the function's": (
        lambda: primitive.elementwise(scaled, lambda out, x, n=3: n),
        "scaled: the parameter n has the default 2 in the function, but the default 3 in its rules",
    ),
    "a default of another type": (
        lambda: primitive.elementwise(scaled, lambda out, x, n=2.0: n),
        "scaled: the parameter n has the default 2 in the function, but the default 2.0",
    ),
    "no default in the rule": (
        lambda: primitive.linear(scaled, lambda g, x, n: n * g),
        "scaled: the parameter n has the default 2 in the function, but no default in its rules",
    ),
    "no default in the function": (
        lambda: primitive.linear(required, lambda g, x, n=2: n * g),
        "required: the parameter n has no default in the function, but the default 2",
    ),
    "a NumPy function's default": (
        lambda: primitive.linear(np.unique, lambda g, ar, axis=0: g),
        "unique: the parameter axis has the default None in the function, but the default 0",
    ),
    "two rules with other defaults": (
        lambda: primitive.general(scaled, [lambda g, out, x, n=2: n * g], [lambda t, out, x, n=3: n * t]),
        "scaled: the parameter n has the default 2 in one rule and the default 3 in another",
    ),
    "fewer rules": (
        lambda: primitive.elementwise(product, lambda out, x: 1),
        "product takes 2 array operands, but 1 rule",
    ),
    "fewer rules, adjoints": (
        lambda: primitive.linear(product, lambda g, x: g),
        "product takes 2 array operands, but 1",
    ),
    "more rules": (lambda: primitive.elementwise(cube, 1, 1), "cube takes 1 array operand, but 2 rules are given"),
    "more rules than a ufunc has operands": (
        lambda: primitive.elementwise(np.bitwise_count, 1, 1),
        "bitwise_count takes 1 array operand",
    ),
    "a parameter that no rule has": (
        lambda: primitive.elementwise(required, lambda out, x: 1),
        "required takes 2 array operands, but 1 rule is given",
    ),
    "a rule that is no list": (
        lambda: primitive.general(cube, lambda g, out, x: g, lambda t, out, x: t),
        "cube: give a list of vjps",
    ),
    "a jvp that is no list": (
        lambda: primitive.general(cube, [lambda g, out, x: g], lambda t, out, x: t),
        "cube: give a list of jvps",
    ),
    "no functions": (lambda: primitive.general(cube, [1.0], [1.0]), "cube: each vjp must be a function or None"),
    "an adjoint that is a number": (lambda: primitive.linear(cube, 2), "cube: each adjoint must be a function"),
    "text": (lambda: primitive.elementwise(cube, "3 x²"), "cube: each local derivative must be a function"),
    "lists of different lengths": (
        lambda: primitive.general(product, [lambda g, out, x, y: g] * 2, [lambda t, out, x, y: t]),
        "product: 2 vjps but 1 jvp",
    ),
    "a rule of NumPy's function, which has one": (
        lambda: primitive.elementwise(np.sin, lambda out, x: x),
        "sin has a rule already, which everything in this process uses",
    ),
    "a composite of NumPy's function, which has one": (
        lambda: primitive.composite(np.var, lambda a: a),
        "var has a rule already",
    ),
    "a constant that has a rule": (lambda: primitive.constant(ag.sigmoid), "sigmoid has a rule already"),
    "a local derivative without out": (
        lambda: primitive.elementwise(cube, lambda x: 3 * x**2),
        "cube: a rule takes (out, …) and then an argument for each of 1 array operand, but got one that takes (x)",
    ),
    "a vjp without out": (
        lambda: primitive.general(product, [lambda g, x, y: g * y, None], [lambda t, out, x, y: t * y, None]),
        "product: a rule takes (g, out, …) and then an argument for each of 2 array operands",
    ),
    "no rule": (lambda: primitive.elementwise(cube), "cube: no local derivative given"),
    "no adjoint": (lambda: primitive.linear(cube, None), "cube: no adjoint given"),
    "empty lists": (lambda: primitive.general(cube, [], []), "cube: no vjp given"),
    "a composite of nothing": (lambda: primitive.composite(cube, None), "cube: its definition must be a function"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_declaration_is_refused_in_words(name):
    declare, words = WRONG[name]
    before = dict(op.OPS)
    with pytest.raises(TypeError) as refused:
        declare()
    assert words in str(refused.value)
    assert before == op.OPS


def test_right_declarations_work():
    assert check_grads(primitive.elementwise(cube, lambda out, x: 3 * x**2), np.ones(2)).ok
    assert check_grads(primitive.elementwise(many, 1), np.ones(2)).ok
    doubled = primitive.elementwise(scaled, lambda out, x, n=2: n + 0 * x)
    assert (ag.grad(doubled)(1.0), ag.grad(lambda x: doubled(x, n=3))(1.0)) == (2, 3)
    tripled = primitive.linear(required, lambda g, _x, n: n * g)
    assert ag.grad(lambda x: tripled(x, 3))(1.0) == 3
    either = primitive.linear(product, lambda g, _x, y: g * y, None, jointly=True)
    assert ag.grad(either)(2.0, 5.0) == 5


def exponential(x):
    return np.exp(x)


@pytest.mark.parametrize(
    "declare",
    [
        lambda: primitive.elementwise(exponential, lambda a, z: a),
        lambda: primitive.elementwise(exponential, lambda g, a, z: g * a),
        lambda: primitive.general(exponential, [lambda dA, A, Z: dA * A], [lambda t, A, Z: t * A]),
        lambda: primitive.elementwise(exponential, lambda _a, z: np.exp(z)),
        lambda: primitive.general(exponential, [lambda dA, _A, Z: dA * np.exp(Z)], [lambda t, _, Z: t * np.exp(Z)]),
    ],
)
def test_an_argument_of_a_rule_is_what_its_place_says(declare):
    """The result need not be called `out`: a rule that calls it `a` is given it, and not None."""
    exp = declare()
    assert ag.grad(exp)(0.5) == pytest.approx(math.exp(0.5))
    assert check_grads(lambda x: np.sum(exp(x)), np.array([0.3, -0.5])).ok


def test_ones_own_function_may_be_declared_again():
    def square(x):
        return x * x

    primitive.elementwise(square, lambda out, x: x)
    assert ag.grad(primitive.elementwise(square, lambda out, x: 2 * x))(3.0) == 6


def test_a_composite_of_ones_own_takes_tensors():
    def logistic(x, slope=1.0):
        """σ(slope·x), for numbers."""
        return 1 / (1 + math.exp(-slope * x))

    f = primitive.composite(logistic, lambda x, slope=1.0: 1 / (1 + np.exp(-slope * x)))
    assert (f.__name__, f.__doc__) == ("logistic", "σ(slope·x), for numbers.")
    assert f(0.0) == 0.5
    assert ag.grad(f)(0.0) == 0.25
    assert ag.grad(lambda x: f(x=x, slope=2.0))(0.0) == 0.5
    assert check_grads(f, 0.3).ok
    with pytest.raises(ag.Unsupported, match="logistic on Tensors: the keyword base= is not supported"):
        ag.grad(lambda x: f(x, base=2))(1.0)
