# Evaluations: what rules, detectors and models do to texts of which somebody said what they
# are. tests/eval/eval_X.c, built like benches. The data is not ours and not here:
# DATA=DIR names it (docs/MODERATION.md); what is absent is named and left out.
DATA ?= ../shared/data
EVAL := $(patsubst tests/eval/%.c,%,$(wildcard tests/eval/eval_*.c))
define EVAL_PROGRAM
$(T)/$(1): $(O)/tests/eval/$(1).o $(patsubst %.c,$(O)/%.o,$(call uses,tests/eval/$(1).c)) $(O)/libcommon.a
	@mkdir -p $$(@D)
	$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS) $$(if $(call links,tests/eval/$(1).c),$$(shell pkg-config --libs $(call links,tests/eval/$(1).c)))
$(O)/tests/eval/$(1).o: EXTRA := -Itests/lib $(sort $(patsubst %,-I%,$(filter stages/%,$(dir $(call uses,tests/eval/$(1).c))))) $(if $(call links,tests/eval/$(1).c),$(shell pkg-config --cflags $(call links,tests/eval/$(1).c)))
endef
$(foreach e,$(EVAL),$(eval $(call EVAL_PROGRAM,$(e))))

.PHONY: eval
# Models of rules/models take part where they are (make model).
eval: $(T)/eval_rules $(T)/eval_pii $(T)/eval_language ## rules, detectors, languages on labelled texts (DATA=DIR)
	$(Q)tests/eval/eval.sh $(T) $(DATA)

.PHONY: eval-pii
eval-pii: $(T)/eval_pii ## recall and precision of the detectors (DATA=DIR)
	$(Q)DATA=$(DATA) $<

# Recall and precision of the duplicate search. Without DATA on the command line its texts are
# made, not natural. PHRASES: which of the two held-out lists. EVAL_DEDUP: further options (--copies 200, --show 20, --json, --strict).
.PHONY: eval-dedup
DEDUP_TUNING := $(patsubst %,--tuning %,$(sort $(wildcard tests/data/generic/tuning-*.txt)))
PHRASES ?= 2
DEDUP_HELD_OUT = $(patsubst %,--generic %,$(sort $(wildcard tests/data/generic/held-out-$(PHRASES)-*.txt)))
DEDUP_DATA := $(if $(filter command environment,$(firstword $(origin DATA))),$(DATA))
eval-dedup: $(T)/eval_dedup ## recall and precision of the duplicate search (DATA=DIR; else made texts)
	$(Q)set -e; files=; if [ -n "$(DEDUP_DATA)" ]; then \
		out=$$(mktemp -d); trap 'rm -rf "$$out"' EXIT; \
		files=$$(python3 -B tests/eval/dedup_texts.py $(DEDUP_DATA) "$$out"); fi; \
	$< $(DEDUP_TUNING) $(DEDUP_HELD_OUT) $(EVAL_DEDUP) $$files
