"""Small real data sets and a text that come with the package, and generators of toy data. Samples are columns.

Where the real ones come from, and under which licence: `SOURCES.md` beside this file.
"""

from nn.datasets.bundled import Description as Description, describe as describe, load as load
from nn.datasets.generators import moons as moons, planar_flower as planar_flower, spirals as spirals, xor as xor
from nn.datasets.texts import Characters as Characters, text as text, windows as windows
