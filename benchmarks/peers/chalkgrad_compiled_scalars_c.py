"""chalkgrad, compiled, on scalars, as C."""

from peers import chalkgrad_compiled_scalars


def passes(weights, x):
    """One forward and backward pass, as a function that gives the derivative by the first weight."""
    step = chalkgrad_compiled_scalars.passes(weights, x, backend="c")
    step()
    if step.compiled.backend != "c":
        raise RuntimeError(f"it does not run as C: {step.compiled.why_not}")
    return step
