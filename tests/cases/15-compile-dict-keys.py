# Keys of a dict that are not literals go into the program as the objects that they are.
import autograd as ag
from http import HTTPStatus
for key in (HTTPStatus.OK, float("nan"), object()):
    try: print(ag.compile(lambda d: list(d.values())[0] * 2)({key: 1.0}))
    except Exception as e: print(type(e).__name__, e)
