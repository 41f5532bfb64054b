noinst_LIBRARIES += libsim_tui.a
libsim_tui_a_SOURCES = \
	%D%/glyph.def %D%/panel.def %D%/theme.def \
	%D%/dash.h \
	%D%/glyph.c %D%/glyph.h \
	%D%/panel.h \
	%D%/screen.h \
	%D%/theme.h
LIBS_TUI = libsim_tui.a $(LIBS_BACKEND) $(CURSES_LIBS)
