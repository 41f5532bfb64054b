noinst_LIBRARIES += libsim_report.a
libsim_report_a_SOURCES = \
	%D%/metrics.def \
	%D%/compat.def \
	%D%/compat.c %D%/compat.h %D%/compat_priv.h \
	%D%/compat_series.c \
	%D%/compat_trades.c \
	%D%/drawdown.c %D%/drawdown.h \
	%D%/excursion.c %D%/excursion.h \
	%D%/exposure.c %D%/exposure.h \
	%D%/html.c %D%/html.h \
	%D%/html_chart.c %D%/html_chart.h \
	%D%/measure.c %D%/measure.h \
	%D%/metrics.c %D%/metrics.h \
	%D%/metrics_from_csv.c %D%/metrics_from_csv.h \
	%D%/metrics_series.c \
	%D%/of_run.c %D%/of_run.h \
	%D%/plot.c %D%/plot.h \
	%D%/report.c %D%/report.h \
	%D%/report_out.c %D%/report_out.h \
	%D%/sections.def \
	%D%/sheet.c %D%/sheet.h \
	%D%/sheet_pages.c %D%/sheet_priv.h \
	%D%/sheet_set.c \
	%D%/sheet_tables.c \
	%D%/stats.c %D%/stats.h \
	%D%/stats_pbo.c \
	%D%/trades.c %D%/trades.h \
	%D%/trades_metrics.c
LIBS_REPORT = libsim_report.a $(LIBS_MODEL)
