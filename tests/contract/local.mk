# one contract for all backends
check_PROGRAMS += %D%/drive
%C%_drive_SOURCES = %D%/drive.c %D%/host.h
%C%_drive_LDADD = $(LIBS_BACKEND)
PY_TESTS += %D%/proxy.py
LONG_TESTS += %D%/proxy.py
PY_TESTS += %D%/cuts.py
LONG_TESTS += %D%/cuts.py
UNIT_TESTS += %D%/test_contract
%C%_test_contract_SOURCES = %D%/test_contract.c %D%/host.h %D%/place.h
%C%_test_contract_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_contract_LDADD = $(LIBS_BACKEND) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_attach
%C%_test_attach_SOURCES = %D%/test_attach.c %D%/host.h %D%/place.h
%C%_test_attach_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_attach_LDADD = $(LIBS_BACKEND) $(CHECK_LIBS)
PY_TESTS += %D%/simulate.py
