noinst_LIBRARIES += libsim_store.a
libsim_store_a_SOURCES =
LIBS_STORE = libsim_store.a $(LIBS_MODEL)
