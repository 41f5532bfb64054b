/* Tests of the routes of people where the clock decides, and where something
 * that they need is not there.  What they answer otherwise: accounts.py. */
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/apikey.h"
#include "db/outbox.h"
#include "db/signin.h"
#include "route_fixture.h"
#include "server/password.h"
#include "suite.h"
#include "util/json.h"
#include "util/totp.h"

#define SEC SIM_TIME_SEC
#define GOOD "tall ships in thick fog"
#define LOGIN "{\"username\":\"ann\",\"password\":\"" GOOD "\"}"
#define WRONG "{\"username\":\"ann\",\"password\":\"wrong words\"}"

static struct fixture f;
static char bearer[1200];

static int ask(const char *method, const char *path, const char *body)
{
	struct sim_net_request rq = { .id = 7, .method = method, .path = path,
		.body = body, .body_len = strlen(body),
		.address = "192.0.2.1",
		.authorization = bearer[0] ? bearer : NULL };
	int before = f.replies;

	/* Limits of addresses are another test's. */
	f.now_ns += 3600 * FIX_NS;
	sim_route_request(f.r, &rq);
	ck_assert_int_eq(f.replies, before + 1);
	return f.answer.status;
}

static int post(const char *path, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int post(const char *path, const char *fmt, ...)
{
	char body[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(body, sizeof(body), fmt, ap);
	va_end(ap);
	return ask("POST", path, body);
}

static void field(const char *name, char *out, size_t size)
{
	struct sim_json_doc *doc;
	const char *s;

	ck_assert_int_eq(sim_json_parse(f.answer.body.data, f.answer.body.len,
					&doc, NULL), 0);
	s = sim_json_as_str(sim_json_get(sim_json_root(doc), name));
	ck_assert_msg(s != NULL, "no %s in %s", name, f.answer.body.data);
	snprintf(out, size, "%s", s);
	sim_json_free(doc);
}

static void expect_error(int status, const char *code)
{
	char text[64];

	ck_assert_msg(f.answer.status == status, "%d %s", f.answer.status,
		      f.answer.body.data);
	field("error", text, sizeof(text));
	ck_assert_str_eq(text, code);
}

/* The code of the next mail. */
static void next_code(char out[32])
{
	struct sim_outbox_mail m;
	struct sim_json_doc *doc;
	const char *s;

	ck_assert_int_eq(sim_outbox_take(f.db, &f.env.seal, f.now, &m, NULL),
			 1);
	ck_assert_int_eq(sim_outbox_sent(f.db, m.id, f.now, NULL), 0);
	ck_assert_int_eq(sim_json_parse(m.args, strlen(m.args), &doc, NULL),
			 0);
	s = sim_json_as_str(sim_json_get(sim_json_root(doc), "code"));
	snprintf(out, 32, "%s", s ? s : "");
	sim_json_free(doc);
}

static void log_in(void)
{
	memcpy(bearer, "Bearer ", 7);
	field("access_token", bearer + 7, sizeof(bearer) - 7);
}

static void set_up(void)
{
	char id[64], code[32];
	const char *fault = fix_open(&f);

	ck_assert_msg(!fault, "%s", fault);
	bearer[0] = '\0';
	ck_assert_int_eq(post("/auth/register", "{\"username\":\"ann\","
			      "\"email\":\"ann@example.org\",\"password\":\""
			      GOOD "\"}"), 200);
	field("request_id", id, sizeof(id));
	next_code(code);
	ck_assert_int_eq(post("/auth/verify-email", "{\"request_id\":\"%s\","
			      "\"code\":\"%s\"}", id, code), 200);
	f.now += SEC;
}

static void tear_down(void)
{
	fix_close(&f);
}

/* -- time ------------------------------------------------------------------ */

/* From the fifth on each try is followed by a pause, to the nanosecond. */
START_TEST(pauses)
{
	static const int sec[] = { 60, 120, 240, 480, 900, 900 };
	char text[16];

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(post("/auth/login", WRONG), 401);
	for (size_t i = 0; i < sizeof(sec) / sizeof(sec[0]); i++) {
		ck_assert_int_eq(post("/auth/login", LOGIN), 429);
		snprintf(text, sizeof(text), "%d", sec[i]);
		ck_assert_str_eq(fix_header(&f.answer, "Retry-After"), text);
		ck_assert_str_eq(fix_header(&f.answer, "X-RateLimit-Type"),
				 "login");
		f.now += sec[i] * SEC - 1;
		ck_assert_int_eq(post("/auth/login", LOGIN), 429);
		ck_assert_str_eq(fix_header(&f.answer, "Retry-After"), "1");
		f.now += 1;
		ck_assert_int_eq(post("/auth/login", WRONG), 401);
	}
	f.now += 900 * SEC;
	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(post("/auth/login", WRONG), 401);
	ck_assert_int_eq(post("/auth/login", WRONG), 429);
}
END_TEST

/* However a user is named: five tries of an account in all.  By a name that was
 * tried less it is as if the password were wrong, as of a name that nobody has,
 * and not after a new password by mail. */
START_TEST(names_of_one)
{
	static const char *const others[] = { "ann@example.org",
					      "bo@example.org" };
	char id[64], code[32];

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(post("/auth/login", WRONG), 401);
	for (int i = 0; i < 12; i++) {
		int status = post("/auth/login", "{\"username\":\"%s\","
				  "\"password\":\"" GOOD "\"}",
				  others[i % 2]);

		expect_error(i < 10 ? 401 : 429, i < 10 ? "AUTH_FAILED" :
			     "RATE_LIMITED");
		ck_assert_int_eq(status, f.answer.status);
	}
	f.now += 60 * SEC - 1;
	ck_assert_int_eq(post("/auth/login", LOGIN), 429);
	f.now += 1;
	ck_assert_int_eq(post("/auth/login", "{\"username\":\""
			      "Ann@Example.Org\",\"password\":\"" GOOD
			      "\"}"), 200);
	/* And then all is forgotten, of each name. */
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(post("/auth/login", WRONG), 401);
	ck_assert_int_eq(post("/auth/login", LOGIN), 429);
	ck_assert_int_eq(post("/auth/password/reset-request", "{\"email\":"
			      "\"ann@example.org\"}"), 200);
	field("request_id", id, sizeof(id));
	next_code(code);
	ck_assert_int_eq(post("/auth/password/reset", "{\"request_id\":"
			      "\"%s\",\"code\":\"%s\",\"new_password\":"
			      "\"nine green bottles\"}", id, code), 200);
	ck_assert_int_eq(post("/auth/login", "{\"username\":\"ann\","
			      "\"password\":\"nine green bottles\"}"), 200);
}
END_TEST

/* Who asks with a token, and who logs in, have the same five tries. */
START_TEST(tries_inside)
{
	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
	log_in();
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(post("/auth/totp/setup", "{\"password\":"
				      "\"wrong words\"}"), 401);
	ck_assert_int_eq(post("/auth/totp/setup", "{\"password\":\"" GOOD
			      "\"}"), 429);
	ck_assert_int_eq(post("/auth/login", LOGIN), 401);
	f.now += 60 * SEC;
	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
}
END_TEST

/* What looks like the count of an account is a name like any other. */
START_TEST(names_made_up)
{
	struct sim_person p;
	struct sim_user u;

	ck_assert_int_eq(sim_person_find(f.db, "ann", &u, &p, NULL), 0);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(post("/auth/login", "{\"username\":\"id:%s\""
				      ",\"password\":\"x\"}", u.id), 401);
	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
}
END_TEST

START_TEST(codes_end)
{
	static const struct {
		int64_t after_ns;
		int status;
	} rows[] = { { 600 * SEC, 401 }, { 600 * SEC - 1, 200 } };
	char id[64], code[32];

	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(post("/auth/password/reset-request",
				      "{\"email\":\"ANN@example.org\"}"), 200);
		field("request_id", id, sizeof(id));
		next_code(code);
		f.now += rows[i].after_ns;
		ck_assert_int_eq(post("/auth/password/reset", "{\"request_id\":"
				      "\"%s\",\"code\":\"%s\",\"new_password\":"
				      "\"nine green bottles\"}", id, code),
				 rows[i].status);
	}
}
END_TEST

/* A login ends seven days after its last use, and thirty after its begin. */
START_TEST(logins_end)
{
	sim_time begin = f.now, day = 86400 * SEC;
	char token[80];

	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
	for (int i = 1; i <= 4; i++) {
		field("refresh_token", token, sizeof(token));
		f.now = begin + i * 7 * day - i;
		ck_assert_int_eq(post("/auth/refresh", "{\"refresh_token\":"
				      "\"%s\"}", token), 200);
	}
	field("refresh_token", token, sizeof(token));
	f.now = begin + 30 * day;
	ck_assert_int_eq(post("/auth/refresh", "{\"refresh_token\":\"%s\"}",
			      token), 401);
	begin = f.now;
	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
	field("refresh_token", token, sizeof(token));
	f.now = begin + 7 * day;
	ck_assert_int_eq(post("/auth/refresh", "{\"refresh_token\":\"%s\"}",
			      token), 401);
}
END_TEST

static void seed_of(unsigned char seed[SIM_TOTP_SEED])
{
	struct sim_person p;
	struct sim_user u;

	ck_assert_int_eq(sim_person_find(f.db, "ann", &u, &p, NULL), 0);
	ck_assert_int_eq(sim_person_open_seed(&f.env.seal, u.id, &p, seed,
					      NULL), 0);
}

static void second_factor(unsigned char seed[SIM_TOTP_SEED])
{
	char code[7];

	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
	log_in();
	ck_assert_int_eq(post("/auth/totp/setup", "{\"password\":\"" GOOD
			      "\"}"), 200);
	seed_of(seed);
	sim_totp_code(seed, f.now, code);
	ck_assert_int_eq(post("/auth/totp/enable", "{\"totp_code\":\"%s\"}",
			      code), 200);
	bearer[0] = '\0';
}

static int login_at(const unsigned char seed[SIM_TOTP_SEED], sim_time when)
{
	char code[7];

	sim_totp_code(seed, when, code);
	return post("/auth/login", "{\"username\":\"ann\",\"password\":\"" GOOD
		    "\",\"totp_code\":\"%s\"}", code);
}

/* A code is good once, for its step and the one beside it. */
START_TEST(steps)
{
	unsigned char seed[SIM_TOTP_SEED];

	f.now = FIX_NOW / (30 * SEC) * (30 * SEC) + 600 * SEC;
	second_factor(seed);
	ck_assert_int_eq(login_at(seed, f.now), 401);
	ck_assert_int_eq(login_at(seed, f.now + 60 * SEC), 401);
	ck_assert_int_eq(login_at(seed, f.now + 30 * SEC), 200);
	ck_assert_int_eq(login_at(seed, f.now + 30 * SEC), 401);
	f.now += 60 * SEC;
	ck_assert_int_eq(login_at(seed, f.now - 30 * SEC), 401);
	ck_assert_int_eq(login_at(seed, f.now), 200);
	f.now += 90 * SEC;
	ck_assert_int_eq(login_at(seed, f.now - 60 * SEC), 401);
	ck_assert_int_eq(login_at(seed, f.now - 30 * SEC), 200);
	ck_assert_int_eq(post("/auth/login", LOGIN), 401);
	expect_error(401, "TOTP_REQUIRED");
}
END_TEST

/* Tries of codes count as tries of passwords do. */
START_TEST(codes_count)
{
	unsigned char seed[SIM_TOTP_SEED];

	second_factor(seed);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(login_at(seed, f.now + 3600 * SEC), 401);
	ck_assert_int_eq(login_at(seed, f.now + 30 * SEC), 429);
}
END_TEST

/* A rotated key is good until its grace is over, and not a moment more. */
START_TEST(grace)
{
	char id[32], text[80], next[80];
	struct sim_apikey k;
	struct sim_user u;

	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
	log_in();
	ck_assert_int_eq(post("/auth/keys", "{\"name\":\"a\"}"), 200);
	field("key_id", id, sizeof(id));
	field("api_key", text, sizeof(text));
	snprintf(next, sizeof(next), "/auth/keys/%s/rotate", id);
	ck_assert_int_eq(post(next, "{\"grace_sec\":60}"), 200);
	field("api_key", next, sizeof(next));
	f.now += 60 * SEC - 1;
	ck_assert_int_eq(sim_apikey_check(f.db, text, f.now, &u, &k, NULL), 0);
	f.now += 1;
	ck_assert_int_eq(sim_apikey_check(f.db, text, f.now, &u, &k, NULL),
			 SIM_E_AUTH);
	ck_assert_int_eq(sim_apikey_check(f.db, next, f.now, &u, &k, NULL), 0);
	ck_assert_uint_eq(k.scopes, SIM_SCOPE_SIMULATE | SIM_SCOPE_READ);
}
END_TEST

/* -- what is not there ----------------------------------------------------- */

START_TEST(full)
{
	f.is_full = true;
	ck_assert_int_eq(post("/auth/login", LOGIN), 503);
	expect_error(503, "SERVICE_BUSY");
	ck_assert_str_eq(fix_header(&f.answer, "Retry-After"), "1");
}
END_TEST

/* Without the key that closed it a seed is not read, and none is written; the
 * client hears nothing of why, the log does. */
START_TEST(no_key)
{
	unsigned char seed[SIM_TOTP_SEED];

	second_factor(seed);
	ck_assert_int_eq(unlink(f.seal_path), 0);
	ck_assert_int_eq(login_at(seed, f.now + 30 * SEC), 500);
	expect_error(500, "INTERNAL_ERROR");
	ck_assert(!strstr(f.answer.body.data, "seal"));
	ck_assert(strstr(f.why.msg, "seal.key"));
	ck_assert_int_ne(access(f.seal_path, F_OK), 0);
}
END_TEST

/* No mail without its request, and none without its mail. */
START_TEST(no_mail_no_request)
{
	struct sim_outbox_stats before, after;

	ck_assert_int_eq(sim_outbox_stats(f.db, &before, NULL), 0);
	ck_assert_int_eq(unlink(f.seal_path), 0);
	ck_assert_int_eq(mkdir(f.seal_path, 0700), 0);
	ck_assert_int_eq(post("/auth/register", "{\"username\":\"bob\","
			      "\"email\":\"bob@example.org\",\"password\":\""
			      GOOD "\"}"), 500);
	ck_assert_int_eq(sim_outbox_stats(f.db, &after, NULL), 0);
	ck_assert_int_eq(before.waiting, after.waiting);
	ck_assert_int_eq(rmdir(f.seal_path), 0);
	ck_assert_int_eq(post("/auth/register", "{\"username\":\"bob\","
			      "\"email\":\"bob@example.org\",\"password\":\""
			      GOOD "\"}"), 200);
}
END_TEST

/* A hash of other costs is made anew when its password is there. */
START_TEST(rehash)
{
	struct sim_person p;
	struct sim_user u;

	ck_assert_int_eq(sim_person_find(f.db, "ann", &u, &p, NULL), 0);
	ck_assert_int_eq(sim_secret_password(GOOD, (struct sim_secret_cost)
					     { 2, 128 }, p.password, NULL), 0);
	ck_assert_int_eq(sim_person_put(f.db, u.id, &p, NULL), 0);
	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
	ck_assert_int_eq(sim_person_get(f.db, u.id, &p, NULL), 0);
	ck_assert_int_eq(strncmp(p.password, "$argon2id$v=19$m=64,t=1,p=1$",
				 28), 0);
	ck_assert_int_eq(post("/auth/login", LOGIN), 200);
}
END_TEST

/* -- passwords ------------------------------------------------------------- */

static const struct {
	const char *text;
	bool is_fine;
} passwords[] = {
	{ "tall ships in thick fog", true }, { "correcthorsebattery", true },
	{ "xK9#mQ2$vL7@", true }, { "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xe2"
	  "\x82\xac\xc3\xa9\xc3\xa8\xc3\xaa", true },
	{ "        ", false }, { "zebra fish tank", true },
	{ "1234567", false }, { "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", false },
	{ "12345678", false }, { "87654321", false }, { "123123123", false },
	{ "qwertyuiop", false }, { "Qwerty123456", false },
	{ "asdfghjkl1", false }, { "1q2w3e4r5t", false },
	{ "aaaaaaaa", false }, { "abababab", false }, { "password", false },
	{ "Password1!", false }, { "p@55w0rd", false }, { "drag0n1987", false },
	{ "123letmein456", false }, { "Tr0ub4dor&3", true },
	{ "welcome2026!", false }, { "iloveyoubaby1", false },
	{ "summer2026", false }, { "annsmith1", false },
	{ "Ann$mith99", false }, { "ann.smith@example.org", false },
	{ "example2026", false }, { "leaked enough", false },
	{ "leaked enoug", true },
};

START_TEST(password_rules)
{
	char path[64];
	const struct sim_password_of of = { "annsmith", "ann.smith@example.org",
					    path };
	int rc;

	snprintf(path, sizeof(path), "%s/list", f.dir);
	ck_assert_int_eq(sim_file_write(path, "first\nleaked enough\r\nlast",
					26, 0600, NULL), 0);
	rc = sim_password_check(passwords[_i].text, &of, NULL);
	ck_assert_msg(rc == (passwords[_i].is_fine ? SIM_OK : SIM_E_INVAL),
		      "%s: %d", passwords[_i].text, rc);
	ck_assert_int_eq(unlink(path), 0);
	rc = sim_password_check("tall ships in thick fog", &of, NULL);
	ck_assert_int_eq(rc, SIM_E_NOENT);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("people");
	TCase *t = tcase_create("people");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 300);
	tcase_add_test(t, pauses);
	tcase_add_test(t, names_of_one);
	tcase_add_test(t, tries_inside);
	tcase_add_test(t, names_made_up);
	tcase_add_test(t, codes_end);
	tcase_add_test(t, logins_end);
	tcase_add_test(t, steps);
	tcase_add_test(t, codes_count);
	tcase_add_test(t, grace);
	tcase_add_test(t, full);
	tcase_add_test(t, no_key);
	tcase_add_test(t, no_mail_no_request);
	tcase_add_test(t, rehash);
	tcase_add_loop_test(t, password_rules, 0,
			    sizeof(passwords) / sizeof(passwords[0]));
	suite_add_tcase(s, t);
	return run_suite(s);
}
