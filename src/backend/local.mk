noinst_LIBRARIES += libsim_backend.a
libsim_backend_a_SOURCES = \
	%D%/calendars.c %D%/calendars.h \
	%D%/session.c %D%/session.h %D%/session_priv.h %D%/session_state.def \
	%D%/session_again.c %D%/session_hear.c %D%/session_load.c \
	%D%/session_make.c %D%/session_step.c %D%/session_tell.c
LIBS_BACKEND = libsim_backend.a libsim_report.a $(LIBS_RUN)
