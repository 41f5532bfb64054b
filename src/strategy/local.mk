noinst_LIBRARIES += libsim_strategy.a
libsim_strategy_a_SOURCES = \
	%D%/builtin.def %D%/form.def %D%/shared.def %D%/strategy.h \
	%D%/builtin.c %D%/builtin.h \
	%D%/child.c %D%/child.h \
	%D%/cross.c %D%/follow.c %D%/reversion.c %D%/rotation.c \
	%D%/form.c %D%/form.h \
	%D%/indicator.c %D%/indicator.h \
	%D%/pipe.c %D%/pipe.h %D%/pipe_priv.h \
	%D%/pipe_bars.c %D%/pipe_hear.c %D%/pipe_name.c %D%/pipe_order.c \
	%D%/pipe_tell.c %D%/pipe_wake.c \
	%D%/registry.c %D%/registry.h \
	%D%/sandbox.c %D%/sandbox.h \
	%D%/trade.c %D%/trade.h
LIBS_STRATEGY = libsim_strategy.a libsim_proto.a $(LIBS_SCRIPT)
