noinst_LIBRARIES += libsim_run.a
libsim_run_a_SOURCES = \
	%D%/stamp.def \
	%D%/diff.h %D%/folder.h %D%/verify.h \
	%D%/import.c %D%/import.h \
	%D%/log.c %D%/log.h \
	%D%/loop.c %D%/loop.h \
	%D%/manifest.c %D%/manifest.h \
	%D%/orders.c %D%/orders.h \
	%D%/playlist.c %D%/playlist.h \
	%D%/prepare.c %D%/prepare.h \
	%D%/run.c %D%/run.h
LIBS_RUN = libsim_run.a libsim_strategy.a libsim_store.a \
	libsim_engine.a libsim_ta.a libsim_market.a $(LIBS_MODEL)
