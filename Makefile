# The main path: `make run` on a machine with Python 3.11 and pip; `make test` proves it.
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import ensurepip, sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
DEVELOPMENT_STAMP := $(VENV)/installed-development
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
LOCKS := requirements requirements-dev requirements-build
LOCKED := --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11

.PHONY: install development browser train vectors run test proof eval check lint format lock clean

install: $(STAMP)

# Two steps: a few packages come as source and are built with the pinned setuptools and wheel.
$(STAMP): requirements.lock requirements-build.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 with venv is needed (Debian: apt install python3-venv), or make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@$(INSTALL) -r requirements-build.lock
	@echo "Installing Chaski's packages into $(VENV): a few minutes, 1.9 GB."
	@$(INSTALL) --ignore-requires-python --no-build-isolation -r requirements.lock
	@touch $(STAMP)

# What only tests, checks and the locks need, in the same venv.
development: $(DEVELOPMENT_STAMP)

$(DEVELOPMENT_STAMP): $(STAMP) requirements-dev.lock
	@echo "Installing the tools of the tests into $(VENV)."
	@$(INSTALL) -r requirements-dev.lock
	@touch $(DEVELOPMENT_STAMP)

train: install
	@$(BIN)/python -m bot train

# For a release: the vectors of the training examples, so that a first start is short.
vectors: install
	@$(BIN)/python -m bot vectors

run: install
	@$(BIN)/python -m bot run

# Each stage says how long it took. Where a process waits for another, three workers keep two cores
# busy; each has an app of its own, some 700 MB.
PYTEST := $(BIN)/python -m pytest --dist loadfile
TIMED = @begin=$$(date +%s); $(2) || exit $$?; echo "$(1): $$(($$(date +%s) - begin)) s"

test: browser development
	$(call TIMED,lint,$(MAKE) --no-print-directory lint)
	$(call TIMED,training,$(MAKE) --no-print-directory train)
	$(call TIMED,unit tests,$(PYTEST) -n 2 tests/unit)
	$(call TIMED,tests at the boundary,$(PYTEST) -n 3 -m 'not proof and not alone' tests/end_to_end)
	$(call TIMED,tests under attack,$(BIN)/python -m pytest -m 'alone and not proof' tests/end_to_end)

# The long forms of what the suite proves in short: tens of minutes.
proof: browser development train
	$(BIN)/python -m pytest -m proof

# The tests of pages need a real browser: from the system's package manager, where it may.
INSTALL_BROWSER := apt-get install --yes --quiet --no-install-recommends chromium-headless-shell
browser:
	@if ! command -v chromium-headless-shell >/dev/null && ! command -v chromium >/dev/null; then \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			apt-get update --quiet && DEBIAN_FRONTEND=noninteractive $(INSTALL_BROWSER); \
		elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then \
			sudo apt-get update --quiet && sudo $(INSTALL_BROWSER); \
		else \
			echo "The tests of pages need Chromium. Type: sudo $(INSTALL_BROWSER)"; exit 1; \
		fi; \
	fi

eval: train
	@$(BIN)/python -m bot eval

check: install
	@$(BIN)/python -m bot check

lint: development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Adds the hashes to the pins of each .in file.
lock: development
	rm -f $(LOCKS:%=%.lock)
	set -e; for name in $(LOCKS); do $(BIN)/uv pip compile $$name.in --no-deps --output-file $$name.lock $(LOCKED); done

clean:
	rm -rf $(VENV) models var .mypy_cache .ruff_cache .pytest_cache
