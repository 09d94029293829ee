# The front door. `make` alone prints this help; CI calls the same targets as people do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

INSTALLED := node_modules/.installed

.PHONY: help
help: ## print this help
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

# The Node that runs everything comes from npm as well (node_modules/.bin/node).
$(INSTALLED): package.json package-lock.json $(wildcard */package.json) .taprc
	npm ci --no-audit --no-fund
	tap build
	@touch $@

.PHONY: install
install: $(INSTALLED)
