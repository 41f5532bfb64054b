UNIT_TESTS += %D%/test_config
%C%_test_config_SOURCES = %D%/test_config.c
%C%_test_config_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_config_LDADD = $(LIBS_ENGINE) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_scenarios
%C%_test_scenarios_SOURCES = %D%/test_scenarios.c
%C%_test_scenarios_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_scenarios_LDADD = $(LIBS_ENGINE) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_random
LONG_TESTS += %D%/test_random
%C%_test_random_SOURCES = %D%/test_random.c
%C%_test_random_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_random_LDADD = $(LIBS_ENGINE) $(CHECK_LIBS)
EXTRA_DIST += %D%/scenarios/README %D%/scenarios/brackets.txt \
	%D%/scenarios/cash_account.txt %D%/scenarios/commission.txt \
	%D%/scenarios/dividends.txt %D%/scenarios/fill_close.txt \
	%D%/scenarios/gaps.txt %D%/scenarios/interest_borrow.txt \
	%D%/scenarios/limit.txt %D%/scenarios/liquidation.txt \
	%D%/scenarios/margin.txt %D%/scenarios/market.txt \
	%D%/scenarios/multi_symbol.txt %D%/scenarios/oco.txt \
	%D%/scenarios/paths.txt %D%/scenarios/rejects.txt \
	%D%/scenarios/replace_cancel.txt %D%/scenarios/semantics.txt \
	%D%/scenarios/shorts.txt %D%/scenarios/sizes.txt \
	%D%/scenarios/slippage.txt %D%/scenarios/splits.txt \
	%D%/scenarios/stop.txt %D%/scenarios/stop_limit.txt \
	%D%/scenarios/synthetic.txt %D%/scenarios/tif.txt \
	%D%/scenarios/trailing.txt %D%/scenarios/units.txt \
	%D%/scenarios/volume.txt
