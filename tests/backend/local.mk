# tests of backend
UNIT_TESTS += %D%/test_session
%C%_test_session_SOURCES = %D%/test_session.c %D%/stage.h
%C%_test_session_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_session_LDADD = $(LIBS_BACKEND) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_again
LONG_TESTS += %D%/test_again
%C%_test_again_SOURCES = %D%/test_again.c %D%/stage.h
%C%_test_again_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_again_LDADD = $(LIBS_BACKEND) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_offline
%C%_test_offline_SOURCES = %D%/test_offline.c %D%/stage.h
%C%_test_offline_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_offline_LDADD = $(LIBS_BACKEND) $(CHECK_LIBS)
PY_TESTS += %D%/served.py
LONG_TESTS += %D%/served.py
