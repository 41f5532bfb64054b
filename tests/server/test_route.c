/* Tests of route*.c: what each request is answered, and who may connect. */
#include "route_fixture.h"
#include "suite.h"
#include "util/json.h"

static struct fixture f;

static void set_up(void)
{
	const char *fault = fix_open(&f);

	ck_assert_msg(!fault, "%s", fault);
}

static void tear_down(void)
{
	fix_close(&f);
}

static struct sim_net_request request(const char *method, const char *path)
{
	return (struct sim_net_request){
		.id = 7, .method = method, .path = path, .body = "",
		.address = "192.0.2.1",
	};
}

static int ask(const struct sim_net_request *rq)
{
	int before = f.replies;

	sim_route_request(f.r, rq);
	ck_assert_int_eq(f.replies, before + 1);
	ck_assert_uint_eq(f.answered, rq->id);
	return f.answer.status;
}

static int get(const char *method, const char *path)
{
	struct sim_net_request rq = request(method, path);

	return ask(&rq);
}

/* A string of the answer's body; "" when there is none. */
static void field(const struct sim_net_answer *a, const char *name, char *out,
		  size_t size)
{
	struct sim_json_doc *doc;
	const char *s;

	ck_assert_int_eq(sim_json_parse(a->body.data, a->body.len, &doc, NULL),
			 0);
	s = sim_json_as_str(sim_json_get(sim_json_root(doc), name));
	snprintf(out, size, "%s", s ? s : "");
	sim_json_free(doc);
}

static void expect(const char *name, const char *want)
{
	char text[256];

	field(&f.answer, name, text, sizeof(text));
	ck_assert_str_eq(text, want);
}

/* "Bearer TOKEN" of a user. */
static void log_in(const char *key, char out[1200])
{
	struct sim_net_request rq = request("POST", "/auth/token");

	rq.api_key = key;
	ck_assert_int_eq(ask(&rq), 200);
	memcpy(out, "Bearer ", 7);
	field(&f.answer, "access_token", out + 7, 1193);
	ck_assert_uint_gt(strlen(out), 100);
}

static int ask_as(const char *method, const char *path, const char *bearer)
{
	struct sim_net_request rq = request(method, path);

	rq.authorization = bearer;
	return ask(&rq);
}

/* --- requests --------------------------------------------------------- */

static const struct {
	const char *method, *path;
	int status;
	const char *code, *allow;
} plain[] = {
	{ "GET", "/health", 200, "", "" },
	{ "HEAD", "/health", 200, "", "" },
	{ "GET", "/api/health", 200, "", "" },
	{ "GET", "/readyz", 200, "", "" },
	{ "GET", "/openapi.json", 200, "", "" },
	{ "POST", "/health", 405, "INVALID_PARAMS", "GET, HEAD" },
	{ "DELETE", "/readyz", 405, "INVALID_PARAMS", "GET, HEAD" },
	{ "GET", "/auth/token", 405, "INVALID_PARAMS", "POST" },
	{ "HEAD", "/auth/token", 405, "INVALID_PARAMS", "POST" },
	{ "GET", "/api/auth/token", 405, "INVALID_PARAMS", "POST" },
	{ "OPTIONS", "/auth/token", 405, "INVALID_PARAMS", "POST" },
	{ "get", "/health", 405, "INVALID_PARAMS", "GET, HEAD" },
	{ "POST", "/auth/token", 401, "AUTH_FAILED", "" },
	{ "POST", "/auth/validate", 401, "AUTH_FAILED", "" },
	{ "GET", "/auth/limits", 401, "AUTH_FAILED", "" },
	{ "POST", "/ws-ticket", 401, "AUTH_FAILED", "" },
	{ "POST", "/api/ws-ticket", 401, "AUTH_FAILED", "" },
	{ "GET", "/ws/simulate", 426, "INVALID_PARAMS", "" },
	{ "GET", "/ws/health", 426, "INVALID_PARAMS", "" },
	{ "POST", "/ws/health", 405, "INVALID_PARAMS", "GET, HEAD" },
	/* nothing there, however it is written */
	{ "GET", "/", 404, "NOT_FOUND", "" },
	{ "GET", "", 404, "NOT_FOUND", "" },
	{ "GET", "/api", 404, "NOT_FOUND", "" },
	{ "GET", "/api/", 404, "NOT_FOUND", "" },
	{ "GET", "/api/api/health", 404, "NOT_FOUND", "" },
	{ "GET", "/health/", 404, "NOT_FOUND", "" },
	{ "GET", "//health", 404, "NOT_FOUND", "" },
	{ "GET", "/Health", 404, "NOT_FOUND", "" },
	{ "GET", "/./health", 404, "NOT_FOUND", "" },
	{ "GET", "/api/../health", 404, "NOT_FOUND", "" },
	{ "GET", "/../../etc/passwd", 404, "NOT_FOUND", "" },
	{ "GET", "/health/../../../etc/passwd", 404, "NOT_FOUND", "" },
	{ "GET", "/health\\..\\..", 404, "NOT_FOUND", "" },
	{ "GET", "/health%00", 404, "NOT_FOUND", "" },
	{ "GET", "/health;x", 404, "NOT_FOUND", "" },
	{ "GET", "/auth/token' OR 1=1 --", 404, "NOT_FOUND", "" },
	{ "GET", "/\nlevel=error msg=forged", 404, "NOT_FOUND", "" },
};

START_TEST(routes)
{
	ck_assert_int_eq(get(plain[_i].method, plain[_i].path),
			 plain[_i].status);
	expect("error", plain[_i].code);
	ck_assert_str_eq(fix_header(&f.answer, "Allow"), plain[_i].allow);
	if (plain[_i].status == 401)
		ck_assert_str_eq(fix_header(&f.answer, "WWW-Authenticate"),
				 "Bearer");
	ck_assert(!strstr(f.answer.body.data, "passwd") &&
		  !strstr(f.answer.body.data, "forged"));
}
END_TEST

START_TEST(health)
{
	ck_assert_int_eq(get("GET", "/health"), 200);
	ck_assert_str_eq(f.answer.body.data, "{\"status\":\"ok\","
			 "\"server_time\":\"2027-01-15T08:00:00Z\","
			 "\"server_version\":\"1.2.3\"}");
	f.health = SIM_ROUTE_DEGRADED;
	f.now += 1234567;
	ck_assert_int_eq(get("GET", "/health"), 200);
	expect("status", "degraded");
	expect("server_time", "2027-01-15T08:00:00.001Z");
	f.health = SIM_ROUTE_UNHEALTHY;
	ck_assert_int_eq(get("GET", "/health"), 503);
	expect("status", "unhealthy");
	f.is_ready = false;
	ck_assert_int_eq(get("GET", "/readyz"), 503);
	ck_assert_str_eq(fix_header(&f.answer, "Retry-After"), "1");
	ck_assert_int_eq(get("GET", "/metrics"), 200);
	ck_assert_str_eq(f.answer.body.data, "# EOF\n");
	ck_assert(strstr(f.answer.type, "openmetrics"));
}
END_TEST

/* --- logins ----------------------------------------------------------- */

#define HEX40 "0123456789012345678901234567890123456789"

static const struct {
	const char *key, *body;
	int status;
	const char *code;
	int checks;			/* is it looked up at all? */
} logins[] = {
	{ FIX_FREE, "", 200, "", 1 },
	{ FIX_FREE, "{}", 200, "", 1 },
	{ FIX_FREE, " \r\n{ \"x\": [1] }\n", 200, "", 1 },
	{ FIX_FREE, "  ", 200, "", 1 },
	{ FIX_FREE, "[]", 400, "INVALID_PARAMS", 0 },
	{ FIX_FREE, "{", 400, "INVALID_PARAMS", 0 },
	{ FIX_FREE, "x=1", 400, "INVALID_PARAMS", 0 },
	{ FIX_KEY("3"), "", 401, "AUTH_FAILED", 1 },
	{ NULL, "", 401, "AUTH_FAILED", 0 },
	{ "", "", 401, "AUTH_FAILED", 0 },
	{ "sk_", "", 401, "AUTH_FAILED", 0 },
	{ FIX_KEY("1") "0", "", 401, "AUTH_FAILED", 0 },
	{ FIX_KEY("") "\n", "", 401, "AUTH_FAILED", 0 },
	{ FIX_KEY("A"), "", 401, "AUTH_FAILED", 0 },
	{ FIX_KEY("%"), "", 401, "AUTH_FAILED", 0 },
	{ "sk_' OR '1'='1' --" HEX40 "012345678", "", 401, "AUTH_FAILED", 0 },
	{ "sk_../../../etc/passwd", "", 401, "AUTH_FAILED", 0 },
	{ "sk_" HEX40 HEX40 HEX40 HEX40, "", 401, "AUTH_FAILED", 0 },
	{ FIX_BUSY, "", 503, "SERVICE_BUSY", 1 },
	{ FIX_BROKEN, "", 500, "INTERNAL_ERROR", 1 },
};

START_TEST(login)
{
	struct sim_net_request rq = request("POST", "/auth/token");

	rq.api_key = logins[_i].key;
	rq.body = logins[_i].body;
	rq.body_len = strlen(rq.body);
	ck_assert_int_eq(ask(&rq), logins[_i].status);
	expect("error", logins[_i].code);
	ck_assert_int_eq(f.checks, logins[_i].checks);
	ck_assert(!strstr(f.answer.body.data, "sk_"));
	if (logins[_i].status == 503)
		ck_assert_str_eq(fix_header(&f.answer, "Retry-After"), "1");
}
END_TEST

START_TEST(login_answer)
{
	struct sim_json_doc *doc;
	const struct sim_json_val *root;
	char bearer[1200];
	int64_t sec;

	log_in(FIX_PRO, bearer);
	ck_assert_int_eq(sim_json_parse(f.answer.body.data, f.answer.body.len,
					&doc, NULL), 0);
	root = sim_json_root(doc);
	ck_assert_uint_eq(sim_json_len(root), 5);
	ck_assert(sim_json_as_int(sim_json_get(root, "expires_in"), &sec));
	ck_assert_int_eq(sec, 3600);
	sim_json_free(doc);
	expect("token_type", "Bearer");
	expect("user_id", "u_pro");
	expect("plan", "professional");
	ck_assert_int_eq(ask_as("POST", "/auth/validate", bearer), 200);
	ck_assert_str_eq(f.answer.body.data, "{\"valid\":true,"
			 "\"user_id\":\"u_pro\",\"plan\":\"professional\","
			 "\"expires_at\":\"2027-01-15T09:00:00Z\"}");
	ck_assert_str_eq(sim_buf_str(&f.audit),
			 "auth.login u_pro k_2 192.0.2.1 /auth/token \n");
}
END_TEST

START_TEST(pool_is_full)
{
	struct sim_net_request rq = request("POST", "/auth/token");

	rq.api_key = FIX_FREE;
	f.is_full = true;
	ck_assert_int_eq(ask(&rq), 503);
	expect("error", "SERVICE_BUSY");
	ck_assert_str_eq(fix_header(&f.answer, "Retry-After"), "1");
}
END_TEST

static const struct {
	const char *before;		/* of the token */
	int status;
} schemes[] = {
	{ "Bearer ", 200 }, { "bearer ", 200 }, { "BEARER ", 200 },
	{ "Bearer", 401 }, { "Bearer  ", 401 }, { "Basic ", 401 },
	{ "", 401 }, { " Bearer ", 401 }, { "Bearer Bearer ", 401 },
	{ "Bearer\t", 401 },
};

START_TEST(scheme_of_the_header)
{
	char token[1200], text[1300];

	log_in(FIX_FREE, token);
	snprintf(text, sizeof(text), "%s%s", schemes[_i].before, token + 7);
	ck_assert_int_eq(ask_as("POST", "/auth/validate", text),
			 schemes[_i].status);
}
END_TEST

START_TEST(token_ends)
{
	char token[1200];

	log_in(FIX_FREE, token);
	f.now += 3600 * SIM_TIME_SEC - 1;
	ck_assert_int_eq(ask_as("POST", "/auth/validate", token), 200);
	f.revoked = "k_1";
	ck_assert_int_eq(ask_as("POST", "/auth/validate", token), 401);
	f.revoked = NULL;
	f.now++;
	sim_buf_reset(&f.audit);
	ck_assert_int_eq(ask_as("GET", "/auth/limits", token), 401);
	expect("message", "the token has expired");
	ck_assert_str_eq(sim_buf_str(&f.audit), "auth.refused u_free k_1 "
			 "192.0.2.1 /auth/limits the token has expired\n");
}
END_TEST

START_TEST(limits)
{
	struct sim_quota_ask orders = {
		"u_free", SIM_PLAN_FREE, SIM_PLAN_LIMIT_orders_per_minute,
		1000 * FIX_NS
	}, places = {
		"u_free", SIM_PLAN_FREE, SIM_PLAN_LIMIT_concurrent_connections,
		1000 * FIX_NS
	};
	char token[1200];

	log_in(FIX_FREE, token);
	ck_assert(sim_quota_take(f.env.quota, &orders, 42, NULL));
	ck_assert(sim_quota_take(f.env.quota, &places, 2, NULL));
	ck_assert_int_eq(ask_as("GET", "/api/auth/limits", token), 200);
	ck_assert_str_eq(f.answer.body.data, "{\"plan\":\"free\",\"limits\":{"
		"\"concurrent_connections\":2,\"connection_duration_sec\":3600,"
		"\"idle_timeout_sec\":1800,\"simulation_duration_sec\":86400,"
		"\"sessions_per_hour\":5,\"concurrent_sessions\":1,"
		"\"symbols_per_session\":5,\"orders_per_minute\":100},"
		"\"usage\":{\"concurrent_connections\":2,"
		"\"sessions_per_hour\":0,\"concurrent_sessions\":0,"
		"\"orders_per_minute\":42},\"reset_times\":{"
		"\"sessions_per_hour\":null,"
		"\"orders_per_minute\":\"2027-01-15T08:01:01Z\"}}");
}
END_TEST

/* --- limiters --------------------------------------------------------- */

static const struct {
	const char *method, *path, *type;
	enum sim_route_limiter limiter;
} limited[] = {
	{ "POST", "/auth/token", "auth", SIM_ROUTE_LIMITER_AUTH },
	{ "POST", "/api/auth/token", "auth", SIM_ROUTE_LIMITER_AUTH },
	{ "POST", "/auth/validate", "api", SIM_ROUTE_LIMITER_API },
	{ "GET", "/auth/limits", "api", SIM_ROUTE_LIMITER_API },
	{ "POST", "/ws-ticket", "api", SIM_ROUTE_LIMITER_API },
	{ "GET", "/health", "health", SIM_ROUTE_LIMITER_HEALTH },
	{ "GET", "/metrics", "health", SIM_ROUTE_LIMITER_HEALTH },
};

/* The limit, one more, and one after waiting as told. */
START_TEST(limit_and_one)
{
	const struct sim_bucket_rule *rule =
		&f.env.limits.rules[limited[_i].limiter];
	struct sim_net_request rq = request(limited[_i].method,
					    limited[_i].path);
	char text[32];

	for (uint32_t i = 0; i < rule->limit; i++)
		ck_assert_int_ne(ask(&rq), 429);
	ck_assert_int_eq(ask(&rq), 429);
	expect("error", "RATE_LIMITED");
	ck_assert_str_eq(fix_header(&f.answer, "X-RateLimit-Type"),
			 limited[_i].type);
	ck_assert_str_eq(fix_header(&f.answer, "X-RateLimit-Remaining"), "0");
	snprintf(text, sizeof(text), "%u", rule->limit);
	ck_assert_str_eq(fix_header(&f.answer, "X-RateLimit-Limit"), text);
	snprintf(text, sizeof(text), "%u", rule->period_sec);
	ck_assert_str_eq(fix_header(&f.answer, "X-RateLimit-Period"), text);
	ck_assert_str_eq(fix_header(&f.answer, "Retry-After"), "1");
	rq.address = "192.0.2.2";
	ck_assert_int_ne(ask(&rq), 429);
	rq.address = "192.0.2.1";
	f.now_ns += FIX_NS;
	ck_assert_int_ne(ask(&rq), 429);
}
END_TEST

/* A key is not even looked up when its address may not log in. */
START_TEST(limited_before_the_pool)
{
	struct sim_net_request rq = request("POST", "/auth/token");
	int allowed = 0;

	rq.api_key = FIX_KEY("9");
	for (int i = 0; i < 100; i++)
		allowed += ask(&rq) != 429;
	ck_assert_int_eq(allowed, 60);
	ck_assert_int_eq(f.checks, 60);
}
END_TEST

/* Refusals of one address fill no log. */
START_TEST(audit_is_bounded)
{
	struct sim_net_request rq = request("POST", "/auth/token");
	int lines = 0;

	for (int i = 0; i < 1000; i++)
		ask(&rq);
	for (const char *s = f.audit.data; *s; s++)
		lines += *s == '\n';
	ck_assert_int_eq(lines, 10);
}
END_TEST

START_TEST(changed_limits)
{
	struct sim_route_limits l = f.env.limits;

	l.rules[SIM_ROUTE_LIMITER_HEALTH].limit = 2;
	sim_route_set_limits(f.r, &l);
	ck_assert_int_eq(get("GET", "/health"), 200);
	ck_assert_int_eq(get("GET", "/health"), 200);
	ck_assert_int_eq(get("GET", "/health"), 429);
	ck_assert_str_eq(fix_header(&f.answer, "X-RateLimit-Limit"), "2");
}
END_TEST

START_TEST(ticket_limits)
{
	char token[1200];
	int made = 0, status = 0;

	log_in(FIX_FREE, token);
	while ((status = ask_as("POST", "/ws-ticket", token)) == 200)
		made++;
	ck_assert_int_eq(made, 100);	/* so many the fixture holds */
	ck_assert_int_eq(status, 503);
	ck_assert_str_eq(fix_header(&f.answer, "Retry-After"), "30");
	for (int i = 0; i < 19; i++)
		ck_assert_int_eq(ask_as("POST", "/ws-ticket", token), 503);
	ck_assert_int_eq(ask_as("POST", "/ws-ticket", token), 429);
	ck_assert_str_eq(fix_header(&f.answer, "X-RateLimit-Type"),
			 "ws_ticket");
}
END_TEST

/* --- WebSockets ------------------------------------------------------- */

static struct sim_net_verdict verdict;

static enum sim_route_peer upgrade(const char *path, const char *arg,
				   const char *value, const char *bearer,
				   struct sim_token_claims *who)
{
	const struct sim_net_arg args[] = { { arg, value } };
	struct sim_net_request rq = request("GET", path);
	enum sim_route_peer p;

	rq.args = args;
	rq.n_args = arg ? 1 : 0;
	rq.authorization = bearer;
	sim_buf_release(&verdict.refusal.body);
	memset(&verdict, 0, sizeof(verdict));
	sim_net_answer_init(&verdict.refusal, 404);
	p = sim_route_upgrade(f.r, &rq, &verdict, who);
	if (verdict.refusal.body.data)
		ck_assert(!strstr(verdict.refusal.body.data, "eyJ"));
	return p;
}

static void forget_verdict(void)
{
	sim_buf_release(&verdict.refusal.body);
}

START_TEST(connects)
{
	struct sim_token_claims who;
	char token[1200], ticket[100];

	log_in(FIX_FREE, token);
	ck_assert_int_eq(ask_as("POST", "/ws-ticket", token), 200);
	field(&f.answer, "ticket", ticket, sizeof(ticket));
	sim_buf_reset(&f.audit);
	ck_assert_int_eq(upgrade("/ws/simulate", "token", token + 7, NULL,
				 &who), SIM_ROUTE_USER);
	ck_assert(verdict.accept);
	ck_assert_int_eq(verdict.close_code, 0);
	ck_assert_str_eq(who.user, "u_free");
	ck_assert_int_eq(upgrade("/ws/simulate", "ticket", ticket, NULL, &who),
			 SIM_ROUTE_USER);
	ck_assert_str_eq(who.key, "k_1");
	/* two is what the plan has */
	ck_assert_int_eq(upgrade("/ws/simulate", NULL, NULL, token, &who),
			 SIM_ROUTE_REFUSED);
	ck_assert(!verdict.accept);
	ck_assert_int_eq(verdict.refusal.status, 429);
	ck_assert_str_eq(fix_header(&verdict.refusal, "X-RateLimit-Type"),
			 "ws_connections");
	ck_assert_str_eq(fix_header(&verdict.refusal, "X-RateLimit-Limit"),
			 "2");
	ck_assert_str_eq(fix_header(&verdict.refusal, "Retry-After"), "5");
	ck_assert(strstr(verdict.refusal.body.data, "concurrent_connections"));
	sim_quota_give(f.env.quota, "u_free",
		       SIM_PLAN_LIMIT_concurrent_connections, 1);
	ck_assert_int_eq(upgrade("/ws/simulate", NULL, NULL, token, &who),
			 SIM_ROUTE_USER);
	ck_assert_str_eq(sim_buf_str(&f.audit),
		"auth.connect u_free k_1 192.0.2.1 /ws/simulate \n"
		"auth.connect u_free k_1 192.0.2.1 /ws/simulate \n"
		"auth.limited u_free k_1 192.0.2.1 /ws/simulate"
		" ws_connections\n"
		"auth.connect u_free k_1 192.0.2.1 /ws/simulate \n");
	/* nobody in particular, and nobody's place */
	ck_assert_int_eq(upgrade("/ws/health", NULL, NULL, NULL, &who),
			 SIM_ROUTE_HEALTH);
	ck_assert(verdict.accept);
	forget_verdict();
}
END_TEST

static const struct {
	const char *arg, *value, *bearer;
	int close_code;
} failures[] = {
	{ NULL, NULL, NULL, 4001 },
	{ "token", "", NULL, 4001 },
	{ "token", "  ", NULL, 4001 },
	{ "ticket", "", NULL, 4001 },
	{ "other", "x", NULL, 4001 },
	{ NULL, NULL, "Basic dTpw", 4001 },
	{ NULL, NULL, "Bearer ", 4001 },
	{ "token", "x", NULL, 4002 },
	{ "token", "a.b.c", NULL, 4002 },
	{ "token", "eyJhbGciOiJub25lIn0.e30.", NULL, 4002 },
	{ "token", "' OR '1'='1", NULL, 4002 },
	{ "token", "\nlevel=error", NULL, 4002 },
	{ "ticket", "t_00000000000000000000000000000000", NULL, 4002 },
	{ "ticket", "../../etc/passwd", NULL, 4002 },
	{ NULL, NULL, "Bearer x", 4002 },
};

START_TEST(refused_by_close_code)
{
	struct sim_token_claims who;

	ck_assert_int_eq(upgrade("/ws/simulate", failures[_i].arg,
				 failures[_i].value, failures[_i].bearer, &who),
			 SIM_ROUTE_REFUSED);
	ck_assert(verdict.accept);
	ck_assert_int_eq(verdict.close_code, failures[_i].close_code);
	ck_assert_uint_gt(strlen(verdict.close_reason), 5);
	ck_assert(!strstr(sim_buf_str(&f.audit), "passwd"));
	ck_assert(!strstr(sim_buf_str(&f.audit), "level"));
	forget_verdict();
}
END_TEST

START_TEST(used_expired_and_revoked)
{
	struct sim_token_claims who;
	char token[1200], ticket[100];

	log_in(FIX_PRO, token);
	ck_assert_int_eq(ask_as("POST", "/ws-ticket", token), 200);
	field(&f.answer, "ticket", ticket, sizeof(ticket));
	f.revoked = "k_2";
	upgrade("/ws/simulate", "token", token + 7, NULL, &who);
	ck_assert_int_eq(verdict.close_code, 4000);
	f.revoked = NULL;
	ck_assert_int_eq(upgrade("/ws/simulate", "ticket", ticket, NULL, &who),
			 SIM_ROUTE_USER);
	upgrade("/ws/simulate", "ticket", ticket, NULL, &who);
	ck_assert_int_eq(verdict.close_code, 4002);
	ck_assert_int_eq(ask_as("POST", "/ws-ticket", token), 200);
	field(&f.answer, "ticket", ticket, sizeof(ticket));
	f.revoked = "k_2";
	upgrade("/ws/simulate", "ticket", ticket, NULL, &who);
	ck_assert_int_eq(verdict.close_code, 4000);
	f.revoked = NULL;
	ck_assert_int_eq(ask_as("POST", "/ws-ticket", token), 200);
	field(&f.answer, "ticket", ticket, sizeof(ticket));
	f.now_ns += 30 * FIX_NS;
	upgrade("/ws/simulate", "ticket", ticket, NULL, &who);
	ck_assert_int_eq(verdict.close_code, 4003);
	f.now += 3600 * SIM_TIME_SEC;
	upgrade("/ws/simulate", "token", token + 7, NULL, &who);
	ck_assert_int_eq(verdict.close_code, 4003);
	forget_verdict();
}
END_TEST

START_TEST(revoked_key)
{
	struct sim_token_claims who;
	char mine[1200], other[1200], name[32];

	log_in(FIX_FREE, mine);
	log_in(FIX_PRO, other);
	sim_route_revoke(f.r, "k_1");
	sim_route_revoke(f.r, "k_1");
	ck_assert_int_eq(ask_as("POST", "/auth/validate", mine), 401);
	expect("message", "the token is not accepted");
	ck_assert_int_eq(ask_as("POST", "/auth/validate", other), 200);
	upgrade("/ws/simulate", NULL, NULL, mine, &who);
	ck_assert_int_eq(verdict.close_code, 4000);
	/* also when many have been since, as long as the token lives */
	f.now_ns += 3590 * FIX_NS;
	f.now += 3590 * SIM_TIME_SEC;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "k_%d", i + 10);
		sim_route_revoke(f.r, name);
	}
	ck_assert_int_eq(ask_as("POST", "/auth/validate", mine), 401);
	expect("message", "the token is not accepted");
	ck_assert_int_eq(ask_as("POST", "/auth/validate", other), 200);
	forget_verdict();
}
END_TEST

/* The address before the token, the token before the cap. */
START_TEST(order_of_refusals)
{
	uint32_t limit = f.env.limits.rules[SIM_ROUTE_LIMITER_HANDSHAKE].limit;
	struct sim_token_claims who;

	for (uint32_t i = 0; i < limit; i++) {
		upgrade("/ws/simulate", NULL, NULL, NULL, &who);
		ck_assert_int_eq(verdict.close_code, 4001);
	}
	ck_assert_int_eq(upgrade("/ws/simulate", NULL, NULL, NULL, &who),
			 SIM_ROUTE_REFUSED);
	ck_assert(!verdict.accept);
	ck_assert_int_eq(verdict.close_code, 0);
	ck_assert_int_eq(verdict.refusal.status, 429);
	ck_assert_str_eq(fix_header(&verdict.refusal, "X-RateLimit-Type"),
			 "ws_handshake");
	upgrade("/ws/health", NULL, NULL, NULL, &who);
	ck_assert_int_eq(verdict.refusal.status, 429);
	forget_verdict();
}
END_TEST

START_TEST(no_socket_there)
{
	static const char *const paths[] = {
		"/", "/ws", "/ws/", "/ws/simulate/", "/health", "/auth/token",
		"/ws/../ws/simulate",
	};
	struct sim_token_claims who;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		ck_assert_int_eq(upgrade(paths[i], NULL, NULL, NULL, &who),
				 SIM_ROUTE_REFUSED);
		ck_assert(!verdict.accept);
		ck_assert_int_eq(verdict.refusal.status, 404);
	}
	f.is_ready = false;
	upgrade("/ws/simulate", NULL, NULL, NULL, &who);
	ck_assert(!verdict.accept);
	ck_assert_int_eq(verdict.refusal.status, 503);
	forget_verdict();
}
END_TEST

/* A user's token does for that user, whatever else is said. */
START_TEST(two_users)
{
	struct sim_token_claims who;
	char mine[1200], other[1200];

	log_in(FIX_FREE, mine);
	log_in(FIX_PRO, other);
	ck_assert_int_eq(ask_as("POST", "/auth/validate", mine), 200);
	expect("user_id", "u_free");
	ck_assert_int_eq(ask_as("POST", "/auth/validate", other), 200);
	expect("user_id", "u_pro");
	/* the header counts before the query */
	ck_assert_int_eq(upgrade("/ws/simulate", "token", other + 7, mine,
				 &who), SIM_ROUTE_USER);
	ck_assert_str_eq(who.user, "u_free");
	forget_verdict();
}
END_TEST

/* Nothing secret is told to the audit log. */
START_TEST(nothing_secret_is_logged)
{
	struct sim_token_claims who;
	char token[1200], ticket[100];

	log_in(FIX_FREE, token);
	ask_as("POST", "/ws-ticket", token);
	field(&f.answer, "ticket", ticket, sizeof(ticket));
	upgrade("/ws/simulate", "ticket", ticket, NULL, &who);
	upgrade("/ws/simulate", "ticket", ticket, NULL, &who);
	upgrade("/ws/simulate", "token", token + 7, NULL, &who);
	upgrade("/ws/simulate", "token", token + 7, NULL, &who);
	f.now += 7200 * SIM_TIME_SEC;
	upgrade("/ws/simulate", "token", token + 7, NULL, &who);
	ask_as("GET", "/auth/limits", token);
	ck_assert_uint_gt(f.audit.len, 300);
	ck_assert(!strstr(f.audit.data, "sk_"));
	ck_assert(!strstr(f.audit.data, "eyJ"));
	ck_assert(!strstr(f.audit.data, ticket));
	ck_assert(!strstr(f.audit.data, "t_"));
	forget_verdict();
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("route");
	TCase *c = tcase_create("route");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, routes, 0, N(plain));
	tcase_add_test(c, health);
	tcase_add_loop_test(c, login, 0, N(logins));
	tcase_add_test(c, login_answer);
	tcase_add_test(c, pool_is_full);
	tcase_add_loop_test(c, scheme_of_the_header, 0, N(schemes));
	tcase_add_test(c, token_ends);
	tcase_add_test(c, limits);
	tcase_add_loop_test(c, limit_and_one, 0, N(limited));
	tcase_add_test(c, limited_before_the_pool);
	tcase_add_test(c, audit_is_bounded);
	tcase_add_test(c, changed_limits);
	tcase_add_test(c, ticket_limits);
	tcase_add_test(c, connects);
	tcase_add_loop_test(c, refused_by_close_code, 0, N(failures));
	tcase_add_test(c, used_expired_and_revoked);
	tcase_add_test(c, revoked_key);
	tcase_add_test(c, order_of_refusals);
	tcase_add_test(c, no_socket_there);
	tcase_add_test(c, two_users);
	tcase_add_test(c, nothing_secret_is_logged);
	suite_add_tcase(s, c);
	return run_suite(s);
}
