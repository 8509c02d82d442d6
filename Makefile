# Normavis. `make help` lists the targets. One file, non-recursive; a variant is a
# directory of its own under build/, so that switching never mixes objects:
#
#	make SAN=address,undefined test    make CC=clang    make COV=1 test
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := /bin/bash

CC := gcc
PKGS := libzmq jansson yaml-0.1 sqlite3 libcrypto libxxhash libhs
O := build/$(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(COV),-cov)$(if $(HOOKS),-hooks)
comma := ,
Q := $(if $(V),,@)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef \
	-Wcast-qual -Wnull-dereference -Werror
OPT := $(if $(SAN)$(COV),-O1,-O2)
ALL_CFLAGS := -std=gnu11 -g $(OPT) $(WARN) -fno-common -fno-omit-frame-pointer -pthread -Icommon -I$(O)/gen \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all,-D_FORTIFY_SOURCE=2 -fstack-protector-strong) \
	$(if $(COV),--coverage) $(if $(HOOKS),-DTEST_HOOKS) $(CFLAGS)
LIBS = $(shell pkg-config --libs $(PKGS)) -lisal -lm
ALL_LDFLAGS := -pthread $(if $(SAN),-fsanitize=$(SAN)) $(if $(COV),--coverage) $(LDFLAGS)

STAGES := $(filter $(notdir $(patsubst %/main.c,%,$(wildcard stages/*/main.c))),$(notdir $(wildcard stages/*)))
# Programs of the build itself: *_gen.c is compiled, run, and its output included.
COMMON_SRC := $(filter-out %_gen.c,$(wildcard common/*.c))
COMMON_OBJ := $(COMMON_SRC:%.c=$(O)/%.o)
stage_obj = $(patsubst %.c,$(O)/%.o,$(wildcard stages/$(1)/*.c))
BIN := $(STAGES:%=$(O)/bin/%)

.PHONY: all
all: $(BIN) ## build every program

include $(wildcard tests/tests.mk)

# --- how a thing is made ------------------------------------------------------
$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(EXTRA) -MMD -MP -c -o $@ $<

# The store's schema, as the lines of an array in store.c.
$(O)/gen/schema.inc: common/schema.sql
	@mkdir -p $(@D)
	$(Q)sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n",/' $< > $@
$(O)/common/store.o: $(O)/gen/schema.inc

$(O)/libcommon.a: $(COMMON_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

define STAGE
$(O)/bin/$(1): $(call stage_obj,$(1)) $(O)/libcommon.a
	@mkdir -p $$(@D)
	$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS)
$(O)/stages/$(1)/%.o: EXTRA := -Istages/$(1)
endef
$(foreach s,$(STAGES),$(eval $(call STAGE,$(s))))

-include $(shell find $(O) -name '*.d' 2>/dev/null)
