# tests of db
UNIT_TESTS += %D%/test_db
%C%_test_db_SOURCES = %D%/test_db.c
%C%_test_db_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
%C%_test_db_LDADD = $(LIBS_DB) $(CHECK_LIBS)
UNIT_TESTS += %D%/test_session_row
%C%_test_session_row_SOURCES = %D%/test_session_row.c
%C%_test_session_row_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
%C%_test_session_row_LDADD = $(LIBS_DB) $(CHECK_LIBS)
EXTRA_DIST += %D%/version-1.db.gz
UNIT_TESTS += %D%/test_person
%C%_test_person_SOURCES = %D%/test_person.c
%C%_test_person_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
%C%_test_person_LDADD = $(LIBS_DB) $(CHECK_LIBS)
