noinst_LIBRARIES += libsim_report.a
libsim_report_a_SOURCES =
LIBS_REPORT = libsim_report.a $(LIBS_MODEL)
