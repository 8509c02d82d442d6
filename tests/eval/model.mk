# The local classifiers (docs/MODELS.md): made here, never shipped. The data is not ours and
# not here: DATA=DIR names it.
#
#	make model DATA=../shared/data		prepares the texts, trains, prints the figures
#	make model-eval				the figures again
MODEL_DIR := $(O)/model
MODELS := rules/models
# What the list of words beside the figures is made of.
MODEL_WORDS := $(DATA)/ldnoobw/en $(DATA)/ldnoobw/fr
MODEL_AT := 500

.PHONY: model model-eval
model: $(O)/bin/normavis ## train the classifiers of rules/models from DATA (some minutes)
	@.ci/deps build test
	@mkdir -p $(MODEL_DIR) $(MODELS)
	$(Q)python3 -B tests/eval/datasets.py $(DATA) $(MODEL_DIR)
	$(Q)for m in abuse spam; do \
		$(O)/bin/normavis model train --data $(MODEL_DIR)/$$m.ndjson --name $$m --out $(MODELS)/$$m.model || exit; done
	@$(MAKE) model-eval

# Twice: at even odds, and at the threshold that at most 1.5 % of the reviews reach that
# training has not seen.
model-eval: $(O)/bin/normavis
	$(Q)cat $(wildcard $(MODEL_WORDS)) /dev/null > $(MODEL_DIR)/words
	$(Q)for m in abuse spam; do for at in "--threshold $(MODEL_AT)" "--at-most 0.015 --of clothing-en"; do \
		echo; echo "== $$m $$at"; \
		$(O)/bin/normavis model eval --model $(MODELS)/$$m.model --data $(MODEL_DIR)/$$m.ndjson \
			--words $(MODEL_DIR)/words $$at || exit; done; done
