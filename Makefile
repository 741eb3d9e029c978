# memokit. `make` sets everything up and evaluates the two examples; `make help` lists the rest.
# Works with any POSIX sh and any Python from 3.11 on. On Windows: double-click "Start memokit.cmd".

.DEFAULT_GOAL := evaluate
.PHONY: evaluate setup test test-all test-update lint docs lock fuzz bench clean help

BIN := .venv/bin
N ?= 10000

# What is installed follows from two files; the stamp bears their checksum, so a second run does nothing.
STAMP := .venv/.memokit-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)

evaluate: $(STAMP)  ## the main job: the fictional example and the city of Mechelen
	$(BIN)/memokit evaluate data/examples/voorbeeldstad --out resultaten/voorbeeldstad --lengte normaal,volledig,handblad
	$(BIN)/memokit evaluate Mechelen --out resultaten/mechelen --lengte normaal,volledig
	@echo
	@echo "De resultaten / the results:"
	@echo "  resultaten/voorbeeldstad/evaluatie.html   (ook pdf; -volledig en handblad)"
	@echo "  resultaten/mechelen/evaluatie.html        (alleen openbare cijfers)"

setup: $(STAMP)  ## only make the environment .venv

$(STAMP): requirements.lock pyproject.toml
	@python=""; for p in python3.13 python3.12 python3.11 python3; do \
	  if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$p; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "memokit needs Python 3.11 or newer, and found none. Install it (on Debian or Ubuntu:" >&2; \
	  echo "apt install python3 python3-venv) and run make again." >&2; exit 1; \
	fi; \
	uv=uv; uv --version >/dev/null 2>&1 || uv=$(BIN)/uv; \
	if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	  echo "making .venv with $$("$$python" --version)"; \
	  "$$python" -m venv .venv || { \
	    echo "Python could not make an environment. On Debian or Ubuntu: apt install python3-venv." >&2; exit 1; }; \
	fi; \
	[ "$$uv" = uv ] || [ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet uv || exit 1; \
	"$$uv" pip install --python $(BIN)/python --quiet --compile-bytecode --require-hashes -r requirements.lock && \
	"$$uv" pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation -e .
	@rm -f .venv/.memokit-*
	@touch $@

lint: $(STAMP)  ## style, types and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint  ## everything quick, on any machine (under 5 minutes)
	$(BIN)/python -m pytest -m "not slow and not browser and not office"

test-all: lint  ## everything; wants chromium, LibreOffice and a Java runtime (under 20 minutes)
	$(BIN)/python -m pytest

test-update: docs  ## write the handbook and the expected files again, then look at the difference with git
	MEMOKIT_UPDATE=1 $(BIN)/python -m pytest -m snapshot

docs: $(STAMP)  ## write docs/handleiding.md again from the declarations and their words
	$(BIN)/python docs/make_handleiding.py

lock:  ## resolve the dependencies again, for every system, with hashes and without addresses
	uv pip compile --universal --no-emit-index-url --no-header --generate-hashes --extra dev \
	  --python-version 3.11 pyproject.toml -o requirements.lock

fuzz: $(STAMP)  ## the long run of the tests that invent their own input: make fuzz N=10000
	MEMOKIT_FUZZ=$(N) $(BIN)/python -m pytest -m hypothesis --hypothesis-profile=fuzz

bench: $(STAMP)  ## how long an evaluation takes on this machine
	@for bench in benchmarks/bench_*.py; do $(BIN)/python "$$bench" || exit 1; done

clean:  ## remove what was made, but keep resultaten/
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find memokit tests notebooks docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
	  printf '%-20s %s\n' "$$name" "$$text"; done
