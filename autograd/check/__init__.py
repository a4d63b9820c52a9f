"""check_grads: gradients against finite differences, and how far rounding may take the two apart."""
