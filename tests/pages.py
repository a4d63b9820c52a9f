"""Pages of docs/ whose code blocks are run, one after the other in one namespace."""

import contextlib
import io


def printed_by(blocks, page):
    """What each of the blocks of code prints."""
    namespace = {"__name__": page}
    for i, code in enumerate(blocks, 1):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, f"{page}, block {i}", "exec"), namespace)
        yield out.getvalue()
