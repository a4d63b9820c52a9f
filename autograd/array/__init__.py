"""What makes a Tensor behave as an ndarray."""
