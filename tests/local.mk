# Unit tests mirror src/: tests/X/test_Y.c tests src/X/Y.c and links only
# library X and what is below it, so an upward call fails to link.
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
	MANDOC='$(MANDOC)' PYTHON3='$(PYTHON3)' SHELLCHECK='$(SHELLCHECK)' \
	CTAGS='$(CTAGS)' CLANG='$(CLANG)' CC='$(CC)' \
	SANITIZERS='$(SANITIZERS)'; \
	export top_srcdir top_builddir MANDOC PYTHON3 SHELLCHECK CTAGS CLANG \
	CC SANITIZERS; \
	ASAN_OPTIONS=$(asan_options); export ASAN_OPTIONS; \
	CK_DEFAULT_TIMEOUT=300; export CK_DEFAULT_TIMEOUT;
# The runtimes of gcc 12 and clang 14 take some blocks of thread-local storage
# for an older glibc's, by where they lie; the leak checker then reads what is
# no address and dies (google/sanitizers 1322).
asan_options = "$${ASAN_OPTIONS:+$$ASAN_OPTIONS:}intercept_tls_get_addr=0"
TEST_EXTENSIONS = .sh .py
SH_LOG_COMPILER = $(SHELL)
PY_LOG_COMPILER = $(PYTHON3)
check_DATA =
UNIT_TESTS =
SH_TESTS =
PY_TESTS =
LINT_TESTS =
FUZZ_TESTS =
# What `make check-long` runs once more with SIM_LONG=1, for full counts: names
# that stand in one of the lists above, or scripts of their own (.sh, .py; put
# those into EXTRA_DIST).
LONG_TESTS =
# Those of them that measure, and so run alone.
MEASURED_TESTS =
# Unit tests in which a thread never rests: valgrind, which runs one thread at
# a time, would let it starve the one that is to stop it.
RESTLESS_TESTS =
EXTRA_DIST += %D%/expect.h %D%/suite.h %D%/walk.h

include tests/util/local.mk
include tests/model/local.mk
include tests/market/local.mk
include tests/ta/local.mk
include tests/engine/local.mk
include tests/store/local.mk
include tests/script/local.mk
include tests/mail/local.mk
include tests/proto/local.mk
include tests/client/local.mk
include tests/strategy/local.mk
include tests/run/local.mk
include tests/report/local.mk
include tests/db/local.mk
include tests/sweep/local.mk
include tests/backend/local.mk
include tests/contract/local.mk
include tests/server/local.mk
include tests/tui/local.mk
include tests/pipe/local.mk
include tests/cli/local.mk
include tests/lint/local.mk
include tests/fuzz/local.mk
include tests/fault/local.mk
include tests/bench/local.mk
include tests/house/local.mk

if HAVE_CHECK
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif
check_PROGRAMS += $(FUZZ_TESTS)
TESTS += $(SH_TESTS) $(PY_TESTS) $(FUZZ_TESTS) $(LINT_TESTS)
EXTRA_DIST += $(SH_TESTS) $(PY_TESTS) $(LINT_TESTS)
