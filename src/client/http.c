/* http: libcurl, one handle a request; what went wrong by two tables. */
#include "client/http.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/curl.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/str.h"

#define WHERE_BYTES	160	/* of a URL, in a sentence */
#define SAID_BYTES	200	/* of the server's own words */
#define HEADER_BYTES	4200	/* a name and a secret */
#define RETRY_MAX_SEC	86400

struct call {
	const struct sim_curl *curl;
	const struct sim_http_server *s;
	const struct sim_http_request *rq;
	struct sim_http_answer *a;
	CURL *easy;
	struct curl_slist *headers;
	struct sim_buf body;
	char where[WHERE_BYTES];
};

/* -- addresses ----------------------------------------------------------- */

static const char *const schemes[] = { "http://", "https://", NULL };

static bool is_plain(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~' || strchr("@?#\\\"<>", *s))
			return false;
	return true;
}

static bool port_is_good(const char *host)
{
	const char *end = *host == '[' ? strchr(host, ']') : host;
	int64_t port;
	char text[8];
	size_t n;

	if (!end)
		return false;
	end += *end == ']' ? 1 : strcspn(end, ":/");
	if (*end != ':')
		return !*end || *end == '/';
	n = strcspn(end + 1, "/");
	if (!n || n >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)n, end + 1);
	return !sim_str_int(text, "port", 1, 65535, &port, NULL);
}

int sim_http_url(const char *what, const char *text, char out[SIM_HTTP_URL],
		 struct sim_err *err)
{
	const char *host = sim_str_after(text, schemes);
	char shown[SIM_STR_QUOTEMAX];
	size_t n = strlen(text);

	if (!host || !*host || strchr(":/", *host) || n >= SIM_HTTP_URL ||
	    !is_plain(host) || !port_is_good(host)) {
		/* a password may stand before '@' */
		sim_str_quote(text, strchr(text, '@') ? 0 : n, shown);
		return sim_err_set(err, SIM_E_INVAL,
				   "%s: %s is no server; give"
				   " http://HOST:PORT or https://HOST", what,
				   shown);
	}
	while (text[n - 1] == '/')
		n--;
	snprintf(out, SIM_HTTP_URL, "%.*s", (int)n, text);
	return SIM_OK;
}

bool sim_http_is_local(const char *url)
{
	static const char *const hosts[] = { "localhost", "127.0.0.1",
					     "[::1]" };
	const char *host = sim_str_after(url, schemes);

	for (size_t i = 0; host && i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		size_t n = strlen(hosts[i]);

		if (!strncmp(host, hosts[i], n) &&
		    (!host[n] || host[n] == ':' || host[n] == '/'))
			return true;
	}
	return false;
}

bool sim_http_is_secure(const char *url)
{
	return !strncmp(url, "https://", 8);
}

/* -- what goes out ------------------------------------------------------- */

/* No secret has anything but these, and a header must not. */
static int check_secret(const char *what, const char *s, struct sim_err *err)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return sim_err_set(err, SIM_E_INVAL,
					   "byte %zu of the %s is none that it"
					   " can have; give it alone, on one"
					   " line", i + 1, what);
	if (!n || n > HEADER_BYTES - 64)
		return sim_err_set(err, SIM_E_INVAL, "the %s has %zu bytes;"
				   " 1 to %d were expected", what, n,
				   HEADER_BYTES - 64);
	return SIM_OK;
}

static void add_header(struct call *c, const char *name, const char *value)
{
	char line[HEADER_BYTES];
	struct curl_slist *list;

	snprintf(line, sizeof(line), "%.60s: %.*s", name, HEADER_BYTES - 64,
		 value);
	list = c->curl->slist_append(c->headers, line);
	sim_secret_wipe(line, sizeof(line));
	if (!list)
		SIM_BUG("libcurl has no memory for a header");
	c->headers = list;
}

static int add_headers(struct call *c, struct sim_err *err)
{
	const struct sim_http_request *rq = c->rq;
	char bearer[HEADER_BYTES];
	int rc = SIM_OK;

	add_header(c, "Accept", "application/json");
	add_header(c, "Content-Type", "application/json");
	if (rq->api_key)
		rc = check_secret("API key", rq->api_key, err);
	if (!rc && rq->api_key)
		add_header(c, "X-API-Key", rq->api_key);
	if (!rc && rq->bearer)
		rc = check_secret("token", rq->bearer, err);
	if (!rc && rq->bearer) {
		snprintf(bearer, sizeof(bearer), "Bearer %s", rq->bearer);
		add_header(c, "Authorization", bearer);
		sim_secret_wipe(bearer, sizeof(bearer));
	}
	return rc;
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct call *c = arg;

	sim_buf_add(&c->body, p, size * n);
	return c->body.overflow ? 0 : size * n;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t d,
		       curl_off_t e)
{
	const struct call *c = arg;

	(void)a, (void)b, (void)d, (void)e;
	return sim_stop_is_asked(c->s->stop);
}

static void set_place(const struct call *c)
{
	const struct sim_http_server *s = c->s;
	const struct sim_curl *curl = c->curl;
	struct sim_buf url = SIM_BUF_INIT(2 * SIM_HTTP_URL);

	sim_buf_puts(&url, s->url);
	sim_buf_puts(&url, c->rq->path);
	curl->easy_setopt(c->easy, CURLOPT_URL, sim_buf_str(&url));
	sim_buf_release(&url);
	sim_curl_set_protocols(curl, c->easy, "http,https",
			       (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
	if (s->socket)
		curl->easy_setopt(c->easy, CURLOPT_UNIX_SOCKET_PATH, s->socket);
	if (s->socket || sim_http_is_local(s->url))
		curl->easy_setopt(c->easy, CURLOPT_PROXY, "");
	if (s->ca_file)
		curl->easy_setopt(c->easy, CURLOPT_CAINFO, s->ca_file);
}

static void set_up(struct call *c)
{
	long ms = c->s->timeout_ms ? c->s->timeout_ms : SIM_HTTP_TIMEOUT_MS;
	const char *body = c->rq->body ? c->rq->body : "";
	const struct sim_curl *curl = c->curl;

	set_place(c);
	sim_curl_set_limits(curl, c->easy, ms, on_progress, c);
	curl->easy_setopt(c->easy, CURLOPT_USERAGENT, "simutrador");
	if (c->rq->body || !strcmp(c->rq->method, "POST")) {
		curl->easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)strlen(body));
		curl->easy_setopt(c->easy, CURLOPT_POSTFIELDS, body);
	}
	curl->easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, c->rq->method);
	curl->easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
	curl->easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl->easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
}

/* -- what went wrong ----------------------------------------------------- */

/* Below HTTP. */
static const struct failure {
	CURLcode code;
	int rc;
	const char *text;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, SIM_E_UNAVAILABLE,
	  "there is no such host; check the URL" },
	{ CURLE_COULDNT_RESOLVE_PROXY, SIM_E_UNAVAILABLE,
	  "there is no such host as the proxy that the environment names" },
	{ CURLE_COULDNT_CONNECT, SIM_E_UNAVAILABLE,
	  "nobody answers there; is the server running?" },
	{ CURLE_OPERATION_TIMEDOUT, SIM_E_TIMEOUT,
	  "there was no whole answer in time; try again, or set `timeout`" },
	{ CURLE_WRITE_ERROR, SIM_E_PROTO,
	  "the answer is longer than a server's can be; check the URL" },
	{ CURLE_ABORTED_BY_CALLBACK, SIM_E_INTR, "interrupted" },
	{ CURLE_GOT_NOTHING, SIM_E_UNAVAILABLE,
	  "the connection was closed without an answer; try again" },
	{ CURLE_PARTIAL_FILE, SIM_E_UNAVAILABLE,
	  "the answer was cut; try again" },
	{ CURLE_RECV_ERROR, SIM_E_UNAVAILABLE,
	  "the connection broke; try again" },
	{ CURLE_SEND_ERROR, SIM_E_UNAVAILABLE,
	  "the connection broke; try again" },
	{ CURLE_UNSUPPORTED_PROTOCOL, SIM_E_PROTO,
	  "what answers there speaks no HTTP; check the URL" },
	{ CURLE_WEIRD_SERVER_REPLY, SIM_E_PROTO,
	  "what answers there speaks no HTTP; check the URL" },
	{ CURLE_SSL_CONNECT_ERROR, SIM_E_UNAVAILABLE,
	  "no TLS could be agreed on; is it http instead of https?" },
	{ CURLE_PEER_FAILED_VERIFICATION, SIM_E_UNAVAILABLE,
	  "the server's certificate can't be trusted; set ca_file to the"
	  " certificate of who signed it" },
	{ CURLE_SSL_CACERT_BADFILE, SIM_E_CONFIG,
	  "the file that ca_file names holds no certificate" },
};

static const char *text_of(const struct call *c, const struct failure *f)
{
	if (f->code == CURLE_SSL_CACERT_BADFILE && !c->s->ca_file)
		return "this system has no certificates of authorities; install"
			" them (ca-certificates), or set ca_file to the"
			" certificate of who signed the server's";
	return f->text;
}

static int transport_failed(const struct call *c, CURLcode code,
			    struct sim_err *err)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].code == code)
			return sim_err_set(err, failures[i].rc, "%s: %s",
					   c->where,
					   text_of(c, &failures[i]));
	return sim_err_set(err, SIM_E_UNAVAILABLE, "%s: %s (libcurl %d); check"
			   " the URL and the network", c->where,
			   c->curl->easy_strerror(code), (int)code);
}

/* By HTTP's status; the last row of a class is the rest of it. */
static const struct meaning {
	int status, rc;
	const char *text;
} meanings[] = {
	{ 400, SIM_E_INVAL, "the server can't do what is asked" },
	{ 401, SIM_E_AUTH, "the server doesn't know us; see auth login" },
	{ 403, SIM_E_AUTH, "the server doesn't permit it" },
	{ 404, SIM_E_NOENT, "the server has no such thing" },
	{ 408, SIM_E_TIMEOUT, "the server waited too long for us" },
	{ 409, SIM_E_STATE, "that is no longer, or not yet, possible" },
	{ 413, SIM_E_INVAL, "that is too much at once" },
	{ 422, SIM_E_DATA, "the server can't use these values" },
	{ 429, SIM_E_AGAIN, "there were too many requests; try again" },
	{ 503, SIM_E_UNAVAILABLE, "the server is not available; try again" },
	{ 599, SIM_E_UNAVAILABLE,
	  "the server has failed; its log says why" },
	{ 999, SIM_E_PROTO,
	  "that is no answer of a simutrador server; check the URL" },
};

static const struct meaning *meaning_of(int status)
{
	const struct meaning *m = meanings;

	while (m->status != 999 && m->status != status &&
	       !(m->status == 599 && status >= 500 && status <= 599))
		m++;
	return m;
}

static bool has(const char *s, const char *secret)
{
	return secret && *secret && strstr(s, secret);
}

/* The server's own sentence as fit for ours: what prints, and not what we
 * have sent in secret. */
static void quote_said(const struct call *c, const char *said,
		       char out[SAID_BYTES])
{
	size_t len = strlen(said), n = 0;

	for (size_t i = 0, k; i < len && n + 5 < SAID_BYTES; i += k) {
		uint32_t code = 0;

		k = sim_str_utf8(said + i, len - i, &code);
		if (!k || code < ' ' || (code >= 0x7f && code < 0xa0)) {
			k = k ? k : 1;
			out[n++] = ' ';
			continue;
		}
		memcpy(out + n, said + i, k);
		n += k;
	}
	while (n && (out[n - 1] == '.' || out[n - 1] == ' '))
		n--;
	out[n] = '\0';
	if (has(said, c->rq->api_key) || has(said, c->rq->bearer))
		snprintf(out, SAID_BYTES, "(its words hold a secret)");
}

/* What is not in the sentence, but for what we have sent in secret. */
static void add_details(const struct call *c, const struct sim_json_val *root,
			struct sim_err *err)
{
	const struct sim_json_val *v = sim_json_get(root, "details");
	struct sim_buf b = SIM_BUF_INIT(SIM_HTTP_BODY_MAX);
	struct sim_json j;

	sim_json_init(&j, &b, false);
	if (sim_json_is_object(v) && *c->a->code)
		sim_json_copy(&j, NULL, v);
	if (has(sim_buf_str(&b), c->rq->api_key) ||
	    has(sim_buf_str(&b), c->rq->bearer))
		sim_buf_reset(&b);
	sim_err_add(err, c->a->retry_ms, sim_buf_str(&b));
	sim_buf_release(&b);
}

static int refused(const struct call *c, struct sim_err *err)
{
	struct sim_http_answer *a = c->a;
	const struct sim_json_val *root =
		a->doc ? sim_json_root(a->doc) : NULL;
	const char *said = sim_json_as_str(sim_json_get(root, "message"));
	const struct meaning *m = meaning_of(a->status);
	char text[SAID_BYTES] = "";
	int rc = m->rc;

	/* without the server's form it was somebody else who refused */
	if (!*a->code && rc != SIM_E_UNAVAILABLE && rc != SIM_E_AGAIN &&
	    rc != SIM_E_AUTH) {
		m = meaning_of(0);
		rc = m->rc;
	}
	if (a->status == 503 && a->retry_ms >= 0)
		rc = SIM_E_AGAIN;
	if (said && *a->code)
		quote_said(c, said, text);
	sim_err_set(err, rc, "%s: %s (%s%s%d)", c->where,
		    *text ? text : m->text, a->code,
		    *a->code ? ", HTTP " : "HTTP ", a->status);
	add_details(c, root, err);
	return rc;
}

/* -- what came back ------------------------------------------------------ */

static void take_code(struct sim_http_answer *a)
{
	const char *s = sim_json_as_str(
		sim_json_get(sim_json_root(a->doc), "error"));
	size_t n = s ? strlen(s) : 0;

	if (n && n < sizeof(a->code) &&
	    strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == n)
		memcpy(a->code, s, n + 1);
}

static void take_retry(const struct call *c)
{
	curl_off_t sec = 0;

	if (c->curl->easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &sec) ||
	    sec <= 0)
		return;
	c->a->retry_ms = (int)(sec < RETRY_MAX_SEC ? sec : RETRY_MAX_SEC) *
		1000;
}

static int take_answer(struct call *c, struct sim_err *err)
{
	struct sim_http_answer *a = c->a;
	long status = 0;

	c->curl->easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	a->status = (int)status;
	take_retry(c);
	if (!sim_json_parse(c->body.len ? c->body.data : "", c->body.len,
			    &a->doc, NULL) &&
	    !sim_json_is_object(sim_json_root(a->doc))) {
		sim_json_free(a->doc);
		a->doc = NULL;
	}
	if (a->doc)
		take_code(a);
	if (status < 200 || status > 299)
		return refused(c, err);
	if (!a->doc && status != 204)
		return sim_err_set(err, SIM_E_PROTO,
				   "%s: the answer is no JSON object, so what"
				   " answers is no simutrador server; check the"
				   " URL", c->where);
	return SIM_OK;
}

/* -- a call -------------------------------------------------------------- */

/* A connection that breaks must not end us: TLS writes with write(2). */
static CURLcode perform(const struct call *c)
{
	const struct timespec now = { 0, 0 };
	sigset_t pipe, before, pending;
	bool had;
	CURLcode code;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	had = sigismember(&pending, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	code = c->curl->easy_perform(c->easy);
	while (!had && sigtimedwait(&pipe, NULL, &now) == SIGPIPE)
		continue;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

static void wipe_headers(struct call *c)
{
	for (struct curl_slist *h = c->headers; h; h = h->next)
		sim_secret_wipe(h->data, strlen(h->data));
	c->curl->slist_free_all(c->headers);
}

static void wipe_body(struct sim_buf *b)
{
	if (b->data)
		sim_secret_wipe(b->data, b->len);
	sim_buf_release(b);
}

static int ask_once(const struct sim_http_server *s,
		    const struct sim_http_request *rq,
		    struct sim_http_answer *a, struct sim_err *err)
{
	struct call c = {
		.s = s, .rq = rq, .a = a,
		.body = SIM_BUF_INIT(SIM_HTTP_BODY_MAX + 1),
	};
	CURLcode code;
	int rc;

	*a = (struct sim_http_answer){ .retry_ms = -1 };
	rc = sim_curl_open(&c.curl, err);
	if (rc)
		return rc;
	snprintf(c.where, sizeof(c.where), "%s%s",
		 s->socket ? s->socket : s->url, rq->path);
	c.easy = c.curl->easy_init();
	if (!c.easy)
		SIM_BUG("libcurl has no memory for a request");
	rc = add_headers(&c, err);
	if (!rc) {
		set_up(&c);
		code = perform(&c);
		rc = code ? transport_failed(&c, code, err)
			  : take_answer(&c, err);
	}
	c.curl->easy_cleanup(c.easy);
	wipe_headers(&c);
	wipe_body(&c.body);
	return rc;
}

int sim_http_call(const struct sim_http_server *s,
		  const struct sim_http_request *rq, struct sim_http_answer *a,
		  struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	int64_t left = rq->patience_ms;
	int rc = ask_once(s, rq, a, &why);

	while (rc == SIM_E_AGAIN && a->retry_ms >= 0 && a->retry_ms <= left &&
	       sim_stop_sleep(s->stop, a->retry_ms)) {
		left -= a->retry_ms;
		sim_http_answer_release(a);
		rc = ask_once(s, rq, a, &why);
	}
	if (rc && err)
		*err = why;
	return rc;
}

void sim_http_answer_release(struct sim_http_answer *a)
{
	sim_json_free(a->doc);
	a->doc = NULL;
}
