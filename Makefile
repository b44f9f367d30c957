# make kb     install, build a knowledge base from the seeds and ask it two questions
# make test   the tests      make lint   ruff, mypy, Cypher      make bench   the benchmarks
# make view-bundle  the script of `kb view`, after a change in kb/view/src (Node, npm)
# make neo4j  a Neo4j server without Docker (Java 17 or 21, Maven); make neo4j-stop ends it
# Each makes .venv where it is missing; PYTHON=/path/to/python chooses another Python, 3.11 or newer.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help kb test lint bench bench-neo4j view-bundle neo4j neo4j-stop clean

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c "$(NEW_ENOUGH)" 2>/dev/null && echo $$python && break; done)

help:
	@sed -n '1,5s/^# //p' Makefile

kb: $(VENV)/.installed
	$(BIN)/kb build seeds/ --kb papers.kb
	$(BIN)/kb stats --kb papers.kb
	$(BIN)/kb neighbours "ICON: Implicit Clothed humans Obtained from Normals" --kb papers.kb

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tests/neo4j/lint_cypher.py

# make bench [CORPUS=papers.jsonl.gz] [GOLD=folder] [KB=papers.kb] [FULL=1] [REPEAT=3]
bench: $(VENV)/.installed-bench
	$(BIN)/python bench/run.py $(if $(CORPUS),--corpus '$(CORPUS)') $(if $(GOLD),--gold '$(GOLD)') $(if $(KB),--kb '$(KB)') \
		$(if $(FULL),--full) $(if $(REPEAT),--repeat $(REPEAT))

bench-neo4j: $(VENV)/.installed
	$(BIN)/python bench/bench_neo4j.py

view-bundle:
	cd kb/view && npm ci --ignore-scripts --no-audit --no-fund && node build.js

neo4j: | $(BIN)/python
	@$(BIN)/python tests/neo4j/neo4j_server.py start

neo4j-stop: | $(BIN)/python
	@$(BIN)/python tests/neo4j/neo4j_server.py stop

# Knowledge bases and .venv stay: the first may be yours, the second is slow to make.
clean:
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find kb extract cli tests bench -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(or $(PYTHON),false) -c "$(NEW_ENOUGH)" || { \
		echo "no Python 3.11 or newer found: install one, or name it with make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The stamps keep an install from being repeated until pyproject.toml changes.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-bench: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[bench]'
	@touch $(VENV)/.installed $@
