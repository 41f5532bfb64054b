# tests of sweep
UNIT_TESTS += %D%/test_space
%C%_test_space_SOURCES = %D%/test_space.c
%C%_test_space_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_space_LDADD = $(LIBS_SWEEP) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_heat
%C%_test_heat_SOURCES = %D%/test_heat.c
%C%_test_heat_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_heat_LDADD = $(LIBS_SWEEP) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_ledger
%C%_test_ledger_SOURCES = %D%/test_ledger.c
%C%_test_ledger_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_ledger_LDADD = $(LIBS_SWEEP) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_sweep
%C%_test_sweep_SOURCES = %D%/test_sweep.c
%C%_test_sweep_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_sweep_LDADD = $(LIBS_SWEEP) $(CHECK_LIBS)
