# Fuzzing with libFuzzer, ASan and UBSan: tests/fuzz/fuzz_X.c is one program, linked as
# unit tests are (`// uses:`, `// links:`). Its corpus is tests/fuzz/corpus/X/: small inputs,
# some right, some wrong; what a run finds goes there too, once it is mended.
#
#	make fuzz-smoke			each target for FUZZ_S seconds
#	make fuzz TARGET=record FUZZ_S=3600	one of them for an hour
#
# New inputs of a run stay under build/; a crash leaves its input there and its name on
# the terminal.
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_S := 10
FUZZ_MAKE = $(MAKE) CC=clang SAN=fuzzer-no-link,address,undefined

define FUZZ_PROGRAM
$(T)/fuzz_$(1): $(O)/tests/fuzz/fuzz_$(1).o $(patsubst %.c,$(O)/%.o,$(call uses,tests/fuzz/fuzz_$(1).c)) $(O)/libcommon.a
	@mkdir -p $$(@D)
	$(Q)$$(CC) -pthread -fsanitize=fuzzer,address,undefined $$(LDFLAGS) -o $$@ $$^ $$(LIBS) \
		$$(if $(call links,tests/fuzz/fuzz_$(1).c),$$(shell pkg-config --libs $(call links,tests/fuzz/fuzz_$(1).c)))
$(O)/tests/fuzz/fuzz_$(1).o: EXTRA := -Itests/lib $(sort $(patsubst %,-I%,$(filter stages/%,$(dir $(call uses,tests/fuzz/fuzz_$(1).c)))))
endef
$(foreach f,$(FUZZ),$(eval $(call FUZZ_PROGRAM,$(f))))

.PHONY: fuzz-smoke fuzz fuzz-programs fuzz-run
fuzz-smoke: ## each fuzz target for ten seconds
	@.ci/deps build check
	@$(FUZZ_MAKE) $(JOBS) fuzz-programs
	@$(FUZZ_MAKE) fuzz-run FUZZ_S=$(FUZZ_S)

fuzz: ## one fuzz target for long: make fuzz TARGET=record FUZZ_S=3600
	@$(FUZZ_MAKE) $(JOBS) fuzz-programs
	@$(FUZZ_MAKE) fuzz-run FUZZ="$(TARGET)" FUZZ_S=$(FUZZ_S)

# For the two above: this make is already the variant.
fuzz-programs: $(FUZZ:%=$(T)/fuzz_%)

fuzz-run:
	@passed=0; failed=0; \
	for f in $(FUZZ); do \
		new=$(O)/corpus/$$f; mkdir -p $$new; \
		if $(T)/fuzz_$$f -max_total_time=$(FUZZ_S) -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
			-print_final_stats=1 -artifact_prefix=$(O)/$$f- $$new $$(ls -d tests/fuzz/corpus/$$f 2>/dev/null) \
			>$(T)/fuzz_$$f.log 2>&1; \
		then passed=$$((passed + 1)); \
			echo "fuzz_$$f: $$(sed -n 's/^stat::number_of_executed_units: *//p' $(T)/fuzz_$$f.log) inputs"; \
		else failed=$$((failed + 1)); echo "FAILED: fuzz_$$f"; tail -n 40 $(T)/fuzz_$$f.log; fi; \
	done; \
	echo "fuzz targets: $$passed passed, $$failed failed"; [ $$failed -eq 0 ]
