noinst_LIBRARIES += libsim_run.a
libsim_run_a_SOURCES = \
	%D%/stamp.def \
	%D%/diff.h %D%/folder.h %D%/log.h %D%/manifest.h %D%/orders.h \
	%D%/run.h %D%/verify.h
LIBS_RUN = libsim_run.a libsim_strategy.a libsim_store.a \
	libsim_engine.a libsim_ta.a libsim_market.a $(LIBS_MODEL)
