/* connect: a target's backend, and what it is lent of this process. */
#include "cli/connect.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/target.h"
#include "util/file.h"
#include "util/mem.h"

struct sim_connect {
	struct sim_cli *cli;
	struct sim_target target;
	struct sim_login *login;
	struct sim_backend *backend;
};

/* -- what it is lent ------------------------------------------------------- */

static sim_time host_now(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (sim_time)ts.tv_sec * SIM_TIME_SEC + (sim_time)ts.tv_nsec;
}

static int64_t host_now_ms(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static uint64_t host_random(void *ctx)
{
	uint64_t v = 0;

	(void)ctx;
	if (getrandom(&v, sizeof(v), 0) != (ssize_t)sizeof(v))
		v = (uint64_t)host_now(NULL) * UINT64_C(0x9e3779b97f4a7c15);
	return v;
}

static void host_notice(void *ctx, const struct sim_backend_state *state,
			const char *text)
{
	struct sim_connect *c = ctx;

	(void)state;
	sim_cli_warn(c->cli, "%s", text);
}

static struct sim_backend_host host_of(struct sim_connect *c)
{
	return (struct sim_backend_host){
		.ctx = c, .now = host_now, .now_ms = host_now_ms,
		.random = host_random, .stop = &sim_interrupt,
		.notice = host_notice,
	};
}

/* -- in this process ------------------------------------------------------- */

/* The file of each kind, in the data folder. */
static const char *const databases[] = {
	[SIM_TARGET_LOCAL] = "local.db", [SIM_TARGET_LOOP] = "loop.db",
};

static int open_loop(struct sim_connect *c, struct sim_err *err)
{
	struct sim_backend_loop_config cfg = { .host = host_of(c) };
	int rc = sim_cli_folder(c->cli, "store", &cfg.store_dir, err);

	if (!rc)
		rc = sim_cli_folder(c->cli, "calendars", &cfg.calendar_dir,
				    err);
	if (!rc)
		rc = sim_cli_folder(c->cli, databases[SIM_TARGET_LOOP],
				    &cfg.db_path, err);
	return rc ? rc : sim_backend_open_loop(&cfg, &c->backend, err);
}

/* -- on this machine ------------------------------------------------------- */

/* The data folder by its full path, as its server will know it. */
static int find_data(struct sim_connect *c, const char **path,
		     struct sim_err *err)
{
	char full[PATH_MAX];
	int rc = sim_cli_folder(c->cli, ".", path, err);

	if (!rc && realpath(*path, full))
		*path = sim_mem_arena_strdup(c->cli->arena, full);
	return rc;
}

static const char *own_path(struct sim_connect *c)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return "simutrador";
	path[n] = '\0';
	return sim_mem_arena_strdup(c->cli->arena, path);
}

static int find_log(struct sim_connect *c, const char **path,
		    struct sim_err *err)
{
	const char *home;
	size_t n;
	char *s;
	int rc = sim_settings_home(c->cli->arena, "XDG_STATE_HOME",
				   "/.local/state", &home, err);

	if (!rc)
		rc = sim_file_mkdirs(home, err);
	if (rc)
		return rc;
	n = strlen(home) + sizeof("/local.log");
	s = sim_mem_arena_alloc(c->cli->arena, n);
	snprintf(s, n, "%s/local.log", home);
	*path = s;
	return SIM_OK;
}

static int open_local(struct sim_connect *c, struct sim_err *err)
{
	char path[SIM_BACKEND_SOCKET];
	const char *argv[] = { NULL, "serve", "--local", "--data-dir", NULL,
			       NULL };
	struct sim_backend_local_config cfg = {
		.host = host_of(c), .socket_path = path, .argv = argv,
	};
	int rc = find_data(c, &argv[4], err);

	if (!rc)
		rc = find_log(c, &cfg.log_path, err);
	if (!rc)
		rc = sim_backend_local_socket(getenv("XDG_RUNTIME_DIR"),
					      argv[4], true, path, err);
	argv[0] = own_path(c);
	return rc ? rc : sim_backend_open_local(&cfg, &c->backend, err);
}

/* -- elsewhere ------------------------------------------------------------- */

static int credential(void *ctx, bool is_refused, int timeout_ms,
		      struct sim_backend_credential *out, struct sim_err *err)
{
	struct sim_connect *c = ctx;
	char ticket[SIM_LOGIN_TICKET];
	int rc = is_refused ? sim_login_renew(c->login, err) : SIM_OK;

	(void)timeout_ms;
	if (!rc)
		rc = sim_login_ticket(c->login, ticket, err);
	if (rc)
		return rc;
	out->is_ticket = true;
	snprintf(out->text, sizeof(out->text), "%s", ticket);
	return SIM_OK;
}

static int open_remote(struct sim_connect *c, struct sim_err *err)
{
	const struct sim_backend_remote_config cfg = {
		.host = host_of(c), .url = c->target.ws_url,
		.ca_path = c->target.ca_file, .credential = credential,
		.connect_ms = c->target.timeout_ms,
	};
	int rc = sim_target_login(c->cli, &c->target, &c->login, err);

	return rc ? rc : sim_backend_open_remote(&cfg, &c->backend, err);
}

/* -- whichever ------------------------------------------------------------- */

int sim_connect_open(struct sim_cli *cli, struct sim_connect **out,
		     struct sim_err *err)
{
	static int (*const open[])(struct sim_connect *, struct sim_err *) = {
		[SIM_TARGET_LOCAL] = open_local, [SIM_TARGET_LOOP] = open_loop,
		[SIM_TARGET_REMOTE] = open_remote,
	};
	struct sim_connect *c = sim_mem_zalloc(sizeof(*c));
	int rc = sim_target_of(cli, &c->target, err);

	c->cli = cli;
	if (!rc)
		rc = open[c->target.kind](c, err);
	if (rc) {
		sim_connect_close(c);
		return rc;
	}
	*out = c;
	return SIM_OK;
}

struct sim_backend *sim_connect_backend(struct sim_connect *c)
{
	return c->backend;
}

void sim_connect_close(struct sim_connect *c)
{
	if (!c)
		return;
	sim_backend_close(c->backend);
	sim_login_free(c->login);
	sim_mem_free(c);
}

int sim_connect_call(struct sim_cli *cli, enum sim_message_type type,
		     const void *data, const char *session_id,
		     struct sim_backend_message *reply, struct sim_err *err)
{
	const struct sim_backend_request q = {
		.type = type, .data = data, .session_id = session_id,
	};
	struct sim_backend *b;
	int rc = sim_cli_backend(cli, &b, err);

	return rc ? rc : sim_backend_call(b, &q, reply, err);
}

int sim_connect_tell(struct sim_cli *cli, enum sim_message_type type,
		     const void *data, const char *session_id,
		     struct sim_err *err)
{
	struct sim_backend_message reply = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_connect_call(cli, type, data, session_id, &reply, err);

	sim_backend_release(&reply);
	return rc;
}

bool sim_connect_database(struct sim_cli *cli, const char **path)
{
	struct sim_target t;

	return !sim_target_of(cli, &t, NULL) && t.kind != SIM_TARGET_REMOTE &&
		!sim_cli_folder(cli, databases[t.kind], path, NULL) &&
		sim_settings_exists(*path);
}

bool sim_connect_has_sessions(struct sim_cli *cli)
{
	struct sim_target t;
	const char *path;

	/* What is wrong with the target is said when it is opened. */
	return cli->connect || sim_target_of(cli, &t, NULL) ||
		t.kind == SIM_TARGET_REMOTE ||
		sim_connect_database(cli, &path);
}
