# tests of client
UNIT_TESTS += %D%/test_http %D%/test_http_failed %D%/test_login
%C%_test_http_SOURCES = %D%/test_http.c %D%/answerer.h
%C%_test_http_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_http_LDADD = $(LIBS_CLIENT) $(CHECK_LIBS)
%C%_test_http_failed_SOURCES = %D%/test_http_failed.c
%C%_test_http_failed_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_http_failed_LDADD = $(LIBS_CLIENT) $(CHECK_LIBS)
%C%_test_login_SOURCES = %D%/test_login.c %D%/answerer.h
%C%_test_login_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_login_LDADD = $(LIBS_CLIENT) $(CHECK_LIBS)
# a client's socket, by what a server of the script says
check_PROGRAMS += %D%/ws_hear
%C%_ws_hear_SOURCES = %D%/ws_hear.c
%C%_ws_hear_LDADD = $(LIBS_CLIENT)
PY_TESTS += %D%/odd.py
