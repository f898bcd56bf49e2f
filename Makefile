# 回响 Huixiang: everything a newcomer, a developer and the CI call. Needs Python 3.11 or later, make, and a package index.

PYTHON ?= $(shell command -v python3 || command -v python)
VENV ?= .venv
CONFIG ?= config.toml
WORKERS ?= auto
PORT ?= 8080
ARGS ?=

BIN := $(VENV)/bin
HERE := $(CURDIR)
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

.PHONY: help
help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  settings: PORT=8080 (demo), CONFIG=config.toml (run), PYTHON=python3.12, ARGS='…' (test, bench, eval)"

.PHONY: demo
demo: $(VENV)/.runtime  ## try it in the browser, with no account at all (PORT=8080)
	@$(BIN)/python -m bot demo --port $(PORT)

.PHONY: run
run: $(VENV)/.runtime  ## serve the groups of CONFIG=config.toml until stopped
	@$(BIN)/python -m bot run --config $(CONFIG)

.PHONY: setup
setup: $(VENV)/.runtime  ## make the environment, and .venv/bin/huixiang in it

.PHONY: semantic
semantic: $(VENV)/.semantic  ## add the engine that knows what texts mean (130 MB, offline; needs a restart)

.PHONY: test
test: $(VENV)/.dev  ## the whole test suite, a file to a core (ARGS='-k poll'; WORKERS=0 for one process)
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: check
check: $(VENV)/.dev  ## format, lint, types, layers, locks
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_lock.py

.PHONY: format
format: $(VENV)/.dev  ## put every file in the house's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(VENV)/.dev  ## measure intake, delivery, start and memory; prints a table and writes JSON
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: eval
eval: $(VENV)/.dev  ## measure how well texts are classed and found again (DATA=folder)
	@$(BIN)/python -m benchmarks.eval $(if $(DATA),DATA=$(DATA)) $(ARGS)

# The development lock repeats the runtime lock's versions: tests run on what is served.
.PHONY: lock
lock: $(VENV)/.dev  ## pin and hash every dependency anew, after a change of pyproject.toml (ARGS=--upgrade)
	@test -x $(BIN)/uv || { echo "make lock needs uv, which pip could not bring to this machine"; exit 1; }
	$(BIN)/uv $(COMPILE) --group build --output-file requirements-build.lock $(ARGS)
	$(BIN)/uv $(COMPILE) pyproject.toml --output-file requirements.lock $(ARGS)
	$(BIN)/uv $(COMPILE) pyproject.toml --extra semantic --constraints requirements.lock --no-annotate \
		--output-file requirements-semantic.lock $(ARGS)
	$(BIN)/uv $(COMPILE) pyproject.toml --extra dev --extra semantic --constraints requirements.lock --no-annotate \
		--output-file requirements-dev.lock $(ARGS)

.PHONY: clean
clean:  ## remove the environment and the caches; data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One environment, made once. jieba is published as source only and is built here by the pinned setuptools, so nothing that
# is not hashed takes part. uv installs four times faster; where pip cannot bring it, pip does the work itself.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or later is needed; name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing; install it first: apt-get install python3-venv"; exit 1; }
	@echo "making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.build: requirements-build.lock | $(BIN)/python
	@$(call pip-from-build-lock,setuptools)
	@$(call pip-from-build-lock,uv) 2>/dev/null || echo "no uv for this machine: pip installs, which takes longer"
	@touch $@

pip-from-build-lock = awk '/^[a-z]/ { keep = index($$0, "$(1)==") == 1 } keep' requirements-build.lock | \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement /dev/stdin

define install
	@echo "installing $(1) …"
	@if [ -x $(BIN)/uv ]; then \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes \
			--no-build-isolation --requirement $(1); \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
			--no-build-isolation --requirement $(1); \
	fi
endef

$(VENV)/.runtime: requirements.lock $(VENV)/.build $(BIN)/huixiang
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.semantic: requirements-semantic.lock $(VENV)/.runtime
	$(call install,requirements-semantic.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(call install,requirements-dev.lock)
	@touch $@

# The command runs the tree it was made in, from any folder; -P keeps that folder's own files out of the way.
$(BIN)/huixiang: | $(BIN)/python
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/python" -P -m bot "$$@"\n' '$(HERE)' '$(abspath $(BIN))' > $@
	@chmod +x $@
