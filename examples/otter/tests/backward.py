"""For otter: a case for each line of the exercise in backward.py, worth a point. This file stays with the teacher."""

OK_FORMAT = True

CASE = """
>>> from nn import byhand
>>> exercise = byhand.exercise(seed="Ada", layers=["tanh", "sigmoid"], hide="gradients")
>>> score = exercise.grade({{name: globals().get(name) for name in exercise.to_find}})
>>> mark = score["{name}"]
>>> print(mark.points or mark.message)
1
"""

test = {
    "name": "backward",
    "suites": [
        {
            "type": "doctest",
            "cases": [
                {"name": name, "code": CASE.format(name=name), "points": 1, "hidden": False}
                for name in ("dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1")
            ],
        }
    ],
}
