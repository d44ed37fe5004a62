# Every target sets up what it needs. Python 3.11+ and make are enough for `demo` and `test`.
VENV   := .venv
PYTHON := $(VENV)/bin/python
TOOLS  := $(CURDIR)/.tools
PYTEST := UNPOISON_TOOLS=$(TOOLS) $(PYTHON) -m pytest -q
NATIVE := src/unpoison/engine/_native.pyx $(wildcard src/unpoison/engine/native/*)
LINTED := src tests examples bench fuzz docs

.PHONY: help demo test lint unit test-peers test-toolchain test-slow bench format clean

help:
	@echo "make demo            a tour of the library, then a Rust Worker served through every failure"
	@echo "make test            lint, types, import contracts and the default tests (< 10 min)"
	@echo "make test-peers      live against Node, the wasm-bindgen CLI, Binaryen, PyO3 and others"
	@echo "make test-toolchain  builds the example crates from source"
	@echo "make test-slow       millions of panics, throws and fuzz cases"
	@echo "make bench           every number against its peers; NAMES=\"panic ...\" for some"
	@echo "make format          rewrites the code in the house format"

demo: $(VENV)/.package
	$(PYTHON) examples/demo.py
	$(PYTHON) examples/demo_worker.py

test: lint unit

lint: $(VENV)/.dev
	$(PYTHON) -m ruff check $(wildcard $(LINTED))
	$(PYTHON) -m ruff format --check $(wildcard $(LINTED))
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports --no-cache

unit: $(VENV)/.dev
	$(PYTEST) -n 2
	UNPOISON_PURE=1 $(PYTEST) -n 2 tests/engine tests/runtime

test-peers: $(VENV)/.dev
	scripts/install-peers "$(TOOLS)"
	scripts/install-bench "$(TOOLS)" "$(CURDIR)/$(PYTHON)"
	$(PYTEST) -m "peers and not slow" -n 2

test-toolchain: $(VENV)/.dev
	scripts/install-toolchain
	$(PYTEST) -m toolchain

test-slow: $(VENV)/.dev
	$(PYTEST) -m slow --timeout 3600

bench: $(VENV)/.dev
	scripts/install-bench "$(TOOLS)" "$(CURDIR)/$(PYTHON)"
	UNPOISON_TOOLS=$(TOOLS) $(PYTHON) -m bench $(NAMES)

format: $(VENV)/.dev
	$(PYTHON) -m ruff check --fix $(wildcard $(LINTED))
	$(PYTHON) -m ruff format $(wildcard $(LINTED))

$(VENV)/bin/python:
	scripts/make-venv $(VENV)

$(VENV)/.package: pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -e '.[workers]'
	touch $@

$(VENV)/.dev: pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ $(VENV)/.package

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
