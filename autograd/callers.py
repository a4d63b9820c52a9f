"""Whose code is running: the frames of the user's, beneath those of these packages and of NumPy."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import warnings
from types import FrameType

import numpy as np

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OURS = tuple(os.path.join(_HERE, package, "") for package in ("autograd", "nn", "viz"))
_NUMPY = os.path.join(os.path.dirname(np.__file__), "")
_BETWEEN = (functools.__file__, contextlib.__file__)  # through which these packages call themselves: a cached_property


def user_frame(frame: FrameType | None) -> FrameType | None:
    """The first frame, from this one outwards, that is neither in these packages, in NumPy, nor between them."""
    while frame is not None and frame.f_code.co_filename.startswith((*_OURS, _NUMPY, *_BETWEEN)):
        frame = frame.f_back
    return frame


def warn(message: str) -> None:
    """A UserWarning at the user's own line, however many calls of these packages lie between."""
    user, frame, level = user_frame(sys._getframe()), sys._getframe(), 1
    while frame is not user and frame.f_back is not None:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)
