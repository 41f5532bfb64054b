noinst_LIBRARIES += libsim_tui.a
libsim_tui_a_SOURCES = \
	%D%/glyph.def %D%/panel.def %D%/theme.def \
	%D%/channel.c %D%/channel.h \
	%D%/dash.h \
	%D%/glyph.c %D%/glyph.h \
	%D%/keys.c %D%/keys.def %D%/keys.h \
	%D%/panel.h \
	%D%/play.c %D%/play.h \
	%D%/screen.c %D%/screen.h %D%/screen_key.c %D%/screen_text.c \
	%D%/theme.c %D%/theme.h
# Curses asks for flags that nothing else shall be compiled with.
noinst_LIBRARIES += libsim_curses.a
libsim_curses_a_SOURCES = %D%/screen_curses.c %D%/screen_curses.h
libsim_curses_a_CFLAGS = $(AM_CFLAGS) $(CURSES_CFLAGS)
LIBS_TUI = libsim_curses.a libsim_tui.a $(LIBS_BACKEND) $(CURSES_LIBS)
