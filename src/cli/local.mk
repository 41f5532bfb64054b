noinst_LIBRARIES += libsim_cli.a
libsim_cli_a_SOURCES =
LIBS_CLI = libsim_cli.a libsim_report.a $(LIBS_RUN)
