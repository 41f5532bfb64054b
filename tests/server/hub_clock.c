/*
 * hub_clock: a server whose clocks run ahead when it is told to.
 *
 * hub_clock FOLDER: the folder has a store.  It prints the port and the API
 * keys of a user of the plan free and of one of professional.  Each line that
 * it reads is a number of seconds by which both clocks jump at once; it says
 * so when they have.  The end of its input ends it.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "db/apikey.h"
#include "server/hub.h"

static _Atomic int64_t ahead_ns;

static int64_t read_clock(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return t.tv_sec * SIM_TIME_SEC + t.tv_nsec + atomic_load(&ahead_ns);
}

static sim_time wall(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static int64_t steady(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_MONOTONIC);
}

static void log_line(void *ctx, enum sim_net_level level, const char *event,
		     const char *text)
{
	(void)ctx, (void)level;
	fprintf(stderr, "%s: %s\n", event, text);
}

static int add_user(struct sim_db *db, const char *name, enum sim_plan plan,
		    struct sim_err *err)
{
	const struct sim_db_by by = { "test", wall(NULL), NULL };
	struct sim_user u = { .plan = plan, .role = SIM_USER_ROLE_USER };
	struct sim_apikey k = { .name = "test", .scopes = SIM_SCOPE_ALL,
				.expires = SIM_TIME_MAX };
	char text[SIM_APIKEY_TEXT];
	int rc;

	snprintf(u.name, sizeof(u.name), "%s", name);
	rc = sim_user_add(db, &by, &u, err);
	if (rc)
		return rc;
	memcpy(k.user, u.id, sizeof(k.user));
	rc = sim_apikey_create(db, &by, &k, text, err);
	if (!rc)
		printf(" %s", text);
	return rc;
}

static int add_users(const char *path, struct sim_err *err)
{
	struct sim_db *db;
	int rc = sim_db_open(path, true, &db, err);

	if (rc)
		return rc;
	rc = add_user(db, "free", SIM_PLAN_FREE, err);
	if (!rc)
		rc = add_user(db, "pro", SIM_PLAN_PROFESSIONAL, err);
	sim_db_close(db);
	return rc;
}

static int fail(const struct sim_err *err)
{
	fprintf(stderr, "%s\n", err->msg);
	return 69;
}

int main(int argc, char **argv)
{
	static char db_path[4096], store[4096], key[4096], line[64];
	struct sim_err err = SIM_ERR_INIT;
	struct sim_hub_config c;
	struct sim_hub *h;

	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* a script that was stopped */
	if (argc != 2)
		return 64;
	snprintf(db_path, sizeof(db_path), "%s/clock.db", argv[1]);
	snprintf(store, sizeof(store), "%s/store", argv[1]);
	snprintf(key, sizeof(key), "%s/clock.key", argv[1]);
	sim_hub_config_init(&c);
	c.net.n_listeners = 1;
	c.net.listeners[0].port = 0;
	c.db_path = db_path;
	c.store_dir = store;
	c.token.file = key;
	c.workers = 1;
	c.version = "test";
	c.now = wall;
	c.now_ns = steady;
	c.log = log_line;
	if (sim_hub_open(&c, &h, &err))
		return fail(&err);
	printf("%d", sim_hub_port(h, 0));
	if (add_users(db_path, &err) || sim_hub_start(h, &err))
		return fail(&err);
	printf("\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		atomic_fetch_add(&ahead_ns, strtoll(line, NULL, 10) *
				 SIM_TIME_SEC);
		printf("ok\n");
		fflush(stdout);
	}
	sim_hub_stop(h, 5000);
	sim_hub_free(h);
	return 0;
}
