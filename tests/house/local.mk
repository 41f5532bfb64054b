# The machinery of the house itself: totals, long runs, coverage, tidy, and
# tests of what is installed and distributed.
SH_TESTS += %D%/install.sh %D%/dist.sh %D%/count_test.sh
EXTRA_DIST += %D%/count.sh %D%/long.sh %D%/coverage.sh %D%/tidy.sh \
	%D%/installed.txt setup .ci/run .clang-tidy

house_env = top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
	MAKE='$(MAKE)' CLANG='$(CLANG)'

check-long:
	$(AM_V_at)$(house_env) LONG_TESTS='$(LONG_TESTS)' \
		ALL_TESTS='$(TESTS)' LINT_TESTS='$(LINT_TESTS)' \
		UNIT_TESTS='$(UNIT_TESTS)' MEASURED_TESTS='$(MEASURED_TESTS)' \
		RESTLESS_TESTS='$(RESTLESS_TESTS)' $(SHELL) $(srcdir)/%D%/long.sh
coverage:
	$(AM_V_at)$(house_env) $(SHELL) $(srcdir)/%D%/coverage.sh
tidy: config.h
	$(AM_V_at)$(house_env) CPPFLAGS='$(CPPFLAGS) $(JANSSON_CFLAGS) \
		$(NETTLE_CFLAGS) $(ZLIB_CFLAGS)' $(SHELL) $(srcdir)/%D%/tidy.sh
print-dist:
	@printf '%s\n' $(DISTFILES)
.PHONY: check-long coverage tidy print-dist

clean-local: clean-house
clean-house:
	rm -rf build-coverage build-long-* tidy.txt
.PHONY: clean-house
