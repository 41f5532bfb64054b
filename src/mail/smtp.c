/* smtp: libcurl hands over each line of the server as it comes, and so one
 * knows that the message was taken before the farewell is waited for. */
#include "mail/smtp.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/curl.h"
#include "util/str.h"

#define FAREWELL_SEC	10L		/* for any one answer */

struct call {
	const struct sim_curl *curl;
	const struct sim_smtp_server *s;
	const struct sim_smtp_mail *m;
	CURL *easy;
	size_t at;			/* of the message */
	bool is_whole, is_decided, is_taken;
};

/* -- addresses ------------------------------------------------------------- */

static const char *const schemes[] = { "smtp://", "smtps://", NULL };

/* Of a name or an address; 0: it is none. */
static size_t host_len(const char *s)
{
	size_t n;

	if (*s != '[')
		return strspn(s, "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	n = strspn(s + 1, "0123456789abcdefABCDEF:.");
	return n > 1 && s[n + 1] == ']' ? n + 2 : 0;
}

static bool host_is_good(const char *host)
{
	size_t n = host_len(host);
	int64_t port;

	return n && (!host[n] || (host[n] == ':' &&
				  !sim_str_int(host + n + 1, "port", 1, 65535,
					       &port, NULL)));
}

int sim_smtp_check_url(const char *url, struct sim_err *err)
{
	const char *host = sim_str_after(url, schemes);
	char shown[SIM_STR_QUOTEMAX];

	if (host && strlen(url) < SIM_SMTP_URL && host_is_good(host))
		return SIM_OK;
	/* a password may stand before '@' */
	sim_str_quote(url, strchr(url, '@') ? 0 : strlen(url), shown);
	return sim_err_set(err, SIM_E_INVAL, "%s is no mail server; give"
			   " smtp://HOST:PORT or smtps://HOST:PORT, and who we"
			   " are there apart from it", shown);
}

static bool is_local(const char *url)
{
	static const char *const hosts[] = { "localhost", "127.0.0.1",
					     "[::1]" };
	const char *host = sim_str_after(url, schemes);

	for (size_t i = 0; host && i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		size_t n = strlen(hosts[i]);

		if (!strncmp(host, hosts[i], n) && (!host[n] || host[n] == ':'))
			return true;
	}
	return false;
}

/* -- what libcurl calls ---------------------------------------------------- */

static size_t on_read(char *p, size_t size, size_t n, void *arg)
{
	struct call *c = arg;
	const struct sim_buf *b = c->m->message;
	size_t left = b->len - c->at;

	n *= size;
	n = n < left ? n : left;
	if (n)
		memcpy(p, b->data + c->at, n);
	c->at += n;
	c->is_whole |= !n;
	return n;
}

/* A line of the server.  The first after the whole message is about it. */
static size_t on_line(char *p, size_t size, size_t n, void *arg)
{
	struct call *c = arg;

	n *= size;
	if (!c->is_whole || c->is_decided)
		return n;
	c->is_decided = true;
	c->is_taken = n && *p == '2';
	if (c->is_taken)
		c->s->taken(c->s->ctx);
	return n;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t d,
		       curl_off_t e)
{
	const struct call *c = arg;

	(void)a, (void)b, (void)d, (void)e;
	return c->s->is_over && c->s->is_over(c->s->ctx, c->is_whole &&
					      !c->is_decided);
}

static size_t ignore(char *p, size_t size, size_t n, void *arg)
{
	(void)p, (void)arg;
	return size * n;
}

/* -- a call ---------------------------------------------------------------- */

static void set_place(const struct call *c)
{
	const struct sim_smtp_server *s = c->s;
	const struct sim_curl *curl = c->curl;
	char url[SIM_SMTP_URL + 256];

	/* The path is the name that we give ourselves. */
	snprintf(url, sizeof(url), "%s/%s", s->url,
		 strchr(c->m->from, '@') + 1);
	curl->easy_setopt(c->easy, CURLOPT_URL, url);
	sim_curl_set_protocols(curl, c->easy, "smtp,smtps",
			       (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS));
	curl->easy_setopt(c->easy, CURLOPT_PROXY, "");
	curl->easy_setopt(c->easy, CURLOPT_USE_SSL, is_local(s->url) ?
			  (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
	if (s->ca)
		curl->easy_setopt(c->easy, CURLOPT_CAINFO, s->ca);
	if (s->user)
		curl->easy_setopt(c->easy, CURLOPT_USERNAME, s->user);
	if (s->password)
		curl->easy_setopt(c->easy, CURLOPT_PASSWORD, s->password);
}

static void set_times(struct call *c)
{
	long ms = c->s->timeout_ms ? c->s->timeout_ms : SIM_SMTP_TIMEOUT_MS;
	const struct sim_curl *curl = c->curl;

	sim_curl_set_limits(curl, c->easy, ms, on_progress, c);
	curl->easy_setopt(c->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
			  FAREWELL_SEC);
	curl->easy_setopt(c->easy, CURLOPT_FORBID_REUSE, 1L);
}

static struct curl_slist *set_up(struct call *c)
{
	const struct sim_curl *curl = c->curl;
	struct curl_slist *to;
	char address[300];

	set_place(c);
	set_times(c);
	snprintf(address, sizeof(address), "<%s>", c->m->from);
	curl->easy_setopt(c->easy, CURLOPT_MAIL_FROM, address);
	snprintf(address, sizeof(address), "<%s>", c->m->to);
	to = curl->slist_append(NULL, address);
	if (!to)
		SIM_BUG("libcurl has no memory for an address");
	curl->easy_setopt(c->easy, CURLOPT_MAIL_RCPT, to);
	curl->easy_setopt(c->easy, CURLOPT_UPLOAD, 1L);
	curl->easy_setopt(c->easy, CURLOPT_READFUNCTION, on_read);
	curl->easy_setopt(c->easy, CURLOPT_READDATA, c);
	curl->easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, on_line);
	curl->easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
	curl->easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, ignore);
	return to;
}

/* What libcurl's codes come to; the rest is in failed(). */
static const struct failure {
	CURLcode code;
	int rc;
	const char *text;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, SIM_E_UNAVAILABLE,
	  "there is no such host as the mail server" },
	{ CURLE_COULDNT_CONNECT, SIM_E_UNAVAILABLE,
	  "nobody answers at the mail server" },
	{ CURLE_OPERATION_TIMEDOUT, SIM_E_TIMEOUT,
	  "the mail server did not answer in time" },
	{ CURLE_ABORTED_BY_CALLBACK, SIM_E_INTR, "the server stops" },
	{ CURLE_LOGIN_DENIED, SIM_E_AUTH,
	  "the mail server does not take this user and password" },
	{ CURLE_USE_SSL_FAILED, SIM_E_UNAVAILABLE,
	  "the mail server offers no TLS, and without it nothing is sent" },
	{ CURLE_SSL_CONNECT_ERROR, SIM_E_UNAVAILABLE,
	  "no TLS could be agreed on with the mail server" },
	{ CURLE_PEER_FAILED_VERIFICATION, SIM_E_UNAVAILABLE,
	  "the mail server's certificate can't be trusted" },
	{ CURLE_SSL_CACERT_BADFILE, SIM_E_UNAVAILABLE,
	  "the file of --smtp-ca has no certificates that can be read" },
};

static int failed(const struct call *c, CURLcode code, struct sim_err *err)
{
	const struct failure *f = failures;
	const struct failure *end = f + sizeof(failures) / sizeof(*f);
	long said = 0;

	while (f < end && f->code != code)
		f++;
	if (f < end)
		return sim_err_set(err, f->rc, "%s", f->text);
	c->curl->easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &said);
	/* About this message, and for ever. */
	if (said >= 500 && said <= 599 &&
	    (code == CURLE_SEND_ERROR || c->is_whole))
		return sim_err_set(err, SIM_E_DATA, "the mail server refused"
				   " it (%ld)", said);
	if (said >= 400 && said <= 599)
		return sim_err_set(err, SIM_E_AGAIN, "the mail server could not"
				   " take it (%ld)", said);
	return sim_err_set(err, SIM_E_UNAVAILABLE, "the connection to the mail"
			   " server broke (libcurl %d)", (int)code);
}

/* A connection that breaks must not end us: TLS writes with write(2). */
static CURLcode perform(const struct call *c)
{
	const struct timespec now = { 0, 0 };
	sigset_t broken, before;
	CURLcode code;

	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &broken, &before);
	code = c->curl->easy_perform(c->easy);
	if (!sigismember(&before, SIGPIPE))
		while (sigtimedwait(&broken, NULL, &now) == SIGPIPE)
			continue;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

int sim_smtp_send(const struct sim_smtp_server *s,
		  const struct sim_smtp_mail *m, bool *is_taken,
		  struct sim_err *err)
{
	struct call c = { .s = s, .m = m };
	struct curl_slist *to;
	CURLcode code;
	int rc = sim_curl_open(&c.curl, err);

	if (rc)
		return rc;
	c.easy = c.curl->easy_init();
	if (!c.easy)
		SIM_BUG("libcurl has no memory for a message");
	to = set_up(&c);
	code = perform(&c);
	rc = code && !c.is_taken ? failed(&c, code, err) : SIM_OK;
	*is_taken = c.is_taken;
	c.curl->easy_cleanup(c.easy);
	c.curl->slist_free_all(to);
	if (!rc && !c.is_taken)
		rc = sim_err_set(err, SIM_E_UNAVAILABLE, "the mail server did"
				 " not say that it took it");
	return rc;
}
