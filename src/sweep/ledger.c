/* ledger: folders of sweeps. */
#include "sweep/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/numbered.h"

#define NEW_PREFIX	".new-"
#define HEAD		"sweep.json"
#define ROWS		"rows.ndjson"
#define HUNG		"hung.ndjson"
#define FORMAT		"simutrador-sweep-1"
#define HEAD_MAX	((size_t)256 << 20)
#define BLOCK		65536

/* -- names ----------------------------------------------------------------- */

int sim_ledger_list(const char *dir, uint64_t **out, size_t *n,
		    struct sim_err *err)
{
	return sim_numbered_list(dir, 's', "sweeps", out, n, err);
}

static int no_sweep(const char *dir, const char *id, struct sim_err *err)
{
	uint64_t last = 0;
	int rc = sim_numbered_last(dir, 's', "sweeps", &last, err);

	if (rc)
		return rc;
	if (!last)
		return sim_err_set(err, SIM_E_NOENT, "there is no sweep "
				   "'%.40s': %s holds none; optimize sweep "
				   "makes one", id, dir);
	return sim_err_set(err, SIM_E_NOENT, "there is no sweep '%.40s'; the "
			   "newest is s%" PRIu64 ", and optimize list shows "
			   "all", id, last);
}

static int resolve(const char *dir, const char *id, struct sim_ledger *l,
		   struct sim_err *err)
{
	uint64_t n = sim_numbered_of(id, 's');
	struct stat st;
	int rc = strcmp(id, "last") ? SIM_OK :
		sim_numbered_last(dir, 's', "sweeps", &n, err);

	if (rc)
		return rc;
	snprintf(l->id, sizeof(l->id), "s%" PRIu64, n);
	l->path = sim_file_join(dir, l->id);
	if (!n || stat(l->path, &st) || !S_ISDIR(st.st_mode))
		return no_sweep(dir, id, err);
	return SIM_OK;
}

/* -- opening --------------------------------------------------------------- */

static int cannot(const char *path, const char *what, int code,
		  struct sim_err *err)
{
	return sim_err_set(err, errno == ENOSPC || errno == EIO ? SIM_E_IO :
			   code, "%s cannot be %s: %s", path, what,
			   strerror(errno));
}

static int open_rows(struct sim_ledger *l, bool to_write, struct sim_err *err)
{
	char *path = sim_file_join(l->path, ROWS);
	int rc = SIM_OK;

	l->fd = open(path, to_write ? O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC
				    : O_RDONLY | O_CLOEXEC, 0644);
	if (l->fd < 0)
		rc = cannot(path, "opened", SIM_E_NOENT, err);
	else if (to_write && flock(l->fd, LOCK_EX | LOCK_NB))
		rc = errno != EWOULDBLOCK ? cannot(path, "locked", SIM_E_IO,
						   err) :
			sim_err_set(err, SIM_E_STATE, "another process is at "
				    "work on sweep %s; wait for it", l->id);
	sim_mem_free(path);
	return rc;
}

/* Count whole rows. */
static int count_rows(struct sim_ledger *l, struct sim_err *err)
{
	char *block = sim_mem_alloc(BLOCK);
	uint64_t at = 0;
	ssize_t n;

	l->rows = 0;
	l->bytes = 0;
	while ((n = pread(l->fd, block, BLOCK, (off_t)at)) > 0) {
		const char *p = block, *end = block + n;

		while ((p = memchr(p, '\n', (size_t)(end - p)))) {
			p++;
			l->rows++;
			l->bytes = at + (uint64_t)(p - block);
		}
		at += (uint64_t)n;
	}
	sim_mem_free(block);
	return n < 0 ? cannot(l->path, "read", SIM_E_IO, err) : SIM_OK;
}

static int read_head(struct sim_ledger *l, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(HEAD_MAX + 1);
	char *path = sim_file_join(l->path, HEAD);
	int rc = sim_file_read(path, HEAD_MAX, &b, err);
	const char *format;

	if (!rc)
		rc = sim_json_parse(sim_buf_str(&b), b.len, &l->head, err);
	if (rc)
		sim_err_prefix(err, "sweep %s", l->id);
	format = rc ? NULL : sim_json_as_str(sim_json_get(
		sim_json_root(l->head), "format"));
	if (!rc && (!format || strcmp(format, FORMAT)))
		rc = sim_err_set(err, SIM_E_DATA, "sweep %s is of format "
				 "'%.40s'; this version reads " FORMAT, l->id,
				 format ? format : "");
	sim_mem_free(path);
	sim_buf_release(&b);
	return rc;
}

static int open_ledger(const char *dir, const char *id, bool to_write,
		       struct sim_ledger *l, struct sim_err *err)
{
	int rc = resolve(dir, id, l, err);

	if (!rc)
		rc = read_head(l, err);
	if (!rc)
		rc = open_rows(l, to_write, err);
	if (!rc)
		rc = count_rows(l, err);
	if (!rc && to_write && ftruncate(l->fd, (off_t)l->bytes))
		rc = cannot(l->path, "cut to its whole rows", SIM_E_IO, err);
	return rc;
}

int sim_ledger_open(const char *dir, const char *id, bool to_write,
		    struct sim_ledger *l, struct sim_err *err)
{
	int rc;

	*l = (struct sim_ledger){ .fd = -1 };
	rc = open_ledger(dir, id, to_write, l, err);
	if (rc)
		sim_ledger_close(l);
	return rc;
}

void sim_ledger_close(struct sim_ledger *l)
{
	if (l->fd >= 0)
		close(l->fd);
	sim_json_free(l->head);
	sim_mem_free(l->path);
	*l = (struct sim_ledger){ .fd = -1 };
}

/* -- making ---------------------------------------------------------------- */

/* Rename the finished folder to the next free id. */
static int place(const char *dir, const char *tmp, struct sim_ledger *l,
		 struct sim_err *err)
{
	uint64_t n = 0;
	int rc = sim_numbered_last(dir, 's', "sweeps", &n, err);

	while (!rc) {
		snprintf(l->id, sizeof(l->id), "s%" PRIu64, ++n);
		sim_mem_free(l->path);
		l->path = sim_file_join(dir, l->id);
		if (!rename(tmp, l->path))
			break;
		if (errno != EEXIST && errno != ENOTEMPTY)
			rc = cannot(l->path, "made", SIM_E_CANTCREAT, err);
	}
	return rc;
}

int sim_ledger_new(const char *dir, const struct sim_buf *head,
		   struct sim_ledger *l, struct sim_err *err)
{
	char name[40], *tmp, *path;
	int rc = sim_file_mkdirs(dir, err);

	*l = (struct sim_ledger){ .fd = -1 };
	if (rc)
		return rc;
	snprintf(name, sizeof(name), NEW_PREFIX "%ld", (long)getpid());
	tmp = sim_file_join(dir, name);
	path = sim_file_join(tmp, HEAD);
	rc = sim_file_mkdirs(tmp, err);
	if (!rc)
		rc = sim_file_write(path, head->data, head->len, 0644, err);
	if (!rc)
		rc = place(dir, tmp, l, err);
	if (rc && sim_file_remove_tree(tmp, NULL))
		errno = 0;		/* the first failure counts */
	if (!rc)
		rc = read_head(l, err);
	if (!rc)
		rc = open_rows(l, true, err);
	if (rc)
		sim_ledger_close(l);
	sim_mem_free(path);
	sim_mem_free(tmp);
	return rc;
}

int sim_ledger_temp(const char *dir, struct sim_ledger *l, struct sim_err *err)
{
	char *path = sim_file_join(dir, "simutrador-XXXXXX");
	int rc = SIM_OK;

	*l = (struct sim_ledger){ .fd = mkstemp(path) };
	if (l->fd < 0 || fcntl(l->fd, F_SETFD, FD_CLOEXEC))
		rc = cannot(path, "made", SIM_E_CANTCREAT, err);
	else
		unlink(path);
	sim_mem_free(path);
	return rc;
}

/* -- rows ------------------------------------------------------------------ */

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

int sim_ledger_add(struct sim_ledger *l, const char *rows, size_t n,
		   struct sim_err *err)
{
	if (write_all(l->fd, rows, n))
		return cannot(l->path ? l->path : "the file of rows",
			      "written", SIM_E_IO, err);
	l->bytes += n;
	for (size_t i = 0; i < n; i++)
		l->rows += rows[i] == '\n';
	return SIM_OK;
}

int sim_ledger_read(const struct sim_ledger *l, uint64_t at, size_t max,
		    struct sim_buf *out, struct sim_err *err)
{
	ssize_t n;
	char *p;

	sim_buf_reset(out);
	p = sim_buf_reserve(out, max);
	if (!p)
		SIM_BUG("a block of rows outgrew its buffer");
	n = pread(l->fd, p, max, (off_t)at);
	if (n < 0)
		return cannot(l->path ? l->path : "the file of rows", "read",
			      SIM_E_IO, err);
	while (n && p[n - 1] != '\n')
		n--;
	out->len = (size_t)n;
	return SIM_OK;
}

/* -- points that hang ------------------------------------------------------ */

int sim_ledger_hang(const struct sim_ledger *l, uint64_t number,
		    const struct sim_err *why, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_ROW_BYTES_MAX);
	struct sim_json j;
	char *path;
	int fd, rc = SIM_OK;

	if (!l->path)
		return SIM_OK;
	sim_json_init(&j, &b, false);
	sim_json_object(&j, NULL);
	sim_json_int(&j, "point", (int64_t)number);
	sim_json_str(&j, "error", why->msg);
	sim_json_end(&j);
	sim_buf_putc(&b, '\n');
	path = sim_file_join(l->path, HUNG);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || write_all(fd, b.data, b.len) || close(fd))
		rc = cannot(path, "written", SIM_E_IO, err);
	sim_mem_free(path);
	sim_buf_release(&b);
	return rc;
}

static int read_skip(const char *s, size_t n, struct sim_sweep_skip *out,
		     struct sim_err *err)
{
	struct sim_json_doc *doc;
	const char *text;
	int64_t number = -1;
	int rc = sim_json_parse(s, n, &doc, err);

	if (rc)
		return rc;
	text = sim_json_as_str(sim_json_get(sim_json_root(doc), "error"));
	if (sim_json_as_int(sim_json_get(sim_json_root(doc), "point"),
			    &number) && number >= 0 && text) {
		out->number = (uint64_t)number;
		sim_err_set(&out->why, SIM_E_STRATEGY, "%s", text);
	} else {
		rc = sim_err_set(err, SIM_E_DATA, "the list of points that "
				 "hang is damaged");
	}
	sim_json_free(doc);
	return rc;
}

int sim_ledger_skips(const struct sim_ledger *l, struct sim_sweep_skip **out,
		     size_t *n, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(HEAD_MAX + 1);
	char *path = l->path ? sim_file_join(l->path, HUNG) : NULL;
	const char *p, *nl;
	size_t cap = 0;
	int rc = SIM_OK;

	*out = NULL;
	*n = 0;
	if (path && !access(path, F_OK))
		rc = sim_file_read(path, HEAD_MAX, &b, err);
	p = sim_buf_str(&b);
	/* A line without its end is one that was being written. */
	for (; !rc && (nl = strchr(p, '\n')); p = nl + 1) {
		SIM_MEM_GROW(*out, cap, *n + 1);
		rc = read_skip(p, (size_t)(nl - p), &(*out)[*n], err);
		*n += !rc;
	}
	sim_mem_free(path);
	sim_buf_release(&b);
	return rc;
}

int sim_ledger_find(const char *dir, const char *id, struct sim_err *err)
{
	struct sim_ledger l = { .fd = -1 };
	int rc = resolve(dir, id, &l, err);

	sim_ledger_close(&l);
	return rc;
}

int sim_ledger_remove(const char *dir, const char *id, struct sim_err *err)
{
	struct sim_ledger l = { .fd = -1 };
	int rc;

	if (!sim_numbered_of(id, 's'))
		return no_sweep(dir, id, err);
	/* One whose head is damaged can be removed too. */
	rc = resolve(dir, id, &l, err);
	if (!rc)
		rc = open_rows(&l, true, err);
	if (!rc)
		rc = sim_file_remove_tree(l.path, err);
	sim_ledger_close(&l);
	return rc;
}
