# The same commands for people and for CI. Each sets up what it needs and is quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_LOCK := deploy/requirements.txt
DEV_LOCK := tests/requirements.txt

.PHONY: run test check bench format lock clean

run: $(VENV)/run.stamp
	$(BIN)/python -m bot

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal $(TESTS)

bench: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright --level error
	$(BIN)/lint-imports
	$(BIN)/python tests/lock.py

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Pins every package, with hashes, for all platforms. Run it after a change of dependencies.
lock: $(VENV)/dev.stamp
	$(BIN)/uv pip compile --upgrade -q pyproject.toml --universal --generate-hashes --no-header --python-version 3.11 -o $(RUN_LOCK)
	$(BIN)/uv pip compile --upgrade -q pyproject.toml --group dev --universal --generate-hashes --no-header --python-version 3.11 -o $(DEV_LOCK)

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Clapper needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(RUN_LOCK) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(RUN_LOCK)
	@touch $@

$(VENV)/dev.stamp: $(DEV_LOCK) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(DEV_LOCK)
	@touch $@
