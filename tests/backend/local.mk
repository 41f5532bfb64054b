# tests of backend
UNIT_TESTS += %D%/test_session
%C%_test_session_SOURCES = %D%/test_session.c %D%/stage.h
%C%_test_session_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_session_LDADD = $(LIBS_BACKEND) $(CHECK_LIBS)
