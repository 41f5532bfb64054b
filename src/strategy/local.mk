noinst_LIBRARIES += libsim_strategy.a
libsim_strategy_a_SOURCES = \
	%D%/builtin.def %D%/form.def %D%/shared.def %D%/strategy.h \
	%D%/builtin.c %D%/builtin.h \
	%D%/child.c %D%/child.h \
	%D%/crash.c %D%/crash.h \
	%D%/cross.c %D%/follow.c %D%/reversion.c %D%/rotation.c \
	%D%/form.c %D%/form.h \
	%D%/indicator.c %D%/indicator.h \
	%D%/lua.c %D%/lua.h %D%/lua_priv.h %D%/lua_core.def \
	%D%/lua_api.c %D%/lua_feed.c %D%/lua_order.c \
	%D%/pipe.c %D%/pipe.h %D%/pipe_priv.h \
	%D%/pipe_bars.c %D%/pipe_hear.c %D%/pipe_tell.c %D%/pipe_wake.c \
	%D%/plugin.c %D%/plugin.h %D%/plugin_host.c %D%/plugin_priv.h \
	%D%/registry.c %D%/registry.h \
	%D%/sandbox.c %D%/sandbox.h \
	%D%/talk.c %D%/talk.h \
	%D%/talk_name.c %D%/talk_order.c %D%/talk_tell.c \
	%D%/trade.c %D%/trade.h \
	%D%/warden.c %D%/warden.h \
	%D%/watchdog.c %D%/watchdog.h
LIBS_STRATEGY = libsim_strategy.a libsim_proto.a $(LIBS_SCRIPT)

LUA_PARTS = %D%/driver.inc %D%/driver_order.inc %D%/driver_setup.inc
EXTRA_DIST += $(LUA_PARTS:.inc=.lua)
%D%/driver.inc: $(srcdir)/%D%/driver.lua
	$(LUA_TO_INC) $(srcdir)/%D%/driver.lua >$@
%D%/driver_order.inc: $(srcdir)/%D%/driver_order.lua
	$(LUA_TO_INC) $(srcdir)/%D%/driver_order.lua >$@
%D%/driver_setup.inc: $(srcdir)/%D%/driver_setup.lua
	$(LUA_TO_INC) $(srcdir)/%D%/driver_setup.lua >$@
%D%/lua_core.inc: $(srcdir)/%D%/lua_core.def
	$(LUA_TO_INC) $(srcdir)/%D%/lua_core.def >$@
%D%/lua.$(OBJEXT): $(LUA_PARTS)
%D%/lua_api.$(OBJEXT): %D%/lua_core.inc
BUILT_SOURCES += $(LUA_PARTS) %D%/lua_core.inc
CLEANFILES += $(LUA_PARTS) %D%/lua_core.inc
