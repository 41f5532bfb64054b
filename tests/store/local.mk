# tests of store
UNIT_TESTS += %D%/test_store
%C%_test_store_SOURCES = %D%/test_store.c
%C%_test_store_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_store_LDADD = $(LIBS_STORE) $(CHECK_LIBS)
LONG_TESTS += %D%/test_store
