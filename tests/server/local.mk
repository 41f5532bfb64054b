UNIT_TESTS += %D%/test_threads
%C%_test_threads_SOURCES = %D%/test_threads.c
%C%_test_threads_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_threads_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_due
%C%_test_due_SOURCES = %D%/test_due.c
%C%_test_due_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_due_LDADD = $(LIBS_SERVER) $(CHECK_LIBS)

# The sockets alone, with an echo behind them; the scripts drive it.
check_PROGRAMS += %D%/net_echo
%C%_net_echo_SOURCES = %D%/net_echo.c
%C%_net_echo_LDADD = $(LIBS_SERVER)
EXTRA_DIST += %D%/wsclient.py
