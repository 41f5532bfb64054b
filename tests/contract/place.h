/* The backends that a contract is made with, over the same bars. */
#ifndef PLACE_H
#define PLACE_H
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "client/http.h"
#include "host.h"
#include "../backend/stage.h"

enum place_kind { LOOP, LOCAL, REMOTE, PLACES };

static const char *const place_names[] = { "loop", "local", "remote" };

/* A folder with bars, and a server of it. */
struct place {
	char dir[64], store[80], db[80];
	struct stage stage;
	struct host host;
	pid_t server;
	FILE *said;
	char url[128], auth[128], token[4096];
	char folder[32], socket[SIM_BACKEND_SOCKET], log[96], data[600];
};

static inline const char *place_program(void)
{
	static char path[512];
	const char *top = getenv("top_builddir");

	snprintf(path, sizeof(path), "%s/simutrador", top ? top : ".");
	return path;
}

static inline void place_bars(struct place *p)
{
	struct sim_err err = SIM_ERR_INIT;

	snprintf(p->dir, sizeof(p->dir), "contract-%ld.tmp", (long)getpid());
	ck_assert_int_eq(mkdir(p->dir, 0700), 0);
	snprintf(p->store, sizeof(p->store), "%s/store", p->dir);
	snprintf(p->db, sizeof(p->db), "%s/loop.db", p->dir);
	ck_assert_msg(!sim_store_open(p->store, &p->stage.store, &err), "%s",
		      err.msg);
	stage_bars(&p->stage, "AAA", 1, 400, 0);
	stage_bars(&p->stage, "BBB", 2, 400, 7);
	sim_store_close(p->stage.store);
}

static inline void place_copy(const struct sim_json_val *v, const char *key,
			      char *out, size_t n)
{
	const char *text = sim_json_as_str(sim_json_get(v, key));

	if (text)
		snprintf(out, n, "%s", text);
}

static inline void place_log_in(struct place *p, const char *api_key)
{
	const struct sim_http_server s = { .url = p->auth };
	const struct sim_http_request rq = {
		.method = "POST", .path = "/auth/token", .api_key = api_key,
		.body = "{}",
	};
	struct sim_http_answer a;
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_http_call(&s, &rq, &a, &err);

	ck_assert_msg(!rc, "%s", err.msg);
	place_copy(sim_json_root(a.doc), "access_token", p->token,
		   sizeof(p->token));
	sim_http_answer_release(&a);
}

static inline void place_become(const struct place *p, int out)
{
	setenv("SIMUTRADOR_DATA_DIR", p->data, 1);
	dup2(out, 1);
	dup2(open(p->log, O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
	execl(place_program(), "simutrador", "serve", "--auth-port", "0",
	      "--sim-port", "0", "--per-address", "1000", (char *)NULL);
	_exit(127);
}

/* A server on ports of its own. */
static inline void place_serve(struct place *p)
{
	struct sim_json_doc *doc;
	char line[1024], key[256] = "";
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	p->server = fork();
	if (!p->server)
		place_become(p, fds[1]);
	close(fds[1]);
	p->said = fdopen(fds[0], "r");
	ck_assert_msg(fgets(line, sizeof(line), p->said) != NULL,
		      "the server did not start");
	ck_assert_int_eq(sim_json_parse(line, strlen(line), &doc, NULL), 0);
	place_copy(sim_json_root(doc), "simulation_url", p->url,
		   sizeof(p->url));
	place_copy(sim_json_root(doc), "auth_url", p->auth, sizeof(p->auth));
	place_copy(sim_json_root(doc), "api_key", key, sizeof(key));
	sim_json_free(doc);
	place_log_in(p, key);
}

static inline void place_name(struct place *p)
{
	char cwd[512];

	ck_assert_ptr_nonnull(getcwd(cwd, sizeof(cwd)));
	snprintf(p->data, sizeof(p->data), "%s/%s", cwd, p->dir);
	snprintf(p->log, sizeof(p->log), "%s/serve.log", p->dir);
	ck_assert_ptr_nonnull(mkdtemp(strcpy(p->folder,
					     "/tmp/contract-XXXXXX")));
	snprintf(p->socket, sizeof(p->socket), "%s/local.sock", p->folder);
}

static inline void place_open(struct place *p)
{
	memset(p, 0, sizeof(*p));
	place_bars(p);
	place_name(p);
	place_serve(p);
}

/* The local one ends by itself when nobody needs it. */
static inline void place_await_end(struct place *p)
{
	for (int i = 0; i < 6000 && !access(p->socket, F_OK); i++)
		usleep(10000);
	ck_assert_msg(access(p->socket, F_OK), "the local server stays");
}

/* Its socket goes first: it may still be closing its database then, and what
 * is listed is gone before it can be removed. */
static inline void place_remove(const char *dir)
{
	int rc = sim_file_remove_tree(dir, NULL);

	for (int i = 0; rc && i < 6000; i++) {
		usleep(10000);
		rc = sim_file_remove_tree(dir, NULL);
	}
	ck_assert_int_eq(rc, 0);
}

static inline void place_close(struct place *p)
{
	int status;

	place_await_end(p);

	kill(p->server, SIGTERM);
	ck_assert_int_eq(waitpid(p->server, &status, 0), p->server);
	ck_assert_int_eq(status, 0);
	fclose(p->said);
	place_remove(p->folder);
	place_remove(p->dir);
}

static inline struct sim_backend *place_backend(struct place *p,
						enum place_kind kind)
{
	const struct sim_backend_loop_config loop = {
		.host = host_of(&p->host), .store_dir = p->store,
		.db_path = p->db,
	};
	const struct sim_backend_remote_config remote = {
		.host = host_of(&p->host), .url = p->url,
		.credential = host_credential,
	};
	const char *const argv[] = {
		place_program(), "serve", "--local", "--data-dir", p->data,
		"--socket", p->socket, "--idle-exit", "1s", NULL
	};
	const struct sim_backend_local_config local = {
		.host = host_of(&p->host), .socket_path = p->socket,
		.argv = argv, .log_path = p->log,
	};
	struct sim_backend *b = NULL;
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	p->host.token = p->token;
	switch (kind) {
	case LOOP:
		rc = sim_backend_open_loop(&loop, &b, &err);
		break;
	case LOCAL:
		rc = sim_backend_open_local(&local, &b, &err);
		break;
	default:
		rc = sim_backend_open_remote(&remote, &b, &err);
	}
	ck_assert_msg(!rc, "%s: %s", place_names[kind], err.msg);
	ck_assert_str_eq(sim_backend_name(b), place_names[kind]);
	return b;
}

#endif
