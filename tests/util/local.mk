# tests of util
UNIT_TESTS += %D%/test_buf
%C%_test_buf_SOURCES = %D%/test_buf.c
%C%_test_buf_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_buf_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_dec
%C%_test_dec_SOURCES = %D%/test_dec.c
%C%_test_dec_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_dec_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_digits
%C%_test_digits_SOURCES = %D%/test_digits.c
%C%_test_digits_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_digits_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_err
%C%_test_err_SOURCES = %D%/test_err.c
%C%_test_err_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_err_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_file
%C%_test_file_SOURCES = %D%/test_file.c
%C%_test_file_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(ZLIB_CFLAGS)
%C%_test_file_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_fmath
%C%_test_fmath_SOURCES = %D%/test_fmath.c
%C%_test_fmath_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_fmath_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_json
%C%_test_json_SOURCES = %D%/test_json.c
%C%_test_json_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_json_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_mem
%C%_test_mem_SOURCES = %D%/test_mem.c
%C%_test_mem_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_mem_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_rand
%C%_test_rand_SOURCES = %D%/test_rand.c
%C%_test_rand_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_rand_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_secret
%C%_test_secret_SOURCES = %D%/test_secret.c
%C%_test_secret_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_secret_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_sha256
%C%_test_sha256_SOURCES = %D%/test_sha256.c
%C%_test_sha256_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_sha256_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_str
%C%_test_str_SOURCES = %D%/test_str.c
%C%_test_str_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_str_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_time
%C%_test_time_SOURCES = %D%/test_time.c
%C%_test_time_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_time_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_tz
%C%_test_tz_SOURCES = %D%/test_tz.c
%C%_test_tz_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_tz_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

# The driver answers questions; Python's own integers and doubles know the
# answers.
check_PROGRAMS += %D%/oracle_driver
%C%_oracle_driver_SOURCES = %D%/oracle_driver.c
%C%_oracle_driver_LDADD = $(LIBS_UTIL)
PY_TESTS += %D%/dec_oracle.py %D%/double_oracle.py
LONG_TESTS += %D%/dec_oracle.py %D%/double_oracle.py

UNIT_TESTS += %D%/test_numbered
%C%_test_numbered_SOURCES = %D%/test_numbered.c
%C%_test_numbered_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_numbered_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)

UNIT_TESTS += %D%/test_seal
%C%_test_seal_SOURCES = %D%/test_seal.c
%C%_test_seal_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_seal_LDADD = $(LIBS_UTIL) $(CHECK_LIBS)
