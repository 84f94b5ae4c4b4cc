PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# pip's ordinary configuration decides where packages come from; the lock decides which.
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: setup dev weights data demo gallery plugin test torch check bench proof lock clean help
help:            ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/'

setup: $(VENV)/.ready weights   ## .venv, locked dependencies with hashes, lean weights

$(VENV)/.ready: requirements.lock pyproject.toml examples/stamps/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e . -e examples/stamps
	@touch $@

dev: $(VENV)/.dev
$(VENV)/.dev: $(VENV)/.ready requirements-dev.lock examples/gcompris/pyproject.toml
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e examples/gcompris
	@touch $@

weights: $(VENV)/.ready
	$(BIN)/shisaku models pull

data: $(VENV)/.ready  ## the real data of the tests: pictures, prompts, photos, clips, digits
	$(BIN)/python -c "from shisaku_stamps.fetch import fetch; fetch()"
	$(BIN)/python examples/packages/fetch.py

demo: setup      ## the main job on real data, ending in a report
	$(BIN)/shisaku run examples/stamps/recipe.yaml --out runs/stamps

gallery: weights data  ## what every op makes of a real sample, as one page: gallery/index.html
	$(BIN)/python examples/gallery/build_gallery.py

plugin: dev      ## build the example plugin, install it beside shisaku, run its tests
	rm -rf $(VENV)/plugin
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir $(VENV)/plugin examples/plugin
	$(PIP) install --no-deps --no-index --target $(VENV)/plugin/site $(VENV)/plugin/*.whl
	PYTHONPATH=$(VENV)/plugin/site $(BIN)/python -m pytest examples/plugin/tests

# One process per core, so each keeps to one thread of its own.
test: dev weights data plugin  ## every test that fits in a few minutes
	OMP_NUM_THREADS=1 SHISAKU_THREADS=1 $(BIN)/python -m pytest -m "not slow" -n auto --dist worksteal

check: dev       ## lint, types, floors
	$(BIN)/ruff check src tests examples benchmarks
	$(BIN)/ruff format --check src tests examples benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

# What the locks do not hold: a fifth of a gigabyte as a build for the processor alone, gigabytes with CUDA. The first
# is taken where pip's configuration knows one. `make torch TORCH=...` takes another version.
TORCH := 2.13.0
TORCH_VENV := .venv-torch
TORCH_PIP := $(TORCH_VENV)/bin/python -m pip --disable-pip-version-check -q
torch: $(TORCH_VENV)/.ready  ## the tests of models in folders, in an environment of their own
	SHISAKU_STRICT_TORCH=1 $(TORCH_VENV)/bin/python -m pytest tests/models/test_torch_*.py tests/models/test_openai_real_server.py

$(TORCH_VENV)/.ready: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(TORCH_VENV)
	$(TORCH_PIP) install --require-hashes -r requirements.lock
	$(TORCH_PIP) install torch==$(TORCH)+cpu || $(TORCH_PIP) install torch==$(TORCH)
	$(TORCH_PIP) install --no-build-isolation -e '.[torch]' pytest pytest-timeout 'transformers[serving]' python-multipart
	$(TORCH_PIP) install --no-deps --no-build-isolation -e examples/stamps
	@touch $@

bench: dev weights  ## ratios, not timed tests
	$(BIN)/python benchmarks/engine_overhead.py

proof: dev weights data  ## long checks at full n
	$(BIN)/python -m pytest -m slow
	$(BIN)/shisaku prove --calibrate --worlds 400 --fail-unless-calibrated

lock:            ## resolve the locks anew (needs uv)
	uv pip compile pyproject.toml --extra ja --group build --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --extra ja --extra dicom --extra world --group build --group dev --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header -q -c requirements.lock -o requirements-dev.lock

clean:           ## the environment (caches and runs stay)
	rm -rf $(VENV) $(TORCH_VENV)
