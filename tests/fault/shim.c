/*
 * shim: a library to preload that makes the n-th step towards the disk fail.
 *
 * Steps are what changes files below $FAULT_UNDER: opening with O_CREAT, mkdir,
 * write, fsync, rename and unlink.  $FAULT_AT is n (0: only count), $FAULT_DO
 * what happens: "full" (no space, and none for any later create or write),
 * "broken" (this one step gives EIO), "readonly" (this and all later ones give
 * EROFS) or "kill" (half of a write is done, then SIGKILL).  At exit the number
 * of steps goes to $FAULT_COUNT.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FDS 1024

enum step { CREATE, WRITE, SYNC, RENAME, REMOVE };

static long steps;

static const char *setting(const char *name)
{
	const char *s = getenv(name);

	return s ? s : "";
}

static int is_under(const char *path)
{
	const char *under = setting("FAULT_UNDER");

	return *under && !strncmp(path, under, strlen(under));
}

/* Does this step fail?  Sets errno. */
static int fails(enum step what)
{
	long at = strtol(setting("FAULT_AT"), NULL, 10), n = ++steps;
	const char *how = setting("FAULT_DO");

	if (!at || n < at)
		return 0;
	if (!strcmp(how, "kill")) {
		if (n == at && what != WRITE)
			raise(SIGKILL);
		return n == at;
	}
	if (!strcmp(how, "full") && (what == REMOVE ||
				     (n > at && what >= SYNC)))
		return 0;
	if (!strcmp(how, "broken") && n > at)
		return 0;
	errno = *how == 'f' ? ENOSPC : *how == 'r' ? EROFS : EIO;
	return 1;
}

static int fails_to_create(void)
{
	return fails(CREATE);
}

#include "opens.h"

static int fd_fails(int fd, enum step what)
{
	return fd >= 0 && fd < FDS && is_ours[fd] && fails(what);
}

ssize_t write(int fd, const void *p, size_t n)
{
	if (fd_fails(fd, WRITE)) {
		if (strcmp(setting("FAULT_DO"), "kill"))
			return -1;
		syscall(SYS_write, fd, p, n / 2);
		raise(SIGKILL);
	}
	return syscall(SYS_write, fd, p, n);
}

int fsync(int fd)
{
	if (fd_fails(fd, SYNC))
		return -1;
	return (int)syscall(SYS_fsync, fd);
}

int mkdir(const char *path, mode_t mode)
{
	if (is_under(path) && fails(CREATE))
		return -1;
	return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int rename(const char *from, const char *to)
{
	if (is_under(to) && fails(RENAME))
		return -1;
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
	if (is_under(path) && fails(REMOVE))
		return -1;
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* Its callers hold a folder open that is_under() was asked about. */
int unlinkat(int dir, const char *path, int flags)
{
	if (dir >= 0 && dir < FDS && is_ours[dir] && fails(REMOVE))
		return -1;
	return (int)syscall(SYS_unlinkat, dir, path, flags);
}

__attribute__((destructor)) static void tell(void)
{
	const char *path = setting("FAULT_COUNT");
	char text[24];
	int fd, n;

	if (!*path)
		return;
	fd = (int)syscall(SYS_openat, AT_FDCWD, path,
			  O_WRONLY | O_CREAT | O_TRUNC, 0600);
	n = snprintf(text, sizeof(text), "%ld", steps);
	if (fd >= 0) {
		syscall(SYS_write, fd, text, (size_t)n);
		syscall(SYS_close, fd);
	}
}
