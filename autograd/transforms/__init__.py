"""Functions of functions: grad and its kin, nested arguments, checkpoint."""
