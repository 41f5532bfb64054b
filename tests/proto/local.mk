# tests of proto, and of the page that documents the wire
PY_TESTS += %D%/manual.py
EXTRA_DIST += %D%/defs.py
UNIT_TESTS += %D%/test_message
%C%_test_message_SOURCES = %D%/test_message.c
%C%_test_message_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_message_LDADD = $(LIBS_PROTO) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_wire %D%/test_roundtrip
%C%_test_wire_SOURCES = %D%/test_wire.c
%C%_test_wire_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_wire_LDADD = $(LIBS_PROTO) $(CHECK_LIBS)
%C%_test_roundtrip_SOURCES = %D%/test_roundtrip.c
%C%_test_roundtrip_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_roundtrip_LDADD = $(LIBS_PROTO) $(CHECK_LIBS)
LONG_TESTS += %D%/test_roundtrip
