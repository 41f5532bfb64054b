noinst_LIBRARIES += libsim_strategy.a
libsim_strategy_a_SOURCES = %D%/registry.h %D%/strategy.h
LIBS_STRATEGY = libsim_strategy.a libsim_ta.a $(LIBS_MODEL)
