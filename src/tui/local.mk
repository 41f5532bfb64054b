noinst_LIBRARIES += libsim_tui.a
libsim_tui_a_SOURCES = \
	%D%/glyph.def %D%/panel.def %D%/theme.def \
	%D%/dash.h \
	%D%/glyph.c %D%/glyph.h \
	%D%/panel.h \
	%D%/screen.c %D%/screen.h %D%/screen_key.c %D%/screen_text.c \
	%D%/theme.c %D%/theme.h
LIBS_TUI = libsim_tui.a $(LIBS_BACKEND) $(CURSES_LIBS)
