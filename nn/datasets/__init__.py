"""Small real data sets that come with the package, and generators of toy data. Samples are columns.

Where the real ones come from, and under which licence: `SOURCES.md` beside this file.
"""

from nn.datasets.bundled import Description, describe, load
from nn.datasets.generators import moons, planar_flower, spirals, xor

__all__ = ["Description", "describe", "load", "moons", "planar_flower", "spirals", "xor"]
