# tests of report
UNIT_TESTS += %D%/test_metrics
%C%_test_metrics_SOURCES = %D%/test_metrics.c
%C%_test_metrics_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_metrics_LDADD = $(LIBS_REPORT) $(CHECK_LIBS)
