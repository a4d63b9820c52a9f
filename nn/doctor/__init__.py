"""The doctor: a short run of a training is watched, and what is wrong with it is said in words, with figures.

`diagnose` makes the look, the run and the range test; each family of findings has a file, with a function
`(case) -> findings` that reads them.
"""

from nn.doctor.examination import diagnose as diagnose
from nn.doctor.finding import Finding as Finding
from nn.doctor.rates import RangeTest as RangeTest
from nn.doctor.report import Diagnosis as Diagnosis
