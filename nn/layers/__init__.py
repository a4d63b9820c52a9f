"""Layers with weights, one file each."""

from nn.layers.linear import Linear as Linear
