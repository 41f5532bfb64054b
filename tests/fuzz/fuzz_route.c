/*
 * Whatever is asked is answered once, with a status and a body that fit each
 * other; a 429 says how long to wait; nobody connects without a token; no log
 * line holds what the client sent; and whatever is in a body, nothing fails in
 * the database.
 *
 * An input is lines: "METHOD PATH", "name=value" for a query argument,
 * "name: value" for a header, an empty one and the body.  @K, @T and @t stand
 * for a key, a token and a ticket that are good, @A for the token of an
 * administrator who is in the database, @R for a refresh token and @U for the
 * user's id.  (An address is one: net saw to that.)
 */
#include <stdlib.h>

#include "../server/route_fixture.h"
#include "db/signin.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fixture f;
static char token[1200], ticket[64], admin[1200], refresh[SIM_SIGNIN_REFRESH];
static struct sim_user ann;
static struct sim_net_arg args[SIM_NET_ARGS];

static void must(bool what)
{
	if (!what)
		abort();
}

static void take_field(const char *name, char *out, size_t size)
{
	struct sim_json_doc *doc;
	const char *s;

	must(!sim_json_parse(f.answer.body.data, f.answer.body.len, &doc,
			     NULL));
	s = sim_json_as_str(sim_json_get(sim_json_root(doc), name));
	must(s != NULL);
	snprintf(out, size, "%s", s);
	sim_json_free(doc);
}

/* Replace @K, @T and @t. */
static char *expand(const uint8_t *data, size_t size)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	char *copy;

	for (size_t i = 0; i < size; i++) {
		char next = i + 1 < size ? (char)data[i + 1] : 0;
		const char *s = data[i] != '@' ? NULL :
			next == 'K' ? FIX_PRO : next == 'T' ? token :
			next == 't' ? ticket : next == 'A' ? admin :
			next == 'R' ? refresh : next == 'U' ? ann.id : NULL;

		if (s) {
			sim_buf_puts(&out, s);
			i++;
		} else if (data[i]) {
			sim_buf_putc(&out, (char)data[i]);
		}
	}
	copy = sim_mem_strdup(sim_buf_str(&out));
	sim_buf_release(&out);
	return copy;
}

static void take_header(struct sim_net_request *rq, const char *name,
			const char *value)
{
	if (sim_str_eq_nocase(name, "x-api-key"))
		rq->api_key = value;
	else if (sim_str_eq_nocase(name, "authorization"))
		rq->authorization = value;
	else if (sim_str_eq_nocase(name, "address") &&
		 strlen(value) < SIM_NET_ADDRESS &&
		 !value[strspn(value, "0123456789abcdef:.")])
		rq->address = value;
}

static void take_line(struct sim_net_request *rq, char *line)
{
	char *colon = strchr(line, ':'), *equals = strchr(line, '=');

	if (colon && (!equals || colon < equals)) {
		*colon = '\0';
		take_header(rq, line, colon[1] == ' ' ? colon + 2 : colon + 1);
	} else if (equals && rq->n_args < SIM_NET_ARGS) {
		*equals = '\0';
		args[rq->n_args++] = (struct sim_net_arg){ line, equals + 1 };
	}
}

static void read_request(char *text, struct sim_net_request *rq)
{
	char *line = sim_str_sep(&text, '\n'), *path = line;

	rq->method = sim_str_sep(&path, ' ');
	rq->path = path ? path : "";
	while ((line = text ? sim_str_sep(&text, '\n') : NULL) && *line)
		take_line(rq, line);
	rq->body = text ? text : "";
	rq->body_len = strlen(rq->body);
	rq->args = args;
}

static void check_answer(const struct sim_net_answer *a)
{
	struct sim_json_doc *doc;
	const char *code;

	must(a->status >= 200 && a->status < 600 && a->body.data);
	if (a->type)
		return;
	must(!sim_json_parse(a->body.data, a->body.len, &doc, NULL));
	code = sim_json_as_str(sim_json_get(sim_json_root(doc), "error"));
	must((code != NULL) == (a->status != 200));
	if (a->status == 429)
		must(*fix_header(a, "Retry-After") &&
		     *fix_header(a, "X-RateLimit-Limit") &&
		     *fix_header(a, "X-RateLimit-Period") &&
		     *fix_header(a, "X-RateLimit-Type") &&
		     !strcmp(fix_header(a, "X-RateLimit-Remaining"), "0"));
	sim_json_free(doc);
}

/* What was sent and is long enough to be a secret is in no line. */
static void check_log(const struct sim_net_request *rq)
{
	const char *log = sim_buf_str(&f.audit);

	for (const char *p = log; *p; p++)
		must(*p == '\n' || (*p >= ' ' && *p <= '~'));
	must(!strstr(log, token) && !strstr(log, ticket) &&
	     !strstr(log, admin) && !strstr(log, refresh) &&
	     !strstr(log, FIX_PRO));
	must(strlen(rq->path) < 24 || !strstr(log, rq->path));
	for (size_t i = 0; i < rq->n_args; i++)
		must(strlen(rq->args[i].value) < 24 ||
		     !strstr(log, rq->args[i].value));
	sim_buf_reset(&f.audit);
}

static void check_upgrade(const struct sim_net_request *rq)
{
	struct sim_net_verdict v = { .accept = false };
	struct sim_token_claims who;
	enum sim_route_peer p;

	sim_net_answer_init(&v.refusal, 404);
	p = sim_route_upgrade(f.r, rq, &v, &who);
	must(v.accept == (p != SIM_ROUTE_REFUSED || v.close_code));
	must(!v.close_code || (v.close_code >= 4000 && v.close_code <= 4003));
	if (!v.accept)
		check_answer(&v.refusal);
	if (p == SIM_ROUTE_USER) {
		must(!strcmp(who.user, "u_pro") || !strcmp(who.user, ann.id));
		sim_quota_give(f.env.quota, who.user,
			       SIM_PLAN_LIMIT_concurrent_connections, 1);
	}
	sim_buf_release(&v.refusal.body);
}

static void forget_all(void)
{
	fix_close(&f);
}

/* An administrator with a password, in a database of their own. */
static void make_ann(void)
{
	const struct sim_db_by by = { "local", f.now, NULL };
	struct sim_db *db = fix_db(&f, NULL);
	struct sim_person p = { .email = "ann@example.org" };

	snprintf(ann.name, sizeof(ann.name), "ann");
	ann.role = SIM_USER_ROLE_ADMIN;
	must(!sim_user_add(db, &by, &ann, NULL));
	must(!sim_secret_password("tall ships in fog", f.env.cost, p.password,
				  NULL));
	must(!sim_person_put(db, ann.id, &p, NULL));
	atexit(forget_all);
}

/* Logged in: anew when an input has put an end to it, to the role, or to the
 * tries of the name. */
static void have_ann(void)
{
	static struct sim_signin l;
	struct sim_token_claims c = { .plan = SIM_PLAN_FREE };
	const struct sim_db_by by = { "local", f.now, NULL };
	struct sim_signin now;
	struct sim_user u;
	char *text;

	if (!ann.id[0])
		make_ann();
	must(!sim_user_find(f.db, ann.id, &u, NULL));
	if (u.role != ann.role || u.plan != ann.plan || u.is_disabled)
		must(!sim_user_change(f.db, &by, SIM_USER_ALL, &ann, NULL));
	if (l.id[0] && !sim_signin_get(f.db, ann.id, l.id, f.now, &now, NULL))
		return;
	memcpy(l.user, ann.id, sizeof(l.user));
	must(!sim_db_begin(f.db, NULL));
	must(!sim_db_end(f.db, sim_signin_begin(f.db, &by, &l, refresh,
						NULL), NULL));
	memcpy(c.user, ann.id, sizeof(ann.id));
	memcpy(c.key, l.id, sizeof(l.id));
	must(!sim_token_issue(f.tokens, f.now, &c, &text, NULL));
	snprintf(admin, sizeof(admin), "%s", text);
	sim_token_forget(text);
}

/* A key and a token are good all along; a ticket is good once. */
static void have_secrets(void)
{
	struct sim_net_request rq = {
		.id = 1, .method = "POST", .path = "/auth/token", .body = "",
		.address = "127.0.0.1", .api_key = FIX_PRO,
	};
	char bearer[1300];

	if (!*token) {
		must(!fix_open(&f));
		sim_route_request(f.r, &rq);
		take_field("access_token", token, sizeof(token));
	}
	rq.path = "/ws-ticket";
	snprintf(bearer, sizeof(bearer), "Bearer %s", token);
	rq.authorization = bearer;
	sim_route_request(f.r, &rq);
	if (f.answer.status == 200)
		take_field("ticket", ticket, sizeof(ticket));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_net_request rq = { .id = 2, .address = "192.0.2.9" };
	char *text;
	int before;

	have_secrets();
	have_ann();
	f.now_ns += size % 16 * FIX_NS / 4;	/* so limits are met too */
	text = expand(data, size);
	read_request(text, &rq);
	sim_buf_reset(&f.audit);
	before = f.replies;
	sim_route_request(f.r, &rq);
	must(f.replies == before + 1 && f.answered == 2);
	check_answer(&f.answer);
	must(f.answer.status != 500);
	check_upgrade(&rq);
	check_log(&rq);
	sim_mem_free(text);
	return 0;
}
