# tests of script
UNIT_TESTS += %D%/test_lua_state
%C%_test_lua_state_SOURCES = %D%/test_lua_state.c
%C%_test_lua_state_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_lua_state_LDADD = $(LIBS_SCRIPT) $(CHECK_LIBS)
