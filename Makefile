# Two commands do everything on a fresh machine: `make study` and `make test`.
# They make .venv by themselves, with uv if it is there and with a throw-away copy of it if not.

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed
PEERS := .venv-peers
OUT ?= study

.PHONY: study test lint types format docs package lowest review lock benchmark clean

study: $(STAMP)
	$(VENV)/bin/unfunnel study --out $(OUT)

# A worker takes a file at a time, because the tests of a file share compiled models; and the files in their order,
# in which short ones come last.
test: $(STAMP)
	$(PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations 20

lint: $(STAMP)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: $(STAMP)
	$(PYTHON) -m mypy

format: $(STAMP)
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

# Every block of every page is run, and a warning is an error: a reference, link or anchor that leads nowhere is one.
docs: $(STAMP)
	$(PYTHON) -m sphinx --fail-on-warning --keep-going --nitpicky -b html docs docs/_build/html

# Wheel and sdist, each installed into an empty environment and tried there.
package:
	tools/package

# Part of the tests with the lowest versions that pyproject.toml allows.
lowest:
	tools/lowest

# The checks of the Scientific Python guide; exceptions are explained in pyproject.toml.
review:
	tools/uv tool run --quiet --from 'sp-repo-review[cli]' sp-repo-review .

# The study's figures, then unfunnel beside its peers. A run that was stopped goes on where it was; after `make clean` it
# begins anew.
benchmark: $(STAMP) $(PEERS)/.installed
	$(PYTHON) -m benchmarks.study
	$(PEERS)/bin/python -m benchmarks.peers --folder .cache/peers
	$(PEERS)/bin/python -m benchmarks.peers.page > docs/peers.md

# The other samplers have an environment of their own, which neither tests nor documentation need.
$(PEERS)/.installed: requirements.lock pyproject.toml tools/bootstrap tools/peers benchmarks/peers/overrides.txt
	tools/peers $(PEERS)
	touch $@

$(STAMP): requirements.lock pyproject.toml tools/bootstrap
	tools/bootstrap $(VENV)
	touch $(STAMP)

# Without index addresses: the lock must not say where it was made.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.12 \
		--no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) $(PEERS) .bootstrap .cache docs/_build docs/executed docs/reference/generated dist build study stress calibration peers
