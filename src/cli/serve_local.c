/* serve_local: where it listens, how it begins and ends. */
#include "cli/serve_local.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cli/admin.h"
#include "cli/timeout.h"
#include "db/db.h"
#include "db/user.h"
#include "util/secret.h"

#define IDLE_US		INT64_C(900000000)
#define WAIT_MS		20000	/* for one that ends, on a busy machine */
#define LOOK_MS		50
#define MESSAGE_BYTES	((size_t)1 << 20)
#define KEEP_SEC	(INT64_C(100) * 366 * 86400)

/* -- configuration --------------------------------------------------------- */

static int set_idle(struct sim_serve_local *l, struct sim_err *err)
{
	int64_t us = IDLE_US;

	if (l->idle_exit && !sim_timeout_span(l->idle_exit, &us))
		return sim_err_set(err, SIM_E_USAGE, "--idle-exit takes a span "
				   "above zero like 15m, 90s or 2h, not "
				   "'%.40s'", l->idle_exit);
	l->idle_ns = us < INT64_MAX / 1000 ? us * 1000 : INT64_MAX;
	return SIM_OK;
}

static int set_socket(struct sim_cli *cli, struct sim_serve_local *l,
		      struct sim_err *err)
{
	const char *data;
	size_t n;
	int rc;

	if (!l->socket) {
		rc = sim_cli_folder(cli, ".", &data, err);
		return rc ? rc : sim_backend_local_socket(
			getenv("XDG_RUNTIME_DIR"), data, true, l->path, err);
	}
	n = strlen(l->socket);
	if (n >= sizeof(l->path) || l->socket[0] != '/')
		return sim_err_set(err, SIM_E_USAGE, "--socket takes a full "
				   "path of at most %zu bytes",
				   sizeof(l->path) - 1);
	memcpy(l->path, l->socket, n + 1);
	return SIM_OK;
}

int sim_serve_local_configure(struct sim_cli *cli, struct sim_serve_local *l,
			      struct sim_hub_config *c, struct sim_err *err)
{
	int rc = set_idle(l, err);

	if (!rc && !c->db_path)
		rc = sim_cli_folder(cli, "local.db", &c->db_path, err);
	if (!rc)
		rc = set_socket(cli, l, err);
	if (rc)
		return rc;
	snprintf(l->gone, sizeof(l->gone), "%s.gone", l->path);
	sim_secret_hex(l->secret, 32);
	c->token.secret = l->secret;
	c->net.n_listeners = 1;
	c->net.listeners[0] = (struct sim_net_listener){
		.address = l->path, .fd = -1, .is_local = true
	};
	c->net.limits.per_address = 0;
	c->net.limits.message_bytes = MESSAGE_BYTES;
	c->keep_sec = c->keep_over_sec = KEEP_SEC;
	c->capital_min = 1;
	c->capital_max = INT64_C(90000000000) * SIM_DEC_ONE;
	return SIM_OK;
}

/* -- beginning ------------------------------------------------------------- */

static void wait_ms(int ms)
{
	const struct timespec t = { .tv_nsec = ms * 1000000L };

	nanosleep(&t, NULL);
}

static bool is_answered(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_it;

	if (fd < 0)
		return false;
	memcpy(sa.sun_path, path, strlen(path) + 1);
	is_it = !connect(fd, (struct sockaddr *)&sa, sizeof(sa));
	close(fd);
	return is_it;
}

/* The one user, made when the database is new. */
static int find_user(const char *db_path, struct sim_user *u,
		     struct sim_err *err)
{
	const struct sim_db_by by = sim_admin_by();
	struct sim_db *db;
	int rc = sim_db_open_by(db_path, true, &by, &db, err);

	if (rc)
		return rc;
	rc = sim_user_find(db, "local", u, err);
	if (rc == SIM_E_NOENT) {
		*u = (struct sim_user){ .name = "local",
					.plan = SIM_PLAN_LOCAL,
					.role = SIM_USER_ROLE_ADMIN };
		rc = sim_user_add(db, &by, u, err);
	}
	sim_db_close(db);
	return rc;
}

/* Gives: SIM_E_AGAIN while another has the database. */
static int open_hub(const struct sim_hub_config *c, struct sim_hub **h,
		    struct sim_err *err)
{
	struct sim_user u = { .name = "" };
	int rc = sim_hub_open(c, h, err);

	if (rc)
		return rc;
	rc = find_user(c->db_path, &u, err);
	if (rc)
		sim_hub_free(*h);
	else
		sim_hub_let_in(*h, u.id);
	return rc;
}

int sim_serve_local_open(struct sim_serve_local *l,
			 const struct sim_hub_config *c, struct sim_hub **h,
			 struct sim_err *err)
{
	for (int waited = 0;; waited += LOOK_MS) {
		struct sim_err why = SIM_ERR_INIT;
		int rc = open_hub(c, h, &why);

		if (rc == SIM_E_AGAIN && is_answered(l->path)) {
			*h = NULL;
			return SIM_OK;
		}
		if (rc != SIM_E_AGAIN || waited >= WAIT_MS) {
			if (rc)
				*err = why;
			return rc;
		}
		wait_ms(LOOK_MS);
	}
}

/* -- its end --------------------------------------------------------------- */

/* Out of sight first, then a last look: who found it just before is served. */
static bool retire(const struct sim_serve_local *l, struct sim_hub *h)
{
	if (rename(l->path, l->gone))
		return true;
	wait_ms(LOOK_MS);
	if (sim_hub_is_idle(h))
		return true;
	(void)!rename(l->gone, l->path);
	return false;
}

bool sim_serve_local_is_done(struct sim_serve_local *l, struct sim_hub *h,
			     int64_t now_ns)
{
	if (!sim_hub_is_idle(h) || !l->since_ns)
		l->since_ns = now_ns;
	if (now_ns - l->since_ns < l->idle_ns)
		return false;
	l->since_ns = now_ns;
	return retire(l, h);
}

void sim_serve_local_close(const struct sim_serve_local *l)
{
	unlink(l->path);
	unlink(l->gone);
}
