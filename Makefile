# A new machine needs only `make demo` or `make test`: both do all the setup.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# The web parts need Node. Without it they are skipped; everything else is built, tested and served.
NODE   := $(shell node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null && echo yes)
WEB    := node_modules/.ready
SITE   := build/mkdocs
PAGES  := src/visavis/surfaces/console/static/index.html
SDK    := sdk/core/dist/index.js
NO_WEB := Skipped the web parts: they need Node 20.19 or newer, with npm.

# Tests of whole servers need time more than processors. In CI, one that fails is tried once more, and both are printed:
# a machine that is shared stands still for longer than sound may be late, or a process may take to be replaced.
ROOMS    := tests/conformance
LIVE     := tests/live
API      := tests/api tests/console
UNIT     := tests/unit
PACKAGES := $(patsubst %/package.json,-w %,$(wildcard sdk/*/package.json examples/*/package.json))
AGAIN    := $(if $(CI),--reruns 1 -r fEsR)
PYTEST   := $(BIN)/python -m pytest $(if $(CI),--durations 20)

.DEFAULT_GOAL := help
.PHONY: help setup demo page console test test-rooms test-live test-api test-unit test-whole test-alone test-quiet test-pages test-web check check-python check-web bench fuzz screenshots wheel docs picture openapi settings changelog lock clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(READY) $(if $(NODE),$(PAGES))  ## Build the environment in .venv, and the console if Node is installed

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "visavis needs Python 3.11 or newer; set PYTHON=…")'
	@echo "Installing the Python packages in $(VENV) (1.7 GB). This takes some minutes, and prints nothing until it is done."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src  # each process would do it again where Python is told not to keep the result
	@touch $(READY)

console: $(READY)  ## Build the web console into the package; needs Node 20.19 or newer
	@test -n "$(NODE)" || { echo "$(NO_WEB)"; exit 1; }
	@$(MAKE) --no-print-directory $(PAGES)

$(WEB): package.json package-lock.json
	@echo "Installing the web packages in node_modules (0.8 GB). This takes some minutes."
	@npm ci --ignore-scripts --no-progress --loglevel=error --no-update-notifier --no-fund --no-audit
	@touch $(WEB)

$(PAGES): $(WEB) $(shell find console sdk/*/src -type f -not -path '*/node_modules/*' 2>/dev/null)
	npm run build -w console
	@touch $(PAGES)

$(SDK): $(WEB) $(shell find sdk/core/src sdk/core/package.json -type f 2>/dev/null)
	npm run build -w sdk/core
	@touch $(SDK)

# Python's packages and Node's are installed at once: both mostly wait for downloads.
demo:  ## Run the main job on the built-in sample
	@$(MAKE) --no-print-directory -j2 setup
	$(BIN)/visavis demo

page: $(if $(NODE),$(SDK))  ## Show a plain page with an avatar, while `visavis serve` runs; needs Node, and VISAVIS_API_KEY
	@test -n "$(NODE)" || { echo "The page needs Node 20.19 or newer, with npm."; exit 1; }
	@node examples/plain-html/server.mjs

# Tests over rooms mostly wait, the others mostly compute. The tests that load the whole machine run after them, and those
# that watch lips and sound last and alone: what comes too late is not seen.
test: $(READY) $(if $(NODE),$(PAGES))  ## Run the tests, all but those of test-quiet
	@$(MAKE) --no-print-directory -j3 --output-sync=target test-rooms test-live test-api test-unit
	@$(MAKE) --no-print-directory -j2 --output-sync=target test-whole test-pages
	@$(MAKE) --no-print-directory test-alone
	@$(MAKE) --no-print-directory test-web

test-rooms: $(READY)
	$(PYTEST) $(AGAIN) $(ROOMS)

test-live: $(READY)
	$(PYTEST) $(AGAIN) -m "not alone and not quiet" $(LIVE)

test-api: $(READY)
	$(PYTEST) $(AGAIN) $(API)

test-unit: $(READY)
	$(PYTEST) $(UNIT)

test-whole: $(READY)
	$(PYTEST) $(AGAIN) -m "not quiet" $(patsubst %,--ignore %,$(ROOMS) $(LIVE) $(API) $(UNIT))

test-alone: $(READY)
	$(PYTEST) $(AGAIN) -m alone $(LIVE)

test-quiet: $(READY)  ## Run the tests that need a machine that does nothing else
	$(BIN)/python -m pytest -m quiet

check: $(READY) $(if $(NODE),$(WEB))  ## Check formatting, lint, types, layers, changelog fragments and documents
	@$(MAKE) --no-print-directory -j2 --output-sync=target check-python check-web docs

check-python: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/towncrier build --draft --version Unreleased > /dev/null

ifeq ($(NODE),yes)
test-pages: $(READY) $(PAGES)
	npm run test:pages -w console

# The console is built already, and other tests are reading it.
test-web: $(READY) $(PAGES)
	npm run build --if-present $(PACKAGES)
	npm run size
	npm test --if-present $(PACKAGES)
	npm run test:live -w console

check-web: $(WEB)
	npm run lint
	npm run types
else
test-pages test-web check-web:
	@echo "$(NO_WEB)"
endif

wheel: $(READY) console  ## Build the wheel of a release into dist/, with the console in it
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

openapi: $(READY)  ## Generate the web clients again after a change of an API
	$(BIN)/visavis openapi -o sdk/core/openapi.json
	npm run generate -w sdk/core
	$(BIN)/visavis openapi console -o console/openapi.json
	$(BIN)/visavis openapi organizations -o console/organizations.json
	npm run generate -w console

settings: $(READY)  ## Generate docs/settings.md again after a change of the settings
	$(BIN)/python -m visavis.settings.reference > docs/settings.md

picture: $(READY)  ## Paint the built-in portrait, and draw the moving picture of README.md, again
	$(BIN)/python -m harness.painted_portrait
	$(BIN)/python -m harness.moving_picture docs/portrait.webp

# MkDocs has an environment of its own: its versions follow none of ours.
$(SITE)/.ready: harness/docs_site/requirements.txt
	$(PYTHON) -m venv $(SITE)
	$(SITE)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r harness/docs_site/requirements.txt
	@touch $@

docs: $(READY) $(SITE)/.ready  ## Build the site of the documents in build/site; a warning is an error
	$(BIN)/python -m harness.docs_site.documents build/openapi
	PYTHONPATH=. NO_MKDOCS_2_WARNING=1 $(SITE)/bin/mkdocs build --quiet --strict

screenshots: $(READY) $(PAGES)  ## Draw the pictures of the documents again
	cd console && SCREENSHOTS=test-results npx playwright test 1-first-day 2-live 8-single-sign-on \
	  -g "first account|start to end|single-sign-on"
	$(BIN)/python -m harness.screenshots console/test-results docs/screenshots

bench: $(READY)  ## Measure speed and memory, and keep the results
	$(BIN)/python -m bench

fuzz: $(READY)  ## Send 100,000 random requests to a server, and count wrong answers
	$(BIN)/python -m bench.fuzz

changelog: $(READY)  ## Show the unreleased changes; with VERSION=1.2.3, move them to CHANGELOG.md
	$(BIN)/towncrier build $(if $(VERSION),--yes,--draft) --version $(or $(VERSION),Unreleased)

lock: $(READY)  ## Resolve the versions in the lock file again
	$(BIN)/uv pip compile pyproject.toml --extra demo --extra rooms --extra conversation --extra payments --extra mcp --extra serve --extra workos --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --output-file requirements.lock
	$(BIN)/uv pip compile harness/docs_site/requirements.in --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" --output-file harness/docs_site/requirements.txt

clean:  ## Remove the environment and everything that was built
	rm -rf $(VENV) out build dist node_modules sdk/*/dist sdk/*/temp examples/*/.next console/test-results src/visavis/surfaces/console/static
