# Two commands matter: `make run` and `make test`. Everything they need is set up in .venv.
PYTHON ?= python3
PY := .venv/bin/python
ADS ?= 20000
SERVE ?= 1
DEMO ?= build/demo

# Where Python is forbidden to keep what it compiled, every process of the tests would compile all libraries anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test fuzz kernels lint docs bench audit lock clean

run:  ## The main job on real mails and on a simulated world; prints the leads, serves the workbench (SERVE=0: ends)
	@$(PYTHON) scripts/bootstrap.py sample,capture
	@$(PY) -m clew.demo $(DEMO) --ads $(ADS) --serve $(SERVE)

# The third worker of two cores works while others wait for a browser, a server or a child.
test:  ## Style, types, the one-way flow, and all tests
	@$(PYTHON) scripts/bootstrap.py dev,sample packages
	@$(MAKE) --no-print-directory -j 2 kernels lint
	@echo "[test] tests"
	@$(PY) -m pytest -n 3 --dist worksteal

fuzz:  ## Tests by random examples alone, forty times as many
	@$(PYTHON) scripts/bootstrap.py dev,sample
	@$(PY) -m pytest -n 3 --hypothesis-profile=fuzz -m hypothesis

kernels:
	@$(PYTHON) scripts/bootstrap.py dev,sample

# Gives way to the kernels, which take both cores first and then one.
lint:
	@echo "[test] style, types and the one-way flow of imports"
	@$(PY) -m ruff check src tests benchmarks scripts
	@$(PY) -m ruff format --check src tests benchmarks scripts
	@nice $(PY) -m mypy
	@$(PY) -m scripts.frontend --check
	@.venv/bin/lint-imports

bench:  ## Speed and quality against named peers; takes about half an hour
	@$(PYTHON) scripts/bootstrap.py dev,bench,sample
	@$(PY) -m benchmarks

docs:  ## Write the parts of the docs that are made from the code and from a run
	@$(PYTHON) scripts/bootstrap.py dev,sample
	@$(PY) -m scripts.docs

audit:  ## Ask whether holes are known in what Clew stands on; needs a network, and ends with 3 where nobody answers
	@$(PY) -m scripts.audit

lock:  ## Pin what is installed now
	@$(PY) -m pip install --quiet uv
	@.venv/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --no-header --no-annotate -o requirements.lock

clean:
	rm -rf build .venv
