"""The engine: nodes, operations, the two sweeps, who looks on, and what a Tensor holds."""
