/*
 * net_http: requests: guarded, taken whole from libwebsockets, answered.
 *
 * libwebsockets 4.1 believes what a client says of a body: it hangs on a
 * chunked one, on a negative length and on a missing one, and takes the first
 * of two.  So what says anything odd of its body is answered here and closed.
 */
#include <libwebsockets.h>
#include <string.h>

#include "server/net_priv.h"
#include "util/mem.h"
#include "util/str.h"

static const struct {
	enum lws_token_indexes token;
	const char *name;
	bool has_body;		/* may have one */
} methods[] = {
	{ WSI_TOKEN_GET_URI, "GET", false },
	{ WSI_TOKEN_POST_URI, "POST", true },
	{ WSI_TOKEN_PUT_URI, "PUT", true },
	{ WSI_TOKEN_PATCH_URI, "PATCH", true },
	{ WSI_TOKEN_DELETE_URI, "DELETE", false },
	{ WSI_TOKEN_HEAD_URI, "HEAD", false },
	{ WSI_TOKEN_OPTIONS_URI, "OPTIONS", false },
};
#define N_METHODS (sizeof(methods) / sizeof(*methods))

static size_t method_of(struct lws *wsi)
{
	size_t i = 0;

	while (i < N_METHODS && !lws_hdr_total_length(wsi, methods[i].token))
		i++;
	return i;
}

/* --- taking --- */

/* Where text is put, one after the other; never past `end`. */
struct room {
	char *at, *end;
};

static const char *keep(struct lws *wsi, enum lws_token_indexes token,
			struct room *r)
{
	int n = lws_hdr_total_length(wsi, token);
	char *from = r->at;

	if (n <= 0 || n >= r->end - r->at ||
	    lws_hdr_copy(wsi, from, (int)(r->end - from), token) != n)
		return NULL;
	r->at += n + 1;
	return from;
}

static const char *keep_custom(struct lws *wsi, const char *name,
			       struct room *r)
{
	int n = lws_hdr_custom_length(wsi, name, (int)strlen(name));
	char *from = r->at;

	if (n <= 0 || n >= r->end - r->at ||
	    lws_hdr_custom_copy(wsi, from, (int)(r->end - from), name,
				(int)strlen(name)) < 0)
		return NULL;
	r->at += n + 1;
	return from;
}

/* False: too many. */
static bool keep_args(struct lws *wsi, struct sim_net_taken *t, struct room *r)
{
	int n;

	for (int i = 0; (n = lws_hdr_fragment_length(
				wsi, WSI_TOKEN_HTTP_URI_ARGS, i)) > 0; i++) {
		char *name = r->at, *value;

		if (t->rq.n_args == SIM_NET_ARGS || n >= r->end - r->at ||
		    lws_hdr_copy_fragment(wsi, name, (int)(r->end - name),
					  WSI_TOKEN_HTTP_URI_ARGS, i) < 0)
			return false;
		r->at += n + 1;
		value = strchr(name, '=');
		if (value)
			*value++ = '\0';
		t->args[t->rq.n_args++] = (struct sim_net_arg){
			name, value ? value : "" };
	}
	return true;
}

static size_t text_size(struct lws *wsi, size_t method)
{
	static const enum lws_token_indexes tokens[] = {
		WSI_TOKEN_HTTP_AUTHORIZATION, WSI_TOKEN_HTTP_CONTENT_TYPE,
		WSI_TOKEN_ORIGIN, WSI_TOKEN_HOST, WSI_TOKEN_HTTP_USER_AGENT,
		WSI_TOKEN_X_FORWARDED_FOR, WSI_TOKEN_HTTP_URI_ARGS,
	};
	int custom = lws_hdr_custom_length(wsi, "x-api-key:", 10), n;
	size_t sum = 64 + SIM_NET_ARGS;

	for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++)
		sum += (size_t)lws_hdr_total_length(wsi, tokens[i]) + 1;
	sum += (size_t)lws_hdr_total_length(wsi, methods[method].token) + 1;
	for (int i = 0; (n = lws_hdr_fragment_length(
				wsi, WSI_TOKEN_HTTP_URI_ARGS, i)) > 0; i++)
		sum += 2;
	return sum + (size_t)(custom > 0 ? custom : 0) + 1;
}

static bool has_twice(struct lws *wsi, enum lws_token_indexes token)
{
	return lws_hdr_fragment_length(wsi, token, 1) > 0;
}

bool sim_net_http_says(struct lws *wsi, int token, const char *word)
{
	char text[128];
	size_t n = strlen(word);

	if (lws_hdr_copy(wsi, text, sizeof(text),
			 (enum lws_token_indexes)token) <= 0)
		return false;
	for (const char *p = text; *p; p += strcspn(p, ",")) {
		p += strspn(p, " \t,");
		if (!strncasecmp(p, word, n) && strchr(", \t", p[n]))
			return true;
	}
	return false;
}

static bool is_version(struct lws *wsi, const char *version)
{
	char text[16];

	return lws_hdr_copy(wsi, text, sizeof(text), WSI_TOKEN_HTTP) > 0 &&
	       !strcmp(text, version);
}

/* Gives: *out bytes.  0, or the status of a refusal and why. */
static int length_of(struct lws *wsi, const struct sim_net *net, size_t *out,
		     const char **why)
{
	char text[24];
	int n = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);
	size_t sum = 0;

	*out = 0;
	*why = "send the body with a Content-Length, not chunked";
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING))
		return 411;
	*why = "Content-Length must be there once and be a whole number";
	if (has_twice(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH))
		return 400;
	if (n <= 0)
		return 0;
	if (n >= (int)sizeof(text) ||
	    lws_hdr_copy(wsi, text, sizeof(text),
			 WSI_TOKEN_HTTP_CONTENT_LENGTH) != n ||
	    strspn(text, "0123456789") != (size_t)n)
		return 400;
	*why = "the body is larger than this server takes";
	for (const char *p = text; *p; p++) {
		sum = sum * 10 + (size_t)(*p - '0');
		if (sum > net->c.limits.body_bytes)
			return 413;
	}
	*out = sum;
	return 0;
}

static int refuse(struct sim_net *net, struct sim_net_answer *a, int status,
		  const char *why)
{
	sim_net_count(net, SIM_NET_COUNT_GUARDED, 1);
	sim_net_answer_guard(a, status, why);
	return 1;
}

static void take_text(struct sim_net *net, struct sim_net_slot *s,
		      struct room *r)
{
	struct sim_net_taken *t = s->taken;
	struct lws *wsi = s->wsi;
	const char *forwarded = keep(wsi, WSI_TOKEN_X_FORWARDED_FOR, r);

	t->rq.api_key = keep_custom(wsi, "x-api-key:", r);
	t->rq.authorization = keep(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, r);
	t->rq.content_type = keep(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, r);
	t->rq.origin = keep(wsi, WSI_TOKEN_ORIGIN, r);
	t->rq.host = keep(wsi, WSI_TOKEN_HOST, r);
	t->rq.user_agent = keep(wsi, WSI_TOKEN_HTTP_USER_AGENT, r);
	sim_net_addr_client(net, &s->ip, forwarded, t->address);
}

int sim_net_http_take(struct sim_net *net, struct sim_net_slot *s,
		      struct sim_net_answer *a)
{
	struct lws *wsi = s->wsi;
	size_t m = method_of(wsi), room = m < N_METHODS ? text_size(wsi, m) : 0;
	struct sim_net_taken *t = sim_mem_zalloc(sizeof(*t) + room);
	struct room r = { t->text, t->text + room };
	const char *path, *why;
	int status;

	sim_mem_free(s->taken);
	s->taken = t;
	t->began_us = sim_net_log_now_us();
	t->rq.id = sim_net_slot_name(net, s, false);
	t->rq.method = m < N_METHODS ? methods[m].name : "?";
	t->rq.path = t->rq.body = "";
	t->rq.address = t->address;
	t->rq.listener = s->listener;
	t->rq.is_tls = net->c.cert_path;
	t->rq.args = t->args;
	t->is_head = m < N_METHODS && methods[m].token == WSI_TOKEN_HEAD_URI;
	sim_net_addr_text(&s->ip, t->address);
	if (m == N_METHODS)
		return refuse(net, a, 501, "this method is not known here");
	take_text(net, s, &r);
	path = keep(wsi, methods[m].token, &r);
	if (!path || *path != '/')
		return refuse(net, a, 400, "the path must begin with /");
	t->rq.path = path;
	if (!keep_args(wsi, t, &r))
		return refuse(net, a, 400, "too many query arguments");
	if (!is_version(wsi, "HTTP/1.1") && !is_version(wsi, "HTTP/1.0"))
		return refuse(net, a, 505, "speak HTTP/1.1");
	if (!t->rq.host && is_version(wsi, "HTTP/1.1"))
		return refuse(net, a, 400, "HTTP/1.1 needs a Host header");
	if (has_twice(wsi, WSI_TOKEN_HOST) ||
	    has_twice(wsi, WSI_TOKEN_HTTP_AUTHORIZATION))
		return refuse(net, a, 400, "Host and Authorization may be "
			      "there once");
	status = length_of(wsi, net, &t->body_expected, &why);
	if (status)
		return refuse(net, a, status, why);
	if (t->body_expected && !methods[m].has_body)
		return refuse(net, a, 400, "this method takes no body");
	return 0;
}

/* --- answering --- */

void sim_net_http_done(struct sim_net *net, struct sim_net_slot *s, int status,
		       size_t answer_len)
{
	const struct sim_net_taken *t = s->taken;
	struct sim_net_done d = { .status = status, .answer_len = answer_len };

	if (!net->ops.done || !t)
		return;
	d.id = t->rq.id;
	d.method = t->rq.method;
	d.path = t->rq.path;
	d.address = t->address;
	d.listener = s->listener;
	d.body_len = s->in.len;
	d.took_us = sim_net_log_now_us() - t->began_us;
	net->ops.done(net->c.ctx, &d);
}

int sim_net_http_finish(struct sim_net *net, struct sim_net_slot *s,
			struct sim_net_answer *a)
{
	struct sim_net_taken *t = s->taken;
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_net_slot_unname(net, s);
	sim_net_answer_write(a, t && t->is_head, &out);
	lws_write(s->wsi, (unsigned char *)out.data, out.len,
		  LWS_WRITE_HTTP_FINAL);
	sim_net_http_done(net, s, a->status, a->body.len);
	sim_buf_release(&out);
	sim_net_answer_release(a);
	sim_net_slot_clear(&s->in);
	sim_mem_free(s->taken);
	s->taken = NULL;
	sim_net_slot_wait(net, s, SIM_NET_WAIT_CLOSE);
	return -1;
}

static struct sim_net_answer *answer_of(struct sim_net_slot *s)
{
	struct sim_net_answer *a;

	pthread_mutex_lock(&s->lock);
	a = s->answer;
	s->answer = NULL;
	pthread_mutex_unlock(&s->lock);
	return a;
}

int sim_net_http_writable(struct sim_net *net, struct sim_net_slot *s)
{
	struct sim_net_answer *a = answer_of(s);
	int rc;

	if (!a)
		return 0;
	rc = sim_net_http_finish(net, s, a);
	sim_mem_free(a);
	return rc;
}

int sim_net_http_whole(struct sim_net *net, struct sim_net_slot *s)
{
	struct sim_net_taken *t = s->taken;
	struct sim_net_answer missing;

	if (!t)
		return -1;
	sim_net_slot_grow(&s->in, 1);
	s->in.data[s->in.len] = '\0';
	t->rq.body = s->in.data;
	t->rq.body_len = s->in.len;
	t->began_us = sim_net_log_now_us();
	sim_net_slot_wait(net, s, SIM_NET_WAIT_ANSWER);
	sim_net_count(net, SIM_NET_COUNT_REQUESTS, 1);
	if (net->ops.request) {
		net->ops.request(net->c.ctx, &t->rq);
		return sim_net_http_writable(net, s);
	}
	sim_net_answer_init(&missing, 404);
	sim_net_answer_guard(&missing, 404, "there is nothing here");
	return sim_net_http_finish(net, s, &missing);
}

int sim_net_http_request(struct sim_net *net, struct sim_net_slot *s)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct sim_net_answer a;

	if (s->wait != SIM_NET_WAIT_HEADERS)
		return -1;
	sim_net_answer_init(&a, 400);
	if (sim_net_http_take(net, s, &a))
		return sim_net_http_finish(net, s, &a);
	sim_net_answer_release(&a);
	if (!s->taken->body_expected) {
		/* an explicit 0 comes as an empty body, but of POST alone */
		if (lws_hdr_total_length(s->wsi,
					 WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0 ||
		    strcmp(s->taken->rq.method, "POST"))
			return sim_net_http_whole(net, s);
	} else if (sim_net_http_says(s->wsi, WSI_TOKEN_HTTP_EXPECT,
				     "100-continue") &&
		   lws_write(s->wsi, (unsigned char *)go_on,
			     sizeof(go_on) - 1, LWS_WRITE_HTTP) < 0) {
		return -1;
	}
	sim_net_slot_wait(net, s, SIM_NET_WAIT_BODY);
	return 0;
}

int sim_net_http_body(struct sim_net *net, struct sim_net_slot *s,
		      const char *p, size_t n)
{
	(void)net;
	if (s->wait != SIM_NET_WAIT_BODY)
		return -1;
	if (n > s->taken->body_expected - s->in.len)
		return -1;
	if (!n)
		return 0;	/* a stated length of 0 comes as NULL */
	sim_net_slot_grow(&s->in, n + 1);
	memcpy(s->in.data + s->in.len, p, n);
	s->in.len += n;
	return 0;
}

/* Too late: called from the tick, where nothing can be returned. */
void sim_net_http_late(struct sim_net *net, struct sim_net_slot *s)
{
	struct sim_net_answer *a = sim_mem_alloc(sizeof(*a));
	bool is_answer = s->wait == SIM_NET_WAIT_ANSWER;

	sim_net_answer_init(a, is_answer ? 504 : 408);
	sim_net_answer_guard(a, a->status, is_answer
			     ? "the answer took too long; try again later"
			     : "the body took too long to come");
	pthread_mutex_lock(&s->lock);
	if (!s->answer) {
		s->answer = a;
		a = NULL;
	}
	pthread_mutex_unlock(&s->lock);
	if (a)
		sim_net_answer_release(a);
	sim_mem_free(a);
	sim_net_count(net, SIM_NET_COUNT_TIMED_OUT, 1);
	sim_net_slot_wait(net, s, SIM_NET_WAIT_CLOSE);
	lws_callback_on_writable(s->wsi);
}
