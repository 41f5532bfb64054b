/* Tests of http.c: what is sent, and what every kind of answer comes to.  TLS
 * is tests/cli/auth.py's. */
#include "answerer.h"
#include "client/http.h"

static void ask(const struct answerer *a, struct sim_http_request *rq,
		struct sim_http_answer *out, struct sim_err *err, int want)
{
	struct sim_http_server s = { .url = a->url, .timeout_ms = 60000 };
	int rc;

	if (*a->path)
		s.socket = a->path;
	*err = (struct sim_err)SIM_ERR_INIT;
	rc = sim_http_call(&s, rq, out, err);
	ck_assert_msg(rc == want, "%s, not %s: %s", sim_err_wire(rc),
		      sim_err_wire(want), err->msg);
	ck_assert_ptr_null(strchr(err->msg, '\n'));
}

START_TEST(urls)
{
	static const struct { const char *in, *out; } rows[] = {
		{ "http://127.0.0.1:8001", "http://127.0.0.1:8001" },
		{ "https://a.example/", "https://a.example" },
		{ "https://a.example/x//", "https://a.example/x" },
		{ "http://[::1]:80", "http://[::1]:80" },
		{ "http://h:65535/", "http://h:65535" },
		{ "", NULL }, { "a.example", NULL }, { "ftp://a", NULL },
		{ "http://", NULL }, { "http:///x", NULL },
		{ "http://:80", NULL }, { "http://u:p@a", NULL },
		{ "http://a b", NULL }, { "http://a?x=1", NULL },
		{ "http://a#x", NULL }, { "http://a:0", NULL },
		{ "http://a:65536", NULL }, { "http://a:", NULL },
		{ "http://a:x", NULL }, { "http://[::1", NULL },
		{ "http://a\nb", NULL }, { "HTTP://a", NULL },
	};
	char out[SIM_HTTP_URL];
	struct sim_err err;
	int rc;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rc = sim_http_url("--server", rows[i].in, out, &err);
		ck_assert_msg(rc == (rows[i].out ? 0 : SIM_E_INVAL), "%s",
			      rows[i].in);
		if (rows[i].out)
			ck_assert_str_eq(out, rows[i].out);
		else
			ck_assert_ptr_null(strstr(err.msg, "u:p"));
	}
}
END_TEST

START_TEST(places)
{
	ck_assert(sim_http_is_local("http://localhost:1"));
	ck_assert(sim_http_is_local("https://[::1]/x"));
	ck_assert(sim_http_is_local("http://127.0.0.1"));
	ck_assert(!sim_http_is_local("http://localhost.example"));
	ck_assert(!sim_http_is_local("http://127.0.0.1.example:1"));
	ck_assert(sim_http_is_secure("https://a"));
	ck_assert(!sim_http_is_secure("http://a"));
}
END_TEST

START_TEST(sent)
{
	struct answerer a = { .answers = { ANSWER("200 OK", "{\"x\": 1}") } };
	struct sim_http_request rq = {
		.method = "PUT", .path = "/auth/x", .api_key = "sk_1",
		.bearer = "tok", .body = "{\"y\": 2}",
	};
	struct sim_http_answer out;
	struct sim_err err;
	int64_t x = 0;

	answerer_start(&a);
	ask(&a, &rq, &out, &err, SIM_OK);
	ck_assert_int_eq(out.status, 200);
	ck_assert(sim_json_as_int(sim_json_get(sim_json_root(out.doc), "x"),
				  &x));
	ck_assert_int_eq(x, 1);
	sim_http_answer_release(&out);
	answerer_stop(&a);
	ck_assert(!strncmp(a.asked[0], "PUT /auth/x HTTP/1.1\r\n", 22));
	ck_assert_ptr_nonnull(strstr(a.asked[0], "\r\nX-API-Key: sk_1\r\n"));
	ck_assert_ptr_nonnull(strstr(a.asked[0],
				     "\r\nAuthorization: Bearer tok\r\n"));
	ck_assert_ptr_nonnull(strstr(a.asked[0], "\r\n\r\n{\"y\": 2}"));
}
END_TEST

START_TEST(by_unix_socket)
{
	struct answerer a = { .answers = { ANSWER("200 OK", "{}") } };
	struct sim_http_request rq = { .method = "GET", .path = "/health" };
	struct sim_http_answer out;
	struct sim_err err;

	snprintf(a.path, sizeof(a.path), "/tmp/sim-http-%ld", (long)getpid());
	answerer_start(&a);
	ask(&a, &rq, &out, &err, SIM_OK);
	sim_http_answer_release(&out);
	answerer_stop(&a);
	unlink(a.path);
	ck_assert(!strncmp(a.asked[0], "GET /health HTTP/1.1\r\n", 22));
}
END_TEST

#define OURS(code) "{\"error\": \"" code "\", \"message\": \"why.\"}"

static const struct kind {
	const char *answer;
	int rc;
	const char *said;		/* part of the sentence */
} kinds[] = {
	{ ANSWER("204 No Content", ""), SIM_OK, "" },
	{ ANSWER("200 OK", ""), SIM_E_PROTO, "no JSON object" },
	{ ANSWER("200 OK", "[1]"), SIM_E_PROTO, "no JSON object" },
	{ ANSWER("200 OK", "<html>"), SIM_E_PROTO, "no JSON object" },
	{ ANSWER("200 OK", "{\"a\": 1, \"a\": 2}"), SIM_E_PROTO, "no JSON" },
	{ ANSWER("302 Found\r\nLocation: /y", ""), SIM_E_PROTO, "HTTP 302" },
	{ ANSWER("400 Bad", OURS("INVALID_PARAMS")), SIM_E_INVAL,
	  "why (INVALID_PARAMS, HTTP 400)" },
	{ ANSWER("400 Bad", "oh"), SIM_E_PROTO, "no answer of a simutrador" },
	{ ANSWER("401 No", OURS("AUTH_FAILED")), SIM_E_AUTH,
	  "why (AUTH_FAILED, HTTP 401)" },
	{ ANSWER("401 No", ""), SIM_E_AUTH, "auth login" },
	{ ANSWER("403 No", OURS("FORBIDDEN")), SIM_E_AUTH, "FORBIDDEN" },
	{ ANSWER("404 No", OURS("NOT_FOUND")), SIM_E_NOENT, "NOT_FOUND" },
	{ ANSWER("404 No", "<html>"), SIM_E_PROTO, "check the URL" },
	{ ANSWER("409 No", OURS("STATE")), SIM_E_STATE, "why" },
	{ ANSWER("418 Tea", OURS("TEA")), SIM_E_PROTO, "why (TEA" },
	{ ANSWER("422 No", OURS("VALIDATION_ERROR")), SIM_E_DATA, "why" },
	{ ANSWER("429 No\r\nRetry-After: 7", OURS("RATE_LIMITED")),
	  SIM_E_AGAIN, "why (RATE_LIMITED, HTTP 429); wait for 7 s" },
	{ ANSWER("429 No", "slow"), SIM_E_AGAIN, "too many requests" },
	{ ANSWER("500 No", OURS("INTERNAL_ERROR")), SIM_E_UNAVAILABLE,
	  "why (INTERNAL_ERROR, HTTP 500)" },
	{ ANSWER("502 No", "<html>"), SIM_E_UNAVAILABLE, "HTTP 502" },
	{ ANSWER("503 No", "{\"status\": \"unhealthy\"}"), SIM_E_UNAVAILABLE,
	  "not available" },
	{ ANSWER("503 No\r\nRetry-After: 1", OURS("SERVICE_BUSY")),
	  SIM_E_AGAIN, "wait for 1 s" },
	{ ANSWER("999 No", ""), SIM_E_PROTO, "" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"a\": ",
	  SIM_E_UNAVAILABLE, "cut" },
	{ "", SIM_E_UNAVAILABLE, "closed without an answer" },
	{ "SSH-2.0-x\r\n", SIM_E_PROTO, "speaks no HTTP" },
	{ ANSWER("400 Bad", "{\"error\": \"X\", \"message\":"
		 " \"a\\u001b[31m\\u0085b\\nc\"}"),
	  SIM_E_INVAL, ": a [31m b c (X," },
	{ ANSWER("400 Bad", "{\"error\": \"X\", \"message\":"
		 " \"no key secret_key\"}"),
	  SIM_E_INVAL, "hold a secret" },
	{ ANSWER("401 Bad", "{\"error\": \"secret_tok\", \"message\":"
		 " \"no\"}"), SIM_E_AUTH, "auth login" },
};

START_TEST(answers)
{
	const struct kind *k = &kinds[_i];
	struct answerer a = { .answers = { k->answer } };
	struct sim_http_request rq = {
		.method = "POST", .path = "/x", .api_key = "secret_key",
		.bearer = "secret_tok",
	};
	struct sim_http_answer out;
	struct sim_err err;

	answerer_start(&a);
	ask(&a, &rq, &out, &err, k->rc);
	ck_assert_msg(strstr(err.msg, k->said) != NULL, "%s", err.msg);
	ck_assert_ptr_null(strstr(err.msg, "secret_"));
	sim_http_answer_release(&out);
	answerer_stop(&a);
	ck_assert_int_eq(a.n, 1);	/* a redirect is not followed */
}
END_TEST

/* What a server says besides its sentence goes with the error, but for what
 * was sent in secret. */
static const struct besides {
	const char *answer, *details;
	int retry_ms;
} besides[] = {
	{ ANSWER("429 No\r\nRetry-After: 7", "{\"error\": \"RATE_LIMITED\","
		 " \"message\": \"why\", \"details\": {\"limit\": 30, \"of\":"
		 " [1.50]}}"), "{\"limit\":30,\"of\":[1.50]}", 7000 },
	{ ANSWER("409 No", "{\"error\": \"X\", \"details\": {\"a\": \"b\"}}"),
	  "{\"a\":\"b\"}", 0 },
	{ ANSWER("409 No", "{\"error\": \"X\", \"details\": \"no\"}"), "", 0 },
	{ ANSWER("409 No", "{\"error\": \"X\", \"details\": {\"a\":"
		 " \"secret_tok\"}}"), "", 0 },
	{ ANSWER("503 No\r\nRetry-After: 99999999", OURS("SERVICE_BUSY")), "",
	  86400000 },
};

START_TEST(what_is_said_besides)
{
	const struct besides *b = &besides[_i];
	struct answerer a = { .answers = { b->answer } };
	struct sim_http_request rq = {
		.method = "POST", .path = "/x", .api_key = "secret_key",
		.bearer = "secret_tok",
	};
	struct sim_http_answer out;
	struct sim_err err;

	answerer_start(&a);
	ask(&a, &rq, &out, &err, b->retry_ms ? SIM_E_AGAIN : SIM_E_STATE);
	ck_assert_str_eq(err.details, b->details);
	ck_assert_int_eq(err.retry_ms, b->retry_ms);
	sim_http_answer_release(&out);
	answerer_stop(&a);
}
END_TEST

/* What is refused for now is asked for again, as long as there is patience. */
START_TEST(patience)
{
#define LATER ANSWER("429 No\r\nRetry-After: 1", OURS("RATE_LIMITED"))
	struct answerer a = { .answers = {
		LATER, ANSWER("200 OK", "{}"), LATER, LATER,
		ANSWER("503 No\r\nRetry-After: 1", OURS("SERVICE_BUSY")),
		ANSWER("200 OK", "{}"), ANSWER("429 No", OURS("RATE_LIMITED")),
	} };
	struct sim_http_request rq = {
		.method = "POST", .path = "/x", .patience_ms = 1500,
	};
	struct sim_http_answer out;
	struct sim_err err;

	answerer_start(&a);
	ask(&a, &rq, &out, &err, SIM_OK);
	ck_assert_int_eq(out.status, 200);
	sim_http_answer_release(&out);
	ask(&a, &rq, &out, &err, SIM_E_AGAIN);	/* 2 s are too long */
	sim_http_answer_release(&out);
	ask(&a, &rq, &out, &err, SIM_OK);
	sim_http_answer_release(&out);
	ask(&a, &rq, &out, &err, SIM_E_AGAIN);	/* nobody knows how long */
	sim_http_answer_release(&out);
	answerer_stop(&a);
	ck_assert_int_eq(a.n, 7);
}
END_TEST

START_TEST(too_much)
{
	struct answerer a = {
		.answers = { ANSWER("200 OK", "{}") },
		.fill = SIM_HTTP_BODY_MAX + 4096,
	};
	struct sim_http_request rq = { .method = "GET", .path = "/x" };
	struct sim_http_answer out;
	struct sim_err err;

	answerer_start(&a);
	ask(&a, &rq, &out, &err, SIM_E_PROTO);
	ck_assert_ptr_nonnull(strstr(err.msg, "longer"));
	sim_http_answer_release(&out);
	answerer_stop(&a);
}
END_TEST

START_TEST(too_slow)
{
	struct answerer a = { .answers = { ANSWER("200 OK", "{}") },
			      .delay_ms = -1 };
	struct sim_http_request rq = { .method = "GET", .path = "/x" };
	struct sim_http_server s = { .timeout_ms = 100 };
	struct sim_http_answer out;
	struct sim_err err;

	answerer_start(&a);
	s.url = a.url;
	ck_assert_int_eq(sim_http_call(&s, &rq, &out, &err), SIM_E_TIMEOUT);
	sim_http_answer_release(&out);
	answerer_stop(&a);
}
END_TEST

START_TEST(stopped)
{
	struct answerer a = { .answers = { ANSWER("200 OK", "{}") },
			      .delay_ms = -1 };
	struct sim_http_request rq = { .method = "GET", .path = "/x" };
	struct sim_stop stop = { 1, -1 };
	struct sim_http_server s = { .stop = &stop };
	struct sim_http_answer out;
	struct sim_err err;

	answerer_start(&a);
	s.url = a.url;
	ck_assert_int_eq(sim_http_call(&s, &rq, &out, &err), SIM_E_INTR);
	sim_http_answer_release(&out);
	answerer_stop(&a);
}
END_TEST

START_TEST(nobody)
{
	struct sim_http_server s = { .url = "http://127.0.0.1:1" };
	struct sim_http_request rq = { .method = "GET", .path = "/x" };
	struct sim_http_answer out;
	struct sim_err err;

	ck_assert_int_eq(sim_http_call(&s, &rq, &out, &err),
			 SIM_E_UNAVAILABLE);
	ck_assert_str_eq(err.msg, "http://127.0.0.1:1/x: nobody answers there;"
			 " is the server running?");
	ck_assert_int_eq(out.status, 0);
	sim_http_answer_release(&out);
}
END_TEST

/* What would make a second header is no secret. */
START_TEST(split)
{
	static const char *const bad[] = { "", "a b", "a\r\nX: y", "\x80" };
	struct sim_http_server s = { .url = "http://127.0.0.1:1" };
	struct sim_http_answer out;
	struct sim_err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sim_http_request rq = {
			.method = "GET", .path = "/x", .api_key = bad[i],
		};

		ck_assert_int_eq(sim_http_call(&s, &rq, &out, &err),
				 SIM_E_INVAL);
		rq.api_key = NULL;
		rq.bearer = bad[i];
		ck_assert_int_eq(sim_http_call(&s, &rq, &out, &err),
				 SIM_E_INVAL);
	}
}
END_TEST

/* The environment's proxy is asked for others, never for this machine. */
START_TEST(proxy)
{
	struct answerer a = { .answers = { ANSWER("200 OK", "{}") } };
	struct sim_http_request rq = { .method = "GET", .path = "/x" };
	struct sim_http_server s = { .url = "http://server.invalid:99" };
	struct sim_http_answer out;
	struct sim_err err;

	answerer_start(&a);
	setenv("http_proxy", a.url, 1);
	ck_assert_int_eq(sim_http_call(&s, &rq, &out, &err), SIM_OK);
	sim_http_answer_release(&out);
	s.url = "http://127.0.0.1:1";
	ck_assert_int_eq(sim_http_call(&s, &rq, &out, &err),
			 SIM_E_UNAVAILABLE);
	sim_http_answer_release(&out);
	setenv("no_proxy", "server.invalid", 1);
	s.url = "http://server.invalid:99";
	ck_assert_int_eq(sim_http_call(&s, &rq, &out, &err),
			 SIM_E_UNAVAILABLE);
	sim_http_answer_release(&out);
	answerer_stop(&a);
	ck_assert_int_eq(a.n, 1);
	ck_assert(!strncmp(a.asked[0], "GET http://server.invalid:99/x ", 31));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("http");
	TCase *c = tcase_create("http");

	tcase_add_test(c, urls);
	tcase_add_test(c, places);
	tcase_add_test(c, sent);
	tcase_add_test(c, by_unix_socket);
	tcase_add_loop_test(c, answers, 0, sizeof(kinds) / sizeof(kinds[0]));
	tcase_add_loop_test(c, what_is_said_besides, 0,
			    sizeof(besides) / sizeof(besides[0]));
	tcase_add_test(c, patience);
	tcase_add_test(c, too_much);
	tcase_add_test(c, too_slow);
	tcase_add_test(c, stopped);
	tcase_add_test(c, nobody);
	tcase_add_test(c, split);
	tcase_add_test(c, proxy);
	suite_add_tcase(s, c);
	return run_suite(s);
}
