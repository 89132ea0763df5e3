# `make demo` shows it at work, `make test` proves it. Python 3.11 (or later) and make are all that is needed.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell for python in python3.11 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
RUN := .venv/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: --require-hashes
# Development settings that no file of the developer's can change
FRESH := env -u DATABASE_URL -u REDIS_URL -u DJANGO_SETTINGS_MODULE ENV_FILES= DEBUG=true
# What a production machine has at least
PRODUCTION := env -u DATABASE_URL -u REDIS_URL ENV_FILES= DEBUG=false SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(50))')
PYTEST := $(RUN) -m pytest

.PHONY: help setup check lint types arrows lock test test-postgres test-sqlite browser chaos chaos-short soak bench bench-short bench-scale bench-plots bench-domain replay-image docs upgrade-rehearsal prod-rehearsal demo up clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Setting up ------------------------------------------------------------------------------------------------------
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: install it, or name it with PYTHON=…" >&2; exit 1; }
	@echo "Creating .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv

.venv/local-installed: requirements.lock | .venv/bin/python
	@echo "Installing what the project runs on (once, about a minute)"
	@$(INSTALL) -r requirements.lock
	@touch $@

.venv/dev-installed: requirements-dev.lock .venv/local-installed
	@echo "Installing what the tests and checks need (once, about a minute)"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

.env.local:
	@printf 'DEBUG=true\nSECRET_KEY=%s\n' "$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')" > $@

setup: .venv/dev-installed .env.local ## Create .venv and .env.local, install the locked packages

lock: .venv/dev-installed ## Pin all packages again, after a change of requirements*.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		requirements-local.txt --output-file requirements.lock
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		requirements-dev.txt --constraints requirements.lock --output-file requirements-dev.lock

# --- Checking --------------------------------------------------------------------------------------------------------
check: lint types arrows ## Lint, types, import arrows, migrations, production settings, API schema, templates
	@$(FRESH) $(RUN) manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(RUN) manage.py check --deploy --fail-level WARNING
	@$(FRESH) $(RUN) manage.py spectacular --validate --fail-on-warn --file /dev/null
	@$(RUN) -m djlint --quiet --lint . --extension html

lint: .venv/dev-installed
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check --quiet . || { echo "Not formatted: run .venv/bin/ruff format" >&2; exit 1; }

types: .venv/dev-installed
	@$(FRESH) .venv/bin/mypy .

arrows: .venv/dev-installed
	@said=$$($(FRESH) .venv/bin/lint-imports --no-logo --no-cache 2>&1) || { echo "$$said"; exit 1; }

# --- Testing ---------------------------------------------------------------------------------------------------------
test: check test-postgres test-sqlite chaos-short ## Everything: setup, check, all tests on PostgreSQL, engine and domain on SQLite, a short chaos

test-postgres: .venv/dev-installed
	TEST_DATABASE=postgres $(PYTEST) tests

# What asks no database, or asks through the services that are tested with both
ON_POSTGRES_ONLY := jobs_project deploy jobs/dispatch jobs/clients jobs/api jobs/admin

test-sqlite: .venv/dev-installed
	TEST_DATABASE=sqlite $(PYTEST) tests $(addprefix --ignore tests/,$(ON_POSTGRES_ONLY))

browser: .venv/dev-installed ## Walk the operator's pages in Chromium, and take the pictures of the docs
	@$(FRESH) $(RUN) -m tests.browser $(JOURNEYS)

chaos: .venv/dev-installed ## Break everything on purpose while jobs run (long); again the same with SEED=
	$(FRESH) $(RUN) -m tests.chaos --together 3 $(if $(SEED),--seed $(SEED))

chaos-short: .venv/dev-installed ## A part of it (under three minutes)
	$(FRESH) $(RUN) -m tests.chaos --rows 1,2,21,5,6,8,9 --short --together 2 $(if $(SEED),--seed $(SEED))

soak: .venv/dev-installed ## Faults of all kinds at random for MINUTES=, ten without it
	$(FRESH) $(RUN) -m tests.chaos --rows 23 --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))

# The peers' packages stay out of the project's venv; BullMQ needs Node.js and npm
var/peers/installed: benchmarks/peers/requirements.txt benchmarks/peers/bullmq/package-lock.json .venv/dev-installed
	@command -v npm >/dev/null || { echo "BullMQ needs Node.js 20 or later, with npm: install it" >&2; exit 1; }
	@echo "Installing the measured peers into var/peers (once, about a minute)"
	@mkdir -p var/peers
	@test -x var/peers/venv/bin/python || $(PYTHON) -m venv var/peers/venv
	@var/peers/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r benchmarks/peers/requirements.txt
	@cd benchmarks/peers/bullmq && npm ci --no-audit --no-fund --silent
	@touch $@

bench: var/peers/installed ## Measure us and our peers side by side, five rounds (half an hour); beside nothing else
	$(FRESH) $(RUN) -m benchmarks.compare

bench-short: var/peers/installed ## The same with the nearest peers, three rounds (under six minutes)
	$(FRESH) $(RUN) -m benchmarks.compare --short --rounds 3

bench-scale: .venv/dev-installed ## Measure the engine with a million jobs waiting; a smaller run with SCALE="--jobs 50000 …"
	$(FRESH) $(RUN) -m benchmarks.scale $(SCALE)

bench-plots: var/peers/installed ## Draw the plots of docs/benchmarks.md from the last run
	var/peers/venv/bin/python -m benchmarks.plots

bench-domain: .venv/dev-installed ## Measure the domain against its targets, on PostgreSQL
	$(FRESH) $(RUN) -m benchmarks.domain $(PARTS)

# --- Reading ---------------------------------------------------------------------------------------------------------
docs: .venv/dev-installed ## Build the docs site into var/site; every broken link is an error
	@$(FRESH) NO_MKDOCS_2_WARNING=true PYTHONPATH=. .venv/bin/mkdocs build --strict --quiet
	@echo "Open var/site/index.html"

# --- Deploying -------------------------------------------------------------------------------------------------------
prod-rehearsal: .venv/dev-installed ## The production topology under load, a restart, a failover, a database crash; ten minutes, or MINUTES=
	@$(FRESH) $(RUN) -m tests.rehearsal --minutes $(or $(MINUTES),10)

upgrade-rehearsal: .venv/dev-installed ## Workers and callers of another commit beside ours, on one database and Redis: OLD=commit
	@$(FRESH) $(RUN) -m tests.rehearsal.upgrade --old $(or $(OLD),HEAD~10)

replay-image: .venv/dev-installed ## Replay the Dockerfile without Docker and start its command; VENV=.venv spares the installation
	@$(RUN) deploy/replay.py $(if $(VENV),--venv $(VENV))

# --- Running ---------------------------------------------------------------------------------------------------------
demo: .venv/local-installed ## The main job on real data, from ingestion to signed webhooks and reports
	@$(RUN) -m jobs_project.demo

up: .venv/local-installed .env.local ## Web on http://127.0.0.1:8000, workers and embedded servers, until Ctrl-C
	@$(RUN) -m jobs_project.local.up

clean: ## Remove what runs left behind (data of `make up` and `make demo` too)
	rm -rf var .mypy_cache .ruff_cache .pytest_cache .hypothesis
