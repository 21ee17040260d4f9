# The two that matter: `make demo` and `make test`. Both install what is missing first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PYTHON

.PHONY: help demo test benchmark-models conformance benchmark lint format lock clean packages

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 22

demo: packages $(READY) ## builds the example model for a board and benchmarks it on the simulator
	@sh .ci/demo $(BIN)

test: packages $(READY) ## the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadgroup -q

benchmark-models: packages $(READY) ## the eight benchmark networks on every board, byte for byte
	$(BIN)/python -m pytest -n 2 -v -m benchmark_models

conformance: packages $(READY) ## the long comparison with TensorFlow Lite Micro (ARGS="--help")
	$(BIN)/python -m tests.conformance $(ARGS)

benchmark: packages $(READY) ## instructions and bytes of real networks on every simulated board (ARGS="--help")
	$(BIN)/python -m tests.benchmark $(ARGS)

lint: $(READY) ## style, types and the direction of dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	find firmware -name '*.[ch]' | xargs $(BIN)/clang-format --dry-run -Werror

format: $(READY) ## formats Python and C
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	find firmware -name '*.[ch]' | xargs $(BIN)/clang-format -i

lock: $(READY) ## pins what pyproject.toml asks for (UPGRADE=--upgrade: the newest)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.10 \
	  --extra compress --extra test pyproject.toml --quiet $(UPGRADE) --output-file .ci/requirements.txt

clean: ## removes the environment and every cache
	rm -rf $(VENV) build dist .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find edgegen tests -name __pycache__ -type d -prune -exec rm -rf {} +

packages:
	@sh .ci/packages .cache/packages

$(READY): .ci/venv .ci/requirements.txt pyproject.toml
	sh .ci/venv $(VENV)
	@touch $@
