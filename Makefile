# Every target that needs Python makes .venv first and installs what it lacks; nothing is installed outside .venv
# except, as root with apt-get, the system packages that the tests of the second reader and of Thai text want.

PYTHON ?= python3
STORE ?= tests/data/demo-store
WORKERS ?=
SCAN_ARGS ?=
WORK ?= .cache/training
SCENES ?= 60000
CLOSE_UPS ?= 30000
BARE ?= 30000
VIEWED ?= 16000
HELD_OUT ?= 3000
DATA ?=
SPECIMENS ?= $(DATA)
TRAIN_ARGS ?=
BENCH ?= .cache/bench
BENCH_RUNS ?= 5

VENV := .venv
BIN := $(VENV)/bin
# -qq: without it pip repeats a warning for every package index that this machine has configured and cannot reach.
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help scan test train held-out calibrate evaluate evaluation-set evaluate-scenes shifted-set evaluate-shifted evaluate-mockups model-card mine bench tune mutations demo-store readers clean

help:
	@echo "make scan [STORE=path]     scan the demo store, or any directory, for copies of Thai ID cards"
	@echo "make test                  format, lint, strict types, tests: the gate"
	@echo "make train                 draw scenes, train the networks, export them to ONNX, prove parity, calibrate (DATA=path)"
	@echo "make mine                  train the looks on with what the present weights mistake, from those weights"
	@echo "make calibrate             choose the thresholds of every mode on held-out scenes"
	@echo "make evaluate-scenes       measure locator, reader and verdicts on other held-out scenes"
	@echo "make evaluate-shifted      the same on scenes whose designs, fonts, surfaces and optics no training uses"
	@echo "make evaluate-mockups      … and on cards laid out by authors of whom no training knows anything"
	@echo "make evaluate DATA=path    score the detector on a folder with a truth.tsv"
	@echo "make bench                 whole scans against decoding alone, one upload, and what else one could use"
	@echo "make tune STORE=path       the workers, threads and window that scan a sample of that store fastest here"
	@echo "make mutations             scan 20,000 mutated files of every format: nothing hangs, dies, or is silently clear"
	@echo "make demo-store            draw tests/data/demo-store again (same seed, same bytes)"
	@echo "make clean                 remove .venv and the caches"

# --- the environment: one stamp per set of extras, so that pip runs again only when pyproject.toml changed ---------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "thaiid-detect needs Python 3.11 or newer, and '$(PYTHON)' is not. Install one, or name it: make PYTHON=python3.12 …" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed-run: pyproject.toml | $(BIN)/python
	@echo "Installing thaiid-detect and what it needs into $(VENV) …"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing thaiid-detect and its development tools into $(VENV) …"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed-run

# On a machine without an NVIDIA driver the CPU build of torch saves 2 GB; it is asked for only where its index answers,
# or pip would try in vain for minutes.
TORCH_CPU := https://download.pytorch.org/whl/cpu
$(VENV)/.installed-train: pyproject.toml | $(BIN)/python
	@echo "Installing thaiid-detect and the training tools (torch) into $(VENV) …"
	@command -v nvidia-smi >/dev/null || { $(BIN)/python -c \
	  "import urllib.request; urllib.request.urlopen('$(TORCH_CPU)', timeout=9)" 2>/dev/null && index="--extra-index-url $(TORCH_CPU)"; }; \
	  $(PIP) $$index --editable '.[train]'
	@touch $@ $(VENV)/.installed-run

# --- use --------------------------------------------------------------------------------------------------------

# Exit code 3 is right for the demo store, which holds damaged files on purpose; make would call it an error.
scan: $(VENV)/.installed-run
	@$(BIN)/thaiid-detect scan "$(STORE)" $(if $(WORKERS),--workers $(WORKERS)) $(SCAN_ARGS); code=$$?; \
	if [ $$code -eq 3 ]; then \
	  echo "thaiid-detect ended with 3: not everything was analysed (see above), so nobody may take this for an all-clear. make scan worked."; \
	  exit 0; \
	fi; exit $$code

# --- develop ----------------------------------------------------------------------------------------------------

test: $(VENV)/.installed-dev readers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --cov --cov-report=term -n auto --dist loadfile

readers:
	@if tesseract --list-langs 2>/dev/null | grep -qx tha && ldconfig -p 2>/dev/null | grep -q libfribidi; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing tesseract with Thai, and libfribidi0 (Thai text shaping), with apt-get …"; \
	  get() { DEBIAN_FRONTEND=noninteractive apt-get install -y tesseract-ocr tesseract-ocr-tha libfribidi0; }; \
	  { get || { apt-get update && get; }; } >/dev/null 2>&1 || echo "… did not work: the tests that need them are skipped."; \
	else echo "tesseract with Thai, or libfribidi0, is missing: the tests that need them are skipped."; fi

# glibc gives large blocks back at once, and asks for them again: half as many samples a second.
TRAIN_ENV := MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184

# Each step goes on where a stopped one left off. DATA: a folder with photos, faces and references, if
# there is one (models/training/README.md).
# First the network that looks at whole pages; then, from there, the one that looks closer at the places which that names;
# then the one that looks at those places set upright; and those that read a number and Thai words off their lines.
train: $(VENV)/.installed-train
	@$(if $(SPECIMENS),:,echo "No DATA=folder: training on drawn cards, faces and surfaces alone. See models/training/README.md.")
	$(BIN)/python -m models.training.build --out $(WORK)/scenes --count $(SCENES) --seed 1 --designs 0.5 $(if $(SPECIMENS),--data "$(SPECIMENS)")
	$(BIN)/python -m models.training.build --out $(WORK)/bare --pool $(WORK)/scenes/pool --count $(BARE) --seed 4 --bare 1 --close-ups 0
	$(TRAIN_ENV) $(BIN)/python -m models.training.train --data $(WORK)/scenes $(WORK)/bare --out $(WORK)/run $(TRAIN_ARGS)
	$(BIN)/python -m models.training.export --checkpoint $(WORK)/run/checkpoint.pt --data $(WORK)/scenes $(WORK)/bare --out models/locator-v1
	$(BIN)/python -m models.training.build --out $(WORK)/close-ups --pool $(WORK)/scenes/pool --count $(CLOSE_UPS) --seed 2 --close-ups 1 --mine
	$(TRAIN_ENV) $(BIN)/python -m models.training.train --data $(WORK)/close-ups --out $(WORK)/run-closer --network closer-v1 --init $(WORK)/run/checkpoint.pt $(TRAIN_ARGS)
	$(BIN)/python -m models.training.export --checkpoint $(WORK)/run-closer/checkpoint.pt --data $(WORK)/close-ups --out models/closer-v1
	$(BIN)/python -m models.training.views --out $(WORK)/views --pool $(WORK)/scenes/pool --count $(VIEWED) --seed 3
	$(TRAIN_ENV) $(BIN)/python -m models.training.train --network verifier-v1 --data $(WORK)/views --out $(WORK)/run-verifier $(TRAIN_ARGS)
	$(BIN)/python -m models.training.export --checkpoint $(WORK)/run-verifier/checkpoint.pt --data $(WORK)/views --out models/verifier-v1
	$(TRAIN_ENV) $(BIN)/python -m models.training.train --network digits-v1 --data $(WORK)/scenes/pool --out $(WORK)/run-digits $(TRAIN_ARGS)
	$(MAKE) held-out
	$(BIN)/python -m models.training.export --checkpoint $(WORK)/run-digits/checkpoint.pt --data $(WORK)/scenes/pool --held-out $(WORK)/held-out/pool --out models/digits-v1
	$(TRAIN_ENV) $(BIN)/python -m models.training.train --network thai-v1 --data $(WORK)/scenes/pool --out $(WORK)/run-thai $(TRAIN_ARGS)
	$(BIN)/python -m models.training.export --checkpoint $(WORK)/run-thai/checkpoint.pt --data $(WORK)/scenes/pool --held-out $(WORK)/held-out/pool --out models/thai-v1
	$(MAKE) calibrate

# The loop of hard negatives: what the present looks take for cards is drawn anew, seen from close by and set upright, and
# they are trained on with it, from the weights that lie in models/. Each round wants a seed of its own: make mine ROUND=2.
# Look at the false alarms of `make evaluate-scenes` first: a family that no generator draws is not mined here either.
ROUND ?= 1
MINE_ARGS ?= --samples 200000 --lr 6e-4
MINE_NOTE = Went on from the weights before, with what they mistook: make mine ROUND=$(ROUND).
MINED := $(WORK)/mined-$(ROUND)
MINED_SCENES ?= 20000
mine: $(VENV)/.installed-train
	test -f $(WORK)/scenes/pool/index.json || $(BIN)/python -m models.training.build --out $(WORK)/scenes --count 0 --seed 1 --designs 0.5 $(if $(SPECIMENS),--data "$(SPECIMENS)")
	$(BIN)/python -m models.training.build --out $(MINED)/scenes --pool $(WORK)/scenes/pool --count $(MINED_SCENES) --seed 1$(ROUND)1 --close-ups 0.2 --mine
	$(TRAIN_ENV) $(BIN)/python -m models.training.train --data $(MINED)/scenes --out $(MINED)/run --init models/locator-v1 $(MINE_ARGS)
	$(BIN)/python -m models.training.export --checkpoint $(MINED)/run/checkpoint.pt --data $(MINED)/scenes --out models/locator-v1 --note "$(MINE_NOTE)"
	$(BIN)/python -m models.training.build --out $(MINED)/close-ups --pool $(WORK)/scenes/pool --count $(MINED_SCENES) --seed 1$(ROUND)2 --close-ups 1 --mine
	$(TRAIN_ENV) $(BIN)/python -m models.training.train --network closer-v1 --data $(MINED)/close-ups --out $(MINED)/run-closer --init models/closer-v1 $(MINE_ARGS)
	$(BIN)/python -m models.training.export --checkpoint $(MINED)/run-closer/checkpoint.pt --data $(MINED)/close-ups --out models/closer-v1 --note "$(MINE_NOTE)"
	$(BIN)/python -m models.training.views --out $(MINED)/views --pool $(WORK)/scenes/pool --count $(MINED_SCENES) --seed 1$(ROUND)3
	$(TRAIN_ENV) $(BIN)/python -m models.training.train --network verifier-v1 --data $(MINED)/views --out $(MINED)/run-verifier --init models/verifier-v1 $(MINE_ARGS)
	$(BIN)/python -m models.training.export --checkpoint $(MINED)/run-verifier/checkpoint.pt --data $(MINED)/views --out models/verifier-v1 --note "$(MINE_NOTE)"
	$(MAKE) calibrate
	$(BIN)/python -m models.training.golden

# Held-out scenes: another seed, and so other cards, people and backgrounds than those of the training; as large as the
# pictures of chat apps and small scans, since what is read has to be legible.
SIZES := --sizes 640 1600

held-out: $(VENV)/.installed-run
	$(BIN)/python -m models.training.build --out $(WORK)/held-out --count $(HELD_OUT) --seed 1000003 --jpeg $(SIZES) $(if $(SPECIMENS),--data "$(SPECIMENS)")

calibrate: held-out
	$(BIN)/python -m models.training.calibrate $(WORK)/held-out

# Yet another seed: what the thresholds were chosen on says too much good of them.
evaluation-set: $(VENV)/.installed-run
	$(BIN)/python -m models.training.build --out $(WORK)/evaluation --count $(HELD_OUT) --seed 1000033 --jpeg $(SIZES) $(if $(SPECIMENS),--data "$(SPECIMENS)")

evaluate-scenes: evaluation-set
	$(BIN)/python -m models.training.evaluate_scenes $(WORK)/evaluation

# Fonts, designs, palettes, surfaces, portraits, optics and copiers that no training uses: models/training/shifted.
shifted-set: $(VENV)/.installed-dev
	test -f $(WORK)/shifted/labels.json || $(BIN)/python -m models.training.shifted --out $(WORK)/shifted $(if $(SPECIMENS),--data "$(SPECIMENS)")

evaluate-shifted: shifted-set
	$(BIN)/python -m models.training.evaluate_scenes $(WORK)/shifted

# Cards of authors whose designs no training uses, flat, and twenty copies of each.
evaluate-mockups: $(VENV)/.installed-dev
	$(BIN)/python -m models.training.shifted.mockups --out $(WORK)/mockups $(if $(SPECIMENS),--data "$(SPECIMENS)")
	$(BIN)/python -m models.training.evaluate $(WORK)/mockups

# What models/CARD.md says: both sets whole, and the shifted one as `recall` sees it. An hour or two on two cores.
model-card: evaluation-set shifted-set
	$(BIN)/python -m models.training.evaluate_scenes $(WORK)/evaluation --out models/evaluation
	$(BIN)/python -m models.training.evaluate_scenes $(WORK)/shifted --mode balanced recall --out models/evaluation
	$(BIN)/python -m models.training.model_card

evaluate: $(VENV)/.installed-run
	@test -n "$(DATA)" || { echo "Say which folder: make evaluate DATA=path (it holds a truth.tsv)" >&2; exit 2; }
	$(BIN)/python -m models.training.evaluate "$(DATA)"

# Stores are drawn once (the first time takes half an hour on two cores), with DATA=folder from its photographs and receipts,
# too; raw results go to benchmarks/results, from which each table is made again by `--table FILE`.
bench: $(VENV)/.installed-dev
	for store in mixed clean cards; do \
	  $(BIN)/python -m benchmarks.corpus $$store --out $(BENCH)/$$store $(if $(SPECIMENS),--data "$(SPECIMENS)") && \
	  $(BIN)/python -m benchmarks.throughput $(BENCH)/$$store/files --runs $(BENCH_RUNS) || exit; \
	done
	$(BIN)/python -m benchmarks.latency --pool $(BENCH)/pool --rounds $(BENCH_RUNS)
	$(BIN)/python -m benchmarks.scale scan
	$(BIN)/python -m benchmarks.rivals.compare $(BENCH)/mixed
	$(BIN)/python -m benchmarks.decoders $(BENCH)/mixed/files

tune: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.tune "$(STORE)"

mutations: $(VENV)/.installed-dev
	$(BIN)/python -m tests.mutations

demo-store: $(VENV)/.installed-run
	$(BIN)/python -m models.training.demo_store tests/data/demo-store

clean:
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
