# Faults. `make check-fault` is the long form; FAULT=short is what CI runs.
#
#	chaos		kill -9 at random under load, then the books (chaos.c)
#	inject		each call that can fail does, once (inject.c, fail.c)
#	disk		full disks (disk.c); as root
#	cut		power cuts of the whole pipeline, and a control (cut.c); as root
#	stall		programs that neither die nor work (stall.c)
#	pipecut		all of it after a cut at every write, and a control (pipecut.c, trace.c)
#	powercut	the journal after a cut at every write, and its controls (powercut.c)
#
# Each but the last has a pipeline in a directory of its own, which stays only when
# something was wrong.
F := $(O)/fault
FAULT ?= long
hooked := build/$(notdir $(CC))-hooks

war := $(O)/tests/fault/war.o $(O)/libcommon.a
$(F)/chaos: $(O)/tests/fault/chaos.o $(war)
$(F)/inject: $(O)/tests/fault/inject.o $(war)
$(F)/disk: $(O)/tests/fault/disk.o $(war)
$(F)/cut: $(O)/tests/fault/cut.o $(war)
$(F)/stall: $(O)/tests/fault/stall.o $(war)
dedup_parts := $(filter-out %/main.c %_gen.c,$(wildcard stages/dedup/*.c))
$(F)/pipecut: $(O)/tests/fault/pipecut.o $(O)/tests/fault/replay.o \
	$(addprefix $(O)/stages/collect/,keys.o marks.o start.o) $(dedup_parts:%.c=$(O)/%.o) $(war)
$(F)/powercut: $(O)/tests/fault/powercut.o $(O)/tests/fault/cutdisc.o $(O)/libcommon.a
$(F)/chaos $(F)/inject $(F)/disk $(F)/cut $(F)/stall $(F)/pipecut $(F)/powercut:
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lcmocka
$(O)/tests/fault/%.o: EXTRA := -Itests/fault -Itests/lib
$(O)/tests/fault/pipecut.o: EXTRA += -Istages/collect -Istages/dedup
# What it stands in for carries attributes that only the C library's own headers may repeat.
$(F)/%.so: tests/fault/%.c tests/fault/%.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -D_GNU_SOURCE -fPIC -shared -o $@ $<

# $(1): program, $(2): where the stages are, $(3): more arguments
run_war = work=$$(mktemp -d -t normavis-$(1).XXXXXX) && \
	$(F)/$(1) --bin $(CURDIR)/$(2) --work $$work $(3) && rm -rf $$work
run_chaos = $(call run_war,chaos,$(hooked)/bin,$(1))

.PHONY: fault-programs check-chaos check-inject check-disk check-cut check-stall check-pipecut check-powercut check-fault
fault-programs: $(F)/chaos $(F)/inject $(F)/disk $(F)/cut $(F)/stall $(F)/pipecut $(F)/powercut $(F)/fail.so $(F)/trace.so

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

check-inject: $(F)/inject $(F)/fail.so $(BIN) ## each call that can fail does, once; nothing lost
ifeq ($(FAULT),short)
	$(Q)$(call run_war,inject,$(O)/bin,--library $(CURDIR)/$(F)/fail.so --calls 20 --step 10)
else
	$(Q)$(call run_war,inject,$(O)/bin,--library $(CURDIR)/$(F)/fail.so --calls 200 --rounds 5 --all)
endif

check-disk: $(F)/disk $(BIN) ## full disks: refused in time, nothing lost, work resumes (root)
ifeq ($(FAULT),short)
	$(Q)$(call run_war,disk,$(O)/bin,--rounds 2)
else
	$(Q)$(call run_war,disk,$(O)/bin,--rounds 20 --records 30000)
endif

check-cut: $(F)/cut $(BIN) ## power cuts of the whole pipeline, and the control without syncs (root)
ifeq ($(FAULT),short)
	$(Q)$(call run_war,cut,$(O)/bin,--cuts 3 --records 6000)
else
	$(Q)$(call run_war,cut,$(O)/bin,--cuts 25 --records 30000 --seed 1)
	$(Q)$(call run_war,cut,$(O)/bin,--cuts 25 --records 30000 --seed 2)
endif

check-stall: $(F)/stall $(BIN) ## a stopped worker, a stopped store: no deadlock, flat memory
ifeq ($(FAULT),short)
	$(Q)$(call run_war,stall,$(O)/bin,--records 12000)
else
	$(Q)$(call run_war,stall,$(O)/bin,--records 60000 --stall-ms 10000)
endif

check-pipecut: $(F)/pipecut $(F)/trace.so $(BIN) ## the whole pipeline after a power cut at every write
ifeq ($(FAULT),short)
	$(Q)$(call run_war,pipecut,$(O)/bin,--library $(CURDIR)/$(F)/trace.so --starts 16)
else
	$(Q)$(call run_war,pipecut,$(O)/bin,--library $(CURDIR)/$(F)/trace.so --starts 1000000)
endif

check-powercut: $(F)/powercut ## the journal after a power cut at every write
	$(Q)$(F)/powercut

check-fault: ## kills, power cuts, failing calls, full disks (FAULT=short for the short form)
	@.ci/deps build test check
	@$(MAKE) $(JOBS) all fault-programs
	@$(MAKE) check-powercut check-pipecut check-chaos check-inject check-disk check-cut check-stall
