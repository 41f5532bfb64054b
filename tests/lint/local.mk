# Lints read the sources (and, symbols.sh, the objects of this build).  A new
# one is a script here, a row below and a planted fault in selftest.sh.
LINT_TESTS += %D%/layers.sh %D%/symbols.sh %D%/homes.sh %D%/banned.sh \
	%D%/length.sh %D%/style.sh %D%/docs.sh %D%/headers.sh %D%/words.sh \
	%D%/man.sh %D%/counts.sh %D%/secrets.sh %D%/shellcheck.sh %D%/selftest.sh
EXTRA_DIST += %D%/lib.sh %D%/strip.awk %D%/homes.txt %D%/banned.txt \
	%D%/length.allow %D%/secrets.txt

lint: all
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(LINT_TESTS)'
.PHONY: lint
