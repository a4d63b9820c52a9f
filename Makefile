# Each command makes what it needs, .venv included. `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install -qq

# python3 if it is new enough, otherwise the newest that is. To choose: make demo PYTHON=python3.12
PYTHON ?= python3 python3.15 python3.14 python3.13 python3.12 python3.11

# Rules share one environment, and pip must not run twice in it at the same time.
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test study matrix fix lab bench docs clean venv venv-dev venv-bench

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1~\2/p' Makefile | awk -F'~' '{ printf "%-18s %s\n", $$1, $$2 }'

demo: $(VENV)/base.stamp ## the main job: train on real data, check the formulas, draw, write the step pages
	@$(BIN)/chalkgrad demo --out out/demo

test: $(VENV)/dev.stamp ## style, types, tests and the examples in docstrings
	@echo "== ruff check: style"
	@$(BIN)/ruff check .
	@echo "== ruff format: layout"
	@$(BIN)/ruff format --check .
	@echo "== mypy: types"
	@$(BIN)/mypy
	@echo "== pytest: tests, and the examples in docstrings"
	@$(BIN)/python -c 'import importlib.util as u, sys; sys.exit(not u.find_spec("torch"))' \
		|| echo "PyTorch is not installed: the differential tests against it are left out. To run them: make venv-bench"
	@$(BIN)/python -c 'from autograd.read.native.compiler import compiler; compiler()' 2>/dev/null \
		|| echo "There is no C compiler that works: the tests of C are left out. chalkgrad doctor says why"
	@$(BIN)/python -m pytest -n auto --dist worksteal

study: $(VENV)/dev.stamp ## plant mistakes in hand-derived passes, and see whether the checker names them (STUDY="--networks 20": a look)
	@$(BIN)/python -m tests.studies.byhand $(STUDY)

matrix: $(VENV)/base.stamp ## test on each Python that is installed, with the oldest and the newest NumPy (MATRIX=--quick: a look)
	@$(BIN)/python tools/matrix.py $(MATRIX)

fix: $(VENV)/dev.stamp ## let ruff format the code and fix what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lab: $(VENV)/notebook.stamp ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab notebooks

bench: $(VENV)/bench.stamp ## compare speed with peers, side by side (takes a while; BENCH=--quick: a look, BENCH=--help: more)
	@$(BIN)/python benchmarks/environments.py
	@$(BIN)/python benchmarks/run.py $(BENCH)

docs: $(VENV)/docs.stamp ## build the API pages from the docstrings
	@$(BIN)/pdoc --math --output-directory out/docs autograd nn viz
	@echo "out/docs/index.html"

clean: ## remove the environments, caches and all that was built
	rm -rf $(VENV) .venv-bench .venv-matrix out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .coverage htmlcov
	find autograd nn viz tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

venv: $(VENV)/base.stamp ## only set up .venv, with what the demo needs
venv-dev: $(VENV)/dev.stamp ## also what the tests need
venv-bench: $(VENV)/bench.stamp ## also PyTorch for the tests that compare with it (large), and what draws charts

# A stamp is newer than the settings it was made from, so a changed dependency is installed by the next command.
$(VENV)/base.stamp: setup.cfg pyproject.toml $(VENV)/made.stamp
	@echo "== installing chalkgrad and what it needs into $(VENV)"
	@$(PIP) -e .
	@touch $@

$(VENV)/%.stamp: $(VENV)/base.stamp
	@echo "== installing extra '$*' into $(VENV)"
	@$(PIP) -e '.[$*]'
	@touch $@

# Debian has venv in a package of its own; without it `python -m venv` leaves half an environment behind, hence --clear.
# A working .venv that somebody made by hand is used as it is.
$(VENV)/made.stamp:
	@if $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then exit 0; fi; \
	python= ; \
	for candidate in $(PYTHON); do \
		if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "chalkgrad needs Python 3.11 or newer. Looked for: $(PYTHON)."; \
		for candidate in $(PYTHON); do $$candidate --version 2>/dev/null | sed -n "s|^Python|  $$candidate is Python|p"; done; \
		echo "Install a newer Python, or name one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; \
		exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$python cannot make a virtual environment, because its venv module is not complete."; \
		echo "On Debian or Ubuntu: apt install python3-venv. Elsewhere: install Python's venv and ensurepip modules."; \
		exit 1; \
	fi; \
	echo "== making $(VENV) with $$($$python --version)"; \
	$$python -m venv --clear $(VENV)
	@touch $@
