UNIT_TESTS += %D%/test_threads
%C%_test_threads_SOURCES = %D%/test_threads.c
%C%_test_threads_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_threads_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_due
%C%_test_due_SOURCES = %D%/test_due.c
%C%_test_due_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_due_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_logline
%C%_test_logline_SOURCES = %D%/test_logline.c
%C%_test_logline_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_logline_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_notify
%C%_test_notify_SOURCES = %D%/test_notify.c
%C%_test_notify_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_notify_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_meter
%C%_test_meter_SOURCES = %D%/test_meter.c
%C%_test_meter_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_meter_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
# Writes a text, for the script.
check_PROGRAMS += %D%/meter_text
%C%_meter_text_SOURCES = %D%/meter_text.c
%C%_meter_text_LDADD = $(LIBS_SERVER)
PY_TESTS += %D%/manual.py %D%/meter.py %D%/sbom.py %D%/security.py \
	%D%/serve.py
LONG_TESTS += %D%/serve.py
EXTRA_DIST += %D%/openmetrics.py

UNIT_TESTS += %D%/test_net
%C%_test_net_SOURCES = %D%/test_net.c
%C%_test_net_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_net_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)

# The sockets alone, with an echo behind them; the scripts drive it.
check_PROGRAMS += %D%/net_echo
%C%_net_echo_SOURCES = %D%/net_echo.c
%C%_net_echo_LDADD = $(LIBS_SERVER)
FUZZ_TESTS += %D%/net_fuzz
%C%_net_fuzz_SOURCES = %D%/net_fuzz.c
%C%_net_fuzz_LDADD = $(LIBS_SERVER)
PY_TESTS += %D%/floods.py %D%/guards.py %D%/rfc6455.py
LONG_TESTS += %D%/floods.py
MEASURED_TESTS += %D%/floods.py
EXTRA_DIST += %D%/nettest.py %D%/orders.py %D%/recovery.py %D%/running.py \
	%D%/servertest.py %D%/watching.py %D%/wire.py \
	%D%/wsclient.py

# A server with a disk, a memory and a clock that fail.  What is preloaded is
# built without sanitizers.
# A server whose clocks a script sets.
check_PROGRAMS += %D%/hub_clock
%C%_hub_clock_SOURCES = %D%/hub_clock.c
%C%_hub_clock_LDADD = $(LIBS_SERVER)
PY_TESTS += %D%/clocks.py
PY_TESTS += %D%/local.py %D%/soak.py
LONG_TESTS += %D%/soak.py
PY_TESTS += %D%/faults.py %D%/torture.py
LONG_TESTS += %D%/torture.py
EXTRA_DIST += %D%/fail.c %D%/failing.py
check_DATA += %D%/fail.so
CLEANFILES += %D%/fail.so
%D%/fail.so: %D%/fail.c tests/fault/opens.h
	$(AM_V_GEN)$(MKDIR_P) %D% && $(CC) -std=gnu11 $(WARN_CFLAGS) -O1 \
	-fPIC -shared -o $@ $(srcdir)/%D%/fail.c

# The server itself, spoken to by a client that shares no code with it.
PY_TESTS += %D%/accounts.py %D%/dialects.py %D%/logins.py \
	%D%/openapi.py %D%/transcripts.py
LONG_TESTS += %D%/accounts.py %D%/dialects.py %D%/transcripts.py
PY_TESTS += %D%/audits.py %D%/mail.py %D%/stalled.py
LONG_TESTS += %D%/audits.py
EXTRA_DIST += %D%/sealed.py

UNIT_TESTS += %D%/test_token
%C%_test_token_SOURCES = %D%/test_token.c %D%/jwt_craft.h
%C%_test_token_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_token_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_bucket
%C%_test_bucket_SOURCES = %D%/test_bucket.c
%C%_test_bucket_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_bucket_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_keyed
%C%_test_keyed_SOURCES = %D%/test_keyed.c
%C%_test_keyed_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_keyed_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_quota
%C%_test_quota_SOURCES = %D%/test_quota.c
%C%_test_quota_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_quota_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_ticket
%C%_test_ticket_SOURCES = %D%/test_ticket.c
%C%_test_ticket_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_ticket_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_writer
%C%_test_writer_SOURCES = %D%/test_writer.c
%C%_test_writer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_writer_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
LONG_TESTS += %D%/test_writer
UNIT_TESTS += %D%/test_route
%C%_test_route_SOURCES = %D%/test_route.c %D%/route_fixture.h
%C%_test_route_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_route_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_people
%C%_test_people_SOURCES = %D%/test_people.c %D%/route_fixture.h
%C%_test_people_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_people_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)
SH_TESTS += %D%/units.sh

PY_TESTS += %D%/kill.py
LONG_TESTS += %D%/kill.py

# A full disk, a database that another holds, a damaged one.
PY_TESTS += %D%/storage.py

# The server under load: its clients, and what it is measured against.
check_PROGRAMS += %D%/load %D%/bare
%C%_load_SOURCES = %D%/load.c %D%/load_conn.c %D%/load.h
%C%_load_LDADD =
%C%_bare_SOURCES = %D%/bare.c
%C%_bare_LDADD = $(LIBS_SERVER)
PY_TESTS += %D%/load.py
LONG_TESTS += %D%/load.py
MEASURED_TESTS += %D%/load.py
