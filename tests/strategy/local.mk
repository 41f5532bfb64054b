# tests of strategy
UNIT_TESTS += %D%/test_registry
%C%_test_registry_SOURCES = %D%/test_registry.c
%C%_test_registry_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_registry_LDADD = $(LIBS_STRATEGY) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_builtin
%C%_test_builtin_SOURCES = %D%/test_builtin.c
%C%_test_builtin_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_builtin_LDADD = $(LIBS_STRATEGY) $(CHECK_LIBS)
