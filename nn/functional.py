"""The layers as functions of their parameters: what `nn.Linear` computes is `nn.functional.linear(X, W, b)`.

They are the very functions that the layers call. Activations that are operations of the engine are those of autograd.

>>> import numpy as np, nn
>>> W, b = np.ones((1, 3)), np.zeros((1, 1))
>>> nn.functional.relu(nn.functional.linear(np.array([[1.0], [2.0], [-4.0]]), W, b))
array([[0.]])
"""

from __future__ import annotations

from numpy import tanh as tanh

from autograd import (
    average_pool1d as average_pool1d,
    average_pool2d as average_pool2d,
    elu as elu,
    leaky_relu as leaky_relu,
    max_pool1d as max_pool1d,
    max_pool2d as max_pool2d,
    relu as relu,
    sigmoid as sigmoid,
    softmax as softmax,
)
from nn.layers.activations import (
    gelu as gelu,
    hard_tanh as hard_tanh,
    log_softmax as log_softmax,
    prelu as prelu,
    silu as silu,
    softplus as softplus,
)
from nn.layers.attention import (
    multi_head_attention as multi_head_attention,
    positional_encoding as positional_encoding,
    scaled_dot_product_attention as scaled_dot_product_attention,
)
from nn.layers.cells import gru as gru, lstm as lstm, rnn as rnn
from nn.layers.containers import residual as residual
from nn.layers.convolution import conv1d as conv1d, conv2d as conv2d
from nn.layers.dropout import dropout as dropout
from nn.layers.embedding import embedding as embedding
from nn.layers.linear import linear as linear
from nn.layers.normalization import batch_norm as batch_norm, group_norm as group_norm, layer_norm as layer_norm
from nn.layers.pooling import global_average_pool as global_average_pool, global_max_pool as global_max_pool
from nn.layers.shapes import flatten as flatten, reshape as reshape
