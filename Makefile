# Every verb that a person types. `make` alone lists them.

BIN := .venv/bin
LOCAL := $(BIN)/python -m deploy.local
INSTALL := $(BIN)/python -m pip install --constraint constraints.txt --editable

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak status logs stop reset backup restore salvage verify rebuild import units province template
.PHONY: check-style check-types check-imports check-generated check-manifests

help:
	@echo "Socai, the population ledger. Verbs:"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)$$/  make \1|\2/' \
		| awk -F '|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: .venv/local.stamp  ## Start everything on this machine and stay until Ctrl-C (settings: SOCAI_LOCAL_*)
	@exec $(LOCAL) run --tied

test: .venv/dev.stamp  ## Run the tests; T=tests/kit for some of them, ARGS="-k name" for pytest
	@$(BIN)/python -m pytest --numprocesses auto --dist loadgroup $(ARGS) $(T)

check: check-style check-types check-imports check-generated check-manifests  ## Style, types, imports, generated files

bench: .venv/dev.stamp  ## Measure this machine, each figure beside its limit; writes .socai/bench.json
	@$(BIN)/python -m tests.benchmarks $(ARGS)

soak: .venv/dev.stamp  ## An hour (MINUTES=) of a province's busiest day, ten times over, while processes are killed
	@$(BIN)/python -m tests.system.soak --minutes $(or $(MINUTES),60) $(ARGS)

status: .venv/local.stamp  ## What runs, and is it ready
	@$(LOCAL) status

logs: .venv/local.stamp  ## Last lines of the logs; N=events-api for one, ARGS="-f" to follow
	@$(LOCAL) logs $(ARGS) $(N)

stop: .venv/local.stamp  ## Stop everything
	@$(LOCAL) stop

reset: .venv/local.stamp  ## Stop and delete all data (downloads and backups stay)
	@$(LOCAL) reset $(ARGS)

backup: .venv/local.stamp  ## Copy all data into .socai/backups; a running system pauses for it
	@$(LOCAL) backup

restore: .venv/local.stamp  ## FROM=folder: take back a backup; without: rebuild the ledger from Kafka alone
	@$(LOCAL) restore $(FROM) $(ARGS)

salvage: .venv/local.stamp  ## FILE=behind.ndjson: the reports behind a hole of the log, to be told anew
	@$(LOCAL) salvage '$(FILE)' $(ARGS)

verify: .venv/local.stamp  ## Walk the ledger in PostgreSQL and in Kafka, compare them, check signatures; ARGS=--deep
	@$(LOCAL) verify $(ARGS)

rebuild: .venv/local.stamp  ## Build the readers' tables anew from Kafka and compare them; N=reporting for one service
	@$(LOCAL) rebuild $(N)

import: .venv/local.stamp  ## FILE=book.xlsx: bring an A0 book or P0 lists into the ledger; ARGS="--dry-run" first
	@$(LOCAL) import '$(FILE)' $(ARGS)

units: .venv/local.stamp  ## The official units of Việt Nam, before and after 1 July 2025; ARGS="--province 31" for one
	@$(LOCAL) units $(ARGS)

province: .venv/local.stamp  ## PLACE=hai-duong, hai-phong or N households; MONTHS=12: load it, let it live, compare totals
	@$(LOCAL) province $(PLACE) --months $(or $(MONTHS),12) $(ARGS)

template: .venv/local.stamp  ## FORM=a0 or p0, FILE=book.xlsx: write an empty book or form with words to choose from
	@$(BIN)/python -m services.events template $(FORM) --out '$(FILE)'

check-style: .venv/dev.stamp
	@echo "-- style"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

check-types: .venv/dev.stamp
	@echo "-- types"
	@$(BIN)/mypy

check-imports: .venv/dev.stamp
	@echo "-- imports"
	@$(BIN)/lint-imports

check-generated: .venv/dev.stamp
	@echo "-- generated files"
	@$(BIN)/python -m contracts check

check-manifests: .venv/dev.stamp
	@echo "-- manifests"
	@$(BIN)/python -m deploy.k8s check

.venv/bin/python:
	@deploy/local/venv.sh $(PYTHON)

# What `make run` needs; what tests and checks need besides.
.venv/local.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing the pinned packages"
	@$(INSTALL) '.[local]'
	@touch $@

.venv/dev.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing the pinned packages, and those for tests and checks"
	@$(INSTALL) '.[local,dev]'
	@touch $@ .venv/local.stamp
