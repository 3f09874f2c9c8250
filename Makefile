# Run `make` for a list of what can be done here.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
export PORT

VENV := .venv
BIN := $(VENV)/bin
SCHEMA := .cache/shopify/admin_2026-10.json.gz
LOCK := pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

.PHONY: help demo demo-reset test check chaos schema lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: $(VENV)/installed ## Run everything here: portal, staff, a stand-in for Shopify, mailbox
	@exec $(BIN)/python -m returns_portal.demo

demo-reset: ## Forget what was done in the demo
	rm -rf .demo

test: $(VENV)/installed-dev ## Run all tests
	@command -v chromium >/dev/null || echo "Browser tests are skipped: chromium is not installed."
	$(BIN)/pytest -n auto --dist loadgroup

check: $(VENV)/installed-dev $(SCHEMA) ## Check style, types, layers, migrations, deployment, Shopify documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy returns_portal portal staff
	$(BIN)/lint-imports
	$(PRODUCTION) $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/pytest -q tests/shopify -k schema

# One process over SQLite where there is no PostgreSQL with Redis; BROKER=rabbitmq is the third way.
BROKER ?= $(shell pg_isready -q -h 127.0.0.1 2>/dev/null && command -v redis-server >/dev/null && echo redis || echo memory)
chaos: $(VENV)/installed-dev ## Approve under fire and count: BROKER=memory|redis|rabbitmq SEED=n APPROVALS=n
	$(BIN)/python -m tests.chaos --broker $(BROKER) $(if $(SEED),--seed $(SEED)) $(if $(APPROVALS),--approvals $(APPROVALS))

schema: $(SCHEMA) ## Fetch Shopify's schema, which the documents are checked against

lock: ## Write the locked requirements anew from pyproject.toml
	uv $(LOCK) --output-file requirements.txt pyproject.toml
	uv $(LOCK) --extra dev --constraints requirements.txt --output-file requirements-dev.txt pyproject.toml

clean: ## Remove what was installed or made here, the demo's state too
	rm -rf $(VENV) .demo .cache staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# An environment like production's, made up.
PRODUCTION := env DEBUG=false SITE_URL=https://returns.example.com \
	SECRET_KEY=a-made-up-key-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz \
	DATABASE_URL=sqlite://:memory: EMAIL_URL=memorymail:// DEFAULT_FROM_EMAIL=returns@example.com \
	SHOPIFY_SHOP=example.myshopify.com SHOPIFY_ACCESS_TOKEN=made-up SHOPIFY_WEBHOOK_SECRETS=made-up

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Name another: make demo PYTHON=python3.12"; exit 1; }
	@if uv --version >/dev/null 2>&1; then uv venv --quiet --python "$$(command -v $(PYTHON))" $(VENV); else $(PYTHON) -m venv $(VENV); fi

# Bytecode is not compiled ahead: the first page comes sooner, and the first import makes it.
INSTALL = if uv --version >/dev/null 2>&1; \
	then uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
	else $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r $(1); fi

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV) ..."
	@$(call INSTALL,requirements.txt)
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	@echo "Installing what tests and checks need into $(VENV) ..."
	@$(call INSTALL,requirements-dev.txt)
	@touch $(VENV)/installed $@

# Shopify ships its schema inside a package of its own; it stays out of this repository.
$(SCHEMA):
	@command -v npm >/dev/null || { echo "npm is needed to fetch Shopify's schema."; exit 1; }
	@mkdir -p $(dir $(SCHEMA))
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		npm pack --silent --pack-destination "$$folder" @shopify/dev-mcp@1.16.0 >/dev/null; \
		tar -xzOf "$$folder"/shopify-dev-mcp-1.16.0.tgz package/dist/data/admin_2026-10.json.gz > "$$folder/schema"; \
		mv "$$folder/schema" $(SCHEMA)
