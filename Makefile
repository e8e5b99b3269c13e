# The same commands for people and for CI. Each sets up what it needs and is quick the second time.
PYTHON ?= python3
# More than cores: tests wait for other processes and for disks.
WORKERS ?= 3
# What to run: files of tests, names of benchmarks. Nothing: all of them.
TESTS ?=
BENCH ?=

VENV := .venv
BIN := $(VENV)/bin
RUN_LOCK := deploy/requirements.txt
DEV_LOCK := tests/requirements.txt

.DELETE_ON_ERROR:
.PHONY: play install run doctor test check bench format lock clean

play: $(VENV)/run.stamp
	$(BIN)/python -m bot play

# What the bot needs, into .venv.
install: $(VENV)/run.stamp

run: $(VENV)/run.stamp
	$(BIN)/python -m bot

doctor: $(VENV)/run.stamp
	$(BIN)/python -m bot doctor

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright --level error
	$(BIN)/lint-imports
	$(BIN)/python tests/lock.py

bench: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench $(BENCH)

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Pins every package anew, with hashes, for all platforms.
lock: $(VENV)/dev.stamp
	$(BIN)/python tests/lock.py --upgrade

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Clapper needs Python 3.11 or newer; if you have one: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(RUN_LOCK) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(RUN_LOCK)
	@touch $@

$(VENV)/dev.stamp: $(DEV_LOCK) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(DEV_LOCK)
	@touch $@
