# tests of script
UNIT_TESTS += %D%/test_lua_state
%C%_test_lua_state_SOURCES = %D%/test_lua_state.c
%C%_test_lua_state_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_lua_state_LDADD = $(LIBS_SCRIPT) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_expr %D%/test_series_expr
%C%_test_expr_SOURCES = %D%/test_expr.c
%C%_test_expr_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_expr_LDADD = $(LIBS_SCRIPT) $(CHECK_LIBS)
%C%_test_series_expr_SOURCES = %D%/test_series_expr.c
%C%_test_series_expr_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_series_expr_LDADD = $(LIBS_SCRIPT) $(CHECK_LIBS)
check_PROGRAMS += %D%/expr_tool
%C%_expr_tool_SOURCES = %D%/expr_tool.c
%C%_expr_tool_LDADD = $(LIBS_SCRIPT)
PY_TESTS += %D%/expr_random.py
LONG_TESTS += %D%/expr_random.py
