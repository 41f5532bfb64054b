noinst_LIBRARIES += libsim_market.a
libsim_market_a_SOURCES = \
	%D%/quality_kind.def \
	%D%/actions.h %D%/adjust.h %D%/gen.h %D%/quality.h %D%/resample.h \
	%D%/calendar.c %D%/calendar.h %D%/calendar_priv.h \
	%D%/calendar_file.c %D%/calendar_xnys.c \
	%D%/feed.c %D%/feed.h
LIBS_MARKET = libsim_market.a $(LIBS_MODEL)
