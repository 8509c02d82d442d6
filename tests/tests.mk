# Tests. A unit test is one program: tests/unit/X_test.c, libcommon and cmocka; two
# comments at its top may ask for more:
#
#	// uses: stages/dedup/exact.c     further sources of ours
#	// links: icu-uc icu-i18n         pkg-config packages
#
# Results go to the terminal only; nothing is written outside build/ and $TMPDIR.
UNIT := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*_test.c))
T := $(O)/tests
uses = $(shell sed -n 's|^// uses: *||p' $(1))
links = $(shell sed -n 's|^// links: *||p' $(1))

define UNIT_TEST
$(T)/$(1): $(O)/tests/unit/$(1).o $(patsubst %.c,$(O)/%.o,$(call uses,tests/unit/$(1).c)) $(O)/libcommon.a
	@mkdir -p $$(@D)
	$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS) -lcmocka $$(if $(call links,tests/unit/$(1).c),$$(shell pkg-config --libs $(call links,tests/unit/$(1).c)))
$(O)/tests/unit/$(1).o: EXTRA := -Itests/lib $(sort $(patsubst %,-I%,$(filter stages/%,$(dir $(call uses,tests/unit/$(1).c))))) $(if $(call links,tests/unit/$(1).c),$(shell pkg-config --cflags $(call links,tests/unit/$(1).c)))
endef
$(foreach u,$(UNIT),$(eval $(call UNIT_TEST,$(u))))
$(O)/tests/lib/%.o: EXTRA := -Itests/lib

# $(1): before each command, $(2): which. The whole output only of those that fail.
define RUN_UNIT
@passed=0; failed=0; \
for t in $(2); do \
	if $(1) $(T)/$$t >$(T)/$$t.log 2>&1; then \
		passed=$$((passed + $$(grep -c '\[       OK \]' $(T)/$$t.log || true))); \
		grep -h 'NOT RUN' $(T)/$$t.log || true; \
	else failed=$$((failed + 1)); echo "FAILED: $$t"; cat $(T)/$$t.log; fi; \
done; \
echo "unit tests: $$passed passed, $$failed programs failed"; [ $$failed -eq 0 ]
endef

.PHONY: test-unit test-scenario node-client
test-unit: $(UNIT:%=$(T)/%) ## the unit tests
	$(call RUN_UNIT,,$(UNIT))

# The Node client's library comes with its programs: nothing is compiled. Where it can't be
# had, the test of that client says that it is not run.
NODE_CLIENT := tests/scenario/node/node_modules/zeromq
node-client:
	@command -v node >/dev/null && command -v npm >/dev/null || exit 0; \
	[ -d $(NODE_CLIENT) ] && exit 0; \
	echo "npm ci in tests/scenario/node (the Node client of docs/INTAKE.md)"; \
	cd tests/scenario/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || \
		echo "npm has no zeromq for us: the Node client will not be run" >&2

# They wait for each other's processes more than they compute.
SCENARIO_JOBS ?= $(shell echo $$(($$(nproc) + 1)))
test-scenario: $(BIN) node-client ## the scenario tests: real processes, real files
	$(Q)NORMAVIS_BIN=$(CURDIR)/$(O)/bin bats --jobs $(SCENARIO_JOBS) $(if $(CI),,--print-output-on-failure) tests/stage tests/scenario

# --- benches: tests/bench/bench_X.c, built like unit tests, never run by `test` ---------
BENCH := $(patsubst tests/bench/%.c,%,$(wildcard tests/bench/bench_*.c))
define BENCH_PROGRAM
$(T)/$(1): $(O)/tests/bench/$(1).o $(patsubst %.c,$(O)/%.o,$(call uses,tests/bench/$(1).c)) $(O)/libcommon.a
	@mkdir -p $$(@D)
	$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS) $$(if $(call links,tests/bench/$(1).c),$$(shell pkg-config --libs $(call links,tests/bench/$(1).c)))
$(O)/tests/bench/$(1).o: EXTRA := -Itests/lib $(sort $(patsubst %,-I%,$(filter stages/%,$(dir $(call uses,tests/bench/$(1).c))))) $(if $(call links,tests/bench/$(1).c),$(shell pkg-config --cflags $(call links,tests/bench/$(1).c)))
endef
$(foreach b,$(BENCH),$(eval $(call BENCH_PROGRAM,$(b))))
