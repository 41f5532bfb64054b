# A fuzz target is fuzz_NAME.c, which exports LLVMFuzzerTestOneInput, and seeds
# in corpus/NAME/.  `make check` drives it with 20,000 inputs (drive.c), `make
# check-long` with a million, `make fuzz` builds it with clang's libFuzzer.
FUZZ_TESTS += %D%/run_calendar %D%/run_dec %D%/run_json %D%/run_time
%C%_run_calendar_SOURCES = %D%/drive.c %D%/fuzz_calendar.c
%C%_run_calendar_LDADD = $(LIBS_MARKET)
%C%_run_dec_SOURCES = %D%/drive.c %D%/fuzz_dec.c
%C%_run_dec_LDADD = $(LIBS_UTIL)
%C%_run_json_SOURCES = %D%/drive.c %D%/fuzz_json.c
%C%_run_json_LDADD = $(LIBS_UTIL)
%C%_run_time_SOURCES = %D%/drive.c %D%/fuzz_time.c
%C%_run_time_LDADD = $(LIBS_UTIL)
FUZZ_TESTS += %D%/run_csv %D%/run_import %D%/run_orders %D%/run_store
%C%_run_import_SOURCES = %D%/drive.c %D%/fuzz_import.c
%C%_run_import_LDADD = $(LIBS_RUN)
%C%_run_csv_SOURCES = %D%/drive.c %D%/fuzz_csv.c
%C%_run_csv_LDADD = $(LIBS_MARKET)
%C%_run_orders_SOURCES = %D%/drive.c %D%/fuzz_orders.c
%C%_run_orders_LDADD = $(LIBS_RUN)
%C%_run_store_SOURCES = %D%/drive.c %D%/fuzz_store.c
%C%_run_store_LDADD = $(LIBS_STORE)
FUZZ_TESTS += %D%/run_series
%C%_run_series_SOURCES = %D%/drive.c %D%/fuzz_series.c
%C%_run_series_LDADD = $(LIBS_REPORT)
FUZZ_TESTS += %D%/run_expr
%C%_run_expr_SOURCES = %D%/drive.c %D%/fuzz_expr.c
%C%_run_expr_LDADD = $(LIBS_SCRIPT)
FUZZ_TESTS += %D%/run_pipe
%C%_run_pipe_SOURCES = %D%/drive.c %D%/fuzz_pipe.c
%C%_run_pipe_LDADD = $(LIBS_PROTO)
FUZZ_TESTS += %D%/run_wire
%C%_run_wire_SOURCES = %D%/drive.c %D%/fuzz_wire.c
%C%_run_wire_LDADD = $(LIBS_PROTO)

FUZZ_TESTS += %D%/run_bundle
%C%_run_bundle_SOURCES = %D%/drive.c %D%/fuzz_bundle.c
%C%_run_bundle_LDADD = $(LIBS_RUN)
FUZZ_TESTS += %D%/run_jwt %D%/run_route
%C%_run_jwt_SOURCES = %D%/drive.c %D%/fuzz_jwt.c
%C%_run_jwt_LDADD = $(LIBS_SERVER)
%C%_run_route_SOURCES = %D%/drive.c %D%/fuzz_route.c
%C%_run_route_LDADD = $(LIBS_SERVER)
FUZZ_TESTS += %D%/run_mail
%C%_run_mail_SOURCES = %D%/drive.c %D%/fuzz_mail.c
%C%_run_mail_LDADD = $(LIBS_MAIL)
FUZZ_TESTS += %D%/run_session
%C%_run_session_SOURCES = %D%/drive.c %D%/fuzz_session.c
%C%_run_session_LDADD = $(LIBS_BACKEND)

LONG_TESTS += $(FUZZ_TESTS)
EXTRA_DIST += %D%/corpus %D%/fuzz.sh

# FUZZ_ONLY="dec json" limits it, FUZZ_RUNS says how many inputs each.
fuzz:
	$(AM_V_at)CLANG='$(CLANG)' MAKE='$(MAKE)' top_srcdir='$(abs_top_srcdir)' \
		top_builddir='$(abs_top_builddir)' $(SHELL) $(srcdir)/%D%/fuzz.sh

# In the build that fuzz.sh makes: one libFuzzer program per target.
fuzz-programs: $(noinst_LIBRARIES)
	$(AM_V_at)for f in $(srcdir)/%D%/fuzz_*.c; do \
		n=`basename $$f .c`; \
		$(CC) $(DEFS) $(AM_CPPFLAGS) $(AM_CFLAGS) $(CFLAGS) \
			-fsanitize=fuzzer -o $$n $$f $(LIBS_CLI) $(LIBS_SERVER) -lm || exit 1; \
	done
clean-local: clean-fuzz
clean-fuzz:
	rm -rf build-fuzz
.PHONY: fuzz fuzz-programs clean-fuzz
