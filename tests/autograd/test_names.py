"""Names that are read from the variables of whoever asks, and written nowhere."""

import gc
import threading
import weakref

import numpy as np
import pytest

import autograd as ag
import viz
from autograd.debug.names import Names, array_name, asked


def network():
    """A cost without a name anywhere, and what it was computed from."""
    X, Y = np.array([[0.5, -1.0, 2.0]]), np.array([[1.0, 0.0, 1.0]])
    W, b = ag.Tensor([[0.3]]), ag.Tensor([[0.1]])
    Z = W @ X + b
    A = ag.sigmoid(Z)
    return X, Y, W, b, Z, A, ag.binary_cross_entropy(A, Y)


QUESTIONS = {
    "derive": lambda J, W: ag.derive(J),
    "chain": lambda J, W: ag.chain(J, W),
    "graph": lambda J, W: J.graph(),
    "draw": lambda J, W: viz.draw(J),
    "record": lambda J, W: viz.record(J),
    "ledger": lambda J, W: W.explain_grad(),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_changes_nothing_that_it_asks_about(question):
    X, Y, W, b, Z, A, J = network()
    J.backward()
    question(J, W)
    assert [t.name for t in (W, b, Z, A, J)] == [None] * 5
    assert [node.name for node in ag.ancestors(J.node)] == [None] * len(ag.ancestors(J.node))
    assert array_name(X) is array_name(Y) is None
    assert asked().of(X) is None


def test_every_question_takes_the_names_of_the_callers_variables(tmp_path):
    X, Y, W, b, Z, A, J = network()  # noqa: RUF059  the names are what this is about
    J.backward()
    assert "dZ = A − Y" in str(ag.derive(J)) and "dW = (1/m) dZ Xᵀ" in str(ag.derive(J, "W"))
    assert str(ag.chain(J, W)).startswith("∂J/∂W = ∂J/∂A · ∂A/∂Z · ∂Z/∂W\n")
    assert "matmul(W, X)" in str(J.graph()) and "binary_cross_entropy(A, Y)" in str(J.graph())
    assert {"X", "Y", "W", "b", "Z", "A", "J"} <= _names(J)
    assert viz.record(J).title == "J"
    assert "Step by step: J" in viz.save_page(J, tmp_path / "a.html").read_text()
    assert "sigmoid → A" in str(Z.explain_grad())


def _names(J):
    return {v.name for v in viz.draw(J).graph}


def test_what_is_printed_later_keeps_the_names_of_the_question():
    def asked_inside():
        X, Y, W, b, Z, A, J = network()  # noqa: RUF059
        return ag.chain(J, W), J.graph(), ag.derive(J)

    chain, graph, derivation = asked_inside()
    assert r"\frac{\partial A}{\partial Z}" in chain.latex
    assert "dA ∗ A ∗ (1 − A)" in str(chain)
    assert "sigmoid(Z)" in str(graph)
    assert "dZ = A - Y" in derivation.numpy()


def test_what_keeps_names_keeps_nothing_else_of_the_caller():
    def asked_inside():
        large = np.zeros(10)
        x = ag.Tensor(2.0)
        y = x * x
        return weakref.ref(large), y.graph(), ag.chain(y, x)

    large, _graph, _chain = asked_inside()
    gc.collect()
    assert large() is None


def test_a_function_that_asks_for_another_knows_its_callers_and_its_module():
    namespace = {"ag": ag, "np": np, "__name__": "script"}
    code = """
w = ag.Tensor(2.0)
def show(cost):
    return str(cost.graph())
def main():
    inner = w * 3.0
    return show(inner + 1.0)
said = main()
listed = [str((w * k).graph()) for k in (2.0,)][0]
nested = (lambda: (lambda: str((w * w).graph()))())()
"""
    exec(compile(code, "script.py", "exec"), namespace)
    assert "add(inner, 1)" in namespace["said"] and " cost " in namespace["said"]
    assert "multiply(w, 2)" in namespace["listed"]
    assert "multiply(w, w)" in namespace["nested"]


def test_a_list_a_dict_and_an_object_name_what_they_hold():
    class Net:
        def __init__(self, k):
            self.W = ag.Tensor(float(k))

        def __call__(self, x):
            return self.W * x

    W = [ag.Tensor(1.0), ag.Tensor(2.0)]
    parameters = {"b1": ag.Tensor(0.0), 7: ag.Tensor(7.0), "not a name": ag.Tensor(1.0), "deep": {"c": ag.Tensor(3.0)}}
    first, second = Net(1), Net(2)
    names = Names([locals()])
    assert [names.of(w) for w in W] == ["W[0]", "W[1]"]
    found = [names.of(p) for p in (parameters["b1"], parameters[7], parameters["not a name"], parameters["deep"]["c"])]
    assert found == ["b1", "parameters[7]", None, "c"]
    assert [names.of(n.W) for n in (first, second)] == ["first.W", "second.W"]


def test_the_first_variable_names_and_a_loops_last_value_does_not():
    W = [ag.Tensor(1.0), ag.Tensor(2.0)]
    for w in W:
        last = w
    J = last * 1.0
    cost = J
    a, b = both = [ag.Tensor(1.0), ag.Tensor(2.0)]
    names = Names([{"W": W, "w": w, "J": J, "cost": cost, "both": both, "a": a, "b": b}])
    assert [names.of(t) for t in (*W, J, a, b)] == ["W[0]", "W[1]", "J", "a", "b"]


def test_a_given_name_comes_first_and_is_nobody_elses():
    W = ag.Tensor(1.0, name="W")
    old = W
    W = W * 2.0
    J = W * 3.0
    drawn = [v.name for v in viz.draw(J).graph if v.kind == "value"]
    assert drawn.count("W") == 1 and old.name == "W"


X_OF_THE_MODULE, Y_OF_THE_MODULE = np.array([[0.5, 1.0, 2.0], [3.0, 1.0, 1.0]]), np.array([[1.0, 0.0, 1.0]])


def test_the_names_of_the_innermost_function_come_first():
    """A value that its caller's variables hold, too, or the module's, is called as the function that asks calls it."""

    def asks(XX, T):
        W = ag.Tensor(np.ones((1, 2)))
        J = np.mean((W @ XX - T) ** 2)
        return str(ag.derive(J)), str(ag.chain(J, W)), str(J.graph())

    def calls(data, labels):
        return asks(data, labels)

    derived, chained, graph = calls(X_OF_THE_MODULE, Y_OF_THE_MODULE)
    assert "dW = (2/m) (W XX − T) XXᵀ" in derived
    assert "(W XX − T)" in chained
    assert "matmul(W, XX)" in graph


def test_what_only_an_outer_function_or_the_module_names_has_that_name():
    names = Names([{"a": 1.0}, {"w": (w := ag.Tensor(1.0))}, {"b": (b := ag.Tensor(2.0)), "v": w}])
    assert (names.of(w), names.of(b)) == ("w", "b")


def test_an_inner_variable_hides_the_outer_one():
    outer, inner = ag.Tensor(1.0), ag.Tensor(2.0)
    names = Names([{"w": inner}, {"w": outer, "v": inner}])
    assert (names.of(inner), names.of(outer)) == ("w", None)


def test_what_tools_keep_among_the_variables_names_nothing():
    t = ag.Tensor(1.0)
    assert Names([{"_": t, "__x": t, ".0": t}]).of(t) is None
    assert Names([{"Out": {1: t}, "In": ["t"], "get_ipython": print}]).of(t) is None
    assert Names([{"Out": {1: t}}]).of(t) == "Out[1]"


def test_containers_without_end_and_large_ones_are_bounded():
    loop: list = [ag.Tensor(1.0)]
    loop.append(loop)
    big = [[float(i)] * 50 for i in range(20000)]
    names = Names([{"big": big, "loop": loop}])
    assert names.of(loop[0]) == "loop[0]"


def test_threads_ask_for_themselves():
    found = {}

    def ask(key):
        mine = ag.Tensor(float(key))
        y = mine * 2.0
        found[key] = str(y.graph())

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all("multiply(mine, 2)" in said for said in found.values())


def test_a_variable_of_its_own_is_called_by_it_where_the_key_of_a_container_is_taken():
    J, other = ag.Tensor(1.0), ag.Tensor(2.0)
    for taken in (J, other):
        named = Names([{"results": {"J": J, "W": ag.Tensor(3.0)}, "J": taken, "cost": J}])
        assert named.of(J) == ("J" if taken is J else "cost")
