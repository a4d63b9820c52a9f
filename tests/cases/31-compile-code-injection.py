# Keys, text arguments and names are no part of the source that is executed: there are checked identifiers and literals alone.
import autograd as ag
key = '"""; hit = 1; import builtins; builtins.HIT = 1; """'
try: print(ag.compile(lambda p: sum(p.values()))({key: 1.0}))
except Exception as e: print(type(e).__name__, e)
import builtins; print("ran the key:", hasattr(builtins, "HIT"), "(must be False)")
