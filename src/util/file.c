/*
 * file: whole-file reading, atomic replacement, folders and locks.
 *
 * The only home of zlib: what a gzip file holds is read like a plain file.
 */
#include "util/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "util/mem.h"

#define BLOCK		65536
#define TREE_DEPTH	64	/* levels that remove_tree goes down */

/* "cannot VERB PATH: reason", as the status that fits errno. */
static int fail(struct sim_err *err, const char *verb, const char *path)
{
	int e = errno;
	int code = e == EIO || e == ENOSPC || e == EDQUOT ? SIM_E_IO
							  : SIM_E_CANTCREAT;

	return sim_err_set(err, code, "cannot %s %s: %s", verb, path,
			   strerror(e));
}

static int fail_read(struct sim_err *err, const char *path)
{
	int e = errno;

	return sim_err_set(err, e == EIO ? SIM_E_IO : SIM_E_NOENT,
			   "cannot read %s: %s", path, strerror(e));
}

static int open_regular(const char *path, struct stat *st, struct sim_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail_read(err, path);
	if (fstat(fd, st) < 0) {
		fail_read(err, path);
	} else if (!S_ISREG(st->st_mode)) {
		sim_err_set(err, SIM_E_NOENT,
			    "cannot read %s: it is not a regular file", path);
	} else {
		return fd;
	}
	close(fd);
	return SIM_E_NOENT;
}

int sim_file_map(const char *path, struct sim_file_map *m, struct sim_err *err)
{
	struct stat st;
	void *p;
	int fd = open_regular(path, &st, err);

	if (fd < 0)
		return fd;
	if (st.st_size == 0) {
		close(fd);
		*m = (struct sim_file_map){ "", 0 };
		return 0;
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) {
		int rc = fail_read(err, path);

		close(fd);
		return rc;
	}
	close(fd);
	*m = (struct sim_file_map){ p, (size_t)st.st_size };
	return 0;
}

void sim_file_forget(const struct sim_file_map *m)
{
	/* A kernel that won't costs memory, nothing else. */
	if (m->len && madvise((void *)(uintptr_t)m->data, m->len,
			      MADV_DONTNEED))
		errno = 0;
}

void sim_file_unmap(struct sim_file_map *m)
{
	if (m->len)
		munmap((void *)(uintptr_t)m->data, m->len);
	*m = (struct sim_file_map){ "", 0 };
}

/* -- reading ----------------------------------------------------------- */

struct source {
	int fd;
	const char *path;
	size_t max, left;	/* most bytes to come out, what is left of it */
	unsigned char *block;	/* BLOCK bytes */
	size_t n;		/* filled; less than BLOCK at the end only */
	struct sim_buf *out;
	struct sim_err *err;
};

static int fill(struct source *s)
{
	ssize_t n;

	s->n = 0;
	while (s->n < BLOCK) {
		n = read(s->fd, s->block + s->n, BLOCK - s->n);
		if (n == 0)
			break;
		if (n > 0)
			s->n += (size_t)n;
		else if (errno != EINTR)
			return fail_read(s->err, s->path);
	}
	return 0;
}

static int deliver(struct source *s, const void *p, size_t n)
{
	if (n <= s->left) {
		sim_buf_add(s->out, p, n);
		if (!s->out->overflow) {
			s->left -= n;
			return 0;
		}
	}
	return sim_err_set(s->err, SIM_E_DATA,
			   "%s holds more than %zu bytes, the most that is "
			   "read; split it", s->path, s->max);
}

static int read_plain(struct source *s)
{
	int rc = 0;

	while (!rc && s->n) {
		rc = deliver(s, s->block, s->n);
		if (rc || s->n < BLOCK)
			break;
		rc = fill(s);
	}
	return rc;
}

static int bad_gzip(struct source *s, const char *what)
{
	return sim_err_set(s->err, SIM_E_DATA,
			   "%s is not a whole gzip file (%s); fetch or pack "
			   "it again", s->path, what);
}

/* Unpack what the block holds; *state is the last answer of inflate(). */
static int unpack_block(struct source *s, z_stream *z, int *state)
{
	unsigned char piece[BLOCK / 4];
	int rc;

	z->next_in = s->block;
	z->avail_in = (uInt)s->n;
	do {
		/* Another member may follow the end of one. */
		if (*state == Z_STREAM_END) {
			if (!z->avail_in)
				return 0;
			inflateReset(z);
		}
		z->next_out = piece;
		z->avail_out = sizeof(piece);
		*state = inflate(z, Z_NO_FLUSH);
		if (*state == Z_MEM_ERROR)
			SIM_BUG("zlib is out of memory");
		if (*state != Z_OK && *state != Z_STREAM_END &&
		    *state != Z_BUF_ERROR)
			return bad_gzip(s, z->msg ? z->msg : "damaged");
		rc = deliver(s, piece, sizeof(piece) - z->avail_out);
		if (rc)
			return rc;
	} while (z->avail_in || !z->avail_out);
	return 0;
}

static int read_gzip(struct source *s)
{
	z_stream z = { 0 };
	int rc = 0, state = Z_OK;

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		SIM_BUG("zlib does not start");
	while (!rc && s->n) {
		rc = unpack_block(s, &z, &state);
		if (rc || s->n < BLOCK)
			break;
		rc = fill(s);
	}
	if (!rc && state != Z_STREAM_END)
		rc = bad_gzip(s, "it ends too early");
	inflateEnd(&z);
	return rc;
}

static int read_source(struct source *s)
{
	size_t old = s->out->len;
	int rc;

	s->block = sim_mem_alloc(BLOCK);
	rc = fill(s);
	if (!rc && s->n >= 2 && s->block[0] == 0x1f && s->block[1] == 0x8b)
		rc = read_gzip(s);
	else if (!rc)
		rc = read_plain(s);
	free(s->block);
	if (rc) {
		s->out->len = old;
		s->out->overflow = false;
		if (s->out->data)
			s->out->data[old] = '\0';
	}
	return rc;
}

const char *sim_file_called(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

static bool is_stdin_read;		/* there is no second time */

int sim_file_read(const char *path, size_t max, struct sim_buf *out,
		  struct sim_err *err)
{
	struct source s = { -1, sim_file_called(path), max, max, NULL, 0,
			    out, err };
	int rc;

	if (!strcmp(path, "-")) {
		if (is_stdin_read)
			return sim_err_set(err, SIM_E_USAGE, "standard input "
					   "(-) is named twice; name a file for"
					   " one of the two");
		is_stdin_read = true;
		s.fd = STDIN_FILENO;
		return read_source(&s);
	}
	s.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s.fd < 0)
		return fail_read(err, path);
	rc = read_source(&s);
	close(s.fd);
	return rc;
}

/* -- writing ----------------------------------------------------------- */

/* The folder a path is in, "." when it names none; the caller frees. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return sim_mem_strdup(".");
	return slash == path ? sim_mem_strdup("/")
			     : sim_mem_strndup(path, (size_t)(slash - path));
}

static int sync_folder_of(const char *path, struct sim_err *err)
{
	char *dir = folder_of(path);
	int rc = 0, fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		rc = fail(err, "open the folder", dir);
	/* Some file systems cannot sync a folder and say EINVAL. */
	else if (fsync(fd) < 0 && errno != EINVAL)
		rc = fail(err, "write the folder", dir);
	if (fd >= 0)
		close(fd);
	free(dir);
	return rc;
}

/* A device or a pipe is written to; nothing takes its place. */
static int open_as_is(struct sim_file_new *f, const char *path,
		      struct sim_err *err)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return fail(err, "open", path);
	*f = (struct sim_file_new){ fd, sim_mem_strdup(path), NULL };
	return 0;
}

static int open_beside(struct sim_file_new *f, const char *path, unsigned mode,
		       struct sim_err *err)
{
	static const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	struct sim_buf tmp = SIM_BUF_INIT(SIM_BUF_MAX);
	int fd, rc;

	sim_buf_printf(&tmp, "%s.tmp.%ld", path, (long)getpid());
	fd = open(tmp.data, flags, mode);
	/* A process with our number died before it could clean up. */
	if (fd < 0 && errno == EEXIST && unlink(tmp.data) == 0)
		fd = open(tmp.data, flags, mode);
	if (fd < 0) {
		rc = fail(err, "create", path);
		sim_buf_release(&tmp);
		return rc;
	}
	f->fd = fd;
	f->path = sim_mem_strdup(path);
	f->tmp = tmp.data;
	return 0;
}

int sim_file_new_open(struct sim_file_new *f, const char *path, unsigned mode,
		      struct sim_err *err)
{
	struct stat st;
	char *target;
	int rc;

	if (stat(path, &st))
		return errno == ENOENT ? open_beside(f, path, mode, err) :
			fail(err, "create", path);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return fail(err, "create", path);
	}
	if (!S_ISREG(st.st_mode))
		return open_as_is(f, path, err);
	/* A link stays one, and what it leads to is replaced. */
	target = realpath(path, NULL);
	rc = open_beside(f, target ? target : path, mode, err);
	free(target);
	return rc;
}

int sim_file_new_write(struct sim_file_new *f, const void *p, size_t n,
		       struct sim_err *err)
{
	const char *from = p;
	ssize_t done;

	while (n) {
		done = write(f->fd, from, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return fail(err, "write", f->path);
		from += done;
		n -= (size_t)done;
	}
	return 0;
}

void sim_file_new_start(struct sim_file_new *f)
{
#ifdef SYNC_FILE_RANGE_WRITE
	(void)sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
	(void)f;
#endif
}

int sim_file_new_rewrite(struct sim_file_new *f, size_t at, const void *p,
			 size_t n, struct sim_err *err)
{
	const char *from = p;
	ssize_t done;

	while (n) {
		done = pwrite(f->fd, from, n, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return fail(err, "write", f->path);
		from += done;
		at += (size_t)done;
		n -= (size_t)done;
	}
	return 0;
}

static void new_release(struct sim_file_new *f)
{
	free(f->path);
	free(f->tmp);
	*f = (struct sim_file_new){ -1, NULL, NULL };
}

int sim_file_new_commit(struct sim_file_new *f, struct sim_err *err)
{
	int rc, fd = f->fd;

	/* Only what is beside its place is a file that a disk keeps. */
	if (f->tmp && fsync(fd) < 0)
		return fail(err, "write", f->path);
	f->fd = -1;
	if (close(fd) < 0)
		return fail(err, "write", f->path);
	if (!f->tmp) {
		new_release(f);
		return 0;
	}
	if (rename(f->tmp, f->path) < 0)
		return fail(err, "replace", f->path);
	rc = sync_folder_of(f->path, err);
	if (!rc)
		new_release(f);
	return rc;
}

void sim_file_new_abort(struct sim_file_new *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->tmp)
		unlink(f->tmp);
	new_release(f);
}

int sim_file_write(const char *path, const void *p, size_t n, unsigned mode,
		   struct sim_err *err)
{
	struct sim_file_new f;
	int rc = sim_file_new_open(&f, path, mode, err);

	if (rc)
		return rc;
	rc = sim_file_new_write(&f, p, n, err);
	if (!rc)
		rc = sim_file_new_commit(&f, err);
	if (rc)
		sim_file_new_abort(&f);
	return rc;
}

/* -- folders ----------------------------------------------------------- */

/* New folders below HOME are private. */
static mode_t folder_mode(const char *path)
{
	const char *home = getenv("HOME");
	size_t n = home ? strlen(home) : 0;

	while (n && home[n - 1] == '/')
		n--;
	return n && !strncmp(path, home, n) && path[n] == '/' ? 0700 : 0777;
}

/* Make one folder; one that is there already is fine. */
static int make_one(const char *path, struct sim_err *err)
{
	struct stat st;

	if (mkdir(path, folder_mode(path)) == 0)
		return 0;
	if (errno != EEXIST)
		return fail(err, "create the folder", path);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return sim_err_set(err, SIM_E_CANTCREAT,
			   "cannot create the folder %s: something else has "
			   "that name", path);
}

char *sim_file_join(const char *dir, const char *name)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_buf_printf(&b, "%s/%s", dir, name);
	return b.data;
}

int sim_file_mkdirs(const char *path, struct sim_err *err)
{
	char *copy, *p;
	struct stat st;
	int rc = 0;

	/* Parents that are there need not be writable. */
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	copy = sim_mem_strdup(path);
	for (p = copy + (*copy == '/'); !rc && (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (stat(copy, &st) < 0 || !S_ISDIR(st.st_mode))
			rc = make_one(copy, err);
		*p = '/';
	}
	free(copy);
	return rc ? rc : make_one(path, err);
}

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static bool empty_folder(int fd, int depth);

/* Remove an entry of an open folder; false with errno set. */
static bool remove_entry(int dir, const char *name, int depth)
{
	int fd;

	if (unlinkat(dir, name, 0) == 0)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || !empty_folder(fd, depth + 1))
		return false;
	return unlinkat(dir, name, AT_REMOVEDIR) == 0;
}

/* Remove what is in the folder and close fd. */
static bool empty_folder(int fd, int depth)
{
	struct dirent *e;
	bool ok = true;
	DIR *d = NULL;
	int saved;

	if (depth > TREE_DEPTH)
		errno = ELOOP;
	else
		d = fdopendir(fd);
	if (!d) {
		saved = errno;
		close(fd);
		errno = saved;
		return false;
	}
	for (errno = 0; ok && (e = readdir(d)); errno = 0) {
		if (!is_dots(e->d_name))
			ok = remove_entry(dirfd(d), e->d_name, depth);
		if (!ok)
			break;
	}
	saved = errno;
	closedir(d);
	errno = saved;
	return ok && !saved;
}

int sim_file_remove_tree(const char *path, struct sim_err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || !empty_folder(fd, 0) || rmdir(path) < 0)
		return fail(err, "remove", path);
	return 0;
}

/* -- locks ------------------------------------------------------------- */

int sim_file_lock(const char *path, int *fd, struct sim_err *err)
{
	int rc, f = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (f < 0)
		return fail(err, "create the lock", path);
	if (flock(f, LOCK_EX) < 0) {
		rc = errno == EINTR
			     ? sim_err_set(err, SIM_E_INTR,
					   "interrupted while waiting for the "
					   "lock %s", path)
			     : fail(err, "take the lock", path);
		close(f);
		return rc;
	}
	*fd = f;
	return 0;
}

int sim_file_lock_beside(const char *path, int *fd, struct sim_err *err)
{
	struct sim_buf name = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	sim_buf_printf(&name, "%s.lock", path);
	rc = sim_file_lock(sim_buf_str(&name), fd, err);
	sim_buf_release(&name);
	return rc;
}

void sim_file_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}
