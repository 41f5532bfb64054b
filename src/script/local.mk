EXTRA_DIST += %D%/sandbox.lua
noinst_LIBRARIES += libsim_script.a
libsim_script_a_SOURCES = \
	%D%/expr.c %D%/expr.h \
	%D%/expr_lex.c %D%/expr_lex.h \
	%D%/expr_lua.c %D%/expr_lua.h \
	%D%/expr_parse.c %D%/expr_parse.h \
	%D%/lua_state.c %D%/lua_state.h \
	%D%/lua_text.c %D%/lua_text.h \
	%D%/series_expr.c %D%/series_expr.h
LIBS_SCRIPT = libsim_script.a libsim_ta.a $(LIBS_MODEL) $(LUAJIT_LIBS)

# Lua of our own, as the text of a C string.
LUA_TO_INC = $(AM_V_GEN)$(MKDIR_P) $(@D) && \
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/'
%D%/sandbox.inc: $(srcdir)/%D%/sandbox.lua
	$(LUA_TO_INC) $(srcdir)/%D%/sandbox.lua >$@
%D%/lua_state.$(OBJEXT): %D%/sandbox.inc
BUILT_SOURCES += %D%/sandbox.inc
CLEANFILES += %D%/sandbox.inc
