# Python folds identifiers by NFKC, and so do the programs before they give out variables: two values have two.
import autograd as ag
f = lambda p: p["\u00b5"] + 10 * p["\u03bc"]  # micro sign, Greek mu
p = {"\u00b5": 1.0, "\u03bc": 2.0}
print(f(p), ag.compile(f)(p), "must be equal")
