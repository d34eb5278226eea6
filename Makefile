# Every target sets up what it needs; what is done already is not done again.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.SUFFIXES:

python := .venv/bin/python
pip := $(python) -m pip --disable-pip-version-check --quiet install

# ---- the virtual environment ---------------------------------------------------------------

.venv/made:
	@python=$$(tools/find-python) && $$python tools/make_venv.py .venv
	@touch $@

# Ours is installed where it lies, built by the locked hatchling: nothing is fetched unhashed.
.venv/service: .venv/made requirements.lock pyproject.toml
	@echo "Installing what the service needs …"
	@$(pip) --require-hashes -r requirements.lock
	@$(pip) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/tests: .venv/service requirements-test.lock
	@echo "Installing what the tests need …"
	@$(pip) --require-hashes -r requirements-test.lock
	@touch $@
