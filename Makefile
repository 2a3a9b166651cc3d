# The collection's tasks. `make help` lists them; every one sets up what it needs in the checkout's .cache folder.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
RUN := PYTHONDONTWRITEBYTECODE=1 $(PYTHON)

.DEFAULT_GOAL := help
.PHONY: help demo conformance dev check test matrix lint unit properties simulator integration paths sanity bench mutation fuzz faults scenarios errors releases compatibility build publish docs links changelog lock format clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1|\2/' | awk -F'|' '{printf "  %-14s %s\n", $$1, $$2}'

demo: ## play the demo: the built and installed collection against the simulator over TLS
	@$(RUN) tools/demo.py

conformance: ## compare the server of PX_BACKUP_API_URL, or the simulator, with what the collection assumes; ARGS="-e ..."
	@$(RUN) tools/conformance.py $(ARGS)

dev: ## make the development environment .cache/venvs/dev; plain pytest works in it
	@$(RUN) tools/dev.py

check: ## ruff, mypy, unit tests and one playbook
	@$(RUN) tools/run_tests.py check

test: ## everything that a change must pass
	@$(RUN) tools/run_tests.py

matrix: ## sanity, unit and integration tests with each supported ansible-core; ARGS="2.19/3.12 host/3.9" for some pairs
	@$(RUN) tools/matrix.py $(ARGS)

lint: ## ruff, mypy, vermin, yamllint, ansible-lint, plain English, changelog, documentation, generated pages
	@$(RUN) tools/run_tests.py lint

unit: ## unit tests; ARGS="-k NAME" for some of them
	@$(RUN) tools/dev.py unit $(ARGS)

properties: ## property tests; ARGS="-k NAME" for some of them
	@$(RUN) tools/dev.py properties $(ARGS)

simulator: ## the simulator's own tests; ARGS="-k NAME" for some of them
	@$(RUN) tools/dev.py simulator $(ARGS)

integration: ## real playbooks against simulators; ARGS="-k NAME" for some of them
	@$(RUN) tools/dev.py integration $(ARGS)

paths: ## real playbooks against simulators, every task run as a module
	@$(RUN) tools/run_tests.py as-modules

sanity: ## ansible-test sanity, without containers
	@$(RUN) tools/run_tests.py sanity

mutation: ## mutation tests of the library with the score of each package; ARGS="core" or ARGS="core/times.py --write"
	@$(RUN) tools/mutation.py $(ARGS)

fuzz: ## 20,000 random tasks against damaged responses; ARGS="--seed N --cases N" to choose
	@$(RUN) tools/fuzz.py $(ARGS)

faults: ## write docs/faults.md from the fault matrix
	@$(RUN) tools/faults.py

scenarios: ## write tests/data/scenarios.json, what recorded tasks return and send now
	@$(RUN) tools/scenarios.py

releases: ## targets and registry tests against a strict simulator of every release; ARGS=2.8.1 for one
	@$(RUN) tools/releases.py $(ARGS)

errors: ## write docs/guides/errors.md from tools/error_causes.yml
	@$(RUN) tools/venvs.py dev
	@PYTHONDONTWRITEBYTECODE=1 .cache/venvs/dev/bin/python tools/error_guide.py

compatibility: ## write docs/compatibility.md from the library's tables
	@$(RUN) tools/compatibility.py

bench: ## measure (half an hour; or some parts: make bench PARTS="loops batch", PARTS=peers PEER=FOLDER) and write docs/benchmarks.md
	@$(RUN) bench/run.py $(PARTS)

build: ## build the tarball and install it offline, both below .cache
	@$(RUN) tools/package.py

publish: ## build and publish to Ansible Galaxy; ARGS=TAG, with the key in GALAXY_API_KEY
	@$(RUN) tools/publish.py $(ARGS)

docs: ## build the documentation site, .cache/site/html/index.html
	@$(RUN) tools/docs_site.py

links: ## check the external links of the documentation; needs a network
	@$(RUN) tools/docs_site.py links

changelog: ## write CHANGELOG.rst from changelogs/
	@$(RUN) tools/changelog.py

lock: ## compile requirements/*.in into exact pins with hashes; ARGS=--upgrade takes the newest of all, ARGS=dev one file
	@$(RUN) tools/venvs.py lock
	@tools/lock.sh "$(CURDIR)/.cache/venvs/lock/bin/uv" $(ARGS)

format: ## format the Python files
	@$(RUN) tools/venvs.py dev
	@.cache/venvs/dev/bin/ruff check --fix . && .cache/venvs/dev/bin/ruff format .

clean: ## remove everything that the targets created
	@$(RUN) tools/workspace.py
