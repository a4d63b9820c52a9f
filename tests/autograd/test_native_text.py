"""The C of a program is meant to be read: no warnings, a line per named value, names that say something."""

import re
import subprocess

import numpy as np
import pytest

import autograd as ag
import nn
from autograd.read.native.compiler import FLAGS
from autograd.read.native.lines import WIDTH
from benchmarks.networks import SAMPLES, problem
from tests.autograd.native import need_compiler
from tests.studies.native import step

RNG = np.random.default_rng(0)


def network(name, dtype="float64"):
    X, Y, W, b = problem(name, np.dtype(dtype).type, 3 if len(name) > 12 else None)
    return step, (W, b, X, Y)


def of_layers(dtype):
    """Softmax, batch norm, attention and costs, their gradients, and a step of Adam, which have all kinds of steps."""
    X, Y = RNG.normal(size=(6, 8)).astype(dtype), RNG.random((6, 8)).astype(dtype)

    def layers(X, Y, gamma, m, v):
        def cost(X, gamma):
            normal = nn.functional.batch_norm(X, gamma, gamma)
            P = nn.functional.softmax(normal)
            scores = np.swapaxes(P[None], 1, 2) @ P[None] / np.sqrt(2.0)
            weights = ag.softmax(scores, axis=-1)
            loss = nn.losses.binary_cross_entropy(P, Y) + nn.losses.mse(np.sum(weights @ P.T[None], axis=0).T, X)
            return loss + np.sum(np.clip(gamma, 0.1, 5) + np.abs(X)) + np.max(np.where(X > 0.5, X, 0 * X))

        J, (dX, dgamma) = ag.value_and_grad(cost, (0, 1))(X, gamma)
        m = 0.9 * m + 0.1 * dgamma
        v = 0.999 * v + 0.001 * dgamma**2
        return J, dX, gamma - 0.01 * m / (np.sqrt(v) + 1e-8), m, v, np.argmax(X), np.cumsum(dX), (X > 0) & ~(Y > 1)

    gamma = np.ones((6, 1), dtype)
    return layers, (X, Y, gamma, 0 * gamma, 0 * gamma)


PROGRAMS = {
    **{f"{name} {dtype}": (network, name, dtype) for name in SAMPLES for dtype in ("float64", "float32")},
    "layers float64": (of_layers, "float64"),
    "layers float32": (of_layers, "float32"),
}


@pytest.fixture(scope="module")
def texts():
    need_compiler()
    found = {}
    for name, (made, *how) in PROGRAMS.items():
        if made is network and len(how[0]) > 12 and how[1] == "float32":
            continue
        f, arguments = made(*how)
        compiled = ag.compile(f, backend="c")
        compiled(*arguments)
        assert compiled.backend == "c", compiled.why_not
        found[name] = compiled.c
    return found


def test_a_compiler_has_nothing_to_say(texts):
    found = need_compiler()
    flags = [flag for flag in FLAGS if flag not in ("-w", "-shared")]
    for name, text in texts.items():
        command = [
            *found.command,
            *found.flags,
            *flags,
            "-Wall",
            "-Wextra",
            "-Wshadow",
            "-fsyntax-only",
            "-x",
            "c",
            "-",
        ]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), name


def test_lines_are_short_and_nothing_is_said_twice(texts):
    for name, text in texts.items():
        body = text[text.index("\nint ") :]
        assert max(map(len, text.splitlines())) <= 120 and max(map(len, body.splitlines())) <= WIDTH, name
        includes = re.findall("#include .*", text)
        assert len(includes) == len(set(includes)), name
        assert not re.search(r"^ *(const \w+ )?(\w+) = (\w+);$", body, re.MULTILINE), name  # a copy
        assert not re.search(r"\(\([^()]*\)\)", body), name  # parentheses around what is in parentheses
        for line in body.splitlines():
            noted = re.search(r"(\w+)(?:\[.*?\])? \+?= .*;  // (\w+)", line)
            assert noted is None or noted[1] != noted[2], line  # a comment that only repeats its line


def test_values_are_called_as_in_the_program():
    need_compiler()
    f, arguments = network("2-4-1")
    compiled = ag.compile(f, backend="c")
    compiled(*arguments)
    for name in ["W1", "X", "b1", "Y", "new_W1", "new_b2", "A1", "dZ2", "dW2"]:
        assert re.search(rf"double \*{name} = .*;  // \(", compiled.c), name
    for line in ("Z1 (4, 400)", "A2 (1, 400)", "dZ1 (4, 400)", "dA1 (4, 400)", "dW1 (4, 2)", "db2 (1, 1)"):
        assert f"// {line}\n" in compiled.c
    assert "const double J = -sum / 400.0;" in compiled.c
    assert "new_W1[i] = W1[i] - 0.01 * dW1[i];" in compiled.c
    assert "sum += cg_xlogy(Y[i], a2) + cg_xlogy(1.0 - Y[i], 1.0 - a2);" in compiled.c


def test_a_program_is_written_in_the_same_way_each_time():
    """Or it would not be found in the cache."""
    need_compiler()
    f, arguments = of_layers("float64")
    written = set()
    for _ in range(3):
        compiled = ag.compile(f, backend="c")
        compiled(*arguments)
        written.add(compiled.c)
    assert len(written) == 1


def test_what_is_read_after_it_was_written_over_is_kept_in_a_variable():
    need_compiler()

    def f(x, y):
        a, b = np.exp(x @ y), np.exp(y @ x)  # each complete before the last nest
        c, d = a * b + b, a - 3.0 * b  # in the place of what was read
        return c, d, np.sum(a * b, axis=0), a + 2.0 * b

    x, y = RNG.normal(size=(2, 12, 12))
    compiled = ag.compile(f, backend="c")
    for found, expected in zip(compiled(x, y), f(x, y), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert re.search(r"^ +const double \w+ = \w+\[.+\];$", compiled.c, re.MULTILINE)
