noinst_LIBRARIES += libsim_backend.a
libsim_backend_a_SOURCES = \
	%D%/attach.c %D%/attach.h \
	%D%/attach_inputs.c %D%/attach_inputs.h \
	%D%/attach_make.c %D%/attach_priv.h \
	%D%/attach_record.c \
	%D%/backend.c %D%/backend.h %D%/backend_priv.h \
	%D%/calendars.c %D%/calendars.h \
	%D%/backend_again.c %D%/backend_news.c \
	%D%/backend_wire.c %D%/backend_wire.h \
	%D%/backend_local.c %D%/backend_loop.c %D%/backend_loop.h \
	%D%/backend_loop_seat.c %D%/backend_remote.c \
	%D%/backend_socket.c \
	%D%/session.c %D%/session.h %D%/session_priv.h %D%/session_state.def \
	%D%/session_again.c %D%/session_detail.c %D%/session_hear.c %D%/session_inputs.c \
	%D%/session_load.c %D%/session_make.c %D%/session_schedule.c %D%/session_show.c \
	%D%/session_step.c %D%/session_stored.c %D%/session_stored.h %D%/session_tell.c
LIBS_BACKEND = libsim_backend.a libsim_report.a $(LIBS_RUN) libsim_client.a \
	libsim_db.a $(LIBS_PROTO) $(SQLITE_LIBS) $(LWS_LIBS)
