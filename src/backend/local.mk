noinst_LIBRARIES += libsim_backend.a
libsim_backend_a_SOURCES = \
	%D%/session.h %D%/session_state.def
LIBS_BACKEND = libsim_backend.a libsim_report.a $(LIBS_RUN)
