noinst_LIBRARIES += libsim_tui.a
libsim_tui_a_SOURCES = \
	%D%/glyph.def %D%/layout.def %D%/panel.def %D%/theme.def \
	%D%/attend.c %D%/attend.h \
	%D%/canvas.c %D%/canvas.h \
	%D%/channel.c %D%/channel.h \
	%D%/dash.c %D%/dash.h %D%/dash_do.h %D%/dash_priv.h %D%/dash_bars.c \
	%D%/dash_book.c %D%/dash_draw.c %D%/dash_hear.c %D%/dash_layout.c \
	%D%/dash_money.c %D%/dash_save.c %D%/dash_save.h %D%/dash_tape.c \
	%D%/dash_team.c %D%/dash_tell.c %D%/dash_view.c %D%/dash_zone.c \
	%D%/desk.c %D%/desk.h %D%/desk_priv.h %D%/desk_act.c \
	%D%/desk_hear.c %D%/desk_line.c %D%/desk_seek.c %D%/desk_trade.c \
	%D%/desk_view.c \
	%D%/edit.c %D%/edit.h %D%/errand.c %D%/errand.h \
	%D%/figure.c %D%/figure.h \
	%D%/glyph.c %D%/glyph.h \
	%D%/keys.c %D%/keys.def %D%/keys.h \
	%D%/panel.c %D%/panel.h \
	%D%/panel_account.c %D%/panel_bar.c \
	%D%/panel_chart.c %D%/panel_chart.h %D%/panel_chart_bars.c \
	%D%/panel_chart_study.c \
	%D%/panel_fills.c %D%/panel_help.c %D%/panel_hints.c \
	%D%/panel_log.c %D%/panel_orders.c %D%/panel_positions.c \
	%D%/panel_sessions.c %D%/panel_sheet.c %D%/panel_symbols.c \
	%D%/play.c %D%/play.h \
	%D%/screen.c %D%/screen.h %D%/screen_key.c %D%/screen_text.c \
	%D%/slip.c %D%/slip.h \
	%D%/table.c %D%/table.h \
	%D%/terminfo.c %D%/terminfo.h \
	%D%/theme.c %D%/theme.h
# Curses asks for flags that nothing else shall be compiled with.
noinst_LIBRARIES += libsim_curses.a
libsim_curses_a_SOURCES = %D%/screen_curses.c %D%/screen_curses.h
libsim_curses_a_CFLAGS = $(AM_CFLAGS) $(CURSES_CFLAGS)
LIBS_TUI = libsim_curses.a libsim_tui.a $(LIBS_BACKEND) $(CURSES_LIBS)
