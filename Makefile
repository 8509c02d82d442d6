# Normavis. `make help` lists the targets. One file, non-recursive; what belongs to tests
# is in fragments beside them. A variant is a directory of its own under build/, so that
# switching never mixes objects:
#
#	make SAN=address,undefined test-unit    make CC=clang    make COV=1    make HOOKS=1
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := /bin/bash

CC := gcc
comma := ,
PKGS := libzmq jansson yajl yaml-0.1 sqlite3 libcrypto libxxhash libhs
O := build/$(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(COV),-cov)$(if $(HOOKS),-hooks)
Q := $(if $(V),,@)
# A make that calls a make gives it all processors, unless it was told how many.
JOBS = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef \
	-Wcast-qual -Wnull-dereference -Werror
COMMON_DIRS := $(patsubst %/,%,$(wildcard common/*/))
OPT := $(if $(SAN)$(COV),-O1,-O2)
ALL_CFLAGS := -std=gnu11 -g $(OPT) $(WARN) -fno-common -fno-omit-frame-pointer -pthread $(COMMON_DIRS:%=-I%) -I$(O)/gen \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all,-D_FORTIFY_SOURCE=2 -fstack-protector-strong) \
	$(if $(COV),--coverage) $(if $(HOOKS),-DTEST_HOOKS) $(CFLAGS)
# libstemmer is linked statically, so that a program stems alike whatever is installed later.
LIBS = $(shell pkg-config --libs $(PKGS)) -lisal -l:libstemmer.a -lm
ALL_LDFLAGS := -pthread $(if $(SAN),-fsanitize=$(SAN)) $(if $(COV),--coverage) $(LDFLAGS)

STAGES := $(filter $(notdir $(patsubst %/main.c,%,$(wildcard stages/*/main.c))),$(notdir $(wildcard stages/*)))
# fold_gen.c is a program of the build itself: it prints a table that is included.
COMMON_SRC := $(filter-out %_gen.c,$(wildcard common/*/*.c))
COMMON_OBJ := $(COMMON_SRC:%.c=$(O)/%.o)
stage_obj = $(patsubst %.c,$(O)/%.o,$(filter-out %_gen.c,$(wildcard stages/$(1)/*.c)))
BIN := $(STAGES:%=$(O)/bin/%)

.PHONY: all help deps run test test-programs test-rules test-valgrind test-valgrind-stages check-san check-san-unit check-tsan check-valgrind coverage \
	install uninstall clean
all: $(BIN) ## build every program

help: ## this list
	@echo 'make TARGET [V=1: show commands] [CC=clang] [SAN=address,undefined] [COV=1] [HOOKS=1]'
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | \
		awk -F'\t' '{ printf "  %-16s %s\n", $$1, $$2 }'

deps: ## install the Debian packages for all targets, saying which and why
	@.ci/deps

# Both begin on a bare machine. The packages are there only after the first line, and what
# pkg-config says was asked before it: so the rest is for a make of its own.
run: ## build, start the pipeline with sample reviews, stay up until Ctrl-C
	@.ci/deps build
	@$(MAKE) $(JOBS) all
	@exec $(O)/bin/normavis run --config pipeline.yaml --sample tests/data/sample/reviews.ndjson

test: ## everything that must pass before a change: units, rules, scenarios, short lint
	@.ci/deps build test
	@$(MAKE) $(JOBS) all test-programs
	@$(MAKE) test-unit
	@$(MAKE) test-rules
	@$(MAKE) test-scenario
	@$(MAKE) $(JOBS) lint-short
	@echo "make test: all passed"

check-san-unit: ## units under AddressSanitizer and UBSan
	@.ci/deps build test
	@$(MAKE) $(JOBS) SAN=address,undefined all test-programs
	@$(MAKE) SAN=address,undefined test-unit

# One module has a second thread; libzmq's, not being built for it, would be all that
# ThreadSanitizer talks about elsewhere.
THREADED := alive_test
check-tsan: ## the units that have threads, under ThreadSanitizer
	@.ci/deps build test
	@$(MAKE) $(JOBS) SAN=thread $(THREADED:%=build/$(notdir $(CC))-thread/tests/%)
	@$(MAKE) SAN=thread test-unit UNIT='$(THREADED)'

check-san: check-san-unit check-tsan ## units and scenarios under AddressSanitizer and UBSan; threads under TSan
	@$(MAKE) SAN=address,undefined test-scenario

check-valgrind: ## units under valgrind, and the four stages with good and bad records
	@.ci/deps build test check
	@$(MAKE) $(JOBS) all test-programs
	@$(MAKE) test-valgrind test-valgrind-stages

coverage: ## lines that the units reach, per file
	@.ci/deps build test
	@$(MAKE) $(JOBS) COV=1 test-programs
	@$(MAKE) COV=1 test-unit
	@tests/lint/coverage.sh build/$(notdir $(CC))-cov

include $(wildcard tests/tests.mk tests/bench/bench.mk tests/eval/eval.mk tests/eval/model.mk tests/fault/fault.mk tests/fuzz/fuzz.mk tests/lint/lint.mk)

test-programs: $(UNIT:%=$(T)/%)

test-rules: $(O)/bin/normavis ## the shipped rules, each against its own examples
	$(Q)$< check --config pipeline.yaml

# Programs that cannot be run under it say so at their top: `// valgrind: no, WHY`, and are
# named. ASan runs them all.
not_valgrind := $(shell grep -l '^// valgrind: no' $(UNIT:%=tests/unit/%.c))
test-valgrind: test-programs
	$(call RUN_UNIT,valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,$(filter-out $(not_valgrind:tests/unit/%.c=%),$(UNIT)))
	@grep -h '^// valgrind: no' $(not_valgrind) /dev/null | sed 's,^// valgrind: no,not run under valgrind,'

test-valgrind-stages: $(BIN)
	$(Q)NORMAVIS_BIN=$(CURDIR)/$(O)/bin bats --print-output-on-failure tests/valgrind

clean: ## remove everything that was built
	$(Q)rm -rf build

# --- how a thing is made ------------------------------------------------------
$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(EXTRA) -MMD -MP -c -o $@ $<
$(O)/stages/dedup/signature.o $(O)/stages/dedup/slots.o: EXTRA += -O3 # loops worth their vectors

# Files that are built in, as the lines of an array: the store's schema, and the sentences
# that no rule may touch.
$(O)/gen/schema.inc: common/store/schema.sql
$(O)/gen/criticism.inc: rules/controls/criticism.yaml
$(O)/gen/schema.inc $(O)/gen/criticism.inc:
	@mkdir -p $(@D)
	$(Q)sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n",/' $< > $@
$(O)/common/store/store_schema.o: $(O)/gen/schema.inc
$(O)/common/rules/criticism_shipped.o: $(O)/gen/criticism.inc

# Where an installed command finds its configuration. Written only where it is another
# than before, so that `make install SYSCONFDIR=DIR` links the command anew and no other does.
$(O)/gen/installed_config.inc: FORCE
	@mkdir -p $(@D)
	@line='"$(SYSCONFDIR)/normavis/pipeline.yaml"'; \
	[ "$$(cat $@ 2>/dev/null)" = "$$line" ] || echo "$$line" > $@
$(O)/stages/normavis/installed.o: $(O)/gen/installed_config.inc
.PHONY: FORCE
FORCE:

# The table of the folding, from ICU's data. Who makes it is no part of a variant.
$(O)/gen/fold_table.inc: common/text/fold_gen.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) $(shell pkg-config --cflags icu-uc icu-i18n) -o $(O)/gen/fold_gen $< \
		$(shell pkg-config --libs icu-uc icu-i18n)
	$(Q)$(O)/gen/fold_gen > $@
$(O)/common/text/fold.o: $(O)/gen/fold_table.inc

# The tables of the languages' words, from language.def and information_*.def.
$(O)/gen/language_table.inc: common/text/language_gen.c common/text/language.def common/text/language_own.h
$(O)/gen/information_table.inc: stages/dedup/information_gen.c $(wildcard stages/dedup/information_*.def) stages/dedup/information_own.h
$(O)/gen/language_table.inc $(O)/gen/information_table.inc:
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O1 $(WARN) -o $(@:_table.inc=_gen) $<
	$(Q)$(@:_table.inc=_gen) > $@
$(O)/common/text/language.o $(O)/stages/dedup/information.o: $(O)/gen/language_table.inc $(O)/gen/information_table.inc

$(O)/libcommon.a: $(COMMON_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

define STAGE
$(O)/bin/$(1): $(call stage_obj,$(1)) $(O)/libcommon.a
	@mkdir -p $$(@D)
	$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS)
$(O)/stages/$(1)/%.o: EXTRA := -Istages/$(1)
endef
$(foreach s,$(STAGES),$(eval $(call STAGE,$(s))))
$(O)/bin/normavis: LIBS += -llinear # it alone trains

-include $(shell find $(O) -name '*.d' 2>/dev/null)

# --- where a thing is put -----------------------------------------------------
# `normavis run` starts its neighbours from its own directory: all programs stand in one,
# and a link in bin leads there. Configuration that is there already is left alone, and so
# are rules: those under SHARE are the shipped ones, to compare with.
PREFIX := /usr/local
SYSCONFDIR := /etc
STATEDIR := /var/lib/normavis
RUNDIR := /run/normavis
UNITDIR := $(PREFIX)/lib/systemd/system
LIBEXEC := $(PREFIX)/libexec/normavis
SHARE := $(PREFIX)/share/normavis

install: all ## programs, pages, systemd unit; rules and configuration where there are none (DESTDIR, PREFIX, SYSCONFDIR)
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXEC) $(DESTDIR)$(SHARE) $(DESTDIR)$(SYSCONFDIR)/normavis
	$(Q)install -m 755 $(BIN) $(DESTDIR)$(LIBEXEC)
	$(Q)ln -sfn ../libexec/normavis/normavis $(DESTDIR)$(PREFIX)/bin/normavis
	$(Q)for f in $$(find rules docs -type f) README.md LICENSE; do \
		install -D -m 644 $$f $(DESTDIR)$(SHARE)/$$f; done
	$(Q)conf=$(DESTDIR)$(SYSCONFDIR)/normavis; \
	[ -e $$conf/rules ] || for f in $$(find rules -type f); do install -D -m 644 $$f $$conf/$$f; done; \
	[ -e $$conf/pipeline.yaml ] || sed -e 's|=docs/schema/|=$(SHARE)/docs/schema/|' \
		-e 's|^  data: data.*|  data: $(STATEDIR)\n  run: $(RUNDIR)|' pipeline.yaml > $$conf/pipeline.yaml
	$(Q)for f in normavis.service normavis.sysusers; do \
		sed 's|@LIBEXEC@|$(LIBEXEC)|; s|@SHARE@|$(SHARE)|; s|@SYSCONFDIR@|$(SYSCONFDIR)|' stages/normavis/$$f > $(O)/$$f; done
	$(Q)install -D -m 644 $(O)/normavis.service $(DESTDIR)$(UNITDIR)/normavis.service
	$(Q)install -D -m 644 $(O)/normavis.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/normavis.conf

uninstall: ## take the programs, pages and the unit away; configuration, rules and data stay
	$(Q)rm -rf $(DESTDIR)$(LIBEXEC) $(DESTDIR)$(SHARE) $(DESTDIR)$(PREFIX)/bin/normavis \
		$(DESTDIR)$(UNITDIR)/normavis.service $(DESTDIR)$(PREFIX)/lib/sysusers.d/normavis.conf
