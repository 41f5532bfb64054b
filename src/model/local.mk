noinst_LIBRARIES += libsim_model.a
libsim_model_a_SOURCES =
LIBS_MODEL = libsim_model.a $(LIBS_UTIL)
