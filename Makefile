# The two commands are `make up` and `make test`; every target installs first what it needs.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: install up test check bench bench-training conformance docs clean
.DEFAULT_GOAL := help

help: ## Say what can be done
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(STAMP) ## Make .venv with .venv/bin/taonet

$(STAMP): pyproject.toml requirements/all.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "taonet needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/all.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

up: install ## Run a whole network on this machine
	@$(BIN)/taonet up $(ARGS)

test: install ## Pass every test
	$(BIN)/pytest $(ARGS)

check: install ## Format, lint, types, imports
	$(BIN)/ruff format --check src tests docs
	$(BIN)/ruff check src tests docs
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install ## Measure, each figure beside its reference
	$(BIN)/python -m tests.benchmarks $(ARGS)

bench-training: install ## Measure training
	$(BIN)/python -m tests.subnets.training.benchmark $(ARGS)

conformance: install ## Compare with the real chain's numbers and surface
	$(BIN)/python -m tests.conformance $(ARGS)

docs: install ## Write the reference pages
	$(BIN)/python -m docs.generate $(ARGS)

clean: ## Remove what was installed and built
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
