# `make bench`: figures beside references in the same run; nothing is asserted
# about time, only about the check values.
EXTRA_PROGRAMS += %D%/bench %D%/forms %D%/w3 %D%/empty %D%/process \
	%D%/lines %D%/wire %D%/session %D%/sockets \
	%D%/writer %D%/frames
%C%_bench_SOURCES = %D%/bench.c %D%/clock.h %D%/data.h %D%/job.h %D%/row.h
%C%_bench_LDADD = $(LIBS_RUN)
%C%_forms_SOURCES = %D%/forms.c %D%/clock.h %D%/data.h %D%/job.h
%C%_forms_LDADD = $(LIBS_RUN)
%C%_w3_SOURCES = %D%/w3.c %D%/clock.h %D%/data.h %D%/job.h %D%/row.h
%C%_w3_LDADD = $(LIBS_SWEEP)
# A program that does nothing but load the libraries of simutrador.
%C%_empty_SOURCES = %D%/empty.c
%C%_empty_LDADD = $(LIBS_CLI)
%C%_empty_LDFLAGS = $(SAN_FLAGS) -Wl,--no-as-needed
%C%_process_SOURCES = %D%/process.c %D%/clock.h
%C%_lines_SOURCES = %D%/lines.c %D%/clock.h
%C%_wire_SOURCES = %D%/wire.c %D%/clock.h %D%/row.h
%C%_wire_LDADD = $(LIBS_PROTO)
%C%_session_SOURCES = %D%/session.c %D%/clock.h %D%/row.h
%C%_session_LDADD = $(LIBS_BACKEND)
%C%_sockets_SOURCES = %D%/sockets.c %D%/clock.h
%C%_sockets_LDADD = $(LIBS_SERVER)
%C%_writer_SOURCES = %D%/writer.c %D%/clock.h %D%/row.h
%C%_writer_LDADD = $(LIBS_SERVER)
%C%_frames_SOURCES = %D%/frames.c %D%/clock.h %D%/row.h \
	tests/tui/market.h
%C%_frames_LDADD = $(LIBS_TUI)
EXTRA_DIST += %D%/bench.sh %D%/desk.py %D%/pipe.py %D%/echo.py %D%/reader.py

bench: $(bin_PROGRAMS) %D%/bench %D%/forms %D%/w3 %D%/empty %D%/process \
		%D%/lines %D%/wire %D%/session %D%/sockets %D%/writer %D%/frames \
		tests/pipe/sma
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
		PYTHON3='$(PYTHON3)' CC='$(CC)' \
		$(SHELL) $(srcdir)/%D%/bench.sh
.PHONY: bench
