"""Layers with weights, one file each."""

from nn.layers.linear import Linear

__all__ = ["Linear"]
