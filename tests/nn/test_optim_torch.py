"""Optimizers against PyTorch's: ten steps, with weight decay and clipping, in single and double precision."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
import nn

torch = pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")

# ours, and PyTorch's of the same meaning
COUNTERPARTS = {
    "SGD": (nn.optim.SGD, torch.optim.SGD),
    # (1−β) g in v is 1−β of the learning rate; PyTorch's dampening would leave it out of the first step
    "Momentum": (nn.optim.Momentum, lambda p, lr, **how: torch.optim.SGD(p, lr * 0.1, momentum=0.9, **how)),
    "Momentum, PyTorch's form": (
        lambda p, lr, **how: nn.optim.Momentum(p, lr, form="pytorch", **how),
        lambda p, lr, **how: torch.optim.SGD(p, lr, momentum=0.9, **how),
    ),
    "Nesterov": (nn.optim.Nesterov, lambda p, lr, **how: torch.optim.SGD(p, lr, momentum=0.9, nesterov=True, **how)),
    "Adagrad": (nn.optim.Adagrad, torch.optim.Adagrad),
    "RMSprop": (nn.optim.RMSprop, torch.optim.RMSprop),
    "Adam": (nn.optim.Adam, torch.optim.Adam),
    "AdamW": (nn.optim.AdamW, torch.optim.AdamW),
}


def test_every_optimizer_has_a_counterpart():
    kinds = {x for x in vars(nn.optim).values() if isinstance(x, type)} - {nn.optim.Optimizer}
    assert {kind.__name__ for kind in kinds} <= set(COUNTERPARTS)


def clip(parameters, norm, value):
    """As PyTorch clips, but for the 1e-6 that it adds to the norm."""
    if value is not None:
        torch.nn.utils.clip_grad_value_(parameters, value)
    if norm is not None:
        total = torch.nn.utils.get_total_norm([p.grad for p in parameters])
        for p in parameters:
            p.grad.mul_(torch.clamp(norm / total, max=1.0))


def both(name, shapes, dtype, how, clipping, clip=clip):
    """Parameters after ten steps, and a gradient for each: ours and PyTorch's."""
    ours, theirs = COUNTERPARTS[name]
    rng = np.random.default_rng(0)
    start = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    mine, other = [ag.Tensor(x) for x in start], [torch.tensor(x, requires_grad=True) for x in start]
    optimizer, counterpart = ours(mine, lr=0.05, **how, **clipping), theirs(other, lr=0.05, **how)
    for _ in range(10):
        for p, q in zip(mine, other, strict=True):
            g = (3 * rng.standard_normal(p.shape)).astype(dtype)
            p.grad, q.grad = g, torch.from_numpy(g.copy())
        clip(other, clipping.get("clip_norm"), clipping.get("clip_value"))
        optimizer.step()
        counterpart.step()
    return mine, other


CLIPPING = [{}, {"clip_norm": 1.5}, {"clip_norm": 1e6}, {"clip_value": 0.5}, {"clip_norm": 1.0, "clip_value": 2.0}]


@pytest.mark.parametrize("name", COUNTERPARTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(
    shapes=st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3),
    decay=st.sampled_from([{}, {"weight_decay": 0.0}, {"weight_decay": 0.3}]),
    clipping=st.sampled_from(CLIPPING),
)
@settings(max_examples=8, deadline=None, derandomize=True)
def test_ten_steps_are_those_of_pytorch(name, dtype, shapes, decay, clipping):
    rtol = {np.float32: 1e-5, np.float64: 1e-12}[dtype]
    for p, q in zip(*both(name, shapes, dtype, decay, clipping), strict=True):
        assert p.dtype == dtype
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=rtol, atol=rtol)


def test_the_norm_is_clipped_as_by_pytorch():
    def clip(parameters, norm, value):
        torch.nn.utils.clip_grad_norm_(parameters, norm)

    for p, q in zip(*both("SGD", [(3, 2), (4,)], np.float64, {}, {"clip_norm": 1.5}, clip), strict=True):
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-5)
