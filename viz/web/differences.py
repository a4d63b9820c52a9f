"""What is different between two states of a page, so that what a training run has in common is in its page once.

A difference is {"v": value} where all of it is; {"k": {key: difference}} of an object, {"l": {index: difference}} of a
list, {"t": {line: text}} of a text; null where there is none. `training.mjs` puts it back together.
"""

from __future__ import annotations

from typing import Any


def difference(one: Any, other: Any) -> Any:
    """What has to be changed in `one`, which is JSON, to have `other`.

    >>> difference({"a": [1, 2], "b": "x"}, {"a": [1, 3], "b": "x"})
    {'k': {'a': {'l': {'1': {'v': 3}}}}}
    >>> difference("a\\nb", "a\\nc"), difference([1], [1, 2]), difference(1, 1)
    ({'t': {'1': 'c'}}, {'v': [1, 2]}, None)
    """
    if type(one) is type(other) is dict and one.keys() == other.keys():
        return _of_parts("k", ((key, one[key], other[key]) for key in one))
    if type(one) is type(other) is list and len(one) == len(other):
        return _of_parts("l", ((str(i), a, b) for i, (a, b) in enumerate(zip(one, other, strict=True))))
    if type(one) is type(other) and one == other:
        return None
    if type(one) is type(other) is str and "\n" in one and one.count("\n") == other.count("\n"):
        lines = zip(one.split("\n"), other.split("\n"), strict=True)
        return {"t": {str(i): b for i, (a, b) in enumerate(lines) if a != b}}
    return {"v": other}


def _of_parts(kind: str, parts: Any) -> Any:
    found = {key: d for key, a, b in parts if (d := difference(a, b)) is not None}
    return {kind: found} if found else None
