# Everything a person does with this checkout. `make help` lists it.
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
PREFIX ?= /usr/local

JDK := $(shell scripts/find-jdk 2>/dev/null)
COMMIT := $(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
MVN := scripts/mvn
APP := target/app
SCRIPTS := bin/keystone-agent bin/in-sandbox bin/sandbox $(wildcard .ci/* scripts/*)
# What runs in guests, or builds them. Every byte of these is part of an image's digest, so what shellcheck says of them for
# no reason is named here, and not in them.
GUEST_SCRIPTS := $(shell grep -rlE '^\#!/bin/sh' src/main/resources)
BUSYBOX_SCRIPTS := $(shell grep -rlE '^\#!/bin/busybox sh' src/main/resources)
BUSYBOX_UNFOUNDED := SC1007,SC1010,SC2034,SC2164,SC2254
PYTHON_FILES := $(shell find src/main/resources src/it/resources src/test/resources -name '*.py' 2>/dev/null)

# Folders are listed too: their time tells of a file that was removed.
INPUTS := pom.xml $(wildcard .mvn/*) $(MVN) scripts/find-jdk $(shell find src/main)

.PHONY: help build test test-full shards check fmt bench bench-shares install uninstall dist try-dist quickstart host host-for-tests clean jdk docs bench-tasks bench-egress

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

build: jdk $(APP)/keystone-agent.jar ## build bin/keystone-agent; does nothing when nothing changed

$(APP)/keystone-agent.jar: $(INPUTS) target/facts
	@echo 'Building keystone-agent'
	@$(MVN) package -Dmaven.test.skip=true

# What a build depends on besides files; rewritten only when it differs.
target/facts: FORCE
	@mkdir -p target
	@echo '$(JDK) $(COMMIT)' | cmp -s - $@ || echo '$(JDK) $(COMMIT)' > $@
FORCE:

jdk:
	@scripts/find-jdk >/dev/null

test: build check-scripts ## prove every point once: unit tests, house rules, booted sandboxes (minutes)
	@$(MVN) spotless:check verify

test-full: build ## every test, however long; SHARD=room or SHARD=tag runs a part (see make shards)
	@scripts/test-full $(SHARD)

shards: ## list the parts of test-full, with the minutes each takes
	@cat src/it/shards

check: jdk check-scripts ## format, compiler lint, Error Prone, NullAway, house rules; boots nothing
	@$(MVN) spotless:check test -Dtest=HouseRulesTest
	@echo 'Checked: format, lint, Error Prone, NullAway, house rules, shell scripts'

.PHONY: check-scripts
check-scripts: ## lint the shell scripts, the guest's too, and compile its Python
	@if command -v shellcheck >/dev/null; then \
	    shellcheck $(SCRIPTS) && shellcheck --severity=warning $(GUEST_SCRIPTS) && \
	    shellcheck --severity=warning --shell=dash --exclude=$(BUSYBOX_UNFOUNDED) $(BUSYBOX_SCRIPTS); \
	else echo 'shellcheck is not installed: the shell scripts were not checked'; fi
	@if command -v python3 >/dev/null; then \
	    python3 -c 'import sys; [compile(open(name, "rb").read(), name, "exec") for name in sys.argv[1:]]' $(PYTHON_FILES); \
	else echo 'python3 is not installed: the Python files were not checked'; fi

fmt: jdk ## format the Java sources
	@$(MVN) spotless:apply

docs: build ## write docs/cli.md and docs/config.md from what the program knows
	@bin/keystone-agent docs docs

bench: build ## measure start, exec, list, image decision and the supervisor's memory
	@scripts/bench

bench-shares: build ## measure what the files of a project cost in a guest, for every share driver
	@scripts/bench shares

bench-tasks: build ## measure what a task costs beyond the same by hand, and many watchers and updates
	@scripts/bench tasks

bench-egress: build ## measure what the exit costs against an ssh forward of one's own and an open network
	@scripts/bench egress

install: build ## install into PREFIX (default /usr/local)
	@scripts/install '$(DESTDIR)$(PREFIX)'

uninstall: ## remove what was installed into PREFIX; sandboxes and images stay
	@scripts/uninstall '$(DESTDIR)$(PREFIX)'

dist: build ## make an archive and a Debian package that run without a JDK, in target/dist
	@scripts/dist

try-dist: dist ## install both in a clean Debian, and run them there
	@scripts/try-dist

host: ## install the Debian packages and the JDK that keystone-agent needs, saying why
	@scripts/install-host-packages

host-for-tests: ## the same, and what the tests need
	@scripts/install-host-packages --with-tests

quickstart: ## the whole way: host packages, build, image, a sandbox around a real project
	@scripts/install-host-packages
	@$(MAKE) build
	@scripts/quickstart

clean: ## remove what was built; sandboxes and images stay
	@rm -rf target
