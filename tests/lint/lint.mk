# Lint. The short part needs nothing that the build does not, and belongs to `make test`;
# the long part needs clang-tidy, cppcheck and shellcheck.
#
# What a check found stands on a line of its own, `file:line: text` where it has a line.
L := $(O)/lint
LINT_C := $(filter-out %_gen.c,$(wildcard common/*/*.c stages/*/*.c))
LINT_H := $(wildcard common/*/*.h stages/*/*.h)
LINT_ALONE := $(filter-out common/config/yaml_lib.h,$(LINT_H))
LINT_TEST := $(wildcard tests/*/*.c tests/*/*.h)
LINT_SHELL := $(shell grep -lE '^\#!.*\b(bash|sh)$$' .ci/* tests/*/*.sh 2>/dev/null)
# A tool that is not there is no pass.
need = command -v $(1) >/dev/null || { echo "$(1) is missing: apt-get install $(2)" >&2; exit 69; }

.PHONY: lint lint-short lint-tidy lint-cppcheck lint-shell format format-check \
	headers layers names sizes words needswork options glossary docs-check

lint: format-check lint-short lint-tidy lint-cppcheck lint-shell ## every check of the sources
	@echo "lint: all passed"

lint-short: headers layers names sizes words needswork options glossary docs-check

# --- short ------------------------------------------------------------------------------
# A header is the documentation of its noun, so it must be readable, and compile, alone.
# yaml_lib.h has to wrap a header of the system by #include_next, which no file can alone.
$(L)/%.h.ok: %.h $(LINT_H)
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -O% -D_FORTIFY_SOURCE=2,$(ALL_CFLAGS)) -I$(<D) -Wno-unused-macros -fsyntax-only -x c $<
	@touch $@

headers: $(LINT_ALONE:%=$(L)/%.ok)
	@echo "headers: $(words $(LINT_ALONE)) compile alone"

layers:
	@tests/lint/layers.sh

names: $(BIN)
	@tests/lint/names.sh $(O)

sizes:
	@tests/lint/sizes.sh

words:
	@tests/lint/words.sh

needswork:
	@tests/lint/needswork.sh

options:
	@tests/lint/options.sh

glossary: $(BIN)
	@tests/lint/glossary.sh $(O)/bin

docs-check: $(BIN)
	@tests/lint/docs.sh $(O)/bin

# --- long -------------------------------------------------------------------------------
$(L)/%.c.tidy: %.c $(LINT_H) .clang-tidy | $(O)/gen/schema.inc $(O)/gen/criticism.inc $(O)/gen/fold_table.inc $(O)/gen/language_table.inc $(O)/gen/information_table.inc $(O)/gen/installed_config.inc
	@mkdir -p $(@D)
	$(Q)out=$$(clang-tidy --quiet --warnings-as-errors='*' $< -- -std=gnu11 $(COMMON_DIRS:%=-I%) -I$(<D) -I$(O)/gen \
		$$(pkg-config --cflags $(PKGS)) 2>&1) || { echo "$$out" | grep -v 'warnings\? generated' >&2; exit 1; }
	@touch $@

lint-tidy: $(LINT_C:%=$(L)/%.tidy)
	@echo "clang-tidy: $(words $(LINT_C)) files"

# missingIncludeSystem: cppcheck is given our headers only. constParameterPointer and such
# are style, left to clang-tidy and to readers. unusedFunction is names.sh' task, which
# knows what tests use.
lint-cppcheck:
	@$(call need,cppcheck,cppcheck)
	$(Q)mkdir -p $(L)/cppcheck
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppressions-list=tests/lint/cppcheck.txt --cppcheck-build-dir=$(L)/cppcheck -j$(shell nproc) \
		-I$(O)/gen $(sort $(dir $(LINT_C):%=-I%)) --include=common/base/base.h $(LINT_C)
	@echo "cppcheck: $(words $(LINT_C)) files"

lint-shell:
	@$(call need,shellcheck,shellcheck)
	$(Q)shellcheck -x $(LINT_SHELL)
	@echo "shellcheck: $(words $(LINT_SHELL)) scripts"

# --- form -------------------------------------------------------------------------------
FORMAT := clang-format-14
format: ## clang-format of all C
	@$(call need,$(FORMAT),clang-format)
	$(Q)$(FORMAT) -i $(LINT_C) $(LINT_H) $(LINT_TEST)

format-check: ## fails where `make format` would change something
	@$(call need,$(FORMAT),clang-format)
	$(Q)$(FORMAT) --dry-run -Werror $(LINT_C) $(LINT_H) $(LINT_TEST)
	@echo "clang-format: $(words $(LINT_C) $(LINT_H) $(LINT_TEST)) files"
