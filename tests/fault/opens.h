/*
 * opens: open and open64 of a library to preload, which remember what files are
 * below the folder that is meant, and fail to make one when they are told to.
 * Whoever includes it has is_under() and fails_to_create(), which sets errno.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned char is_ours[FDS];

int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);

static int do_open(const char *path, int flags, mode_t mode)
{
	int fd;

	if ((flags & O_CREAT) && is_under(path) && fails_to_create())
		return -1;
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	if (fd >= 0 && fd < FDS)
		is_ours[fd] = (unsigned char)is_under(path);
	return fd;
}

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return do_open(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return do_open(path, flags | O_LARGEFILE, mode);
}
