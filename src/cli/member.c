/* member: passwords in, answers out. */
#include "cli/member.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "util/mem.h"
#include "util/secret.h"

#define BODY_MAX	(1 << 16)
#define DEVICE_BYTES	64

struct sim_member_words sim_member_words;

/* -- passwords ----------------------------------------------------------- */

static const char else_do[] = "pipe it to --with-password, name a"
	" --password-file, or set SIMUTRADOR_PASSWORD";

static int from_environment(const char *name, char out[SIM_ASK_SECRET],
			    struct sim_err *err)
{
	const char *s = getenv(name);

	if (strlen(s) >= SIM_ASK_SECRET)
		return sim_err_set(err, SIM_E_INVAL, "%s has %zu bytes; at most"
				   " %d were expected", name, strlen(s),
				   SIM_ASK_SECRET - 1);
	snprintf(out, SIM_ASK_SECRET, "%s", s);
	return SIM_OK;
}

static bool is_set(const char *name)
{
	const char *s = getenv(name);

	return s && *s;
}

int sim_member_password(const struct sim_cli *cli, const char *prompt,
			 char out[SIM_ASK_SECRET], struct sim_err *err)
{
	const struct sim_member_words *w = &sim_member_words;

	if (w->with_password && w->file)
		return sim_err_set(err, SIM_E_USAGE, "--with-password and"
				   " --password-file each name the password;"
				   " give one of them");
	if (w->with_password)
		return sim_ask_stdin(prompt, out, err);
	if (w->file)
		return sim_ask_file(w->file, out, err);
	if (is_set("SIMUTRADOR_PASSWORD"))
		return from_environment("SIMUTRADOR_PASSWORD", out, err);
	return sim_ask_person(cli, prompt, else_do, out, err);
}

static int ask_twice(const struct sim_cli *cli, char out[SIM_ASK_SECRET],
		     struct sim_err *err)
{
	char again[SIM_ASK_SECRET];
	int rc = sim_ask_person(cli, "New password", "pipe it to"
				" --with-password, or set"
				" SIMUTRADOR_NEW_PASSWORD", out, err);

	if (!rc)
		rc = sim_ask_person(cli, "New password again", "see --help",
				    again, err);
	if (!rc && strcmp(out, again))
		rc = sim_err_set(err, SIM_E_INVAL, "the two passwords differ;"
				 " try again");
	sim_secret_wipe(again, sizeof(again));
	return rc;
}

int sim_member_new_password(const struct sim_cli *cli, bool is_first,
			     char out[SIM_ASK_SECRET], struct sim_err *err)
{
	const struct sim_member_words *w = &sim_member_words;

	if (w->with_password)
		return sim_ask_stdin("new password", out, err);
	if (is_first && w->file)
		return sim_ask_file(w->file, out, err);
	if (is_set("SIMUTRADOR_NEW_PASSWORD"))
		return from_environment("SIMUTRADOR_NEW_PASSWORD", out, err);
	return ask_twice(cli, out, err);
}

int sim_member_code(const struct sim_cli *cli, const char *prompt,
		     char out[SIM_ASK_SECRET], struct sim_err *err)
{
	if (sim_member_words.with_password)
		return sim_ask_stdin(prompt, out, err);
	if (is_set("SIMUTRADOR_CODE"))
		return from_environment("SIMUTRADOR_CODE", out, err);
	return sim_ask_person(cli, prompt, "pipe it to --with-password, or set"
			      " SIMUTRADOR_CODE", out, err);
}

/* -- asking -------------------------------------------------------------- */

void sim_member_body(struct sim_member_body *b)
{
	b->buf = (struct sim_buf)SIM_BUF_INIT(BODY_MAX);
	sim_buf_reserve(&b->buf, 4 * SIM_ASK_SECRET);	/* no copies left */
	sim_json_init(&b->json, &b->buf, false);
	sim_json_object(&b->json, NULL);
}

void sim_member_wipe(struct sim_member_body *b)
{
	if (b->buf.data)
		sim_secret_wipe(b->buf.data, b->buf.len);
	sim_buf_release(&b->buf);
}

int sim_member_call(struct sim_auth *a, const struct sim_member_ask *ask,
		     struct sim_http_answer *answer, struct sim_err *err)
{
	const struct sim_http_server s = {
		.url = a->target.url, .ca_file = a->target.ca_file,
		.timeout_ms = a->target.timeout_ms,
	};
	struct sim_http_request rq = { .method = ask->method,
				       .path = ask->path };
	int rc;

	if (ask->body) {
		sim_json_end(&ask->body->json);
		rq.body = sim_buf_str(&ask->body->buf);
	}
	rc = ask->is_ours ? sim_login_call(a->login, &rq, answer, err)
			  : sim_http_call(&s, &rq, answer, err);
	if (ask->body)
		sim_member_wipe(ask->body);
	return rc;
}

int sim_member_path(struct sim_cli *cli, const char *base, const char *id,
		     const char **path, struct sim_err *err)
{
	static const char word[] = "0123456789abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ_-.@+";
	size_t at, n = strlen(base) + 3 * strlen(id) + 2;
	char *s;

	/* Of dots alone is a folder. */
	if (!id[strspn(id, ".")] || id[strspn(id, word)] ||
	    strlen(id) > SIM_HTTP_URL / 8)
		return sim_err_set(err, SIM_E_USAGE, "'%.64s' is no name that a"
				   " server gives; letters, digits and . _ - @"
				   " + were expected", id);
	s = sim_mem_arena_alloc(cli->arena, n);
	at = (size_t)snprintf(s, n, "%s/", base);
	for (; *id; id++)
		at += (size_t)snprintf(s + at, n - at, *id == '@' || *id == '+'
				       ? "%%%02X" : "%c", (unsigned)*id);
	*path = s;
	return SIM_OK;
}

/* -- printing ------------------------------------------------------------ */

static void put_text(struct sim_out *o, const char *name, const char *s)
{
	size_t n = strlen(name);
	bool is_time = (n > 3 && !strcmp(name + n - 3, "_at")) ||
		!strcmp(name, "time") || !strcmp(name, "server_time");
	enum sim_time_kind kind;
	sim_time t;

	if (is_time &&
	    !sim_time_parse(s, strlen(s), &t, &kind, NULL) &&
	    kind == SIM_TIME_ZONED)
		sim_out_time(o, name, t);
	else
		sim_out_str(o, name, s);
}

static void put_list(struct sim_out *o, const char *name,
		     const struct sim_json_val *v)
{
	const char *words[64];
	size_t n = 0;

	for (size_t i = 0; i < sim_json_len(v) && n < 64; i++) {
		words[n] = sim_json_as_str(sim_json_at(v, i));
		n += words[n] != NULL;
	}
	sim_out_strs(o, name, words, n);
}

static void put_one(struct sim_out *o, const char *name,
		    const struct sim_json_val *v)
{
	int64_t i;
	bool b;

	if (sim_json_as_str(v))
		put_text(o, name, sim_json_as_str(v));
	else if (sim_json_as_int(v, &i))
		sim_out_int(o, name, i);
	else if (sim_json_as_bool(v, &b))
		sim_out_bool(o, name, b);
	else if (sim_json_is_list(v))
		put_list(o, name, v);
	else
		sim_out_null(o, name);
}

void sim_member_put(struct sim_out *o, const struct sim_out_col *cols,
		     const struct sim_json_val *v)
{
	for (; cols->name; cols++) {
		const struct sim_json_val *m = sim_json_get(v, cols->name);

		if (m)
			put_one(o, cols->name, m);
	}
}

void sim_member_print(struct sim_cli *cli, const struct sim_out_col *cols,
		       const struct sim_http_answer *a)
{
	sim_out_object(cli->out, cols);
	if (a->doc)
		sim_member_put(cli->out, cols, sim_json_root(a->doc));
	sim_out_end(cli->out);
}

void sim_member_print_list(struct sim_cli *cli,
			    const struct sim_out_col *cols,
			    const struct sim_http_answer *a, const char *list)
{
	const struct sim_json_val *v =
		sim_json_get(a->doc ? sim_json_root(a->doc) : NULL, list);

	sim_out_list(cli->out, cols);
	for (size_t i = 0; i < sim_json_len(v); i++) {
		sim_out_row(cli->out);
		sim_member_put(cli->out, cols, sim_json_at(v, i));
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
}

void sim_member_print_upwards(struct sim_cli *cli,
			       const struct sim_out_col *cols,
			       const struct sim_json_val *list)
{
	sim_out_list(cli->out, cols);
	for (size_t i = sim_json_len(list); i > 0; i--) {
		sim_out_row(cli->out);
		sim_member_put(cli->out, cols, sim_json_at(list, i - 1));
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
}

const struct sim_out_col sim_member_limit_cols[] = {
	{ "limit", SIM_OUT_COL_ID }, { "value", 0 }, { "used", 0 },
	{ "resets", 0 }, { NULL, 0 }
};

static void put_int(struct sim_out *o, const char *field,
		    const struct sim_json_val *v)
{
	int64_t n;

	if (sim_json_as_int(v, &n))
		sim_out_int(o, field, n);
	else
		sim_out_null(o, field);
}

void sim_member_print_limits(struct sim_cli *cli,
			      const struct sim_json_val *root)
{
	const struct sim_json_val *limits = sim_json_get(root, "limits"), *v;
	const struct sim_json_val *used = sim_json_get(root, "usage");
	const struct sim_json_val *resets = sim_json_get(root, "reset_times");
	const char *key;

	sim_out_list(cli->out, sim_member_limit_cols);
	for (size_t i = 0; i < sim_json_len(limits); i++) {
		v = sim_json_member(limits, i, &key);
		sim_out_row(cli->out);
		sim_out_str(cli->out, "limit", key);
		put_int(cli->out, "value", v);
		put_int(cli->out, "used", sim_json_get(used, key));
		sim_out_str(cli->out, "resets",
			    sim_json_as_str(sim_json_get(resets, key)));
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
}

int sim_member_show(struct sim_cli *cli, const struct sim_member_ask *ask,
		     const struct sim_out_col *cols, const char *list,
		     struct sim_err *err)
{
	struct sim_http_answer answer = { .doc = NULL };
	struct sim_auth a = { .login = NULL };
	int rc = sim_auth_open(cli, NULL, &a, err);

	if (!rc) {
		sim_auth_warn(cli, &a);
		rc = sim_member_call(&a, ask, &answer, err);
	} else if (ask->body) {
		sim_member_wipe(ask->body);
	}
	if (!rc && list)
		sim_member_print_list(cli, cols, &answer, list);
	else if (!rc)
		sim_member_print(cli, cols, &answer);
	sim_http_answer_release(&answer);
	sim_auth_close(&a);
	return rc;
}

int sim_member_run(struct sim_cli *cli, const struct sim_member_verb *verbs,
		    struct sim_err *err)
{
	const struct sim_member_verb *v = verbs;
	int n = cli->argc - 1;

	while (v->name && strcmp(v->name, cli->argv[0]))
		v++;
	if (!v->name)
		return sim_err_set(err, SIM_E_USAGE, "%s knows %s, not '%.64s'",
				   cli->cmd->name, cli->cmd->operands,
				   cli->argv[0]);
	if (n < v->min || n > v->max)
		return sim_err_set(err, SIM_E_USAGE, "%s %s takes %s, not %d"
				   " words", cli->cmd->name, v->name,
				   v->shape ? v->shape : "no words after it",
				   n);
	return v->run(cli, err);
}

/* -- in with a password -------------------------------------------------- */

static void put_device(struct sim_json *j)
{
	char device[DEVICE_BYTES];
	struct utsname u;

	if (uname(&u))
		return;
	snprintf(device, sizeof(device), "simutrador at %.40s", u.nodename);
	sim_json_str(j, "device", device);
}

void sim_member_put_second(struct sim_member_body *b, const char *code)
{
	bool is_totp = strlen(code) == 6 && strspn(code, "0123456789") == 6;

	if (*code)
		sim_json_str(&b->json, is_totp ? "totp_code" : "recovery_code",
			     code);
}

struct entry {
	char password[SIM_ASK_SECRET], code[SIM_ASK_SECRET];
};

static int try_login(struct sim_auth *a, const char *name,
		     const struct entry *e, struct sim_http_answer *answer,
		     struct sim_err *err)
{
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/login", &b,
					     false };

	sim_member_body(&b);
	sim_json_str(&b.json, "username", name);
	sim_json_str(&b.json, "password", e->password);
	sim_member_put_second(&b, e->code);
	put_device(&b.json);
	return sim_member_call(a, &ask, answer, err);
}

static int log_in(struct sim_cli *cli, struct sim_auth *a, const char *name,
		  struct entry *e, struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	struct sim_http_answer answer;
	int rc = try_login(a, name, e, &answer, &why);

	if (rc && !strcmp(answer.code, "TOTP_REQUIRED")) {
		sim_http_answer_release(&answer);
		rc = sim_member_code(cli, SIM_MEMBER_SECOND, e->code, err);
		if (rc)
			return rc;
		rc = try_login(a, name, e, &answer, &why);
	}
	if (rc)
		*err = why;
	else
		rc = sim_login_keep(a->login, answer.doc ?
				    sim_json_root(answer.doc) : NULL, err);
	sim_http_answer_release(&answer);
	return rc;
}

int sim_member_log_in(struct sim_cli *cli, struct sim_auth *a,
		       const char *name, struct sim_err *err)
{
	struct entry *e = sim_mem_zalloc(sizeof(*e));
	int rc = sim_member_password(cli, "Password", e->password, err);

	if (!rc)
		rc = log_in(cli, a, name, e, err);
	sim_secret_wipe(e, sizeof(*e));
	sim_mem_free(e);
	return rc;
}
