/*
 * net_local: the socket of a server that serves one user of this machine.
 *
 * It stands in a folder that nobody else may enter, and whoever connects is
 * asked of the kernel.
 */
#include <config.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/net_priv.h"

#define BACKLOG 4096

static int can_not(const char *path, int fd, struct sim_err *err)
{
	int e = errno;

	if (fd >= 0)
		close(fd);
	return sim_err_set(err, SIM_E_CANTCREAT, "cannot listen at the socket "
			   "%.200s: %s; choose another path", path,
			   strerror(e));
}

/* The folder of the path, made when it isn't there. */
static int take_folder(const char *path, struct sim_err *err)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat st;

	if (!n || n >= sizeof(dir))
		return sim_err_set(err, SIM_E_CONFIG, "%.200s is no full path "
				   "of at most %zu bytes for a socket in a "
				   "folder of its own", path, sizeof(dir) - 1);
	memcpy(dir, path, n);
	dir[n] = '\0';
	if (mkdir(dir, 0700) && errno != EEXIST)
		return can_not(path, -1, err);
	if (lstat(dir, &st))
		return can_not(path, -1, err);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077))
		return sim_err_set(err, SIM_E_CONFIG, "%.200s must be a folder "
				   "of yours that nobody else may enter (mode "
				   "0700)", dir);
	return SIM_OK;
}

static int address_of(const char *path, struct sockaddr_un *sa,
		      struct sim_err *err)
{
	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sa->sun_path))
		return sim_err_set(err, SIM_E_CONFIG, "the path %.200s of a "
				   "socket is longer than %zu bytes", path,
				   sizeof(sa->sun_path) - 1);
	memcpy(sa->sun_path, path, strlen(path));
	return SIM_OK;
}

/* What stands there may go when it is a socket and nobody answers. */
static int clear(const char *path, const struct sockaddr_un *sa,
		 struct sim_err *err)
{
	struct stat st;
	int fd, rc;

	if (lstat(path, &st))
		return SIM_OK;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return can_not(path, -1, err);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return can_not(path, -1, err);
	rc = connect(fd, (const struct sockaddr *)sa, sizeof(*sa));
	close(fd);
	if (!rc)
		return sim_err_set(err, SIM_E_AGAIN, "another server listens "
				   "at %.200s", path);
	if (unlink(path))
		return can_not(path, -1, err);
	return SIM_OK;
}

int sim_net_local_bind(const char *path, int *fd, struct sim_err *err)
{
	struct sockaddr_un sa;
	int s, rc = address_of(path, &sa, err);

	if (!rc)
		rc = take_folder(path, err);
	if (!rc)
		rc = clear(path, &sa, err);
	if (rc)
		return rc;
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s < 0 || fchmod(s, 0600) ||
	    bind(s, (const struct sockaddr *)&sa, sizeof(sa)) ||
	    chmod(path, 0600) || listen(s, BACKLOG))
		return can_not(path, s, err);
	*fd = s;
	return SIM_OK;
}

bool sim_net_local_is_own(int fd)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) &&
		who.uid == geteuid();
}
