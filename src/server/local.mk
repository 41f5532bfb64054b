noinst_LIBRARIES += libsim_server.a
libsim_server_a_SOURCES =
LIBS_SERVER = libsim_server.a libsim_mail.a libsim_db.a $(LIBS_BACKEND) $(SQLITE_LIBS) \
	$(LWS_LIBS) $(EV_LIBS) $(JWT_LIBS)

libsim_server_a_SOURCES += \
	%D%/net.c %D%/net.h %D%/net_addr.c %D%/net_answer.c %D%/net_http.c \
	%D%/net_local.c %D%/net_log.c %D%/net_loop.c %D%/net_priv.h %D%/net_slot.c %D%/net_ws.c
libsim_server_a_SOURCES += %D%/due.c %D%/due.h
libsim_server_a_SOURCES += %D%/logline.c %D%/logline.h
libsim_server_a_SOURCES += %D%/notify.c %D%/notify.h
libsim_server_a_SOURCES += %D%/pool.c %D%/pool.h
libsim_server_a_SOURCES += %D%/worker.c %D%/worker.h

# who may come in, and how often
libsim_server_a_SOURCES += \
	%D%/bucket.c %D%/bucket.h \
	%D%/keyed.c %D%/keyed.h \
	%D%/quota.c %D%/quota.h \
	%D%/route.c %D%/route.def %D%/route.h \
	%D%/route_call.c %D%/route_login.c %D%/route_priv.h \
	%D%/route_admin.c %D%/route_key.c %D%/route_openapi.c \
	%D%/route_person.c %D%/route_schema.def \
	%D%/route_register.c %D%/route_signin.c %D%/route_totp.c \
	%D%/route_work.c \
	%D%/password.c %D%/password.def %D%/password.h \
	%D%/ticket.c %D%/ticket.h \
	%D%/token.c %D%/token.def %D%/token.h
libsim_server_a_SOURCES += %D%/writer.c %D%/writer.h
libsim_server_a_SOURCES += %D%/meter.c %D%/meter.def %D%/meter.h

# all of it together
libsim_server_a_SOURCES += \
	%D%/hub.c %D%/hub.h %D%/hub_closing.def %D%/hub_conn.c \
	%D%/hub_conn.h %D%/hub_end.c %D%/hub_job.c %D%/hub_job.h \
	%D%/hub_limit.c %D%/hub_metrics.c %D%/hub_metrics.h %D%/hub_out.c \
	%D%/hub_people.c %D%/hub_people.h \
	%D%/hub_priv.h %D%/hub_seat.c %D%/hub_seat.h %D%/hub_session.c \
	%D%/hub_watch.c

# mail: who sends it, and its templates, which are part of the program
libsim_server_a_SOURCES += %D%/post.c %D%/post.h %D%/post_text.h
nodist_libsim_server_a_SOURCES = %D%/post_text.c
CLEANFILES += %D%/post_text.c
POST_FILES = \
	REGISTER=$(srcdir)/data/mail/register.txt \
	KNOWN=$(srcdir)/data/mail/known.txt \
	TAKEN=$(srcdir)/data/mail/taken.txt \
	RESET=$(srcdir)/data/mail/reset.txt \
	EMAIL=$(srcdir)/data/mail/email.txt \
	EMAIL_CHANGED=$(srcdir)/data/mail/email-changed.txt \
	PASSWORD_CHANGED=$(srcdir)/data/mail/password-changed.txt \
	TOTP_ENABLED=$(srcdir)/data/mail/totp-enabled.txt \
	TOTP_DISABLED=$(srcdir)/data/mail/totp-disabled.txt \
	KEY_CREATED=$(srcdir)/data/mail/key-created.txt \
	REUSE=$(srcdir)/data/mail/reuse.txt
%D%/post_text.c: $(dist_mailtext_DATA) tools/embed.sh
	$(AM_V_GEN)$(MKDIR_P) %D% && files= && \
	for f in $(POST_FILES); do files="$$files sim_post_text_$$f"; done && \
	$(SHELL) $(srcdir)/tools/embed.sh server/post_text.h $$files \
		>$@.tmp && mv $@.tmp $@
