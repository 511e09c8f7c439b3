# Two commands do everything on a fresh machine: `make study` and `make test`.
# They make .venv by themselves, with uv if it is there and with a throw-away copy of it if not.

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed
OUT ?= study

.PHONY: study test lint types format lock benchmark clean

study: $(STAMP)
	$(VENV)/bin/unfunnel study --out $(OUT)

test: $(STAMP)
	$(PYTHON) -m pytest

lint: $(STAMP)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: $(STAMP)
	$(PYTHON) -m mypy

format: $(STAMP)
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

benchmark: $(STAMP)
	$(PYTHON) -m benchmarks.study

$(STAMP): requirements.lock pyproject.toml tools/bootstrap
	tools/bootstrap $(VENV)
	touch $(STAMP)

# Without index addresses: the lock must not say where it was made.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.12 \
		--no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) .bootstrap study
