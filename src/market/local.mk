noinst_LIBRARIES += libsim_market.a
libsim_market_a_SOURCES =
LIBS_MARKET = libsim_market.a $(LIBS_MODEL)
