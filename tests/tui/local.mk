# tests of tui
PY_TESTS += %D%/glyph.py
check_PROGRAMS += %D%/frame
%C%_frame_SOURCES = %D%/frame.c
%C%_frame_LDADD = $(LIBS_TUI)
