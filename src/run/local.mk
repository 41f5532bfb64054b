noinst_LIBRARIES += libsim_run.a
libsim_run_a_SOURCES = \
	%D%/stamp.def \
	%D%/batch.c %D%/batch.h \
	%D%/beside.c %D%/beside.h \
	%D%/bundle.c %D%/bundle.h \
	%D%/diff.c %D%/diff.h \
	%D%/equity.c %D%/equity.h \
	%D%/extras.c %D%/extras.h \
	%D%/explain.c %D%/explain.h %D%/explain_priv.h \
	%D%/explain_terms.c \
	%D%/fork.c %D%/fork.h \
	%D%/fork_front.c \
	%D%/folder.c %D%/folder.h %D%/folder_export.c \
	%D%/import.c %D%/import.h \
	%D%/stepper.c %D%/stepper.h \
	%D%/log.c %D%/log.h \
	%D%/loop.c %D%/loop.h %D%/loop_priv.h %D%/loop_end.c %D%/loop_turn.c \
	%D%/loop_plain.c \
	%D%/manifest.c %D%/manifest.h \
	%D%/notes.c %D%/notes.h \
	%D%/orders.c %D%/orders.h \
	%D%/origin.c %D%/origin.h \
	%D%/playlist.c %D%/playlist.h \
	%D%/reach.c %D%/reach.h \
	%D%/prepare.c %D%/prepare.h \
	%D%/rowsum.c %D%/rowsum.h \
	%D%/run.c %D%/run.h %D%/run_priv.h \
	%D%/summary.c %D%/summary.h \
	%D%/replay.c %D%/replay.h \
	%D%/tape.c %D%/tape.h \
	%D%/verify.c %D%/verify.h
LIBS_RUN = libsim_run.a libsim_strategy.a libsim_proto.a \
	libsim_script.a libsim_store.a \
	libsim_engine.a libsim_ta.a libsim_market.a $(LIBS_MODEL) \
	$(LUAJIT_LIBS)
