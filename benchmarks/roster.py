"""The ways of writing a training step that are compared, and the environment that each runs in."""

from __future__ import annotations

from dataclasses import dataclass

HOME = "chalkgrad"  # our own environment; every other is named as the distribution that is compared with


@dataclass(frozen=True)
class Peer:
    """One way of writing the step: a file in `peers/`."""

    name: str
    title: str
    environment: str = HOME
    kind: str = "arrays"  # what its step is of: "arrays", "scalars" or "images"

    @property
    def process(self) -> str:
        """Ways that share a process. Ours do, so that nothing but the way differs; others get one each."""
        return HOME if self.environment == HOME else self.name


# The first of each kind is what the others' values must agree with.
PEERS = (
    Peer("numpy_by_hand", "NumPy by hand"),
    Peer("numpy_as_taught", "NumPy as taught"),
    Peer("chalkgrad_tensors", "Tensors"),
    Peer("chalkgrad_nn", "nn"),
    Peer("chalkgrad_compiled", "ag.compile, NumPy"),
    Peer("chalkgrad_compiled_c", "ag.compile, C"),
    Peer("chalkgrad_fit_numpy", "nn.fit, NumPy"),
    Peer("chalkgrad_fit", "nn.fit, C"),
    Peer("torch_eager", "PyTorch eager", "torch"),
    Peer("torch_compile", "torch.compile", "torch"),
    Peer("jax_jit", "JAX jit", "jax"),
    Peer("jax_jit_inline", "JAX jit, inline", "jax"),
    Peer("mygrad_tensors", "MyGrad", "mygrad"),
    Peer("hips_autograd", "HIPS/autograd", "autograd"),
    Peer("micrograd_scalars", "micrograd", "micrograd", "scalars"),
    Peer("chalkgrad_scalars", "Tensors", kind="scalars"),
    Peer("chalkgrad_compiled_scalars", "ag.compile, NumPy", kind="scalars"),
    Peer("chalkgrad_compiled_scalars_c", "ag.compile, C", kind="scalars"),
    Peer("chalkgrad_images", "nn", kind="images"),
    Peer("torch_images", "PyTorch eager", "torch", "images"),
)
ENVIRONMENTS = sorted({peer.environment for peer in PEERS} - {HOME})


def chosen(environments: list[str] | None, kind: str) -> list[Peer]:
    """The ways of one kind: ours, and the others of these environments (None: of all)."""
    return [
        peer
        for peer in PEERS
        if peer.kind == kind and (environments is None or peer.environment in (HOME, *environments))
    ]


def titled(name: str) -> str:
    """What a way is called in tables and charts."""
    return next(peer.title for peer in PEERS if peer.name == name)
