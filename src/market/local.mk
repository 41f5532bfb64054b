noinst_LIBRARIES += libsim_market.a
libsim_market_a_SOURCES = \
	%D%/bar_csv.c %D%/bar_csv.h %D%/bar_csv_priv.h \
	%D%/bar_csv_format.def %D%/bar_csv_role.def \
	%D%/bar_csv_fast.c \
	%D%/bar_csv_ndjson.c \
	%D%/bar_csv_sniff.c \
	%D%/bar_csv_time.c \
	%D%/quality_kind.def \
	%D%/actions.c %D%/actions.h \
	%D%/adjust.c %D%/adjust.h \
	%D%/calendar.c %D%/calendar.h %D%/calendar_priv.h \
	%D%/calendar_file.c %D%/calendar_xnys.c \
	%D%/feed.c %D%/feed.h \
	%D%/gen.c %D%/gen.h \
	%D%/infer.c %D%/infer.h \
	%D%/quality.c %D%/quality.h \
	%D%/resample.c %D%/resample.h
LIBS_MARKET = libsim_market.a $(LIBS_MODEL)
