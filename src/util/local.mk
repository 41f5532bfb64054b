noinst_LIBRARIES += libsim_util.a
libsim_util_a_SOURCES = \
	%D%/status.def \
	%D%/buf.c %D%/buf.h \
	%D%/curl.c %D%/curl.h \
	%D%/dec.c %D%/dec.h \
	%D%/digits.h \
	%D%/err.c %D%/err.h \
	%D%/file.c %D%/file.h \
	%D%/fmath.c %D%/fmath.h \
	%D%/json.c %D%/json.h \
	%D%/mem.c %D%/mem.h \
	%D%/numbered.c %D%/numbered.h \
	%D%/rand.c %D%/rand.h \
	%D%/seal.c %D%/seal.h \
	%D%/seal_evp.c %D%/seal_evp.h \
	%D%/secret.c %D%/secret.h \
	%D%/sha256.c %D%/sha256.h \
	%D%/stop.c %D%/stop.h \
	%D%/str.c %D%/str.h \
	%D%/time.c %D%/time.h \
	%D%/totp.c %D%/totp.h \
	%D%/tz.c %D%/tz.h
LIBS_UTIL = libsim_util.a $(JANSSON_LIBS) $(NETTLE_LIBS) $(SODIUM_LIBS) $(CRYPTO_LIBS) $(OATH_LIBS) $(ZLIB_LIBS) -lm
