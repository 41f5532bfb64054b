/*
 * backend_local: sessions of the server of this machine, which is started when
 * it is not there.
 *
 * Whether it is there is seen by connecting.  Of several that are started at
 * once one keeps the database; the others end, and all connect to that one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/backend_wire.h"
#include "util/mem.h"

#define START_MS	30000		/* on a busy machine */
#define LOOK_MS		10	/* between two looks for it */
#define PING_S		60
#define SILENCE_S	120
#define QUEUE_MAX	((size_t)4 << 20)

struct local {
	struct sim_backend_wire link;	/* first */
	struct sim_backend_local_config c;
	char socket_path[SIM_BACKEND_SOCKET];
	char *log_path;
	pid_t child;			/* that was started; 0: none */
	char **argv;
};

/* -- starting it ----------------------------------------------------------- */

static bool is_there(const struct local *l)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_it;

	if (fd < 0)
		return false;
	memcpy(sa.sun_path, l->socket_path, sizeof(l->socket_path));
	is_it = !connect(fd, (struct sockaddr *)&sa, sizeof(sa));
	close(fd);
	return is_it;
}

/* In the child: a server of its own, that outlives the terminal. */
static void become(const struct local *l, int log)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (setsid() < 0 || null < 0 || dup2(null, 0) < 0 ||
	    dup2(log, 1) < 0 || dup2(log, 2) < 0)
		_exit(127);
	execv(l->argv[0], l->argv);
	_exit(127);
}

static int start(struct local *l, struct sim_err *err)
{
	int log = open(l->log_path ? l->log_path : "/dev/null",
		       O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int rc = SIM_OK;

	if (log < 0)
		return sim_err_set(err, SIM_E_CANTCREAT, "the log %.200s of "
				   "the local server can't be written: %s",
				   l->log_path, strerror(errno));
	l->child = fork();
	if (!l->child)
		become(l, log);
	if (l->child < 0)
		rc = sim_err_set(err, SIM_E_UNAVAILABLE, "the local server "
				 "can't be started: %s", strerror(errno));
	close(log);
	return rc;
}

/* Has it failed?  One that finds another at the database just ends. */
static bool is_failed(struct local *l)
{
	int status;

	if (l->child <= 0 || waitpid(l->child, &status, WNOHANG) != l->child)
		return false;
	l->child = 0;
	return !WIFEXITED(status) || (WEXITSTATUS(status) &&
		WEXITSTATUS(status) != sim_err_exit(SIM_E_AGAIN));
}

static int not_started(const struct local *l, struct sim_err *err)
{
	if (!l->argv)
		return sim_err_set(err, SIM_E_UNAVAILABLE, "no local server "
				   "listens at %s", l->socket_path);
	return sim_err_set(err, SIM_E_UNAVAILABLE, "the local server %s did "
			   "not come up; the end of %.200s says why",
			   l->argv[0], l->log_path ? l->log_path : "its log");
}

static int prepare(struct sim_backend_wire *link, bool is_refused,
		   struct sim_err *err)
{
	struct local *l = (struct local *)link;
	int64_t until = link->b.host.now_ms(link->b.host.ctx) + l->c.start_ms;
	int rc;

	(void)is_refused;
	link->target.socket = l->socket_path;
	link->target.path = "/ws/simulate";
	if (is_there(l))
		return SIM_OK;
	rc = l->argv ? start(l, err) : not_started(l, err);
	while (!rc && !is_there(l)) {
		rc = sim_backend_wire_sleep(link, LOOK_MS, err);
		if (!rc && (is_failed(l) || link->b.host.now_ms(
				    link->b.host.ctx) >= until))
			rc = not_started(l, err);
	}
	return rc;
}

/* -- made and freed -------------------------------------------------------- */

static void release(struct sim_backend_wire *link)
{
	struct local *l = (struct local *)link;

	for (size_t i = 0; l->argv && l->argv[i]; i++)
		sim_mem_free(l->argv[i]);
	sim_mem_free(l->argv);
	sim_mem_free(l->log_path);
	sim_mem_free(l);
}

static void copy(struct local *l, const struct sim_backend_local_config *c)
{
	size_t n = 0;

	snprintf(l->socket_path, sizeof(l->socket_path), "%s", c->socket_path);
	l->log_path = c->log_path ? sim_mem_strdup(c->log_path) : NULL;
	if (!c->argv)
		return;
	while (c->argv[n])
		n++;
	l->argv = sim_mem_array(n + 1, sizeof(*l->argv));
	for (size_t i = 0; i < n; i++)
		l->argv[i] = sim_mem_strdup(c->argv[i]);
	l->argv[n] = NULL;
}

int sim_backend_open_local(const struct sim_backend_local_config *c,
			   struct sim_backend **out, struct sim_err *err)
{
	const struct sim_ws_config w = {
		.has_no_proxy = true, .message_max = SIM_BACKEND_LINE_MAX,
		.queue_max = QUEUE_MAX, .ping_s = PING_S,
		.silence_s = SILENCE_S, .stop = c->host.stop,
	};
	struct local *l = sim_mem_zalloc(sizeof(*l));
	int rc;

	l->c = *c;
	l->c.start_ms = c->start_ms ? c->start_ms : START_MS;
	copy(l, c);
	l->link.prepare = prepare;
	l->link.release = release;
	sim_backend_wire_init(&l->link, &sim_backend_wire_local, &c->host);
	snprintf(l->link.where, sizeof(l->link.where), "the local server");
	rc = sim_ws_new(&w, &l->link.ws, err);
	if (!rc)
		rc = sim_backend_wire_open(&l->link, err);
	if (rc) {
		sim_backend_close(&l->link.b);
		return rc;
	}
	*out = &l->link.b;
	return SIM_OK;
}
