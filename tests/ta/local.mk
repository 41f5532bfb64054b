# tests of ta
UNIT_TESTS += %D%/test_ta
LONG_TESTS += %D%/test_ta
%C%_test_ta_SOURCES = %D%/test_ta.c
%C%_test_ta_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_ta_LDADD = $(LIBS_TA) $(CHECK_LIBS)
PY_TESTS += %D%/vectors.py
EXTRA_DIST += %D%/formulas.py %D%/formulas_bars.py %D%/vectors
