# tests of market
EXTRA_DIST += %D%/xnys.h
UNIT_TESTS += %D%/test_actions \
	%D%/test_adjust \
	%D%/test_calendar \
	%D%/test_feed \
	%D%/test_gen \
	%D%/test_quality \
	%D%/test_resample
%C%_test_actions_SOURCES = %D%/test_actions.c
%C%_test_actions_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_actions_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
%C%_test_adjust_SOURCES = %D%/test_adjust.c
%C%_test_adjust_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_adjust_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
%C%_test_calendar_SOURCES = %D%/test_calendar.c
%C%_test_calendar_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_calendar_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
%C%_test_feed_SOURCES = %D%/test_feed.c
%C%_test_feed_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_feed_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
%C%_test_gen_SOURCES = %D%/test_gen.c
%C%_test_gen_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_gen_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
%C%_test_quality_SOURCES = %D%/test_quality.c
%C%_test_quality_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_quality_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
%C%_test_resample_SOURCES = %D%/test_resample.c
%C%_test_resample_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_resample_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)

# Prints our sessions for the comparisons in Python.
check_PROGRAMS += %D%/xnys_days
%C%_xnys_days_SOURCES = %D%/xnys_days.c
%C%_xnys_days_LDADD = $(LIBS_MARKET)
PY_TESTS += %D%/xnys_quantlib.py %D%/real_dates.py
UNIT_TESTS += %D%/test_bar_csv
%C%_test_bar_csv_SOURCES = %D%/test_bar_csv.c
%C%_test_bar_csv_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_bar_csv_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_bar_csv_opts
EXTRA_DIST += %D%/bar_csv_load.h
%C%_test_bar_csv_opts_SOURCES = %D%/test_bar_csv_opts.c
%C%_test_bar_csv_opts_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_bar_csv_opts_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
LONG_TESTS += %D%/test_bar_csv
