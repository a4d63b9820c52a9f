"""Exercises: a network with small numbers, a pass of which some arrays are to be found, and what they are worth."""

from nn.byhand.exercises.exercise import Exercise as Exercise, exercise as exercise
from nn.byhand.exercises.score import Mark as Mark, Score as Score
