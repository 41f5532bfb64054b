# tests of proto
UNIT_TESTS += %D%/test_message
%C%_test_message_SOURCES = %D%/test_message.c
%C%_test_message_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_message_LDADD = $(LIBS_PROTO) $(CHECK_LIBS)
