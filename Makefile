# Copyright (c) COMNet contributors. All rights reserved.
# Everything runs in a virtual environment of its own; nothing else is touched.
#   make demo                    photographs by the model that comes along, then
#                                generated data through the whole pipeline
#   make setup CONSTRAINTS=      keep a torch that is already in $(VENV)
#   make demo DEMO_ARGS='...'    further arguments of tools/pipeline.py
#   make test TESTS=tests/test_ops          some of the tests
#   make test TEST_ARGS=-x       other arguments of pytest: one process
#   make docs SPHINX_ARGS='-b linkcheck'    check links to other sites, too

PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= requirements/constraints.txt
DEMO_ARGS ?=
TESTS ?= tests
TEST_ARGS ?= -n auto --maxprocesses 4 --dist loadfile
SPHINX_ARGS ?= -b html

PY := $(VENV)/bin/python
STAMP := $(VENV)/.comnet-installed
DOCS_STAMP := $(VENV)/.comnet-docs-installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all lint docs clean

help:
	@echo 'make setup   install COMNet and what it needs into $(VENV)'
	@echo 'make demo    run every step on a generated data set (minutes)'
	@echo 'make test    run the tests'
	@echo 'make test-all   with the slow ones: kills, a full disk'
	@echo 'make lint    check style, layers and types of the code'
	@echo 'make docs    build the documentation into docs/_build, strictly'
	@echo 'make clean   remove caches and what the demo wrote'
	@echo 'PYTHON=... picks the interpreter (3.10 or newer), now $(PYTHON)'

setup: $(STAMP)

# The stamp is touched last: an interrupted installation is done again. The
# Cython that pydensecrf2 asks for knows no Python 3.13, a newer one does.
$(STAMP): setup.py $(wildcard requirements/*.txt)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo 'error: $(PYTHON) does not run or is older than Python 3.10;' \
	    'name another: make PYTHON=python3.11' >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	@if $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 13))'; then \
	  $(PY) -m pip install setuptools 'cython>=3.1' && \
	  $(PY) -m pip install --no-build-isolation 'pydensecrf2>=1.1,<2'; fi
	$(PY) -m pip install $(addprefix -c ,$(CONSTRAINTS)) -e '.[tests]'
	@touch $@

demo: setup
	$(PY) tools/segment.py demo/photos --model lite0-voc \
	  --out-dir work_dirs/demo/photos
	$(PY) tools/dataset_converters/demo_data.py data/demo
	$(PY) tools/pipeline.py configs/demo/pipeline.py \
	  --work-dir work_dirs/demo $(DEMO_ARGS)

test: setup
	$(PY) -m pytest -q $(TEST_ARGS) $(TESTS)

test-all: setup
	$(PY) -m pytest -q -m 'slow or not slow' $(TEST_ARGS) $(TESTS)

lint: setup
	$(PY) -m ruff check .
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m mypy

docs: $(DOCS_STAMP)
	$(PY) -m sphinx -q -n -W --keep-going -E $(SPHINX_ARGS) docs docs/_build
	@echo 'built docs/_build'

$(DOCS_STAMP): $(STAMP) requirements/docs.txt
	$(PY) -m pip install $(addprefix -c ,$(CONSTRAINTS)) \
	  -r requirements/docs.txt
	@touch $@

clean:
	rm -rf data/demo work_dirs/demo build dist comnet.egg-info docs/_build \
	  .pytest_cache .ruff_cache .mypy_cache
	find projects configs tools tests -name __pycache__ -type d -prune \
	  -exec rm -rf {} +
