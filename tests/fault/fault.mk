# Faults. `make check-fault` is the long form; FAULT=short is what CI runs.
#
#	chaos		kill -9 at random under load, then the books (chaos.c)
#	powercut	the journal after a cut at every write, and its controls (powercut.c)
F := $(O)/fault
FAULT ?= long
CHAOS_WORK = $(shell mktemp -d -t normavis-chaos.XXXXXX)
hooked := build/$(notdir $(CC))-hooks

$(F)/chaos: $(O)/tests/fault/chaos.o $(O)/libcommon.a
$(F)/powercut: $(O)/tests/fault/powercut.o $(O)/tests/fault/cutdisc.o $(O)/libcommon.a
$(F)/chaos $(F)/powercut:
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lcmocka
$(O)/tests/fault/%.o: EXTRA := -Itests/fault -Itests/lib

# Runs chaos in a directory of its own, which stays only when something was wrong.
run_chaos = work=$(CHAOS_WORK) && $(F)/chaos --bin $(hooked)/bin --work $$work $(1) && rm -rf $$work

.PHONY: check-chaos check-powercut check-fault
check-chaos: $(F)/chaos ## kill -9 at random under load; nothing lost, nothing twice
	$(Q)$(MAKE) HOOKS=1 CC=$(CC) all
ifeq ($(FAULT),short)
	$(Q)$(call run_chaos,--kills 25 --records 8000 --seed 1)
	$(Q)$(call run_chaos,--kills 10 --records 3000 --seed 2 --planted)
else
	$(Q)$(call run_chaos,--kills 240 --records 60000 --seed 1)
	$(Q)$(call run_chaos,--kills 120 --records 30000 --seed 2 --supervisor)
	$(Q)$(call run_chaos,--kills 60 --records 10000 --seed 3 --planted)
endif

check-powercut: $(F)/powercut ## the journal after a power cut at every write
	$(Q)$(F)/powercut

check-fault: check-powercut check-chaos ## kills, power cuts, failing calls, full disks (FAULT=short for the short form)
