# Every target sets up what it needs; what is done already is not done again.
# Say what is different on the line: make serve PORT=8080, make test BROWSER=no POSTGRES=no.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.SUFFIXES:

# What is started again and again is compiled once.
unexport PYTHONDONTWRITEBYTECODE

bin := .venv/bin
python := $(bin)/python
pip := $(python) -m pip --disable-pip-version-check --quiet --quiet install
port := $(if $(PORT),--port $(PORT))

# What the suite leaves out unless it is asked for, and what was left out by name.
slow := not faults and not ha and not nightly and not peers
left-out := $(if $(filter no,$(BROWSER)),browser) $(if $(filter no,$(POSTGRES)),postgres)
chosen := $(slow)$(foreach part,$(left-out), and not $(part))
pytest := $(python) -m pytest

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# ---- running it ----------------------------------------------------------------------------

serve: .venv/service ## the quiz in a browser at http://127.0.0.1:8000 (PORT= for another port)
	@exec $(bin)/quizbot serve --set-up $(port)

demo: .venv/service ## the same, throw-away, with a fictional partnership to look round in
	@exec $(bin)/quizbot demo $(port)

bot: .venv/service ## the quiz on Telegram; QUIZBOT_TELEGRAM_TOKEN says as whom
	@exec $(bin)/quizbot bot

# ---- proving it ----------------------------------------------------------------------------

test: .venv/tests ## everything but the three below; BROWSER=no, POSTGRES=no leave a part out
ifeq ($(filter no,$(BROWSER)),)
	@$(python) -m tools.chromium
endif
ifeq ($(filter no,$(POSTGRES)),)
	@$(python) -m tools.postgres need
endif
	@$(MAKE) --no-print-directory read
	@$(bin)/quizbot banks robots
# One more than the two cores that are counted on: some tests wait for what comes in its own time.
	@$(pytest) -n 3 -m "$(chosen)"
	@for part in $(left-out); do echo "Left out, as asked: the $$part tests"; done

# Rules, banks, house, attempts and sign-in, on SQLite: what most changes break first.
quick := tests/rules tests/gate tests/attempts tests/signin tests/test_house_rules.py \
	tests/test_access.py tests/test_words.py tests/test_hosts.py tests/test_cells.py
check: read ## what is quick, in about a minute: format, lint, types, banks, rules and sign-in
	@$(pytest) -n 2 -m "$(slow) and not browser and not postgres" $(quick)

read: .venv/tests ## format, lint, types and banks alone
	@$(bin)/ruff format --check .
	@$(bin)/ruff check .
	@$(bin)/mypy
	@$(bin)/quizbot place check
	@$(bin)/quizbot banks check

pure := questions quizbot.errors quizbot.clock quizbot.words quizbot.hosts quizbot.cells quizbot.rules
cover: .venv/tests ## every branch of questions/ and of the pure rules is taken by a test
	@$(pytest) -n 2 -m "$(slow) and not browser and not postgres" --cov-branch \
		$(foreach part,$(pure),--cov=$(part)) --cov-report=term-missing --cov-fail-under=100

test-faults: .venv/tests ## kill, fill and break things on purpose
	@$(pytest) -m faults

test-ha: .venv/tests ## a cluster of machines, parts of which are lost; what is missing for it is told
	@$(pytest) -m ha -rs

test-nightly: .venv/tests ## the long way round
	@HYPOTHESIS_PROFILE=nightly $(pytest) -n 2 -m nightly

test-peers: .venv/tests ## against servers of others on loopback, each set up by itself; what is left out is told
	@$(python) -m tools.chromium
	@-$(python) -m tools.peers.npm openid
	@-$(python) -m tools.peers.ralph
	@$(pytest) -m peers -rs

bench: .venv/tests ## measure speed and memory; AGAINST=commit, ROUNDS=5: beside another build, in turn
ifeq ($(filter no,$(POSTGRES)),)
	@$(python) -m tools.postgres need
endif
	@$(python) -m tools.bench_against $(AGAINST) --rounds $(or $(ROUNDS),3) \
		$(if $(filter no,$(POSTGRES)),--no-postgres)
	@$(python) -m tools.bench_scale
	@$(python) -m tools.bench_changes
	@$(python) -m tools.bench_items
	@$(python) -m tools.bench_chat

load: .venv/tests ## people over HTTP, a crowd, too many: writes docs/benchmarks.md, half an hour; ARGS="--people 300"
ifeq ($(filter no,$(POSTGRES)),)
	@$(python) -m tools.postgres need
endif
	@nice $(python) -m tools.bench_load $(if $(filter no,$(POSTGRES)),--no-postgres) $(ARGS)

growth: .venv/tests ## what ever more people and answers cost: writes docs/growth.md; ARGS="--answers 1000000"
	@nice $(python) -m tools.bench_growth $(ARGS)

week: .venv/tests ## a week in which two million people take a module: writes docs/week.md; ARGS="--cpu 0.05"
	@$(python) -m tools.week $(ARGS)

# ---- keeping it ----------------------------------------------------------------------------

migration: .venv/tests ## the next migration, from what changed in store/tables.py: name="what is new"
	@$(python) -m tools.migration "$$name"

lock: .venv/upkeep/ready ## new locks after a change in pyproject.toml; UPGRADE=yes takes newer versions
	@tools/lock $(if $(filter yes,$(UPGRADE)),--upgrade)

audit: .venv/upkeep/ready ## known weaknesses in what is locked
	@.venv/upkeep/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

# ---- the virtual environment ---------------------------------------------------------------

.venv/made:
	@python=$$(tools/find-python) && $$python -m tools.make_venv .venv
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

# The tools of upkeep have an environment of their own: nothing of theirs can hold back a version.
.venv/upkeep/ready: .venv/made requirements-upkeep.lock
	@echo "Installing what upkeep needs …"
	@$(python) -m venv .venv/upkeep
	@$(subst $(bin),.venv/upkeep/bin,$(pip)) --require-hashes -r requirements-upkeep.lock
	@touch $@

.PHONY: help serve demo bot test check read cover test-faults test-ha test-nightly test-peers bench load growth week migration lock audit
