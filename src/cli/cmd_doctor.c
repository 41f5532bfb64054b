/* simutrador doctor: looks at everything that commands stand on, and says what
 * to do about what is wrong.  It changes nothing. */
#include <config.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "backend/backend.h"
#include "cli/ask.h"
#include "cli/profile.h"
#include "cli/settings_env.h"
#include "cli/target.h"
#include "market/calendar.h"
#include "run/folder.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/tz.h"

#define FILES_MAX	16
#define SPACE_MIN	((uint64_t)100 << 20)	/* bytes */
#define SKEW_MAX	SIM_TIME_MIN
#define DETAIL_BYTES	600

extern const struct sim_cmd sim_cmd_doctor;

struct doctor {
	struct sim_cli *cli;
	const char *check;		/* under way */
	int failed, warned;
};

static const struct sim_out_col cols[] = {
	{ "check", SIM_OUT_COL_ID }, { "result", 0 }, { "detail", 0 },
	{ "advice", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador doctor",
	"simutrador doctor --where 'result != \"ok\"'",
	NULL
};

/* -- a row --------------------------------------------------------------- */

static void row(struct doctor *d, const char *result, const char *advice,
		const char *detail)
{
	struct sim_out *o = d->cli->out;

	sim_out_row(o);
	sim_out_str(o, "check", d->check);
	sim_out_str(o, "result", result);
	sim_out_str(o, "detail", detail);
	sim_out_str(o, "advice", advice);
	sim_out_row_end(o);
}

static void ok(struct doctor *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void ok(struct doctor *d, const char *fmt, ...)
{
	char text[DETAIL_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	row(d, "ok", NULL, text);
}

static void warn(struct doctor *d, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void warn(struct doctor *d, const char *advice, const char *fmt, ...)
{
	char text[DETAIL_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->warned++;
	row(d, "warn", advice, text);
}

static void fail(struct doctor *d, const char *advice, const char *detail)
{
	d->failed++;
	row(d, "fail", advice, detail);
}

/* -- settings ------------------------------------------------------------ */

static void check_settings(struct doctor *d)
{
	struct sim_settings_file files[FILES_MAX];
	size_t n = sim_settings_files(d->cli->arena, files, FILES_MAX);
	const char *env = sim_settings_env_file(d->cli->arena);
	int found = 0;

	if (d->cli->settings_err.code)
		fail(d, "mend that, or unset it; what follows goes by the"
		     " built-in values", d->cli->settings_err.msg);
	for (size_t i = 0; i < n; i++) {
		if (!files[i].exists)
			continue;
		found++;
		if (access(files[i].path, R_OK))
			fail(d, "make it readable", files[i].path);
		else
			ok(d, "%s", files[i].path);
	}
	if (env)
		ok(d, "%s", env);
	else if (!found)
		ok(d, "no configuration file; the built-in values count");
}

static void clash(void *ctx, const char *key, const char *used,
		  const char *other)
{
	warn(ctx, "unset one of them", "%s: %s counts, and %s says something"
	     " else", key, used, other);
}

static void check_names(struct doctor *d)
{
	int before = d->warned;

	sim_settings_env_clashes(d->cli->arena, clash, d);
	if (d->warned == before)
		ok(d, "no two names of a setting disagree");
}

static void check_profile(struct doctor *d)
{
	if (d->cli->profile)
		ok(d, "%s", d->cli->profile);
	else
		ok(d, "none");
}

/* -- the terminal -------------------------------------------------------- */

static void check_terminal(struct doctor *d)
{
	const char *name = getenv("TERM");
	const struct sim_term *t = &d->cli->term;

	if (!t->out_tty)
		ok(d, "standard output is no terminal; lists are NDJSON");
	else if (!name || !*name || !strcmp(name, "dumb"))
		warn(d, "set TERM to what the terminal is", "TERM says nothing"
		     " that tells colours or keys");
	else if (t->width < 80)
		warn(d, "make it wider, or use -o wide", "%s of %d columns;"
		     " tables are cut", name, t->width);
	else
		ok(d, "%s of %d columns%s", name, t->width,
		   t->color ? ", with colour" : "");
}

static void check_locale(struct doctor *d)
{
	if (d->cli->term.utf8)
		ok(d, "UTF-8");
	else
		warn(d, "set LC_ALL=C.UTF-8", "not UTF-8; charts are drawn with"
		     " ASCII");
}

static void check_zones(struct doctor *d)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_tz *tz;

	if (sim_tz_open("Europe/Berlin", &tz, &err)) {
		warn(d, "install the time zones (tzdata), or set TZDIR", "%s;"
		     " UTC and America/New_York are built in", err.msg);
		return;
	}
	sim_tz_close(tz);
	ok(d, "the system has time zones");
}

/* -- folders ------------------------------------------------------------- */

/* Of sim_cli_folder without the last part. */
static int data_folder(struct doctor *d, const char **path,
		       struct sim_err *err)
{
	const char *store;
	char *s;
	int rc = sim_cli_folder(d->cli, "store", &store, err);

	if (rc)
		return rc;
	s = sim_mem_arena_strdup(d->cli->arena, store);
	*strrchr(s, '/') = '\0';
	*path = s;
	return SIM_OK;
}

static void check_data(struct doctor *d)
{
	struct sim_err err = SIM_ERR_INIT;
	struct statvfs fs;
	const char *path;
	uint64_t left;

	if (data_folder(d, &path, &err)) {
		fail(d, "set HOME, or use --data-dir", err.msg);
		return;
	}
	if (!sim_settings_exists(path)) {
		ok(d, "%s is made when something goes into it", path);
		return;
	}
	if (access(path, R_OK | W_OK | X_OK)) {
		fail(d, "make the folder yours, or use --data-dir", path);
		return;
	}
	if (statvfs(path, &fs)) {
		ok(d, "%s", path);
		return;
	}
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (left < SPACE_MIN)
		warn(d, "make room, or use --data-dir", "%s has %llu MB left",
		     path, (unsigned long long)(left >> 20));
	else
		ok(d, "%s has %llu GB left", path,
		   (unsigned long long)(left >> 30));
}

/* What is wrong with one of a list; "": nothing.  Gives: 1 or 0. */
static size_t problem(struct doctor *d, const char *text, const char *advice)
{
	if (!*text)
		return 0;
	fail(d, advice, text);
	return 1;
}

static void check_store(struct doctor *d)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_store_entry *list;
	struct sim_store *st;
	size_t n = 0, bad = 0;

	if (sim_cli_store(d->cli, &st, &err) ||
	    sim_store_list(st, &list, &n, &err)) {
		fail(d, "see that the folder can be read", err.msg);
		return;
	}
	for (size_t i = 0; i < n; i++)
		bad += problem(d, list[i].problem,
			       "import it again; `data list` names them all");
	if (!n)
		ok(d, "no bars yet; `data import` or `data gen` makes some");
	else if (!bad)
		ok(d, "%zu series", n);
	sim_mem_free(list);
}

static void check_runs(struct doctor *d)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_folder_entry *list;
	const char *path;
	size_t n = 0, bad = 0;

	if (sim_cli_folder(d->cli, "runs", &path, &err) ||
	    sim_folder_list(path, &list, &n, &err)) {
		fail(d, "see that the folder can be read", err.msg);
		return;
	}
	for (size_t i = 0; i < n; i++)
		bad += problem(d, list[i].problem,
			       "remove it with `run rm`, and make it again");
	if (!bad)
		ok(d, "%zu runs", n);
	sim_mem_free(list);
}

/* Whether NAME.cal of the folder can be read; a file of another name can. */
static bool calendar_is_good(struct doctor *d, const char *dir,
			     const char *file)
{
	struct sim_err err = SIM_ERR_INIT;
	size_t n = strlen(file);
	struct sim_calendar *cal;
	char name[256];

	if (n < 5 || strcmp(file + n - 4, ".cal"))
		return true;
	snprintf(name, sizeof(name), "%.*s", (int)n - 4, file);
	if (sim_calendar_open(name, dir, &cal, &err)) {
		fail(d, "mend the file; simutrador-calendar(5) says how",
		     err.msg);
		return false;
	}
	sim_calendar_close(cal);
	ok(d, "%s", name);
	return true;
}

static void check_calendars(struct doctor *d)
{
	struct sim_calendar *cal;
	struct dirent *e;
	const char *path;
	int last = 0;
	DIR *dir;

	if (!sim_calendar_open("XNYS", NULL, &cal, NULL)) {
		sim_calendar_years(cal, &(int){ 0 }, &last);
		sim_calendar_close(cal);
	}
	ok(d, "XNYS to %d, 24/7 and 24/5 are built in", last);
	if (sim_cli_folder(d->cli, "calendars", &path, NULL))
		return;
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		(void)calendar_is_good(d, path, e->d_name);
	if (dir)
		closedir(dir);
}

/* -- servers ------------------------------------------------------------- */

static void check_key_file(struct doctor *d)
{
	const struct sim_settings_value *v =
		&d->cli->settings->values[SIM_SETTINGS_key_file];
	struct sim_err err = SIM_ERR_INIT;
	char key[SIM_ASK_SECRET];

	if (!v->text)
		return;
	if (sim_ask_file(v->text, key, &err))
		fail(d, "mend it, or leave key_file out", err.msg);
	else
		ok(d, "key_file %s", v->text);
	sim_secret_wipe(key, sizeof(key));
}

static void check_logins(struct doctor *d)
{
	struct sim_credentials c = SIM_CREDENTIALS_INIT;
	struct sim_err err = SIM_ERR_INIT;
	const char *path;

	check_key_file(d);
	if (sim_profile_state(d->cli->arena, "credentials.json", &path, &err)) {
		fail(d, "set HOME", err.msg);
		return;
	}
	if (sim_credentials_load(path, &c, &err))
		fail(d, "as it says; `auth login` makes it anew", err.msg);
	else
		ok(d, "%zu kept%s%s", c.n, c.n ? " in " : "", c.n ? path : "");
	sim_credentials_release(&c);
}

static void compare_clock(struct doctor *d, const char *server_time)
{
	sim_time now = sim_target_now(), t;
	enum sim_time_kind kind;

	if (!server_time || sim_time_parse(server_time, strlen(server_time),
					   &t, &kind, NULL))
		return;
	if (t - now > SKEW_MAX || now - t > SKEW_MAX)
		warn(d, "set the clock of this machine, or of that", "the"
		     " server's clock differs by %lld s",
		     (long long)((t - now) / SIM_TIME_SEC));
}

static void judge_server(struct doctor *d, const char *where,
			 const struct sim_json_val *root)
{
	const char *status = sim_json_as_str(sim_json_get(root, "status"));
	const char *version =
		sim_json_as_str(sim_json_get(root, "server_version"));

	if (!status || strcmp(status, "ok"))
		warn(d, "see its log", "%s answers, but is not well", where);
	else if (!version || strcmp(version, PACKAGE_VERSION))
		warn(d, "install the same version at both ends", "%s is"
		     " well, but not of this version, " PACKAGE_VERSION, where);
	else
		ok(d, "%s is well, version %s", where, version);
	compare_clock(d, sim_json_as_str(sim_json_get(root, "server_time")));
}

static void check_server(struct doctor *d)
{
	const struct sim_http_request rq = { .method = "GET",
					     .path = "/health" };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_http_server s = { .url = NULL };
	struct sim_http_answer a;
	struct sim_target t;

	if (sim_target_of(d->cli, &t, &err)) {
		fail(d, "mend the setting", err.msg);
		return;
	}
	if (t.kind != SIM_TARGET_REMOTE) {
		ok(d, "none is set; sessions are on this machine");
		return;
	}
	s = (struct sim_http_server){ .url = t.url, .ca_file = t.ca_file,
				      .timeout_ms = t.timeout_ms };
	if (sim_http_call(&s, &rq, &a, &err))
		fail(d, "start it, or mend server_url; --local does without",
		     err.msg);
	else
		judge_server(d, t.url, sim_json_root(a.doc));
	sim_http_answer_release(&a);
	if (!sim_http_is_secure(t.url) && !sim_http_is_local(t.url))
		warn(d, "use https", "%s is not encrypted", t.url);
}

static void check_daemon(struct doctor *d)
{
	const struct sim_http_request rq = { .method = "GET",
					     .path = "/health" };
	struct sim_http_server s = { .url = "http://localhost",
				     .timeout_ms = 5000 };
	char path[SIM_BACKEND_SOCKET];
	struct sim_err err = SIM_ERR_INIT;
	struct sim_http_answer a;
	const char *data;

	if (data_folder(d, &data, NULL) ||
	    !sim_settings_exists(data) ||
	    sim_backend_local_socket(getenv("XDG_RUNTIME_DIR"), data, false,
				     path, &err) == SIM_E_NOENT ||
	    (!err.code && !sim_settings_exists(path))) {
		ok(d, "the server of this machine is not running; it is"
		   " started when it is needed");
		return;
	}
	if (err.code) {
		fail(d, "make the folder yours alone", err.msg);
		return;
	}
	s.socket = path;
	if (sim_http_call(&s, &rq, &a, &err))
		warn(d, "nothing, when no session is running: the next command"
		     " starts it anew", "%s", err.msg);
	else
		judge_server(d, path, sim_json_root(a.doc));
	sim_http_answer_release(&a);
}

/* -- all of it ----------------------------------------------------------- */

static const struct {
	const char *name;
	void (*run)(struct doctor *d);
} checks[] = {
	{ "settings", check_settings }, { "names", check_names },
	{ "profile", check_profile }, { "terminal", check_terminal },
	{ "locale", check_locale }, { "zones", check_zones },
	{ "data", check_data }, { "store", check_store },
	{ "runs", check_runs }, { "calendars", check_calendars },
	{ "logins", check_logins }, { "server", check_server },
	{ "daemon", check_daemon },
};

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct doctor d = { .cli = cli };

	sim_out_list(cli->out, cols);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		d.check = checks[i].name;
		checks[i].run(&d);
	}
	sim_out_end(cli->out);
	if (d.failed)
		return sim_err_set(err, SIM_E_FALSE, "%d of what was looked at"
				   " %s wrong; the rows that say fail have what"
				   " to do", d.failed,
				   d.failed == 1 ? "is" : "are");
	return SIM_OK;
}

const struct sim_cmd sim_cmd_doctor = {
	.name = "doctor",
	.summary = "look at what commands stand on, and say what is wrong",
	.operands = "", .cols = cols, .examples = examples,
	.flags = SIM_CMD_ANYWAY, .run = run,
};
