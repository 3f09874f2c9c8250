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
JUDGES := .cache/judges
SCANNERS := .cache/scanners
SEMGREP := $(JUDGES)/bin/semgrep scan --metrics off --disable-version-check
LOCK := pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

.PHONY: help demo demo-reset test check lint chaos namespaces faults observatory scan bench lighthouse pictures messages schema html-checker lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: $(VENV)/installed ## Run everything here: portal, staff, a stand-in for Shopify, mailbox
	@exec $(BIN)/python -m returns_portal.demo

demo-reset: ## Forget what was done in the demo
	rm -rf .demo

test: $(VENV)/installed-dev ## Run all tests, or all but EXCEPT=file
	@command -v chromium >/dev/null || echo "Browser tests are skipped: chromium is not installed."
	$(BIN)/pytest -n auto --dist loadgroup $(if $(EXCEPT),--ignore=$(EXCEPT))

check: lint ## Check all that `lint` does, and Shopify's documents against its schema
	$(BIN)/pytest -q tests/shopify/test_documents.py tests/shopify/sandbox/test_schema.py

lint: $(VENV)/installed-dev $(JUDGES)/installed $(SCHEMA) ## Check style, types, layers, house rules, migrations, deployment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy returns_portal portal staff
	$(BIN)/lint-imports
	$(PRODUCTION) $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/bandit --quiet -c pyproject.toml -ll -ii -r returns_portal portal staff
	$(SEMGREP) --test tests/house_rules
	$(SEMGREP) --error --quiet --config tests/house_rules/rules.yaml returns_portal portal staff templates
	$(JUDGES)/bin/hadolint Dockerfile
	$(JUDGES)/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

# One process over SQLite where there is no PostgreSQL with Redis; BROKER=rabbitmq is the third way.
BROKER ?= $(shell pg_isready -q -h 127.0.0.1 2>/dev/null && command -v redis-server >/dev/null && echo redis || echo memory)
chaos: $(VENV)/installed-dev ## Approve under fire and count: BROKER=memory|redis|rabbitmq SETTLEMENT=shopify|external|tiktok SEED=n APPROVALS=n
	$(BIN)/python -m tests.chaos --broker $(BROKER) $(if $(SETTLEMENT),--settlement $(SETTLEMENT)) $(if $(SEED),--seed $(SEED)) $(if $(APPROVALS),--approvals $(APPROVALS))

# Needs root, PostgreSQL, Redis, and RabbitMQ for that broker.
namespaces: $(VENV)/installed-dev ## Make a return and a chaos run with two web and two workers, each on a network of its own
	$(BIN)/python -m tests.chaos --apart --workers 2 --approvals $(or $(APPROVALS),100) --broker $(patsubst memory,redis,$(BROKER)) $(if $(SEED),--seed $(SEED))

faults: $(VENV)/installed-dev ## Break PostgreSQL, Redis, mail, disk, clocks and clients, and see what users get
	$(BIN)/python -m tests.faults

# Needs root, for ports 80 and 443 in a network namespace of its own, and npm.
observatory: $(VENV)/installed-dev .cache/node/observatory/installed ## Have Mozilla's HTTP Observatory grade the production server
	$(BIN)/python -m tests.observatory

scan: $(VENV)/installed-dev $(SCANNERS)/installed ## Let wapiti and sqlmap attack every form: SECONDS_EACH=n
	$(BIN)/python -m tests.scan $(if $(SECONDS_EACH),--seconds $(SECONDS_EACH))

# Needs PostgreSQL (BENCH_POSTGRES=postgres://user@host/postgres), redis-server and wrk; some minutes.
bench: $(VENV)/installed-dev ## Measure pages, approvals and the queue beside bare Django: QUICK=1 REQUESTS=n ONLY=name JSON=file
	$(BIN)/python -m tests.bench $(if $(QUICK),--quick) $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(ONLY),--only "$(ONLY)") $(if $(JSON),--json $(JSON))

lighthouse: $(VENV)/installed-dev .cache/node/lighthouse/installed ## Have Lighthouse judge look-up, items and status on a phone
	$(BIN)/python -m tests.lighthouse $(if $(JSON),--json $(JSON))

pictures: $(VENV)/installed-dev ## Take the README's pictures anew
	$(BIN)/python -m tests.pictures

# Staff read English: only what shoppers read is translated.
MESSAGES := --no-location --no-obsolete --ignore=manage.py \
	$(foreach room,staff/* templates/admin/* templates/reports/* \
	templates/pages/admin/* templates/pages/reports/* tests/* docs/* \
	returns_portal/demo/* returns_portal/shopify/sandbox/* returns_portal/tiktok/sandbox/* \
	returns_portal/returns/models/* returns_portal/returns/migrations/* returns_portal/returns/management/* \
	returns_portal/returns/reports/* returns_portal/returns/rules/* returns_portal/returns/checks/* \
	returns_portal/returns/processing/* returns_portal/returns/emails/texts.py \
	$(foreach part,approving line_decisions trying_out arrivals bulk lowering external blocking rejecting \
	privacy owing decisions excepting overriding placing,returns_portal/returns/services/$(part).py),--ignore='$(room)')
messages: $(VENV)/installed-dev ## Gather the texts of shoppers' pages and mails into templates/locale, and compile them
	$(PRODUCTION) $(BIN)/python manage.py makemessages --all $(MESSAGES)
	$(PRODUCTION) $(BIN)/python manage.py compilemessages --ignore=.venv --ignore=.demo

schema: $(SCHEMA) ## Fetch Shopify's schema, which the documents are checked against

html-checker: .cache/node/vnu-jar/installed ## Fetch the checker of HTML that the browser tests ask; it needs Java

lock: ## Write the locked requirements anew from pyproject.toml
	uv $(LOCK) --output-file requirements.txt pyproject.toml
	uv $(LOCK) --extra dev --constraints requirements.txt --output-file requirements-dev.txt pyproject.toml
	uv $(LOCK) --group pyproject.toml:judges --output-file requirements-judges.txt
	uv $(LOCK) --group pyproject.toml:scanners --output-file requirements-scanners.txt

clean: ## Remove what was installed or made here, the demo's state too
	rm -rf $(VENV) .demo .cache staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# An environment like production's, made up.
PRODUCTION := env DEBUG=false SITE_URL=https://returns.example.com \
	SECRET_KEY=a-made-up-key-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz \
	DATABASE_URL=sqlite://:memory: EMAIL_URL=memorymail:// DEFAULT_FROM_EMAIL=returns@example.com \
	SHOPIFY_SHOP=example.myshopify.com SHOPIFY_ACCESS_TOKEN=made-up SHOPIFY_WEBHOOK_SECRETS=made-up

$(VENV)/bin/python $(JUDGES)/bin/python $(SCANNERS)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Name another: make demo PYTHON=python3.12"; exit 1; }
	@if uv --version >/dev/null 2>&1; then uv venv --quiet --python "$$(command -v $(PYTHON))" $(@:/bin/python=); else $(PYTHON) -m venv $(@:/bin/python=); fi

# Bytecode is not compiled ahead: the first page comes sooner, and the first import makes it.
INSTALL = if uv --version >/dev/null 2>&1; \
	then uv pip install --quiet --python $(@D)/bin/python --require-hashes -r $(1); \
	else $(PYTHON) -m venv $(@D) && $(@D)/bin/python -m pip install --quiet --no-compile --no-deps --require-hashes -r $(1); fi

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV) ..."
	@$(call INSTALL,requirements.txt)
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	@echo "Installing what tests and checks need into $(VENV) ..."
	@$(call INSTALL,requirements-dev.txt)
	@touch $(VENV)/installed $@

# Programs that judge from outside, each kind with libraries of its own.
.cache/%/installed: requirements-%.txt | .cache/%/bin/python
	@echo "Installing $* into $(@D) ..."
	@$(call INSTALL,$<)
	@touch $@

# Shopify ships its schema inside a package of its own; it stays out of this repository.
$(SCHEMA):
	@command -v npm >/dev/null || { echo "npm is needed to fetch Shopify's schema."; exit 1; }
	@mkdir -p $(dir $(SCHEMA))
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		npm pack --silent --pack-destination "$$folder" @shopify/dev-mcp@1.16.0 >/dev/null; \
		tar -xzOf "$$folder"/shopify-dev-mcp-1.16.0.tgz package/dist/data/admin_2026-10.json.gz > "$$folder/schema"; \
		mv "$$folder/schema" $(SCHEMA)

# What judges pages; none of it ships. Each has a folder of its own: npm would run the scripts of
# the others again, and one of them fetches from elsewhere.
NPM_INSTALL = @command -v npm >/dev/null || { echo "npm is needed to fetch $(1)."; exit 1; }; \
	npm install --silent --no-audit --no-fund --prefix $(@D) $(1)

.cache/node/lighthouse/installed:
	$(call NPM_INSTALL,lighthouse@12.8.2)
	@touch $@

# Its own lists of other people's sites are not needed: left out.
.cache/node/observatory/installed:
	$(call NPM_INSTALL,--ignore-scripts @mdn/mdn-http-observatory@1.4.8)
	@echo '{}' > $(@D)/node_modules/@mdn/mdn-http-observatory/conf/hsts-preload.json
	@touch $@

.cache/node/vnu-jar/installed:
	$(call NPM_INSTALL,vnu-jar@26.9.27)
	@touch $@
