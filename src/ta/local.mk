noinst_LIBRARIES += libsim_ta.a
libsim_ta_a_SOURCES = \
	%D%/ta.def \
	%D%/average.c \
	%D%/band.c \
	%D%/candle.c \
	%D%/extreme.c \
	%D%/flow.c \
	%D%/moment.c \
	%D%/momentum.c \
	%D%/oscillator.c \
	%D%/part.c %D%/part_priv.h \
	%D%/range.c \
	%D%/ta.c %D%/ta.h \
	%D%/trend.c
LIBS_TA = libsim_ta.a $(LIBS_MODEL)
