# tests of tui
PY_TESTS += %D%/glyph.py
# Reads messages, prints a frame: for golden.sh.
check_PROGRAMS += %D%/frame
%C%_frame_SOURCES = %D%/frame.c
%C%_frame_LDADD = $(LIBS_TUI)
SH_TESTS += %D%/golden.sh
EXTRA_DIST += %D%/record.py %D%/golden \
	%D%/data/day.ndjson %D%/data/months.ndjson %D%/data/names.ndjson \
	%D%/data/states.ndjson %D%/data/empty.ndjson
