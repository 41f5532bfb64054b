# tests of run
# The whole program, as a user runs it.
SH_TESTS += %D%/sample.sh %D%/same_bytes.sh
LONG_TESTS += %D%/same_bytes.sh
PY_TESTS += %D%/plugin.py %D%/forms.py %D%/failed.py
LONG_TESTS += %D%/forms.py
PY_TESTS += %D%/aapl_split.py %D%/import_all.py %D%/variety.py \
	%D%/verify.py %D%/calendars.py
EXTRA_DIST += %D%/simtest.py

UNIT_TESTS += %D%/test_log
%C%_test_log_SOURCES = %D%/test_log.c
%C%_test_log_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_log_LDADD = $(LIBS_RUN) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_orders
%C%_test_orders_SOURCES = %D%/test_orders.c
%C%_test_orders_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_orders_LDADD = $(LIBS_RUN) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_run
%C%_test_run_SOURCES = %D%/test_run.c %D%/fixture.h
%C%_test_run_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_run_LDADD = $(LIBS_RUN) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_batch
%C%_test_batch_SOURCES = %D%/test_batch.c %D%/fixture.h
%C%_test_batch_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_batch_LDADD = $(LIBS_RUN) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_plain
%C%_test_plain_SOURCES = %D%/test_plain.c %D%/fixture.h
%C%_test_plain_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_plain_LDADD = $(LIBS_RUN) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_stepper
%C%_test_stepper_SOURCES = %D%/test_stepper.c %D%/fixture.h
%C%_test_stepper_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_stepper_LDADD = $(LIBS_RUN) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_folder
%C%_test_folder_SOURCES = %D%/test_folder.c %D%/fixture.h
%C%_test_folder_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_folder_LDADD = $(LIBS_RUN) $(CHECK_LIBS)
LONG_TESTS += %D%/test_folder

# Prints a run for goog.py and workload.py, which compute it on their own.
check_PROGRAMS += %D%/run_tool
%C%_run_tool_SOURCES = %D%/run_tool.c
%C%_run_tool_LDADD = $(LIBS_RUN)
PY_TESTS += %D%/excursion.py %D%/replay.py %D%/bundle.py %D%/explain.py %D%/fork.py
LONG_TESTS += %D%/explain.py
PY_TESTS += %D%/goog.py %D%/workload.py %D%/golden.py
EXTRA_DIST += %D%/golden.txt
UNIT_TESTS += %D%/test_import
%C%_test_import_SOURCES = %D%/test_import.c
%C%_test_import_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(ZLIB_CFLAGS)
%C%_test_import_LDADD = $(LIBS_RUN) $(CHECK_LIBS)
LONG_TESTS += %D%/test_import

UNIT_TESTS += %D%/test_extras
%C%_test_extras_SOURCES = %D%/test_extras.c
%C%_test_extras_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_extras_LDADD = $(LIBS_RUN) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_failure
%C%_test_failure_SOURCES = %D%/test_failure.c %D%/fixture.h
%C%_test_failure_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_failure_LDADD = $(LIBS_RUN) $(CHECK_LIBS)
