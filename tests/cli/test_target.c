/* Tests of target.c: where sessions are, from options and settings. */
#include <string.h>

#include "cli/target.h"
#include "suite.h"

enum { URL, WS, KIND, TIMEOUT, NVALUES };
static const enum sim_settings_key keys[] = {
	SIM_SETTINGS_server_url, SIM_SETTINGS_ws_url, SIM_SETTINGS_backend,
	SIM_SETTINGS_timeout,
};

static const struct row {
	const char *server;		/* --server */
	bool local;			/* --local */
	const char *values[NVALUES];	/* settings; NULL: not set */
	int rc;
	enum sim_target_kind kind;
	const char *url, *ws_url;
} rows[] = {
	{ NULL, false, { NULL }, SIM_OK, SIM_TARGET_LOCAL,
	  "http://127.0.0.1:8001", "ws://127.0.0.1:8001/ws/simulate" },
	{ NULL, false, { "http://h:1/" }, SIM_OK, SIM_TARGET_REMOTE,
	  "http://h:1", "ws://h:1/ws/simulate" },
	{ NULL, false, { "https://h/api" }, SIM_OK, SIM_TARGET_REMOTE,
	  "https://h/api", "wss://h/api/ws/simulate" },
	{ NULL, false, { "http://h:1", "wss://g:2" }, SIM_OK,
	  SIM_TARGET_REMOTE, "http://h:1", "wss://g:2/ws/simulate" },
	{ NULL, false, { "http://h:1", "ws://g/ws/simulate" }, SIM_OK,
	  SIM_TARGET_REMOTE, "http://h:1", "ws://g/ws/simulate" },
	{ NULL, false, { "http://h:1", "ws://g/ws/simulate/" }, SIM_OK,
	  SIM_TARGET_REMOTE, "http://h:1", "ws://g/ws/simulate" },
	/* --server stands for both */
	{ "http://s", false, { "http://h:1", "ws://g" }, SIM_OK,
	  SIM_TARGET_REMOTE, "http://s", "ws://s/ws/simulate" },
	{ "http://s", false, { NULL, NULL, "loop" }, SIM_OK,
	  SIM_TARGET_REMOTE, "http://s", "ws://s/ws/simulate" },
	{ NULL, true, { "http://h:1" }, SIM_OK, SIM_TARGET_LOCAL,
	  "http://h:1", "ws://h:1/ws/simulate" },
	{ NULL, true, { "http://h:1", NULL, "loop" }, SIM_OK, SIM_TARGET_LOOP,
	  "http://h:1", "ws://h:1/ws/simulate" },
	{ NULL, true, { NULL, NULL, "remote" }, SIM_OK, SIM_TARGET_LOCAL,
	  "http://127.0.0.1:8001", "ws://127.0.0.1:8001/ws/simulate" },
	{ NULL, false, { NULL, NULL, "remote" }, SIM_OK, SIM_TARGET_REMOTE,
	  "http://127.0.0.1:8001", "ws://127.0.0.1:8001/ws/simulate" },
	{ NULL, false, { "http://h:1", NULL, "local" }, SIM_OK,
	  SIM_TARGET_LOCAL, "http://h:1", "ws://h:1/ws/simulate" },
	{ "http://s", true, { NULL }, SIM_E_USAGE, 0, NULL, NULL },
	{ "s", false, { NULL }, SIM_E_INVAL, 0, NULL, NULL },
	{ NULL, false, { "h" }, SIM_E_CONFIG, 0, NULL, NULL },
	{ NULL, false, { NULL, "http://g" }, SIM_E_CONFIG, 0, NULL, NULL },
	{ NULL, false, { NULL, "ws://g:0" }, SIM_E_CONFIG, 0, NULL, NULL },
	{ NULL, false, { NULL, NULL, "far" }, SIM_E_CONFIG, 0, NULL, NULL },
	{ NULL, false, { NULL, NULL, NULL, "0" }, SIM_E_CONFIG, 0, NULL,
	  NULL },
	{ NULL, false, { NULL, NULL, NULL, "1.5" }, SIM_E_CONFIG, 0, NULL,
	  NULL },
};

START_TEST(targets)
{
	const struct row *r = &rows[_i];
	struct sim_cli_common common = { .server = r->server,
					 .local = r->local };
	struct sim_mem_arena arena = SIM_MEM_ARENA_INIT;
	struct sim_settings s;
	struct sim_cli cli = { .common = &common, .settings = &s,
			       .arena = &arena };
	struct sim_target t = { .url = NULL };
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	sim_settings_none(&s);
	for (int i = 0; i < NVALUES; i++)
		if (r->values[i])
			s.values[keys[i]] = (struct sim_settings_value){
				r->values[i], "here:1"
			};
	rc = sim_target_of(&cli, &t, &err);
	ck_assert_msg(rc == r->rc, "%s", err.msg);
	if (rc == SIM_E_CONFIG)
		ck_assert_ptr_nonnull(strstr(err.msg, "here:1: "));
	if (!rc) {
		ck_assert_int_eq(t.kind, r->kind);
		ck_assert_str_eq(t.url, r->url);
		ck_assert_str_eq(t.ws_url, r->ws_url);
		ck_assert_str_eq(t.origin, r->server ? "--server" :
				 r->values[URL] ? "here:1" : "default");
		ck_assert_int_eq(t.timeout_ms, 30000);
		ck_assert_int_eq(t.retries, 3);
	}
	sim_mem_arena_release(&arena);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("target");
	TCase *c = tcase_create("target");

	tcase_add_loop_test(c, targets, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, c);
	return run_suite(s);
}
