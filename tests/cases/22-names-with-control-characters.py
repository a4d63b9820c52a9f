# Control characters, U+FFFF and a lone surrogate in a name are drawn as the escapes that Python writes for them.
import os, tempfile
import autograd as ag, viz
where = os.path.join(tempfile.mkdtemp(), "n.svg")
for name in ("\t", "\r", "\x00", "\x1b[31m", "\uffff", "\ud800"):
    try: print(repr(name), viz.draw(ag.Tensor(1.0, name=name) * 2.0).save(where).name)
    except Exception as e: print(repr(name), type(e).__name__, str(e)[:120])
