"""chalkgrad, compiled: the same function through ag.compile, as C."""

from peers import chalkgrad_compiled


def training(X, Y, W, b, rate):
    """One training step, as a function that gives the loss."""
    step = chalkgrad_compiled.training(X, Y, W, b, rate, backend="c")
    step()
    if step.compiled.backend != "c":
        raise RuntimeError(f"it does not run as C: {step.compiled.why_not}")
    return step
