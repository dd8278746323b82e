# Everything works from a fresh clone on Debian with Python 3.11 and Node 20, as root or as a user.
# What was prepared once is not prepared, nor downloaded, again. `make help` lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help prepare demo serve test outside check format bench lock browser screens clean

PYTHON := .venv/bin/python

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 10

prepare: ## Make .venv from the lock and build the console's assets
	@scripts/prepare-python
	@scripts/prepare-assets

browser: prepare ## Find a Chromium, or fetch one
	@scripts/prepare-browser

demo: prepare ## Play the main job on the simulator, then keep serving; ONCE=1 ends after the story
	@env -u SAYSO_DATABASE_URL -u SAYSO_DATABASE_OWNER_URL SAYSO_HOME="$${SAYSO_HOME:-$(CURDIR)/.home}" \
		.venv/bin/sayso demo $(if $(filter-out 0,$(ONCE)),--once)

serve: prepare ## Run Sayso with the environment's settings
	@exec .venv/bin/sayso serve

test: prepare browser ## Run the whole suite, a real database and a real browser included
	@SAYSO_TEST_CHROMIUM="$$(cat .build/chromium.path)" $(PYTHON) -m tests.parts $(ARGS)

screens: prepare browser ## Take pictures of every page of the console, into .screens/; AREAS="money home" of some
	@SAYSO_TEST_CHROMIUM="$$(cat .build/chromium.path)" $(PYTHON) -m tests.browser.screens $(AREAS)

outside: prepare ## Run what touches the database once more on an outside server: Debian's PostgreSQL
	@scripts/with-postgres $(PYTHON) -m pytest tests/actions tests/engine tests/plans tests/house/test_catalogue.py \
		tests/storage/test_arrays.py tests/storage/test_backup.py tests/doors/test_hooks.py tests/doors/test_hooks_proof.py

check: prepare ## Format, lint, types, import rules, then the whole suite
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports --cache-dir .import_linter_cache
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory outside

format: prepare ## Format and mend what ruff can mend
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

bench: prepare ## Run all benchmarks: a line of JSON each
	@.venv/bin/sayso bench all --json

lock: ## Make the lock anew from pyproject.toml (downloads)
	@scripts/lock

clean: ## Remove what was prepared; data in .home stays
	rm -rf .venv .build node_modules src/sayso/console/static/vendor
