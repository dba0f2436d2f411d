# Two commands do everything on a fresh machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
REAL := $(VENV)/.real
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-editors editors vscode check format bench bench-rules new-rule rule soak clean

help:  ## show the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY)  ## create the environment in .venv

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Fastidious needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev --editable .
	touch $(READY)

$(REAL): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group reality
	touch $(REAL)

demo: setup  ## review the sample backend through a real language-server session
	$(BIN)/python -I examples/demo.py

test: check $(REAL) editors  ## everything that CI runs: linters, types, contracts, tests
	$(BIN)/python -Im pytest

test-editors: editors  ## the tests that drive real editors
	$(BIN)/python -Im pytest tests/editors

editors: setup  ## install the editors that tests drive, as far as this machine allows
	$(BIN)/python -I tests/editors/install.py

vscode: setup  ## package the extension for Visual Studio Code, with the server in it
	cd clients/vscode && npm ci --ignore-scripts
	rm -rf clients/vscode/bundled
	$(BIN)/python -Im hatchling build --target wheel --directory clients/vscode/bundled
	cd clients/vscode && npm run package

check: setup  ## linters, types, contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-cache

format: setup  ## format the code and apply ruff's fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup  ## measure against the peers (downloads them and their inputs)
	$(BIN)/python benchmarks/run.py

bench-rules: setup  ## measure what each rule costs
	$(BIN)/python benchmarks/rule_costs.py

new-rule: setup  ## start a rule: make new-rule FAMILY=security NAME=weak-random
	$(BIN)/python tests/new_rule.py $(FAMILY) $(NAME)

rule: setup  ## run the examples of one rule: make rule NAME=sql-injection
	$(BIN)/python -Im pytest tests/rules -k '$(subst -,_,$(NAME)) or $(NAME)'

soak: setup  ## edit 20 documents 5,000 times: does memory stay flat, do findings stay right
	$(BIN)/python tests/lsp/soak.py

clean:  ## remove the environment and caches
	rm -rf $(VENV) .editors .pytest_cache .ruff_cache .hypothesis
