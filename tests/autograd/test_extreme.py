"""The study of programs at extreme values, as far as it is quick."""

from tests.studies.extreme import compiled


def test_compiled_programs_at_extreme_values():
    counts, faults = compiled(300, seed=3)
    assert counts["comparisons"] > 1500
    assert faults == []
