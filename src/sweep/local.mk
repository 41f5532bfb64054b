noinst_LIBRARIES += libsim_sweep.a
libsim_sweep_a_SOURCES = \
	%D%/heat.c %D%/heat.h \
	%D%/ledger.c %D%/ledger.h \
	%D%/luck.c %D%/luck.h \
	%D%/row.c %D%/row.h \
	%D%/space.c %D%/space.h \
	%D%/sweep.c %D%/sweep.h
LIBS_SWEEP = libsim_sweep.a libsim_report.a $(LIBS_RUN)
