/* Tests of login.c and credentials.c: when a token is renewed and by what, and
 * what becomes of the file. */
#include "answerer.h"
#include "client/login.h"
#include "util/file.h"

#include <fcntl.h>
#include <sys/stat.h>

static char folder[64], file[96];
static sim_time clock_now;

static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/sim-login-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/state/credentials.json", folder);
	clock_now = 1000 * SIM_TIME_SEC;
}

static void tear_down(void)
{
	ck_assert_int_eq(sim_file_remove_tree(folder, NULL), 0);
}

static sim_time now(void *ctx)
{
	(void)ctx;
	return clock_now;
}

static struct sim_login *at(const struct answerer *a, const char *profile,
			    const char *api_key)
{
	const struct sim_login_cfg cfg = {
		.server = { .url = a ? a->url : "http://127.0.0.1:1" },
		.profile = profile, .file = file, .api_key = api_key,
		.now = now,
	};

	return sim_login_new(&cfg);
}

#define TOKEN(t) ANSWER("200 OK", "{\"access_token\": \"" t "\"," \
	" \"expires_in\": 3600, \"user_id\": \"u1\", \"plan\": \"free\"}")
#define TOKEN_REFRESH(t, r) ANSWER("200 OK", "{\"access_token\": \"" t "\"," \
	" \"expires_in\": 3600, \"user_id\": \"u1\", \"plan\": \"free\"," \
	" \"refresh_token\": \"" r "\"}")
#define NO ANSWER("401 No", "{\"error\": \"AUTH_FAILED\"," \
	" \"message\": \"no\"}")

static void expect_token(struct sim_login *l, const char *want)
{
	struct sim_err err = SIM_ERR_INIT;
	const char *token = NULL;
	int rc = sim_login_token(l, &token, &err);

	ck_assert_msg(rc == SIM_OK, "%s", err.msg);
	ck_assert_str_eq(token, want);
}

static void expect_none(struct sim_login *l, int want)
{
	struct sim_err err = SIM_ERR_INIT;
	const char *token;
	int rc = sim_login_token(l, &token, &err);

	ck_assert_msg(rc == want, "%s", err.msg);
}

static void by_key(struct sim_login *l, const char *key, int want)
{
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_login_by_key(l, key, &err);

	ck_assert_msg(rc == want, "%s", err.msg);
}

START_TEST(kept)
{
	struct answerer a = { .answers = { TOKEN("t1"), TOKEN("t2") } };
	struct sim_login *l;
	struct stat st;

	answerer_start(&a);
	l = at(&a, "", NULL);
	expect_none(l, SIM_E_AUTH);
	by_key(l, "sk_a", SIM_OK);
	expect_token(l, "t1");
	sim_login_free(l);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	l = at(&a, "", NULL);		/* as another command would */
	expect_token(l, "t1");
	clock_now += 3600 * SIM_TIME_SEC - SIM_LOGIN_EARLY - 1;
	expect_token(l, "t1");		/* five minutes and a bit left */
	ck_assert_int_eq(a.n, 1);
	clock_now += 1;
	expect_token(l, "t2");		/* renewed by the key of the file */
	sim_login_free(l);
	l = at(&a, "", NULL);
	expect_token(l, "t2");
	sim_login_free(l);
	l = at(&a, "other", NULL);	/* another profile is somebody else */
	expect_none(l, SIM_E_AUTH);
	sim_login_free(l);
	answerer_stop(&a);
	ck_assert_int_eq(a.n, 2);
	ck_assert_ptr_nonnull(strstr(a.asked[1], "X-API-Key: sk_a\r\n"));
}
END_TEST

/* The server is away, but the token is good for a while. */
START_TEST(away)
{
	struct answerer a = { .answers = { TOKEN("t1") } };
	struct sim_login *l;

	answerer_start(&a);
	l = at(&a, "", NULL);
	by_key(l, "sk_a", SIM_OK);
	answerer_stop(&a);
	clock_now += 3600 * SIM_TIME_SEC - 1;
	expect_token(l, "t1");
	clock_now += 1;
	expect_none(l, SIM_E_UNAVAILABLE);
	sim_login_free(l);
}
END_TEST

START_TEST(of_the_environment)
{
	struct answerer a = {
		.answers = { TOKEN("t1"), TOKEN("t2"), TOKEN("t3") }
	};
	struct sim_buf b = SIM_BUF_INIT(1 << 20);
	struct sim_login *l;

	answerer_start(&a);
	l = at(&a, "", NULL);
	by_key(l, "sk_a", SIM_OK);
	sim_login_free(l);
	l = at(&a, "", "sk_env");	/* nobody had to log in */
	expect_token(l, "t2");
	sim_login_free(l);
	l = at(&a, "", "sk_env");
	expect_token(l, "t2");		/* kept, */
	sim_login_free(l);
	l = at(&a, "", "sk_env2");
	expect_token(l, "t3");		/* but for that key, */
	sim_login_free(l);
	l = at(&a, "", NULL);
	expect_token(l, "t1");		/* and nobody else's is lost */
	sim_login_free(l);
	answerer_stop(&a);
	ck_assert_int_eq(sim_file_read(file, 1 << 20, &b, NULL), 0);
	ck_assert_ptr_null(strstr(sim_buf_str(&b), "sk_env"));
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&b), "sk_a"));
	sim_buf_release(&b);
}
END_TEST

START_TEST(given)
{
	const struct sim_login_cfg cfg = {
		.server = { .url = "http://127.0.0.1:1" }, .profile = "",
		.file = file, .token = "mine", .now = now,
	};
	struct sim_login *l = sim_login_new(&cfg);

	expect_token(l, "mine");
	ck_assert_int_eq(sim_login_renew(l, NULL), SIM_E_AUTH);
	sim_login_free(l);
}
END_TEST

/* The refresh token first, which rotates; then the key. */
START_TEST(refreshed)
{
	struct answerer a = {
		.answers = { TOKEN_REFRESH("t1", "r1"),
			     TOKEN_REFRESH("t2", "r2"), NO }
	};
	struct sim_http_request rq = { .method = "POST", .path = "/login" };
	struct sim_http_server s;
	struct sim_http_answer out;
	struct sim_login *l;

	answerer_start(&a);
	s = (struct sim_http_server){ .url = a.url };
	ck_assert_int_eq(sim_http_call(&s, &rq, &out, NULL), 0);
	l = at(&a, "", NULL);
	ck_assert_int_eq(sim_login_keep(l, sim_json_root(out.doc), NULL), 0);
	sim_http_answer_release(&out);
	expect_token(l, "t1");
	clock_now += 3600 * SIM_TIME_SEC;
	expect_token(l, "t2");
	ck_assert_int_eq(sim_login_renew(l, NULL), SIM_E_AUTH);
	sim_login_free(l);
	answerer_stop(&a);
	ck_assert_ptr_nonnull(strstr(a.asked[1], "{\"refresh_token\":"));
	ck_assert_ptr_nonnull(strstr(a.asked[1], "\"r1\"}"));
	ck_assert_ptr_nonnull(strstr(a.asked[2], "\"r2\"}"));
}
END_TEST

/* A server that has forgotten its tokens: once more with a new one. */
START_TEST(refused_token)
{
	struct answerer a = {
		.answers = { TOKEN("t1"), NO, TOKEN("t2"),
			     ANSWER("200 OK", "{\"ticket\": \"ab12\"}"), NO }
	};
	struct sim_err err = SIM_ERR_INIT;
	char ticket[SIM_LOGIN_TICKET];
	struct sim_login *l;

	answerer_start(&a);
	l = at(&a, "", NULL);
	by_key(l, "sk_a", SIM_OK);
	ck_assert_int_eq(sim_login_ticket(l, ticket, &err), SIM_OK);
	ck_assert_str_eq(ticket, "ab12");
	ck_assert_int_eq(a.n, 4);
	ck_assert_int_eq(sim_login_ticket(l, ticket, &err), SIM_E_AUTH);
	ck_assert_int_eq(a.n, 6);	/* asked, asked by key, no more */
	sim_login_free(l);
	answerer_stop(&a);
	ck_assert_ptr_nonnull(strstr(a.asked[3], "Bearer t2\r\n"));
}
END_TEST

START_TEST(bad_answers)
{
	static const char *const rows[] = {
		ANSWER("200 OK", "{}"),
		ANSWER("200 OK", "{\"access_token\": \"\", \"expires_in\": 1,"
		       " \"user_id\": \"u\", \"plan\": \"p\"}"),
		ANSWER("200 OK", "{\"access_token\": \"t\", \"expires_in\": 0,"
		       " \"user_id\": \"u\", \"plan\": \"p\"}"),
		ANSWER("200 OK", "{\"access_token\": \"t\","
		       " \"expires_in\": 99999999999,"
		       " \"user_id\": \"u\", \"plan\": \"p\"}"),
		ANSWER("200 OK", "{\"access_token\": 5, \"expires_in\": 60,"
		       " \"user_id\": \"u\", \"plan\": \"p\"}"),
		ANSWER("200 OK", "{\"access_token\": \"t\", \"expires_in\": 60,"
		       " \"user_id\": null, \"plan\": \"p\"}"),
		ANSWER("200 OK", "{\"access_token\": \"t\", \"expires_in\": 60,"
		       " \"user_id\": \"u\", \"plan\": \"p\","
		       " \"refresh_token\": 7}"),
		ANSWER("204 OK", ""),
	};
	struct answerer a = { .answers = { rows[_i] } };
	struct sim_login *l;

	answerer_start(&a);
	l = at(&a, "", NULL);
	by_key(l, "sk_a", SIM_E_PROTO);
	expect_none(l, SIM_E_AUTH);
	ck_assert_int_ne(access(file, F_OK), 0);
	sim_login_free(l);
	answerer_stop(&a);
}
END_TEST

START_TEST(bad_ticket)
{
	static const char *const rows[] = {
		ANSWER("200 OK", "{}"),
		ANSWER("200 OK", "{\"ticket\": \"a&b=1\"}"),
		ANSWER("200 OK", "{\"ticket\": 1}"),
	};
	struct answerer a = { .answers = { TOKEN("t"), rows[_i] } };
	char ticket[SIM_LOGIN_TICKET] = "untouched";
	struct sim_login *l;

	answerer_start(&a);
	l = at(&a, "", NULL);
	by_key(l, "sk_a", SIM_OK);
	ck_assert_int_eq(sim_login_ticket(l, ticket, NULL), SIM_E_PROTO);
	ck_assert_str_eq(ticket, "untouched");
	sim_login_free(l);
	answerer_stop(&a);
}
END_TEST

START_TEST(forgotten)
{
	struct answerer a = { .answers = { TOKEN("t") } };
	struct sim_credentials_entry e;
	struct sim_login *l, *p;
	bool found = true;
	size_t n = 0;

	answerer_start(&a);
	l = at(&a, "", NULL);
	p = at(&a, "p", NULL);
	by_key(l, "sk_a", SIM_OK);
	by_key(p, "sk_b", SIM_OK);
	ck_assert_int_eq(sim_login_forget(l, false, &n, NULL), 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(sim_login_look(l, &e, &found, NULL), 0);
	ck_assert(!found);
	ck_assert_int_eq(sim_login_look(p, &e, &found, NULL), 0);
	ck_assert(found);
	ck_assert_str_eq(e.api_key, "sk_b");
	expect_none(l, SIM_E_AUTH);
	by_key(l, "sk_a", SIM_OK);
	ck_assert_int_eq(sim_login_forget(l, true, &n, NULL), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_int_ne(access(file, F_OK), 0);
	ck_assert_int_eq(sim_login_forget(l, true, &n, NULL), 0);
	ck_assert_uint_eq(n, 0);
	sim_login_free(l);
	sim_login_free(p);
	answerer_stop(&a);
}
END_TEST

static void write_file(const char *text, unsigned mode)
{
	ck_assert_int_eq(sim_file_write(file, text, strlen(text), mode, NULL),
			 0);
	ck_assert_int_eq(chmod(file, mode), 0);
}

/* Nothing of it is used, and nothing overwritten. */
START_TEST(bad_file)
{
	static const struct { const char *text; unsigned mode; } rows[] = {
		{ "{\"logins\": []}", 0644 }, { "{\"logins\": []}", 0640 },
		{ "{\"logins\": []}", 0602 }, { "{\"logins\": []}", 0604 },
		{ "{", 0600 }, { "[]", 0600 }, { "{\"logins\": 1}", 0600 },
		{ "{\"logins\": [{}]}", 0600 },
		{ "{\"logins\": [{\"server\": \"s\", \"expires_at\": -1}]}",
		  0600 },
	};
	struct answerer a = { .answers = { TOKEN("t") } };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_buf b = SIM_BUF_INIT(1 << 20);
	struct sim_login *l;

	answerer_start(&a);
	l = at(&a, "", NULL);
	by_key(l, "sk_a", SIM_OK);	/* makes the folder */
	write_file(rows[_i].text, rows[_i].mode);
	sim_login_free(l);
	l = at(&a, "", NULL);
	expect_none(l, SIM_E_CONFIG);
	ck_assert_int_eq(sim_login_by_key(l, "sk_b", &err), SIM_E_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.msg, file));
	sim_login_free(l);
	ck_assert_int_eq(sim_file_read(file, 1 << 20, &b, NULL), 0);
	ck_assert_str_eq(sim_buf_str(&b), rows[_i].text);
	sim_buf_release(&b);
	answerer_stop(&a);
}
END_TEST

START_TEST(full)
{
	struct answerer a = { .answers = { TOKEN("t") } };
	struct sim_login *l;
	char profile[16];

	answerer_start(&a);
	for (int i = 0; i <= SIM_CREDENTIALS_MAX; i++) {
		snprintf(profile, sizeof(profile), "p%d", i);
		l = at(&a, profile, NULL);
		by_key(l, "sk_a", i < SIM_CREDENTIALS_MAX ? SIM_OK
							  : SIM_E_INVAL);
		sim_login_free(l);
	}
	l = at(&a, "p0", NULL);
	expect_token(l, "t");
	sim_login_free(l);
	answerer_stop(&a);
}
END_TEST

/* Eight that find an old token at the same time renew it once. */
static void *want_token(void *arg)
{
	struct sim_login *l = at(arg, "", NULL);

	expect_token(l, "t2");
	sim_login_free(l);
	return NULL;
}

START_TEST(at_once)
{
	struct answerer a = { .answers = { TOKEN("t1"), TOKEN("t2"), NO },
			      .delay_ms = 50 };
	pthread_t threads[8];
	struct sim_login *l;

	answerer_start(&a);
	l = at(&a, "", NULL);
	by_key(l, "sk_a", SIM_OK);
	sim_login_free(l);
	clock_now += 3599 * SIM_TIME_SEC;
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, want_token, &a);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	answerer_stop(&a);
	ck_assert_int_eq(a.n, 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("login");
	TCase *c = tcase_create("login");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, kept);
	tcase_add_test(c, away);
	tcase_add_test(c, of_the_environment);
	tcase_add_test(c, given);
	tcase_add_test(c, refreshed);
	tcase_add_test(c, refused_token);
	tcase_add_loop_test(c, bad_answers, 0, 8);
	tcase_add_loop_test(c, bad_ticket, 0, 3);
	tcase_add_test(c, forgotten);
	tcase_add_loop_test(c, bad_file, 0, 9);
	tcase_add_test(c, full);
	tcase_add_test(c, at_once);
	suite_add_tcase(s, c);
	return run_suite(s);
}
