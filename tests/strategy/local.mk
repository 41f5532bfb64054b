# tests of strategy
UNIT_TESTS += %D%/test_registry
%C%_test_registry_SOURCES = %D%/test_registry.c
%C%_test_registry_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_registry_LDADD = $(LIBS_STRATEGY) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_builtin
%C%_test_builtin_SOURCES = %D%/test_builtin.c
%C%_test_builtin_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_builtin_LDADD = $(LIBS_STRATEGY) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_lua
%C%_test_lua_SOURCES = %D%/test_lua.c
%C%_test_lua_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_lua_LDADD = $(LIBS_STRATEGY) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_watchdog
RESTLESS_TESTS += %D%/test_watchdog
%C%_test_watchdog_SOURCES = %D%/test_watchdog.c
%C%_test_watchdog_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_watchdog_LDADD = $(LIBS_STRATEGY) $(CHECK_LIBS)
SH_TESTS += %D%/manual.sh %D%/scripts.sh
LONG_TESTS += %D%/scripts.sh

# A whole run, so it links run/ too.
UNIT_TESTS += %D%/test_lua_jit
%C%_test_lua_jit_SOURCES = %D%/test_lua_jit.c
%C%_test_lua_jit_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_lua_jit_LDADD = $(LIBS_RUN) $(CHECK_LIBS)
