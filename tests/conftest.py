"""Settings for all tests: what hypothesis tries, and that no test inherits NumPy's error state from another."""

import gc
import os
import sys

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


@pytest.fixture(scope="session", autouse=True)
def the_cache_is_that_of_this_run(tmp_path_factory):
    """What is built is kept for all workers of this run, apart from what its user has built."""
    worker = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CHALKGRAD_CACHE", str((base.parent if worker else base) / "chalkgrad"))
        yield


@pytest.fixture(scope="session", autouse=True)
def processes_share_bytecode(tmp_path_factory):
    """Where Python may keep no bytecode, each process that a test starts would compile all modules anew."""
    if not sys.dont_write_bytecode:
        yield
        return
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.getbasetemp() / "bytecode"))
        environment.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield
