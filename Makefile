# `make` lists what can be done. Every target creates .venv first if it is missing or out of date.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PYTHON
# Images often set it; then each of our many processes would compile every module again: three seconds for spaCy alone.
unexport PYTHONDONTWRITEBYTECODE
RS := .venv/bin/reviewstream
PARALLEL := -n 3 --no-loadscope-reorder
LONG := -m "long or hypothesis" --hypothesis-profile=long
REPORT := --cov-report=term:skip-covered
BOUND := --cov --cov-append $(REPORT) --cov-fail-under=90

.PHONY: help setup setup-dev demo up down test test-all test-debian lint properties faults bench chaos chaos-bugs requirements clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## create .venv with what the product needs
	@scripts/setup.sh run

setup-dev: ## create .venv with what tests and lint need, too
	@scripts/setup.sh dev

demo: setup ## the main job on the embedded stack, in under three minutes (DATASET=amazon for 3,708 real snippets, CDC=1 with Debezium)
	@$(if $(CDC),REVIEWSTREAM_PUBLIC_TOPICS=debezium) $(RS) demo $(if $(DATASET),--dataset $(DATASET)) $(if $(CDC),--cdc)

up: setup ## start servers and workers in the background
	@$(RS) up --detach

down: setup ## stop them
	@$(RS) down

test: setup-dev ## every promise once, on real servers, in minutes (COVERAGE=1 counts lines, too)
	@.venv/bin/python -m pytest $(PARALLEL) $(if $(COVERAGE),--cov $(REPORT)) $(ARGS)

test-all: setup-dev ## what `make test` leaves out: the long forms, and many examples of each property (COVERAGE=1 adds up)
	@.venv/bin/python -m pytest $(PARALLEL) $(LONG) $(if $(COVERAGE),$(BOUND)) $(ARGS)

test-debian: setup-dev ## the tests that reach PostgreSQL or Redis on Debian's, by TLS; the driver's tests on Debian's ClickHouse
	@.venv/bin/python -m tests.debian $(ARGS)

lint: setup-dev ## ruff, mypy (strict), the layers of the house, and contracts that stay readable
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/python -m schemas.tools.compatibility

properties: setup-dev ## the event log against a model, by RUNS=1000 random stories with several writers at once
	@REVIEWSTREAM_PROPERTY_RUNS=$(or $(RUNS),1000) .venv/bin/python -m pytest -m "" tests/eventstore/test_store_machine.py -rP --show-capture=stdout $(ARGS)

faults: setup-dev ## every server down, frozen, slow, silent, torn; full disk; clocks: SECONDS=60 of each, about an hour
	@REVIEWSTREAM_FAULT_SECONDS=$(or $(SECONDS),60) .venv/bin/python -m pytest -m "" tests/faults -v $(ARGS)

bench: setup-dev ## measure, side by side in one run; figures go to docs/benchmarks.md by hand
	@.venv/bin/python -m benchmarks $(ARGS)

chaos: setup-dev ## break it by seed and prove that nothing is lost (SEEDS=100, or SEEDS=17,42)
	@.venv/bin/python -m tests.chaos $(if $(SEEDS),--seeds $(SEEDS)) $(ARGS)

chaos-bugs: setup-dev ## plant known bugs, and see that each is found
	@.venv/bin/python -m tests.chaos.expose $(ARGS)

requirements: setup-dev ## resolve the requirements files again, without addresses
	@scripts/lock.sh

clean: ## remove .venv and the embedded stack's data (asks first)
	@read -r -p "remove .venv and .reviewstream? [y/N] " answer && [ "$$answer" = y ] && rm -rf .venv .reviewstream
