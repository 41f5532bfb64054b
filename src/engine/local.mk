noinst_LIBRARIES += libsim_engine.a
libsim_engine_a_SOURCES = \
	%D%/book_priv.h %D%/engine_priv.h %D%/marks_priv.h %D%/sums_priv.h \
	%D%/trace_priv.h \
	%D%/attempt.c %D%/attempt.h \
	%D%/book.c \
	%D%/bracket.c \
	%D%/calm.c %D%/calm.h \
	%D%/config.c %D%/config.h \
	%D%/corporate.c \
	%D%/cost.c \
	%D%/engine.c %D%/engine.h \
	%D%/fill.c \
	%D%/margin.c \
	%D%/match.c \
	%D%/power.c \
	%D%/submit.c \
	%D%/trace.c %D%/trace.h \
	%D%/trail.c \
	%D%/trial.c
LIBS_ENGINE = libsim_engine.a $(LIBS_MODEL)
