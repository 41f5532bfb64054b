# tests of market
UNIT_TESTS += %D%/test_calendar %D%/test_feed
%C%_test_calendar_SOURCES = %D%/test_calendar.c
%C%_test_calendar_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_calendar_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
%C%_test_feed_SOURCES = %D%/test_feed.c
%C%_test_feed_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_feed_LDADD = $(LIBS_MARKET) $(CHECK_LIBS)
