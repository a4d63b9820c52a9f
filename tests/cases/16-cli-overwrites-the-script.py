# `--out` never names a file that the command reads; what it writes is beside the caller, wherever the script goes.
import pathlib
import subprocess
import sys
import tempfile

d, away = pathlib.Path(tempfile.mkdtemp()), tempfile.mkdtemp()
s = d / "mine.py"
text = (
    "import numpy as np, autograd as ag\n"
    "W = ag.Tensor(np.ones((1, 2)), name='W'); J = np.mean((W @ np.ones((2, 3))) ** 2)\n"
)
s.write_text(text)
subprocess.run([sys.executable, "-m", "viz.cli", "derive", str(s), "--out", str(s)], cwd=d)
print("the script is unchanged:", s.read_text() == text)
s.write_text(f"import os; os.chdir({away!r})\n" + text)
subprocess.run([sys.executable, "-m", "viz.cli", "draw", str(s), "--out", "moved.svg"], cwd=d)
print("beside the caller:", (d / "moved.svg").exists())
