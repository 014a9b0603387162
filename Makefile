# Two commands do everything on a fresh machine:
#   make demo    creates .venv and runs `ipattr lookup` on the shipped example
#   make test    creates .venv with the tools and runs every check and test

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
EXAMPLE := data/examples
# The as-of date is fixed so that the example always shows the same days left.
DEMO_AS_OF := 2026-11-21

.PHONY: demo test check coverage bench golden data clean

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (set PYTHON=/path/to/python)" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/debian python3-venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

$(VENV)/.tool: $(VENV)/pyvenv.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.tool
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

$(VENV)/.bench: $(VENV)/.tool
	$(BIN)/python -m pip install --quiet --editable . --group bench
	@touch $@

demo: $(VENV)/.tool
	@$(BIN)/ipattr lookup $(EXAMPLE)/x-return.docx --posts $(EXAMPLE)/posts.csv --platform x \
		--as-of $(DEMO_AS_OF) --format table; status=$$?; test $$status -le 1

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/ipattr data check

test: check
	@.ci/debian locales chromium libreoffice-calc libreoffice-writer fonts-noto-cjk whois openssl \
		nsd unbound knot knot-module-geoip ldnsutils bind9-dnsutils knot-dnsutils default-jre-headless || true
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(PYTEST)

# Counting the lines that were run takes half as long again: a target of its own keeps `make test` under ten minutes.
coverage:
	$(MAKE) test PYTEST="--cov --cov-report=term:skip-covered --cov-report=term"

golden: $(VENV)/.dev
	IPATTR_UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/golden tests/renderers/test_destinations_golden.py tests/renderers/test_timetables_golden.py -q

data: $(VENV)/.tool
	$(BIN)/ipattr data readme > data/.README.tmp && mv data/.README.tmp data/README.md
	$(BIN)/ipattr data check
	$(BIN)/ipattr data status

bench: $(VENV)/.dev $(VENV)/.bench
	$(BIN)/python benchmarks/attribution.py
	$(BIN)/python benchmarks/whole_process.py
	$(BIN)/python benchmarks/spreadsheets.py
	$(BIN)/python benchmarks/registries.py
	$(BIN)/python benchmarks/capture.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/filings.py
	$(BIN)/python benchmarks/bulk.py
	$(BIN)/python benchmarks/bulk_growth.py bulk-growth.png

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
