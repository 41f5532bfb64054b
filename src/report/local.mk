noinst_LIBRARIES += libsim_report.a
libsim_report_a_SOURCES = \
	%D%/metrics.def \
	%D%/drawdown.h \
	%D%/html.h \
	%D%/metrics.h \
	%D%/metrics_from_csv.h \
	%D%/report.h \
	%D%/report_out.h \
	%D%/sheet.h \
	%D%/trades.h
LIBS_REPORT = libsim_report.a $(LIBS_MODEL)
