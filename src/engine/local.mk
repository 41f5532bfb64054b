noinst_LIBRARIES += libsim_engine.a
libsim_engine_a_SOURCES =
LIBS_ENGINE = libsim_engine.a $(LIBS_MODEL)
