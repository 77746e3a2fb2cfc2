# Needs Go, GNU make and a POSIX shell. What each target does: make help

GO ?= go
FUZZTIME ?= 5m
BENCHSTAT = golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.2

VERSION = $(shell sed -n 's/^const Number = "\(.*\)"/\1/p' version/version.go)

# migrated_fynedo: the window touches its widgets on Fyne's goroutine only.
# Built without it (make build TAGS=), Fyne checks that and logs where not.
TAGS = migrated_fynedo
# ci: Fyne's software driver, which needs no C compiler and no display.
TEST_TAGS = ci,migrated_fynedo

# Products are rounded before they are added, as on amd64: else arm64's programs give
# other last digits (CONTRIBUTING.md). qn: none is fused, and nothing is printed of it.
GCFLAGS = $(if $(filter arm64,$(shell $(GO) env GOARCH)),-gcflags=all=-d=fmahash=qn)

.PHONY: help run build headless test test-arm64 test-race race fuzz vuln forms bench benchstat lint deps man generate dist reproducible ports clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' Makefile | \
	while IFS='|' read -r target text; do printf '  make %-11s %s\n' "$$target" "$$text"; done

run: ## build and open the window; without a display, write scalecam.png
	@command -v $(GO) >/dev/null || { echo 'Install Go 1.26 or newer first: https://go.dev/dl' >&2; exit 1; }
	@if tools/deps.sh && $(MAKE) build; then program=./scalecam; \
	else echo 'Building without the window instead.' && $(MAKE) headless && program=./scalecam-headless; fi && \
	if [ $$program = ./scalecam ] && { [ "$$(uname)" != Linux ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; }; \
	then exec ./scalecam; fi && \
	$$program compare -o scalecam.png && \
	echo 'There is no window or no display here: the comparison is in scalecam.png.'

build: ## build ./scalecam with its window (cgo; the first time takes minutes)
	CGO_ENABLED=1 $(GO) build -tags '$(TAGS)' $(GCFLAGS) -o scalecam .

headless: ## build ./scalecam-headless, the commands alone (static, no C compiler)
	CGO_ENABLED=0 $(GO) build -tags headless $(GCFLAGS) -o scalecam-headless .

test: export CGO_ENABLED = 0
test: ## vet and test; needs neither C compiler nor display
	$(GO) build -tags headless -o /dev/null .
	$(GO) vet -tags $(TEST_TAGS) ./...
	GOARCH=386 $(GO) vet -tags $(TEST_TAGS) ./... # 32-bit systems
	$(GO) test -timeout 20m -tags $(TEST_TAGS) ./...
	$(GO) test -timeout 20m -tags $(TEST_TAGS),noasm ./network/...

# Of the networks that libraries' results are there for those that an emulator runs
# in seconds. What it does not run either: what times, and what is the same on every
# processor. A machine of arm64 runs everything by make test.
ARM64_TEST = $(GO) test -timeout 20m -tags $(TEST_TAGS) -exec qemu-aarch64
test-arm64: export CGO_ENABLED = 0
test-arm64: export GOARCH = arm64
test-arm64: ## test kernels and networks on arm64, emulated (needs qemu-aarch64)
	@if ! command -v qemu-aarch64 >/dev/null; then \
		echo 'make test-arm64: skipped, since qemu-aarch64 is missing, which runs the tests (Debian: qemu-user)'; exit 0; \
	fi; set -ex; \
	$(GO) vet -tags $(TEST_TAGS) ./network/kernel; \
	$(ARM64_TEST) -skip '^TestPeak$$' ./network/kernel ./network/op ./network/naming ./network/tensorfile; \
	$(ARM64_TEST) -run '^TestOracles$$/^neon$$/(-10$$|^mobilenet_v2$$|^efficientnet_b0$$)' ./network/models

test-race: ## test under the race detector (cgo)
	CGO_ENABLED=1 $(GO) test -race -timeout 60m -tags $(TEST_TAGS) ./...

# The rooms where goroutines share something, and whose tests are short.
race: ## test those under the race detector (cgo)
	CGO_ENABLED=1 $(GO) test -race -tags $(TEST_TAGS) ./parallel ./file ./compare/batch ./network/store

# 20 tries at shortening what covers something new: by default Go spends a minute
# on each, and all of a slow target's time.
fuzz: ## run each fuzz target for FUZZTIME (5m), in an order by chance
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | \
	sort -R | while IFS=: read -r file target; do \
		echo "$${target#func } in $$(dirname "$$file")"; \
		$(GO) test -tags $(TEST_TAGS) -run '^$$' -fuzz "^$${target#func }$$" \
			-fuzztime $(FUZZTIME) -fuzzminimizetime 20x "$$(dirname "$$file")" </dev/null || exit 1; \
	done

vuln: ## look for known vulnerabilities (needs vuln.go.dev, else says so)
	tools/vuln.sh

forms: ## hold the issue forms to their published schemas (needs PyPI, else says so)
	tools/forms.sh

# The same few of every release: the five networks, a training step, a photograph of 12
# megapixels read, a figure drawn.
bench: export CGO_ENABLED = 0
bench: ## measure what each release is measured by, into docs/bench/VERSION.txt
	$(GO) test -tags $(TEST_TAGS) -run '^$$' -bench '^Benchmark(Figure7|Step|Open|Draw)$$' -benchtime 0.5s -count 6 \
		./network ./network/train ./picture ./compare/figure >docs/bench/$(VERSION).txt

benchstat: ## compare that with the release before, measured on the same machine
	$(GO) run $(BENCHSTAT) $$(ls docs/bench/*.txt | sort -V | tail -n 2)

lint: export CGO_ENABLED = 0
lint: ## run golangci-lint (built from source the first time: minutes)
	$(GO) run $(GOLANGCI_LINT) run ./...

deps: ## install the system packages that the window needs
	tools/deps.sh

man: ## write the manual pages into man1, of the commit's date
	SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)} $(GO) run ./tools/man man1

generate: ## write the assembly, draw the embedded pictures and the icon again
	$(GO) generate ./network/kernel ./assets

# A window that cannot be built here is left out, and said so at the end.
dist: ## build the packages for all systems into ./dist (the first time takes minutes)
	-@tools/deps.sh
	-@tools/deps.sh windows
	rm -rf dist
	CGO_ENABLED=0 $(GO) run ./tools/dist

reproducible: ## build the packages of the last commit twice, elsewhere, and compare them
	tools/reproducible.sh

ports: ## hold the programs of other systems to this one's bytes (qemu-user, wine)
	tools/ports.sh

clean: ## remove what the targets above write
	rm -rf scalecam scalecam-headless scalecam.png scalecam.json man1 dist
