# Names in notebook output and in saved LaTeX are text: markup is escaped, and \\input does not reach the document.
import os, pathlib, tempfile, numpy as np, autograd as ag, nn
w = ag.Tensor(2.0, name="<img src=x onerror=alert(1)>")
L = w * w; L.name = "L"
print("raw HTML:", "<img src=x" in ag.derive(L)._repr_html_(), "(must be False)")
Y = ag.Tensor(np.eye(2), name=r"\input{secret}", requires_grad=False)
J = nn.losses.cross_entropy_logits(ag.Tensor(np.ones((2, 2)), name="W") @ np.ones((2, 2)), Y)
where = os.path.join(tempfile.mkdtemp(), "d.tex"); ag.derive(J).save(where)
print("raw LaTeX:", r"\input{secret}" in pathlib.Path(where).read_text(), "(must be False)")
