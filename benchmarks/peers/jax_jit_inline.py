"""JAX, jit, run by the thread that calls, since handing small steps over to another thread costs more than it gains.

It is a setting of the whole process, and not JAX's default; `jax_jit.py` has the default.
"""

import jax
from peers.jax_jit import training

jax.config.update("jax_cpu_enable_async_dispatch", False)

__all__ = ["training"]
