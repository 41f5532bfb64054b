# tests of tui
PY_TESTS += %D%/glyph.py
# Reads messages, prints a frame: for golden.sh.
check_PROGRAMS += %D%/frame
%C%_frame_SOURCES = %D%/frame.c
%C%_frame_LDADD = $(LIBS_TUI)
SH_TESTS += %D%/golden.sh
EXTRA_DIST += %D%/record.py %D%/golden \
	%D%/data/day.ndjson %D%/data/months.ndjson %D%/data/names.ndjson \
	%D%/data/states.ndjson %D%/data/empty.ndjson %D%/data/replay.ndjson

UNIT_TESTS += %D%/test_screen
%C%_test_screen_SOURCES = %D%/test_screen.c
%C%_test_screen_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_screen_LDADD = $(LIBS_TUI) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_theme
%C%_test_theme_SOURCES = %D%/test_theme.c
%C%_test_theme_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_theme_LDADD = $(LIBS_TUI) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_dash
%C%_test_dash_SOURCES = %D%/test_dash.c %D%/heard.h %D%/market.h
%C%_test_dash_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_dash_LDADD = $(LIBS_TUI) $(CHECK_LIBS)
LONG_TESTS += %D%/test_dash
UNIT_TESTS += %D%/test_look
%C%_test_look_SOURCES = %D%/test_look.c %D%/heard.h
%C%_test_look_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_look_LDADD = $(LIBS_TUI) $(CHECK_LIBS)
PY_TESTS += %D%/keys.py %D%/snapshot.py %D%/tmux.py
LONG_TESTS += %D%/snapshot.py %D%/tmux.py
UNIT_TESTS += %D%/test_layout
%C%_test_layout_SOURCES = %D%/test_layout.c
%C%_test_layout_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_layout_LDADD = $(LIBS_TUI) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_slip
%C%_test_slip_SOURCES = %D%/test_slip.c
%C%_test_slip_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_slip_LDADD = $(LIBS_TUI) $(CHECK_LIBS)
