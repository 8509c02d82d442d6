# Benches of the whole pipeline. They print ratios of one run and never fail by time.
BENCH_PEER := tests/bench/node/node_modules/better-sqlite3
BENCH_TOOLS := $(addprefix $(T)/,bench_corpus bench_load bench_raw bench_idle)
# Of single parts: run by hand, compiled with the others so that they keep working.
BENCH_PARTS := $(patsubst tests/bench/%.c,$(T)/%,$(wildcard tests/bench/bench_*.c))
BENCH_STAGES := $(addprefix $(O)/bin/,collect dedup moderate publish)

.PHONY: bench bench-texts bench-peer
bench: ## ratios of one run: raw SQLite, Node, latency, memory (some minutes)
	@.ci/deps build bench
	@$(MAKE) $(BENCH_STAGES) $(BENCH_PARTS) bench-peer
	$(Q)tests/bench/bench.sh $(O)/bin $(T) 60000 3 1000000
	@$(MAKE) bench-texts

# What is read in texts: the fold, words, what is hidden, the whole rule set. TEXTS=FILE: its
# lines instead of the benches' own phrases.
bench-texts: $(addprefix $(T)/,bench_fold bench_words bench_match) ## ratios of the fold, of words, of the whole rule set
	$(Q)for b in fold words match; do $(T)/bench_$$b $(TEXTS) || exit; done

# better-sqlite3 is built from source, against the headers of Debian's Node.
bench-peer: | $(BENCH_PEER)
$(BENCH_PEER):
	$(Q)cd tests/bench/node && npm_config_nodedir=/usr npm ci --build-from-source \
		--no-audit --no-fund --loglevel=error
