noinst_LIBRARIES += libsim_store.a
libsim_store_a_SOURCES = \
	%D%/store.c %D%/store.h %D%/store_priv.h \
	%D%/store_actions.c \
	%D%/store_bars.c \
	%D%/store_hash.c \
	%D%/store_marks.c \
	%D%/store_merge.c \
	%D%/store_write.c
LIBS_STORE = libsim_store.a $(LIBS_MODEL)
