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

#define SIM_CURL_CONNECT_MS 10000L	/* the longest to connect */

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

/* The protocols that a transfer may be made by: their names, with commas, and
 * for a libcurl before 7.85 their bits. */
static inline void sim_curl_set_protocols(const struct sim_curl *curl,
					  CURL *easy, const char *names,
					  long bits)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	(void)bits;
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, names);
#else
	(void)names;
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS, bits);
#endif
}

/*
 * No transfer takes longer than ms, and no signal is used to see to that.
 *
 * Takes:  is_over: asked with ctx now and then; one that says other than 0
 *         ends the transfer.
 */
static inline void sim_curl_set_limits(const struct sim_curl *curl, CURL *easy,
				       long ms, curl_xferinfo_callback is_over,
				       void *ctx)
{
	const long connect_ms = ms < SIM_CURL_CONNECT_MS ? ms
		: SIM_CURL_CONNECT_MS;

	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms);
	curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	curl->easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, is_over);
	curl->easy_setopt(easy, CURLOPT_XFERINFODATA, ctx);
	curl->easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

#endif
