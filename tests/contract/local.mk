# one contract for all backends
check_PROGRAMS += %D%/drive
%C%_drive_SOURCES = %D%/drive.c %D%/host.h
%C%_drive_LDADD = $(LIBS_BACKEND)
PY_TESTS += %D%/proxy.py
LONG_TESTS += %D%/proxy.py
