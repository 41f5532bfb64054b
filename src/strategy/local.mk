noinst_LIBRARIES += libsim_strategy.a
libsim_strategy_a_SOURCES = \
	%D%/builtin.def %D%/form.def %D%/shared.def %D%/strategy.h \
	%D%/builtin.c %D%/builtin.h \
	%D%/cross.c %D%/follow.c %D%/reversion.c %D%/rotation.c \
	%D%/form.c %D%/form.h \
	%D%/indicator.c %D%/indicator.h \
	%D%/registry.c %D%/registry.h \
	%D%/trade.c %D%/trade.h
LIBS_STRATEGY = libsim_strategy.a libsim_ta.a $(LIBS_MODEL)
