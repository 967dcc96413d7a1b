# Everything starts here: `make help` lists it. Each target sets up what it needs by itself.

PYTHON ?= python3
PORT ?= 8000
# Test processes at once.
WORKERS ?= 2
# Trials of `make chaos`: how many, and on which database (sqlite, postgresql or both).
SEEDS ?= 10
DATABASE ?= both

BIN := .venv/bin
# Hundreds of processes are started here: what one of them compiles, the next ones read.
unexport PYTHONDONTWRITEBYTECODE
JS_TESTS := $(wildcard tests/js/*.test.js tests/js/*/*.test.js)

# Tests of the whole house, and those in which processes or threads meet: measuring what tests cover doubles
# the time they take, and these are not what an action is covered by. The longest come first.
WHOLE := $(addprefix tests/,house server journeys migrations backups model replay sockets deploy) \
	tests/test_logs.py tests/test_doctor.py tests/web/test_slow_clients.py tests/demo \
	$(wildcard tests/*/test_*race.py tests/*/test_command.py)
# What clients see is timed there.
ALONE := tests/chaos

.DEFAULT_GOAL := help
.PHONY: help demo test test-postgresql chaos deep lint format words bench lock run-ready test-ready

help: ## Tell what can be made
	@echo 'make TARGET, where TARGET is one of'
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/  \1\t\2/p' Makefile | expand -t 18
	@echo
	@echo 'PORT=8000 is where the demo is served; CIVICFORUM_DATA_DIR moves all that is written.'

demo: run-ready ## Serve a community to look around in, at http://127.0.0.1:8000
	CIVICFORUM_BASE_URL="$${CIVICFORUM_BASE_URL:-http://127.0.0.1:$(PORT)}" $(BIN)/civicforum demo --if-empty
	exec $(BIN)/civicforum serve --port $(PORT)

test: test-ready ## Run every test
	$(BIN)/pytest -n $(WORKERS) --cov $(addprefix --ignore=,$(WHOLE) $(ALONE))
	# One more than there are cores: much of it is waiting for servers. By file: what a file sets up, it shares.
	$(BIN)/pytest -n $$(($(WORKERS) + 1)) --dist loadfile --no-loadscope-reorder $(WHOLE)
	$(BIN)/pytest $(ALONE)
	$(if $(JS_TESTS),$(BIN)/node --test $(JS_TESTS))

test-postgresql: test-ready ## Run the tests that start no server, with PostgreSQL as their database
	CIVICFORUM_TEST_DATABASE=postgresql $(BIN)/pytest -n $(WORKERS) --ignore=tests/journeys --ignore=tests/sockets

deep: test-ready ## Look for faults in random sequences, other ones each time
	HYPOTHESIS_PROFILE=deep $(BIN)/pytest tests/model --timeout 0

lint: test-ready ## Check style, types, imports and templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

format: test-ready ## Let the tools put style right
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/djlint templates --reformat --quiet

words: test-ready ## Collect the words that people read, for translation
	$(BIN)/python tools/words.py

chaos: test-ready ## Strike a town at work with every fault, ten seeds on each database
	PYTHONPATH=tests $(BIN)/python -m chaos --seeds $(SEEDS) --database $(DATABASE)

bench: test-ready ## Measure speed on this machine
	$(BIN)/python -m bench

# pyproject.toml says what the program needs, requirements/*.in what a checkout needs beside it.
# The locks name no address, so that they work with any mirror. UPGRADE=--upgrade takes the newest.
COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url $(UPGRADE)

lock: run-ready ## Write the locks anew after a change of what is needed
	cd requirements && for name in bootstrap node; do \
		../$(COMPILE) $$name.in --output-file $$name.txt || exit 1; done
	$(COMPILE) pyproject.toml requirements/run.in --output-file requirements/run.txt
	$(COMPILE) --constraints requirements/run.txt pyproject.toml requirements/run.in \
		requirements/test.in --output-file requirements/test.txt

run-ready:
	@$(PYTHON) tools/bootstrap.py run

test-ready:
	@$(PYTHON) tools/bootstrap.py test
