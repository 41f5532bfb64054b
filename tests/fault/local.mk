# tests of fault
PY_TESTS += %D%/at_once.py %D%/disk.py %D%/kills.py
LONG_TESTS += %D%/disk.py %D%/kills.py
EXTRA_DIST += %D%/faulttest.py %D%/opens.h %D%/shim.c

# Preloaded, so it is built without sanitizers.
check_DATA += %D%/shim.so
CLEANFILES += %D%/shim.so
%D%/shim.so: %D%/shim.c %D%/opens.h
	$(AM_V_GEN)$(MKDIR_P) %D% && $(CC) -std=gnu11 $(WARN_CFLAGS) -O1 \
	-fPIC -shared -o $@ $(srcdir)/%D%/shim.c
