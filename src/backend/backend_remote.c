/* backend_remote: sessions of a server elsewhere. */
#include <stdio.h>
#include <string.h>

#include "backend/backend_wire.h"
#include "client/http.h"
#include "util/mem.h"
#include "util/str.h"

#define PING_S		20
#define SILENCE_S	30
#define QUEUE_MAX	((size_t)4 << 20)
#define PATH		"/ws/simulate"
#define PATH_MAX_LEN	512

struct remote {
	struct sim_backend_wire link;	/* first */
	struct sim_backend_remote_config c;
	char *ca_path;
	bool is_tls;
	char host[256], path[PATH_MAX_LEN];
	char with_ticket[PATH_MAX_LEN + SIM_WS_BEARER + 16];
	struct sim_backend_credential credential;
};

/* -- the URL --------------------------------------------------------------- */

static const struct {
	const char *scheme;
	bool is_tls;
	int port;
} schemes[] = {
	{ "ws://", false, 80 }, { "http://", false, 80 },
	{ "wss://", true, 443 }, { "https://", true, 443 },
};

static int bad_url(const char *url, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_INVAL, "%.200s is no URL of a server; "
			   "give ws, wss, http or https, a host, and a port "
			   "when it is another than 80 or 443, as in "
			   "https://sim.example.org", url);
}

/* HOST[:PORT]; an IPv6 address stands in brackets. */
static int take_host(struct remote *r, const char *p, size_t n, int port,
		     struct sim_err *err)
{
	const char *end = p + n, *colon;
	char text[8];
	int64_t number = port;

	colon = *p == '[' ? memchr(p, ']', n) : p;
	colon = colon ? memchr(colon, ':', (size_t)(end - colon)) : NULL;
	if (colon) {
		snprintf(text, sizeof(text), "%.*s", (int)(end - colon - 1),
			 colon + 1);
		if (sim_str_int(text, "", 1, 65535, &number, NULL))
			return SIM_E_INVAL;
		end = colon;
	}
	if (*p == '[') {
		if (end[-1] != ']')
			return SIM_E_INVAL;
		p++;
		end--;
	}
	if (end <= p || (size_t)(end - p) >= sizeof(r->host))
		return sim_err_set(err, SIM_E_INVAL, "no host");
	snprintf(r->host, sizeof(r->host), "%.*s", (int)(end - p), p);
	r->link.target.port = (int)number;
	return SIM_OK;
}

static int parse_url(struct remote *r, struct sim_err *err)
{
	const char *url = r->c.url, *p = NULL, *slash;
	struct sim_err why = SIM_ERR_INIT;
	int port = 0;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i].scheme);

		if (strncmp(url, schemes[i].scheme, n))
			continue;
		p = url + n;
		r->is_tls = schemes[i].is_tls;
		port = schemes[i].port;
	}
	if (!p || strpbrk(p, "@?# \t"))
		return bad_url(url, err);
	slash = p + strcspn(p, "/");
	if (strlen(slash) >= sizeof(r->path) ||
	    take_host(r, p, (size_t)(slash - p), port, &why))
		return bad_url(url, err);
	snprintf(r->path, sizeof(r->path), "%s", slash[0] && slash[1] ? slash :
		 PATH);
	snprintf(r->link.where, sizeof(r->link.where), "%.*s",
		 (int)(slash - url), url);
	return SIM_OK;
}

/* -- the recipe ------------------------------------------------------------ */

static int prepare(struct sim_backend_wire *l, bool is_refused,
		   struct sim_err *err)
{
	struct remote *r = (struct remote *)l;
	struct sim_backend_credential *k = &r->credential;
	int rc = r->c.credential(l->b.host.ctx, is_refused, l->connect_ms, k,
				 err);

	if (rc)
		return rc;
	l->target.host = r->host;
	l->target.path = r->path;
	l->target.bearer = k->is_ticket ? NULL : k->text;
	if (k->is_ticket) {
		snprintf(r->with_ticket, sizeof(r->with_ticket),
			 "%s?ticket=%s", r->path, k->text);
		l->target.path = r->with_ticket;
	}
	return SIM_OK;
}

static void release(struct sim_backend_wire *l)
{
	struct remote *r = (struct remote *)l;

	sim_mem_free(r->ca_path);
	explicit_bzero(&r->credential, sizeof(r->credential));
	explicit_bzero(r->with_ticket, sizeof(r->with_ticket));
	sim_mem_free(r);
}

static int open_socket(struct remote *r, struct sim_err *err)
{
	const struct sim_ws_config c = {
		.is_tls = r->is_tls, .ca_path = r->ca_path,
		.has_no_proxy = sim_http_is_local(r->link.where),
		.message_max = SIM_BACKEND_LINE_MAX, .queue_max = QUEUE_MAX,
		.ping_s = PING_S, .silence_s = SILENCE_S,
		.stop = r->c.host.stop,
	};

	return sim_ws_new(&c, &r->link.ws, err);
}

int sim_backend_open_remote(const struct sim_backend_remote_config *c,
			    struct sim_backend **out, struct sim_err *err)
{
	struct remote *r = sim_mem_zalloc(sizeof(*r));
	int rc;

	r->c = *c;
	r->ca_path = c->ca_path ? sim_mem_strdup(c->ca_path) : NULL;
	r->link.connect_ms = c->connect_ms;
	r->link.give_up_ms = c->give_up_ms;
	r->link.prepare = prepare;
	r->link.release = release;
	sim_backend_wire_init(&r->link, &sim_backend_wire_remote, &c->host);
	rc = parse_url(r, err);
	if (!rc)
		rc = open_socket(r, err);
	if (!rc)
		rc = sim_backend_wire_open(&r->link, err);
	r->c.url = NULL;		/* the caller's */
	if (rc) {
		sim_backend_close(&r->link.b);
		return rc;
	}
	*out = &r->link.b;
	return SIM_OK;
}
