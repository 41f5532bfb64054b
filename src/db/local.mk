noinst_LIBRARIES += libsim_db.a
libsim_db_a_SOURCES = \
	%D%/audit_action.def %D%/letter.def %D%/scope.def \
	%D%/person.c %D%/person.h \
	%D%/apikey.c %D%/apikey.h \
	%D%/audit.c %D%/audit.h \
	%D%/db.c %D%/db.h %D%/db_priv.h %D%/db_schema.c \
	%D%/lockout.c %D%/lockout.h \
	%D%/signin.c %D%/signin.h \
	%D%/outbox.c %D%/outbox.h \
	%D%/pending.c %D%/pending.h \
	%D%/scope.c %D%/scope.h \
	%D%/session_row.c %D%/session_row.h \
	%D%/user.c %D%/user.h
LIBS_DB = libsim_db.a $(LIBS_MODEL) $(SQLITE_LIBS)
