/* notify: datagrams to NOTIFY_SOCKET; descriptors from 3 on. */
#include "server/notify.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/str.h"

#define FIRST_FD	3

/* -- telling --------------------------------------------------------------- */

/* A path, or "@name" for the abstract namespace.  Gives: 0: it is neither. */
static socklen_t address_of(const char *text, struct sockaddr_un *a)
{
	size_t n = strlen(text);

	if ((text[0] != '/' && text[0] != '@') || n < 2 ||
	    n >= sizeof(a->sun_path))
		return 0;
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	memcpy(a->sun_path, text, n);
	if (text[0] == '@')
		a->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static void tell(const char *text)
{
	const char *to = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a;
	socklen_t len = to ? address_of(to, &a) : 0;
	int fd = len ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;

	if (fd < 0)
		return;
	(void)!sendto(fd, text, strlen(text), MSG_NOSIGNAL,
		      (const struct sockaddr *)&a, len);
	close(fd);
}

bool sim_notify_is_wanted(void)
{
	const char *to = getenv("NOTIFY_SOCKET");

	return to && to[0];
}

void sim_notify_ready(void)
{
	tell("READY=1");
}

void sim_notify_reloading(int64_t monotonic_ns)
{
	char text[64];

	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
		 (long long)(monotonic_ns / 1000));
	tell(text);
}

void sim_notify_stopping(void)
{
	tell("STOPPING=1");
}

void sim_notify_alive(void)
{
	tell("WATCHDOG=1");
}

/* A variable that names this process, or is absent. */
static bool is_ours(const char *name)
{
	const char *text = getenv(name);
	int64_t pid;

	return !text || (!sim_str_int(text, name, 1, INT32_MAX, &pid, NULL) &&
			 pid == getpid());
}

int64_t sim_notify_watchdog_ns(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	int64_t usec;

	if (!text || !is_ours("WATCHDOG_PID") ||
	    sim_str_int(text, "WATCHDOG_USEC", 1, INT64_MAX / 1000, &usec,
			NULL))
		return 0;
	return usec * 1000;
}

/* -- sockets --------------------------------------------------------------- */

static int check_socket(int fd, struct sim_err *err)
{
	int is_listening = 0, type = 0;
	socklen_t n = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) ||
	    type != SOCK_STREAM ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &n) ||
	    !is_listening || fcntl(fd, F_SETFD, FD_CLOEXEC))
		return sim_err_set(err, SIM_E_CONFIG, "descriptor %d, which "
				   "LISTEN_FDS hands over, is no stream socket "
				   "that listens; give ListenStream= in the "
				   "socket unit", fd);
	return SIM_OK;
}

/* Those named auth, then the others, each in its order.  names: ':' between
 * them, as many as there are or fewer. */
static void put_in_order(int *fds, int count, const char *names)
{
	int others = 0, auths = 0, *other = sim_mem_array((size_t)count,
							  sizeof(*other));

	for (int i = 0; i < count; i++) {
		size_t n = strcspn(names, ":");

		if (n == 4 && !strncmp(names, "auth", n))
			fds[auths++] = FIRST_FD + i;
		else
			other[others++] = FIRST_FD + i;
		names += n + (names[n] == ':');
	}
	memcpy(fds + auths, other, (size_t)others * sizeof(*fds));
	sim_mem_free(other);
}

static int take(int *fds, int count, struct sim_err *err)
{
	const char *names = getenv("LISTEN_FDNAMES");
	int rc = SIM_OK;

	for (int i = 0; !rc && i < count; i++)
		rc = check_socket(FIRST_FD + i, err);
	if (!rc)
		put_in_order(fds, count, names ? names : "");
	return rc;
}

int sim_notify_sockets(int *fds, int max, int *n, struct sim_err *err)
{
	const char *text = getenv("LISTEN_FDS");
	int64_t count = 0;
	int rc = SIM_OK;

	if (text && getenv("LISTEN_PID") && is_ours("LISTEN_PID"))
		rc = sim_str_int(text, "LISTEN_FDS", 0, max, &count, err);
	if (rc)
		return err ? err->code = SIM_E_CONFIG : SIM_E_CONFIG;
	if (count)
		rc = take(fds, (int)count, err);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (!rc)
		*n = (int)count;
	return rc;
}
