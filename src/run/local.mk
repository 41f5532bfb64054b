noinst_LIBRARIES += libsim_run.a
libsim_run_a_SOURCES =
LIBS_RUN = libsim_run.a libsim_strategy.a libsim_store.a \
	libsim_engine.a libsim_ta.a libsim_market.a $(LIBS_MODEL)
