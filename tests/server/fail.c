/*
 * fail: a library to preload into a server, told what to do while that runs.
 *
 * $FAIL_CTL is a file with a struct control, mapped by both sides.  Steps to
 * the disk (of files below $FAIL_UNDER: open with O_CREAT, write, sync,
 * truncate, unlink) and allocations are counted; from the n-th on, so many
 * fail.  CLOCK_REALTIME is moved by clock_ns.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FDS 4096
#define LIBS 64

enum whose { NOBODY, LIBRARIES, ALL };

struct control {
	int64_t clock_ns;
	int64_t disk_count, disk_at, disk_for, disk_errno;
	int64_t mem_count, mem_at, mem_for, mem_whose;
};

static struct control none, *control = &none;
static const char *under;

/* Where the program is, and what is not to be disturbed. */
static struct range {
	uintptr_t from, to;
} ranges[LIBS];
static size_t nranges;

static int64_t get(int64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

/* -- where things are ------------------------------------------------------ */

static int add_range(struct dl_phdr_info *info, size_t size, void *ctx)
{
	const char *name = info->dlpi_name;
	struct range r = { UINTPTR_MAX, 0 };

	(void)size, (void)ctx;
	if (*name && !strstr(name, "san.so") && !strstr(name, "/ld-"))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + p->p_vaddr;

		if (p->p_type != PT_LOAD)
			continue;
		r.from = from < r.from ? from : r.from;
		r.to = from + p->p_memsz > r.to ? from + p->p_memsz : r.to;
	}
	if (nranges < LIBS)
		ranges[nranges++] = r;
	return 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAIL_CTL");
	int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR |
				     O_CLOEXEC, 0) : -1;
	void *p = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*control),
					     PROT_READ | PROT_WRITE,
					     MAP_SHARED, fd, 0);

	under = getenv("FAIL_UNDER");
	dl_iterate_phdr(add_range, NULL);
	if (fd >= 0)
		syscall(SYS_close, fd);
	if (p != MAP_FAILED)
		control = p;
}

/* -- the disk -------------------------------------------------------------- */

static int is_under(const char *path)
{
	return under && !strncmp(path, under, strlen(under));
}

static int fails(void)
{
	int64_t n = __atomic_add_fetch(&control->disk_count, 1,
				       __ATOMIC_SEQ_CST);
	int64_t at = get(&control->disk_at);

	if (!at || n < at || n >= at + get(&control->disk_for))
		return 0;
	errno = (int)get(&control->disk_errno);
	return 1;
}

static int fails_to_create(void)
{
	return fails();
}

#include "../fault/opens.h"

static int fd_fails(int fd)
{
	return fd >= 0 && fd < FDS && is_ours[fd] && fails();
}

int close(int fd)
{
	if (fd >= 0 && fd < FDS)
		is_ours[fd] = 0;
	return (int)syscall(SYS_close, fd);
}

ssize_t write(int fd, const void *p, size_t n)
{
	return fd_fails(fd) ? -1 : syscall(SYS_write, fd, p, n);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return fd_fails(fd) ? -1 : syscall(SYS_pwrite64, fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return fd_fails(fd) ? -1 : syscall(SYS_pwrite64, fd, p, n, at);
}

int fsync(int fd)
{
	return fd_fails(fd) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return fd_fails(fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t n)
{
	return fd_fails(fd) ? -1 : (int)syscall(SYS_ftruncate, fd, n);
}

int ftruncate64(int fd, off64_t n)
{
	return fd_fails(fd) ? -1 : (int)syscall(SYS_ftruncate, fd, n);
}

int unlink(const char *path)
{
	if (is_under(path) && fails())
		return -1;
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* -- the clock ------------------------------------------------------------- */

int clock_gettime(clockid_t id, struct timespec *t)
{
	int rc = (int)syscall(SYS_clock_gettime, id, t);
	int64_t ns;

	if (rc || id != CLOCK_REALTIME)
		return rc;
	ns = t->tv_nsec + get(&control->clock_ns) % 1000000000;
	t->tv_sec += get(&control->clock_ns) / 1000000000;
	t->tv_sec += ns < 0 ? -1 : ns >= 1000000000;
	t->tv_nsec = (ns + 1000000000) % 1000000000;
	return 0;
}

/* -- memory ---------------------------------------------------------------- */

static int is_left_alone(const void *caller)
{
	uintptr_t at = (uintptr_t)caller;

	for (size_t i = 0; i < nranges; i++) {
		if (at >= ranges[i].from && at < ranges[i].to)
			return 1;
	}
	return 0;
}

static int lacks(const void *caller)
{
	int64_t whose = get(&control->mem_whose), at, n;

	if (whose == NOBODY || (whose == LIBRARIES && is_left_alone(caller)))
		return 0;
	n = __atomic_add_fetch(&control->mem_count, 1, __ATOMIC_SEQ_CST);
	at = get(&control->mem_at);
	if (!at || n < at || n >= at + get(&control->mem_for))
		return 0;
	errno = ENOMEM;
	return 1;
}

#define REAL(type, name, ...) \
	static type (*real)(__VA_ARGS__); \
	if (!real) \
		*(void **)&real = dlsym(RTLD_NEXT, name)

void *malloc(size_t n)
{
	REAL(void *, "malloc", size_t);
	return lacks(__builtin_return_address(0)) ? NULL : real(n);
}

void *calloc(size_t n, size_t size)
{
	REAL(void *, "calloc", size_t, size_t);
	return lacks(__builtin_return_address(0)) ? NULL : real(n, size);
}

void *realloc(void *p, size_t n)
{
	REAL(void *, "realloc", void *, size_t);
	return lacks(__builtin_return_address(0)) ? NULL : real(p, n);
}
