# `make` lists what can be made. All of it works in `.venv`, which is made as needed.

VENV := .venv
# Only relative paths, so that the course may lie in a folder with spaces in its name.
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt

# The versions of Python that pyproject.toml allows.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c "$(FITS)" 2>/dev/null && echo $$python && break; done)

.DEFAULT_GOAL := help
.PHONY: help setup lab test test-fast bench attacks messages mutate mutate-objects rewrite reproduce notebooks solutions clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r target text; do printf '%-16s %s\n' "$$target" "$$text"; done

setup: $(VENV)/runtime ## Install what a student needs into .venv
	@echo "Installed in $(VENV). Open the notebooks with: make lab"

lab: $(VENV)/runtime ## Open JupyterLab on the notebooks
	@$(BIN)/python -m labkit lab $(LAB)

# Only what holds such a test is collected, which takes longer than to run them.
ALONE = $(shell grep -rl 'mark\.alone$$' tests)

test: $(VENV)/complete ## Run ruff and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -m alone $(if $(findstring tests/,$(PYTEST)),,$(ALONE)) $(PYTEST) || [ $$? -eq 5 ]  # 5: none was chosen
	$(BIN)/python -m pytest -m "not alone" --numprocesses logical --maxprocesses 4 --dist loadgroup --durations 60 --durations-min 5 $(PYTEST)

test-fast: $(VENV)/complete ## Run the fast tests only
	$(BIN)/python -m pytest $(PYTEST)

bench: $(VENV)/complete ## Time start, loading, checks, training, grading and the tuning grid beside the usual ways
	$(BIN)/python -m benchmarks $(BENCH)

mutate: $(VENV)/complete ## Change the solutions in every way, and count what the checks refuse (MUTATE="lab2-mlp --share 0.1")
	$(BIN)/python -m tools.mutate $(MUTATE)

mutate-objects: $(VENV)/complete ## Change what the solutions make, and count what the checks refuse (MUTATE="lab2-mlp --trainings --share 0.1 --record")
	$(BIN)/python -m tools.mutate.objects $(MUTATE)

rewrite: $(VENV)/complete ## Write the solutions in other clothes, and count what the checks accept (REWRITE="lab2-mlp --record")
	$(BIN)/python -m tools.rewrite $(REWRITE)

messages: $(VENV)/complete ## Print all that the checks say of wrong answers (MESSAGES="lab2-mlp")
	@$(BIN)/python -m tools.messages $(MESSAGES)

attacks: $(VENV)/complete ## Grade a class of attackers and unlucky students, and say what came of it
	$(BIN)/python -m tools.attacks

reproduce: $(VENV)/runtime ## Train the reports' networks (hours), and print the table of results
	@$(BIN)/python -m labkit.reports.train $(REPRODUCE)

notebooks: $(VENV)/complete ## Make the notebooks from the labs in labkit/labs
	$(BIN)/python -m tools.assemble

solutions: $(VENV)/complete ## Run the solutions on the real data and store their outputs
	$(BIN)/python -m tools.run_solutions

clean: ## Remove .venv and what tools left behind
	rm -rf $(VENV) .pytest_cache .ruff_cache build labkit.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each of these two files says that its part was installed as the files behind the colon say.
$(VENV)/runtime: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable .
	@touch $@

$(VENV)/complete: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[test]'
	@touch $(VENV)/runtime $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "No Python 3.11, 3.12 or 3.13 was found. Install one of them, or name it:"; \
		echo "  make PYTHON=/path/to/python3"; exit 1; } >&2
	@$(PYTHON) -c "$(FITS)" || { \
		echo "PYTHON=$(PYTHON) is not a Python 3.11, 3.12 or 3.13."; exit 1; } >&2
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "No virtual environment could be made; the lines above say why."; exit 1; } >&2
