# Two commands are enough on a fresh Debian or Ubuntu: `make run` and `make test`.
# `make` alone lists the others.

PROJECT = $(or $(CURATOR_PROJECT),project)
PORT    = 8501

BIN       = .venv/bin
INSTALLED = .venv/.installed
LOCKED    = .venv/.locked
BEGUN     = .venv/.tests-begun
TESTABLE  = .venv/.testable

IN_TWOS = --numprocesses 2 --dist worksteal
# Folders are named, since what is named by testpaths is collected even where it is ignored:
# nothing here may import Keras.
UNITS   = tests db curator --ignore tests/trainer --ignore tests/browser $(IN_TWOS)
QUICK   = -m "not slow and not browser" $(UNITS)
ALL     = -m "not browser" --ignore tests/test_jobs.py --ignore tests/test_worker.py $(UNITS)
LEARN   = trainer tests/trainer tests/test_jobs.py tests/test_worker.py $(IN_TWOS)
# TensorFlow left to itself in one process keeps hardly more than one of two cores busy.
ONE_CORE = TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1
# Three at a time, since some wait most of their time: for a network that is away, for a person's pace.
BROWSER = -m browser --numprocesses 3 --dist loadfile --no-loadscope-reorder tests/browser tests/faults

.PHONY: help run test quick check types style quick-tests browser install lock clean

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: $(INSTALLED) ## start the app on sample data; PORT=8501, PROJECT=project
	@scripts/sample_project.sh "$(PROJECT)"
	@exec $(BIN)/curator app --project "$(PROJECT)" --port "$(PORT)"

# Threads of OpenMP wait for each other busily. Where two processes have two cores, detectors and
# products of matrices took six times the work that they take in one thread.
test quick-tests: export OMP_NUM_THREADS = 1

# The browser is sought first: without one, the checks would only put off the bad news.
test: browser check ## all checks and all tests
	$(ONE_CORE) $(BIN)/pytest $(ALL)
	$(ONE_CORE) $(BIN)/pytest $(LEARN)
	CHROMIUM="$$(scripts/find_chromium.sh)" $(BIN)/pytest $(BROWSER)

# Types take one core most of a minute: the other one does something else meanwhile.
quick: $(TESTABLE) ## all checks and the quick tests
	@$(MAKE) --no-print-directory --jobs 2 types style quick-tests

check: $(TESTABLE) ## formatting, lint, types, layers
	@$(MAKE) --no-print-directory --jobs 2 types style

types:
	$(BIN)/mypy

style:
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports

quick-tests:
	$(BIN)/pytest $(QUICK)

browser: $(TESTABLE)
	@scripts/find_chromium.sh >/dev/null
	@$(BIN)/playwright --version >/dev/null 2>&1 || \
		scripts/need_packages.sh "Playwright needs a system library" libatomic1

install: $(INSTALLED) ## make or refresh .venv, as far as `make run` needs it

# Two stamps, since only a changed lock is worth the minutes that a new environment takes.
$(LOCKED): requirements.lock
	scripts/make_venv.sh
	@touch $@

# No dependencies, no isolated build: all that this needs came with hashes from the lock.
$(INSTALLED): $(LOCKED) pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@

# The rest comes into the same environment. Where some of it is from an earlier lock, or from an
# installation cut short, all is made anew: what such a one left there must not stay.
$(TESTABLE): requirements-test.lock $(LOCKED) | $(INSTALLED)
	@[ ! -e $(BEGUN) ] || rm -r .venv
	@$(MAKE) --no-print-directory install
	@touch $(BEGUN)
	scripts/install_lock.sh requirements-test.lock "what the tests need: .35 GB to fetch, 1.2 GB on disk"
	@touch $@

# Versions stay where pyproject.toml allows; `make lock UPGRADE=--upgrade` raises them.
# The options with "no-emit" keep registry addresses out of the locks.
COMPILE = build/uv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	--quiet $(UPGRADE) --group run --extra train-base

lock: $(INSTALLED) ## remake both locks from pyproject.toml
	$(BIN)/python -m venv build/uv
	build/uv/bin/pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --extra subjects --extra mlflow --group dev -o requirements-test.lock
	$(COMPILE) --constraint requirements-test.lock -o requirements.lock

clean: ## remove .venv and caches, never a project
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find curator db trainer sample_data tests -name __pycache__ -prune -exec rm -rf {} +
