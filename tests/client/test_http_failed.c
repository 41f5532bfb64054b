/* Tests of what http.c says where there is no answer: a library that fails as
 * it is told to stands in for libcurl. */
#include <string.h>

#include "client/http.h"
#include "suite.h"
#include "util/curl.h"

static CURLcode code;

static CURL *init(void)
{
	return (CURL *)&code;
}

static CURLcode set(CURL *easy, CURLoption option, ...)
{
	(void)easy, (void)option;
	return CURLE_OK;
}

static CURLcode info(CURL *easy, CURLINFO what, ...)
{
	(void)easy, (void)what;
	return CURLE_UNKNOWN_OPTION;
}

static CURLcode perform(CURL *easy)
{
	(void)easy;
	return code;
}

static void cleanup(CURL *easy)
{
	(void)easy;
}

static const char *words(CURLcode what)
{
	return what == CURLE_SSL_PINNEDPUBKEYNOTMATCH ? "words" : "others";
}

static struct curl_slist *append(struct curl_slist *list, const char *text)
{
	static char line[1];
	static struct curl_slist one = { line, NULL };

	(void)list, (void)text;
	return &one;
}

static void free_all(struct curl_slist *list)
{
	(void)list;
}

/* In place of that of util/curl.c, which is not linked for it. */
int sim_curl_open(const struct sim_curl **out, struct sim_err *err)
{
	static const struct sim_curl failing = {
		.easy_init = init, .easy_setopt = set, .easy_getinfo = info,
		.easy_perform = perform, .easy_cleanup = cleanup,
		.easy_strerror = words, .slist_append = append,
		.slist_free_all = free_all,
	};

	(void)err;
	*out = &failing;
	return SIM_OK;
}

START_TEST(said)
{
	static const struct {
		CURLcode code;
		const char *ca_file;
		int rc;
		const char *says, *doesnt;
	} rows[] = {
		{ CURLE_COULDNT_RESOLVE_HOST, NULL, SIM_E_UNAVAILABLE,
		  "no such host", "proxy" },
		{ CURLE_COULDNT_RESOLVE_PROXY, NULL, SIM_E_UNAVAILABLE,
		  "proxy", "ca_file" },
		{ CURLE_COULDNT_CONNECT, NULL, SIM_E_UNAVAILABLE,
		  "is the server running", "ca_file" },
		{ CURLE_OPERATION_TIMEDOUT, NULL, SIM_E_TIMEOUT, "`timeout`",
		  "ca_file" },
		{ CURLE_WEIRD_SERVER_REPLY, NULL, SIM_E_PROTO, "no HTTP",
		  "ca_file" },
		{ CURLE_SSL_CONNECT_ERROR, NULL, SIM_E_UNAVAILABLE,
		  "http instead", "ca_file" },
		{ CURLE_PEER_FAILED_VERIFICATION, NULL, SIM_E_UNAVAILABLE,
		  "set ca_file", "install" },
		{ CURLE_PEER_FAILED_VERIFICATION, "ca.pem", SIM_E_UNAVAILABLE,
		  "set ca_file", "install" },
		{ CURLE_SSL_CACERT_BADFILE, "ca.pem", SIM_E_CONFIG,
		  "holds no certificate", "install" },
		{ CURLE_SSL_CACERT_BADFILE, NULL, SIM_E_CONFIG,
		  "install them (ca-certificates)", "ca_file names" },
		{ CURLE_SSL_PINNEDPUBKEYNOTMATCH, NULL, SIM_E_UNAVAILABLE,
		  "words (libcurl 90)", "ca_file" },
	};
	struct sim_http_request rq = { .method = "GET", .path = "/health" };
	struct sim_http_server s = { .url = "https://a.example" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_err err = SIM_ERR_INIT;
		struct sim_http_answer a;
		int rc;

		code = rows[i].code;
		s.ca_file = rows[i].ca_file;
		rc = sim_http_call(&s, &rq, &a, &err);
		ck_assert_msg(rc == rows[i].rc, "%d: %s", (int)code, err.msg);
		ck_assert_msg(strstr(err.msg, rows[i].says), "%s", err.msg);
		ck_assert_msg(!strstr(err.msg, rows[i].doesnt), "%s", err.msg);
		ck_assert_ptr_nonnull(strstr(err.msg,
					     "https://a.example/health: "));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("http_failed");
	TCase *c = tcase_create("http_failed");

	tcase_add_test(c, said);
	suite_add_tcase(s, c);
	return run_suite(s);
}
