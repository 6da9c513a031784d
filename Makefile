# The main path: `make run` on a machine with Python 3.11 and pip; `make test` proves it.
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import ensurepip, sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
LOCKED := --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11

.PHONY: install train vectors run test eval check lint format lock clean

install: $(STAMP)

# Two steps: a few packages come as source and are built with the pinned setuptools and wheel.
$(STAMP): requirements.lock requirements-build.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 with venv is needed (Debian: apt install python3-venv), or make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-build.lock
	@echo "Installing Chaski's packages into $(VENV): a few minutes, 2 GB."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python \
		--require-hashes --no-build-isolation -r requirements.lock
	@touch $(STAMP)

train: install
	@$(BIN)/python -m bot train

# For a release: the vectors of the training examples, so that a first start is short.
vectors: install
	@$(BIN)/python -m bot vectors

run: install
	@$(BIN)/python -m bot run

test: install lint train
	$(BIN)/python -m pytest

eval: train
	@$(BIN)/python -m bot eval

check: install
	@$(BIN)/python -m bot check

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Adds the hashes to the pins of requirements.in.
lock: install
	rm -f requirements.lock requirements-build.lock
	$(BIN)/uv pip compile requirements.in --no-deps --output-file requirements.lock $(LOCKED)
	$(BIN)/uv pip compile requirements-build.in --no-deps --output-file requirements-build.lock $(LOCKED)

clean:
	rm -rf $(VENV) models var .mypy_cache .ruff_cache .pytest_cache
