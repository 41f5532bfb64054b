# tests of the pipe: children that do right, and wrong
PY_TESTS += %D%/wrong.py %D%/sandbox.py %D%/same.py %D%/manual.py \
	%D%/talk.py %D%/stop.py %D%/folder.py
LONG_TESTS += %D%/same.py
EXTRA_DIST += %D%/pipetest.py

# The reference client in C.
check_PROGRAMS += %D%/sma
%C%_sma_SOURCES = clients/c/sma.c
