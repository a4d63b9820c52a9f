"""Settings for all tests: what hypothesis tries, and that no test inherits NumPy's error state from another."""

import gc
import os
import sys

# A worker has one core. Threads of BLAS, which read this as they are loaded, would wait for those of the other workers:
# on two busy cores a small product takes forty times as long with them.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# Derandomised, so that a failure is the same everywhere. HYPOTHESIS_PROFILE=thorough looks further, anew each time.
settings.register_profile(
    "default",
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

_BEGINNINGS: list[tuple[np.random.Generator, dict]] = []  # the generators of test files, and how they begin

# Programs for processes of their own (test_cases.py): imported here by the search for doctests, they would set limits
# on memory and hooks for the whole run.
collect_ignore_glob = ["cases/*"]


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """A million objects live from here to the end: the garbage collector need not look at them again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@pytest.fixture(autouse=True)
def numpy_warns():
    """Each floating-point exception is a warning, and each warning (see setup.cfg) a failure."""
    with np.errstate(divide="warn", over="warn", invalid="warn", under="ignore"):
        yield


@pytest.fixture(scope="session", autouse=True)
def no_browser_is_opened():
    """Commands that show a page start the browser that BROWSER names: here one that does nothing."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BROWSER", f"{sys.executable} -c pass %s")
        yield


@pytest.fixture(scope="session")
def folder_of_this_run(tmp_path_factory):
    """Shared by all workers of the run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def the_cache_is_that_of_this_run(folder_of_this_run):
    """What is built is kept for all workers of this run, apart from what its user has built."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CHALKGRAD_CACHE", str(folder_of_this_run / "chalkgrad"))
        yield


@pytest.fixture(scope="session", autouse=True)
def processes_share_bytecode(folder_of_this_run):
    """Where Python may keep no bytecode, each process that a test starts would compile all modules anew."""
    if not sys.dont_write_bytecode:
        yield
        return
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPYCACHEPREFIX", str(folder_of_this_run / "bytecode"))
        environment.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


def pytest_collection_finish():
    """Note how the generators begin that files of tests have, before a test draws from one."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "tests"]
    found = [x for module in modules for x in vars(module).values() if isinstance(x, np.random.Generator)]
    _BEGINNINGS.extend((rng, rng.bit_generator.state) for rng in {id(rng): rng for rng in found}.values())


@pytest.fixture(autouse=True)
def generators_begin_anew():
    """What a test draws does not depend on those before it, of which each worker runs others."""
    for rng, state in _BEGINNINGS:
        rng.bit_generator.state = state
