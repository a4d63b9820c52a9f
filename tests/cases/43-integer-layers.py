# Integer dtypes are refused.
import nn
try: print(nn.Linear(4, 2, dtype=int).W)
except Exception as e: print(type(e).__name__, e)
