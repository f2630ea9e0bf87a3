# idptui. `make` alone lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

BIN     := bin/idptui
TOOL    := go tool -modfile=tools/go.mod
# How long each fuzz target runs, and how many runs a benchmark has.
FUZZTIME ?= 10s

export CGO_ENABLED ?= 0
export GOFLAGS ?= -trimpath

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/idptui
	go build -buildvcs=auto -ldflags '-s -w' -o $(BIN) ./cmd/idptui

.PHONY: run
run: build ## Build, and open the demo company
	@# Without a terminal it says what to do, which is no failure of the build.
	@$(BIN) demo || { code=$$?; [ $$code -eq 2 ] && ! [ -t 1 ]; }

.PHONY: test
test: ## All tests, with the race detector where a C compiler is there
	@.ci/test

.PHONY: golden
golden: ## Draw the screen goldens anew; look at the difference before you keep it
	go test $$(git ls-files "*/testdata/golden/*" | sed "s|^|./|; s|/testdata/.*||" | sort -u) -update
	@$(MAKE) --no-print-directory screens

.PHONY: screens
screens: ## Draw docs/screens anew from the goldens
	go test ./internal/ui -run TheScreensOfTheDocumentation -update

.PHONY: e2e
e2e: build ## Drive the built binary in a real terminal (needs tmux)
	.ci/e2e

.PHONY: lint
lint: ## Formatting and static checks
	$(TOOL) golangci-lint run ./...
	$(TOOL) golangci-lint fmt --diff ./...

.PHONY: bench
bench: ## Measure the budgets; prints a table and keeps it in testdata/bench
	.ci/bench

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (10s)
	FUZZTIME=$(FUZZTIME) .ci/fuzz

.PHONY: oracle
oracle: ## Ask Backstage's own validators anew what testdata/oracle records (needs Node and npm)
	.ci/oracle

.PHONY: check
check: ## What CI runs
	.ci/run
