# tests of cli
UNIT_TESTS += %D%/test_cli %D%/test_opt %D%/test_out %D%/test_target
%C%_test_cli_SOURCES = %D%/test_cli.c
%C%_test_cli_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_cli_LDADD = $(LIBS_CLI) $(CHECK_LIBS)
%C%_test_opt_SOURCES = %D%/test_opt.c
%C%_test_opt_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_opt_LDADD = $(LIBS_CLI) $(CHECK_LIBS)
%C%_test_out_SOURCES = %D%/test_out.c
%C%_test_out_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_out_LDADD = $(LIBS_CLI) $(CHECK_LIBS)
%C%_test_target_SOURCES = %D%/test_target.c
%C%_test_target_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_target_LDADD = $(LIBS_CLI) $(CHECK_LIBS)
SH_TESTS += %D%/optimize.sh %D%/admin.sh %D%/help.sh %D%/help-pages.sh %D%/man-examples.sh %D%/examples.sh \
	%D%/output.sh %D%/complete.sh %D%/data.sh %D%/simulate.sh \
	%D%/bad_input.sh %D%/odd.sh %D%/pipelines.sh %D%/readme.sh \
	%D%/where.sh
SH_TESTS += %D%/strategy.sh
PY_TESTS += %D%/account.py %D%/auth.py
PY_TESTS += %D%/luck.py %D%/marks.py %D%/pager.py %D%/terminal.py %D%/compat.py
EXTRA_DIST += %D%/bad.sh %D%/authtest.py %D%/fakeserver.py %D%/lib.sh %D%/pseudo.py
SH_TESTS += %D%/forty.sh %D%/session.sh %D%/tutorial.sh %D%/wrong.sh
EXTRA_DIST += %D%/backend.txt %D%/place.sh %D%/forty/commands %D%/forty/golden
