# A memory-mapped array is an array like any other.
import os, tempfile, numpy as np, autograd as ag
m = np.memmap(os.path.join(tempfile.mkdtemp(), "m.bin"), dtype=float, mode="w+", shape=(3,))
try: print(ag.compile(lambda x: x * x)(m))
except SyntaxError as e: print("SyntaxError", e)
