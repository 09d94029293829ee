# The front door. `make` alone prints this help; CI calls the same targets as people do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Whatever runs compiles a module once, not each process and thread anew.
export NODE_COMPILE_CACHE := $(CURDIR)/node_modules/.cache/compiled

INSTALLED := node_modules/.installed
WEB := controller/web/dist/index.html

.PHONY: help
help: ## print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

.PHONY: run
run: $(INSTALLED) build ## install, build, start a controller, five flying drones, a city that orders parcels, print the address
	@SCENE='$(SCENE)' exec node scenarios/demo.ts

.PHONY: demo
demo: run ## the same as run; SCENE=outage|reboot|bad-gps|lost-drone|storm|takeover|broker-down plays a scene in it and says what to look at

.PHONY: test
test: $(INSTALLED) $(WEB) servers ## all tests, with small counts; COUNT=, SEED= go through to the scenarios
	@exec node run-tests.ts

.PHONY: check
check: $(INSTALLED) ## types, format and lint, house rules, and that the dialect is the generated one
	tsc
	biome ci --error-on-warnings
	node run-tests.ts tidy.test.ts
	node protocol/mavlink/generate.ts --check

.PHONY: bench
bench: $(INSTALLED) $(WEB) ## measure; every line is a ratio from one run
	@exec node scenarios/bench/run.ts

.PHONY: bench-load
bench-load: $(INSTALLED) $(WEB) ## ten thousand agents on one controller: rates, ages of acks, processor, and what storing takes of it
	@exec node scenarios/bench/load.ts

.PHONY: soak
soak: $(INSTALLED) $(WEB) servers ## the scenarios, position trust and 10 000 voyages at their full counts (about an hour)
	@SOAK=1 node run-tests.ts stories scenarios 'protocol/telemetry/trust/{faults,hours}.test.ts'
	@RUNS=500 node run-tests.ts agent/outbox/invariants.test.ts
	@SEEDS=10000 node scenarios/voyage/run.ts
	@MUTATIONS=1 node scenarios/voyage/run.ts
	@MUTATIONS=1 node scenarios/orders/run.ts

.PHONY: voyage
voyage: $(INSTALLED) ## store and forward in virtual time through all that can go wrong: SEEDS=500, SEED= plays one again, MUTATIONS=1
	@exec node scenarios/voyage/run.ts

.PHONY: sitl
sitl: $(INSTALLED) ## flights on the simulator, or on an autopilot you have running: AUTOPILOT=tcp:127.0.0.1:5760 [WATCH=1 only looks]
	@FLIGHT='$(FLIGHT)' AUTOPILOT='$(AUTOPILOT)' AUTOPILOT2='$(AUTOPILOT2)' FLAVOUR='$(or $(FLAVOUR),ardupilot)' WATCH='$(WATCH)' exec node scenarios/sitl/run.ts

.PHONY: recorded
recorded: $(INSTALLED) ## what recorded flights would have raised, and how near each class of alert came: FLIGHTS="one.tlog two.tlog"
	@exec node scenarios/alerts/recordings.ts $(FLIGHTS)

.PHONY: dialect
dialect: $(INSTALLED) ## generate the MAVLink dialect again from its definitions
	node protocol/mavlink/generate.ts

.PHONY: build
build: $(WEB) ## build the page

.PHONY: images
images: $(INSTALLED) $(WEB) servers ## make the pictures of README and docs anew (docs/images/): the tests that show these pages, with IMAGES=1
	@IMAGES=1 exec node run-tests.ts scenarios/shift.test.ts scenarios/safety/local-page.test.ts

.PHONY: ci
ci: check test ## what CI runs

# The Node that runs everything comes from npm as well (node_modules/.bin/node).
$(INSTALLED): package.json package-lock.json $(wildcard */package.json) .taprc
	npm ci --no-audit --no-fund
	tap build
	@touch $@

.PHONY: install
install: $(INSTALLED) ## install what the project needs from npm

$(WEB): $(INSTALLED) $(shell find controller/web controller/live/messages.ts -type f -not -path '*/dist/*' 2>/dev/null)
	vite build controller/web --logLevel warn
	@touch $@

# A browser and a second MQTT broker, from the system's own packages, for the scenarios that need them.
.PHONY: servers
servers:
	@.ci/servers
