# `make demo` and `make test` set up .venv on first use; nothing but Python 3.11 and make is needed.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test lint types clean

demo: $(READY)
	$(BIN)/egograph demo

# Triton decides when it is imported whether kernels are interpreted, so each way has a process of its own.
test: $(READY)
	$(BIN)/python -m pytest -n 2 tests/kernels/interpreter
	$(BIN)/python -m pytest -n 2 tests/kernels/compile
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "egograph needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	@echo "Setting up $(VENV) (once; some minutes)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
