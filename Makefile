# `make help` lists the targets.
GO             ?= go
GOLANGCI       := 2.15.0
FUZZTIME       ?= 5s
BIN            := $(shell $(GO) env GOPATH)/bin
CONCURRENT     := ./bot/... ./jobs/... ./storage/... ./internal/app/...

.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-14s %s\n", $$1, $$2 }'

.PHONY: check
check: lint arch race test ## everything a change must pass

.PHONY: test
test: ## all tests
	$(GO) test ./...

.PHONY: race
race: ## tests of the concurrent packages with the race detector
	$(GO) test -race -short -shuffle=on $(CONCURRENT)

.PHONY: arch
arch: ## the shape of the code; never cached, since go list reads the tree
	$(GO) test -count=1 -short ./internal/archtest

.PHONY: lint
lint: golangci ## gofumpt, goimports, vet and golangci-lint
	$(GO) vet ./...
	$(BIN)/golangci-lint run ./...

.PHONY: fmt
fmt: golangci ## write the files as lint wants them
	$(BIN)/golangci-lint fmt ./...

# The pinned linter, built from source when another version or none is there.
.PHONY: golangci
golangci:
	@test "$$($(BIN)/golangci-lint version --short 2>/dev/null)" = "$(GOLANGCI)" || \
		GOFLAGS= $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$(GOLANGCI)

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (5s)
	@FUZZTIME="$(FUZZTIME)" .ci/fuzz

.PHONY: soak
soak: ## the long tests: 1,000 damaged stores, 2,000 power cuts, 1,000 kills of the program, 200 of each kind of work, fill rates, campaigns
	SHOPWATCH_SOAK=1 $(GO) test -count=1 -timeout 60m -run 'Damage|Kill|PowerCut' -v ./storage
	SHOPWATCH_SOAK=1 $(GO) test -count=1 -timeout 30m -run Kill -v ./storage/series
	SHOPWATCH_SOAK=1 $(GO) test -count=1 -timeout 30m -run FileStaysFlat -v ./internal/bench
	SHOPWATCH_SOAK=1 $(GO) test -count=1 -timeout 60m -run TestEvalFillRate -v ./internal/analysis/restock
	SHOPWATCH_SOAK=1 $(GO) test -count=1 -timeout 10m -run Storm -v ./internal/notify
	SHOPWATCH_SOAK=1 $(GO) test -count=1 -timeout 20m -run 'AcceptThenDrop|KilledAtEachStep' -v ./jobs
	SHOPWATCH_SOAK=1 $(GO) test -count=1 -timeout 60m -run 'KillProgram|Reload' -v ./internal/cli
	SHOPWATCH_SOAK=1 $(GO) test -count=1 -timeout 120m -run 'TestGallery|MemoryOverDays' -v ./internal/app
	SHOPWATCH_SOAK=1 $(GO) test -count=1 -timeout 60m -run CampaignDaysKeepQuiet -v ./internal/app

.PHONY: eval
eval: ## the analysis against public benchmarks, as one table
	@.ci/eval

.PHONY: update
update: ## rewrite golden files and the configuration schema
	UPDATE=1 $(GO) test ./...

.PHONY: bench
bench: ## the published workloads, small: less than a minute
	$(GO) run . bench --quick

.PHONY: peers
peers: ## the same catalogue in DuckDB, PostgreSQL and SQLite (needs a C compiler)
	cd bench/peers && $(GO) run . --markdown ../../docs/benchmarks.md

.PHONY: demo
demo: ## the whole bot on this computer, without any account
	$(GO) run . demo

.PHONY: build
build: ## a static binary: ./shopwatch
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o shopwatch .

.PHONY: browser
browser: ## tests of the pages in a real browser (chromium)
	$(GO) test -count=1 -v -run 'Browser|Page' ./bot/sandbox/... ./internal/web/... ./internal/app/...

.PHONY: docker-check
docker-check: ## the image's recipe and the binary in an empty root
	$(GO) test -count=1 -v -run 'TestDockerfile|TestEmptyRoot|TestRunsAnywhere' ./internal/archtest

.PHONY: ci
ci: ## what the gate runs on a fresh machine
	.ci/run
