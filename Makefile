# make run · make test · make crash · make fuzz · make lint · make bench · make bench-large · make verify-live · make lock · make clean
# Everything happens in .venv; `make setup` (done by each target when needed) builds it from requirements.lock.

PYTHON ?= python3
UV_VERSION = 0.13.9
BIN = .venv/bin
UV = $(BIN)/uv

# uv does not read pip's settings: hand on those that say where packages come from.
ifdef PIP_FIND_LINKS
export UV_FIND_LINKS = $(PIP_FIND_LINKS)
endif
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX = $(PIP_INDEX_URL)
endif
ifdef PIP_EXTRA_INDEX_URL
export UV_INDEX = $(PIP_EXTRA_INDEX_URL)
endif
ifdef PIP_CERT
export SSL_CERT_FILE = $(PIP_CERT)
endif
export UV_HTTP_TIMEOUT ?= 300

.PHONY: setup run test crash fuzz lint bench bench-large verify-live lock clean

setup: .venv/complete

# Written last, so that its existence means a complete environment.
.venv/complete: requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and 'Python 3.11 to 3.13 is needed')"
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(UV) pip install --quiet --python $(BIN)/python -r requirements.lock -e '.[dev]'
	touch $@

run: setup
	$(BIN)/python app.py

test: setup
	$(BIN)/python -m pytest

# Kills, damage, full disks and load in number; half an hour on two cores.
crash: setup
	$(BIN)/python -m pytest tests/reliability -m "slow or not slow" -s

# Five minutes of bytes made up for the readers of files; atheris is not for every platform, so nothing else installs it.
fuzz: setup
	$(UV) pip install --quiet --python $(BIN)/python atheris==3.0.0
	$(BIN)/python -m tests.formats.fuzz -max_total_time=300

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy assistant

bench: setup
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.size

# A million passages: 15 GB of disk and an hour and a half; then thirty users for five minutes.
bench-large: setup
	$(BIN)/python -m tests.benchmarks.size 1000 10000 1000000
	$(BIN)/python -m tests.benchmarks.users

# Asks the real sites; live_verification.json is meant to be committed.
verify-live: setup
	$(BIN)/python -m assistant.providers.verification

# torch and what only its CUDA build wants stay out of the lock: pyproject.toml pins torch, and each platform takes its own.
lock: setup
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --no-header --no-annotate --quiet \
		| grep -vE '^(torch|triton|nvidia-|cuda-)' > requirements.lock.new
	mv requirements.lock.new requirements.lock

clean:
	rm -rf .venv indexes/index.* indexes/chroma* indexes/segment* indexes/files.jsonl indexes/sources.jsonl indexes/stated.jsonl .mypy_cache .ruff_cache .pytest_cache .hypothesis
