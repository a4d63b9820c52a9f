"""What a file is that is not a model's."""

from __future__ import annotations

import struct

_STARTS = {
    b"PK\x03\x04": "it is a zip archive, as PyTorch and NumPy write them. Of a PyTorch model: nn.from_torch(module); "
    "of arrays: model.load_state_dict(dict(np.load(path))).",
    b"\x80": "it is a pickle, which could execute anything, and is not read.",
    b"\x89HDF": "it is an HDF5 file, as Keras writes them. Export the model as ONNX, and use nn.onnx.load.",
    b"\x93NUMPY": "it is one NumPy array: np.load(path).",
}


def what_it_is(content: bytes) -> str:
    """In words what a file is that cannot be a safetensors file, and what to do; "" for one that may be one.

    >>> what_it_is(b"")
    'it is empty. Use a copy of it.'
    """
    if not content:
        return "it is empty. Use a copy of it."
    if len(content) >= 10:
        (length,) = struct.unpack("<Q", content[:8])
        if content[8:9] == b"{" and length <= len(content) - 8:
            return ""
    for start, words in _STARTS.items():
        if content.startswith(start):
            return words
    if _is_onnx(content):
        return "it looks like an ONNX file. Use nn.onnx.load."
    return "it is not a safetensors file, or the start of it is damaged. Use what nn.save has written."


def _is_onnx(content: bytes) -> bool:
    """An ONNX file begins with its version, field 1 of a protocol buffer, a small number, and another field follows."""
    return len(content) > 2 and content[0] == 0x08 and content[1] < 32 and content[2] in (0x12, 0x3A, 0x42)
