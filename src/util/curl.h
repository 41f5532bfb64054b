/*
 * curl: libcurl, opened when it is first used.
 *
 * It stands on thirty more libraries; to load and link them takes longer than
 * most commands do, and most commands speak to nobody.
 */
#ifndef SIM_CURL_H
#define SIM_CURL_H

#include <curl/curl.h>

#include "util/err.h"

/* The functions of libcurl that we use: its names without "curl_". */
#define SIM_CURL_FUNCTIONS(X) \
	X(global_init) X(easy_init) X(easy_setopt) X(easy_getinfo) \
	X(easy_perform) X(easy_cleanup) X(easy_strerror) \
	X(slist_append) X(slist_free_all)

struct sim_curl {
#define SIM_CURL_FUNCTION(name) __typeof__(&curl_##name) name;
	SIM_CURL_FUNCTIONS(SIM_CURL_FUNCTION)
#undef SIM_CURL_FUNCTION
};

/*
 * Open libcurl, once for the process; any thread may ask.
 *
 * Gives:  *out, which stays.
 * Errors: SIM_E_UNAVAILABLE it is not installed, or lacks a function.
 */
int sim_curl_open(const struct sim_curl **out,
		  struct sim_err *err) SIM_MUST_CHECK;

#endif
