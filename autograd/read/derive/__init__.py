"""ag.derive: the backward pass of a recorded graph as lines of formulas, and what is made of them."""
