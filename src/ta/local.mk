noinst_LIBRARIES += libsim_ta.a
libsim_ta_a_SOURCES = \
	%D%/ta.def \
	%D%/average.c \
	%D%/band.c \
	%D%/extreme.c \
	%D%/moment.c \
	%D%/momentum.c \
	%D%/part.c %D%/part_priv.h \
	%D%/range.c \
	%D%/ta.c %D%/ta.h
LIBS_TA = libsim_ta.a $(LIBS_MODEL)
