# tests of report
UNIT_TESTS += %D%/test_metrics
%C%_test_metrics_SOURCES = %D%/test_metrics.c
%C%_test_metrics_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_metrics_LDADD = $(LIBS_REPORT) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_measure
%C%_test_measure_SOURCES = %D%/test_measure.c %D%/fixture.h
%C%_test_measure_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_measure_LDADD = $(LIBS_REPORT) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_drawdown
%C%_test_drawdown_SOURCES = %D%/test_drawdown.c
%C%_test_drawdown_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_drawdown_LDADD = $(LIBS_REPORT) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_trades
%C%_test_trades_SOURCES = %D%/test_trades.c
%C%_test_trades_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_trades_LDADD = $(LIBS_REPORT) $(CHECK_LIBS)

# Reads fills, prints round trips: what trades.py compares with its own.
check_PROGRAMS += %D%/trades_tool
%C%_trades_tool_SOURCES = %D%/trades_tool.c
%C%_trades_tool_LDADD = $(LIBS_REPORT)
PY_TESTS += %D%/trades.py

UNIT_TESTS += %D%/test_report
%C%_test_report_SOURCES = %D%/test_report.c %D%/fixture.h
%C%_test_report_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_report_LDADD = $(LIBS_REPORT) $(CHECK_LIBS)

# A made-up run in every face, for the scripts.
check_PROGRAMS += %D%/report_tool
%C%_report_tool_SOURCES = %D%/report_tool.c %D%/fixture.h
%C%_report_tool_LDADD = $(LIBS_REPORT)
SH_TESTS += %D%/golden.sh
PY_TESTS += %D%/faces.py
EXTRA_DIST += %D%/golden/braille.txt %D%/golden/ascii.txt \
	%D%/golden/color.txt %D%/golden/minutes.txt %D%/golden/idle.txt \
	%D%/golden/one.txt

UNIT_TESTS += %D%/test_metrics_from_csv
%C%_test_metrics_from_csv_SOURCES = %D%/test_metrics_from_csv.c
%C%_test_metrics_from_csv_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_metrics_from_csv_LDADD = $(LIBS_REPORT) $(CHECK_LIBS)
PY_TESTS += %D%/manual.py
LONG_TESTS += %D%/trades.py
