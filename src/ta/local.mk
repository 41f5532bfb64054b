noinst_LIBRARIES += libsim_ta.a
libsim_ta_a_SOURCES =
LIBS_TA = libsim_ta.a $(LIBS_MODEL)
