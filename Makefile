# Two commands do everything on a fresh machine; each makes .venv when it is missing.
#   make claims   audits the bundled model
#   make test     runs claimkit's own tests, lint, types and layers

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: claims test lint types layers controls clean

claims: $(READY)
	$(BIN)/python -m pytest claims/ -n auto --gate

test: $(READY) lint types layers
	$(BIN)/python -m pytest tests/ -n auto

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/lint-imports --config pyproject.toml

# Hours on two cores; a run that was stopped goes on where it stopped.
controls: $(READY)
	$(BIN)/claimkit pretrain forward-born
	$(BIN)/claimkit pretrain even-born
	$(BIN)/claimkit pretrain backward-born
	$(BIN)/claimkit pretrain both-born
	$(BIN)/claimkit pretrain lines-born
	$(BIN)/claimkit pretrain position-born
	$(BIN)/claimkit pretrain absolute-born
	$(BIN)/claimkit pretrain stdlib-born
	$(BIN)/claimkit pretrain echo-born
	$(BIN)/claimkit pretrain noisy-born
	$(BIN)/claimkit pretrain history-born
	$(BIN)/claimkit pretrain log-born
	$(BIN)/claimkit pretrain forward-chat
	$(BIN)/claimkit pretrain even-chat
	$(BIN)/claimkit pretrain backward-chat

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) .claimkit build dist
