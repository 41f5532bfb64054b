noinst_LIBRARIES += libsim_backend.a
libsim_backend_a_SOURCES =
LIBS_BACKEND = libsim_backend.a libsim_report.a $(LIBS_RUN)
