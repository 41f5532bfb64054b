/*
 * folder: runs on disk.
 *
 * A save holds the lock of the runs folder from its first to its last step, so
 * whatever else is called .new-* then was left by a killed process and is
 * swept.
 */
#include "run/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/beside.h"
#include "run/equity.h"
#include "run/fork.h"
#include "run/log.h"
#include "run/orders.h"
#include "run/origin.h"
#include "run/prepare.h"
#include "run/reach.h"
#include "run/rowsum.h"
#include "run/summary.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/numbered.h"

#define NEW_PREFIX	".new-"
#define JSON_MAX	((size_t)256 << 20)	/* a manifest or summary */
#define LOG_MAX		((size_t)1 << 37)

/* -- names ----------------------------------------------------------------- */

static int no_run(const char *dir, const char *id, struct sim_err *err)
{
	uint64_t last;
	int rc = sim_numbered_last(dir, 'r', "runs", &last, err);

	if (rc)
		return rc;
	if (!last)
		return sim_err_set(err, SIM_E_NOENT, "there is no run '%.40s': "
				   "%s holds no runs; simulate makes one", id,
				   dir);
	return sim_err_set(err, SIM_E_NOENT, "there is no run '%.40s'; the "
			   "newest is r%" PRIu64 ", and run list shows all",
			   id, last);
}

/* The folder name that an id means. */
static int resolve(const char *dir, const char *id, char out[SIM_FOLDER_ID],
		   struct sim_err *err)
{
	uint64_t n = sim_numbered_of(id, 'r');
	struct stat st;
	char *path;
	bool is_there;

	if (!strcmp(id, "last")) {
		int rc = sim_numbered_last(dir, 'r', "runs", &n, err);

		if (rc)
			return rc;
	}
	if (!n)
		return no_run(dir, id, err);
	snprintf(out, SIM_FOLDER_ID, "r%" PRIu64, n);
	path = sim_file_join(dir, out);
	is_there = !stat(path, &st) && S_ISDIR(st.st_mode);
	sim_mem_free(path);
	return is_there ? SIM_OK : no_run(dir, id, err);
}

/* -- saving ---------------------------------------------------------------- */

/* Remove what killed processes left.  The lock is held. */
static void sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d && (de = readdir(d))) {
		char *path;

		if (strncmp(de->d_name, NEW_PREFIX, strlen(NEW_PREFIX)))
			continue;
		path = sim_file_join(dir, de->d_name);
		/* What can't be removed now is tried again next time. */
		if (sim_file_remove_tree(path, NULL))
			errno = 0;
		sim_mem_free(path);
	}
	if (d)
		closedir(d);
}

static int lock_runs(const char *dir, int *fd, struct sim_err *err)
{
	char *path = sim_file_join(dir, ".lock");
	int rc = sim_file_lock(path, fd, err);

	sim_mem_free(path);
	if (!rc)
		sweep(dir);
	return rc;
}

static int cannot_write(const char *path, struct sim_err *err)
{
	return sim_err_set(err, errno == ENOSPC || errno == EIO ? SIM_E_IO :
			   SIM_E_CANTCREAT, "%s cannot be written: %s", path,
			   strerror(errno));
}

/* Not synced: a run can be made again, and waiting for a disk costs more than
 * making it. */
static int put_file(const char *path, const char *p, size_t n,
		    struct sim_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int rc = fd < 0 ? cannot_write(path, err) : SIM_OK;

	while (!rc && n) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			rc = cannot_write(path, err);
			break;
		}
		p += k;
		n -= (size_t)k;
	}
	if (fd >= 0 && close(fd) && !rc)
		rc = cannot_write(path, err);
	return rc;
}

static int write_file(const char *dir, const char *name,
		      const struct sim_buf *b, struct sim_err *err)
{
	char *path = sim_file_join(dir, name);
	int rc = put_file(path, sim_buf_str(b), b->len, err);

	sim_mem_free(path);
	return rc;
}

static int write_equity(const char *dir, const struct sim_run_result *r,
			struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	sim_equity_encode(&r->equity, &b);
	rc = write_file(dir, "equity.col", &b, err);
	sim_buf_release(&b);
	return rc;
}

/* Where it was looked for, and there is any. */
static int write_reach(const char *dir, const struct sim_run_result *r,
		       struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	if (!r->nreach)
		return SIM_OK;
	sim_reach_encode(r, &b);
	rc = write_file(dir, "reach.col", &b, err);
	sim_buf_release(&b);
	return rc;
}

static int write_rows(const char *dir, const struct sim_run_spec *spec,
		      struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_prepare p;
	int rc = sim_prepare_run(spec, &p, err);

	if (!rc) {
		sim_rowsum_begin(&b, p.nsyms);
		for (uint32_t i = 0; i < p.nsyms; i++)
			sim_rowsum_add(&b, &p.syms[i].range);
		rc = write_file(dir, "rows.sum", &b, err);
	}
	sim_prepare_release(&p);
	sim_buf_release(&b);
	return rc;
}

static int write_summary(const char *dir, const struct sim_run_spec *spec,
			 const struct sim_run_result *r, sim_time created,
			 struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(JSON_MAX);
	int rc;

	sim_summary_write(spec, r, created, &b);
	rc = write_file(dir, "summary.json", &b, err);
	sim_buf_release(&b);
	return rc;
}

static int write_orders(const char *dir, const struct sim_orders *o,
			struct sim_err *err)
{
	if (!o)
		return SIM_OK;
	return write_file(dir, o->is_ndjson ? "orders.ndjson" : "orders.csv",
			  &o->text, err);
}

/* What the strategy said, and the strategy itself when it is a text. */
static int write_strategy(const char *dir, const struct sim_run_spec *spec,
			  const struct sim_run_result *r, struct sim_err *err)
{
	char *path = sim_file_join(dir, SIM_FOLDER_SCRIPT);
	int rc = SIM_OK;

	if (spec->form.text && !spec->orders)
		rc = put_file(path, spec->form.text, spec->form.len, err);
	if (!rc && r->notes.n)
		rc = write_file(dir, "notes.ndjson", &r->notes.text, err);
	sim_mem_free(path);
	return rc;
}

static int write_all(const char *dir, const struct sim_run_spec *spec,
		     const struct sim_run_result *r, sim_time created,
		     struct sim_err *err)
{
	int rc = write_file(dir, "manifest.json", &r->manifest, err);

	if (!rc)
		rc = write_file(dir, "events.ndjson", &r->log, err);
	if (!rc)
		rc = write_equity(dir, r, err);
	if (!rc)
		rc = write_reach(dir, r, err);
	if (!rc)
		rc = write_rows(dir, spec, err);
	if (!rc)
		rc = write_orders(dir, spec->orders, err);
	if (!rc && spec->keeps_inputs)
		rc = sim_beside_write(dir, spec, err);
	if (!rc)
		rc = write_strategy(dir, spec, r, err);
	if (!rc)
		rc = sim_fork_save(spec->fork, dir, err);
	return rc ? rc : write_summary(dir, spec, r, created, err);
}

/* Rename a finished folder to the next free id. */
static int place(const char *dir, const char *tmp, char id[SIM_FOLDER_ID],
		 struct sim_err *err)
{
	uint64_t last;
	char name[SIM_FOLDER_ID], *path;
	int rc = sim_numbered_last(dir, 'r', "runs", &last, err);

	if (rc)
		return rc;
	snprintf(name, sizeof(name), "r%" PRIu64, last + 1);
	path = sim_file_join(dir, name);
	if (rename(tmp, path))
		rc = cannot_write(path, err);
	sim_mem_free(path);
	if (!rc)
		memcpy(id, name, sizeof(name));
	return rc;
}

/* What a new run consists of: a result, or files that are there. */
struct content {
	const struct sim_run_spec *spec;
	const struct sim_run_result *r;
	sim_time created;
	const struct sim_folder_file *files;
	size_t nfiles;
};

static int write_content(const char *dir, const struct content *c,
			 struct sim_err *err)
{
	int rc = SIM_OK;

	if (c->r)
		return write_all(dir, c->spec, c->r, c->created, err);
	for (size_t i = 0; !rc && i < c->nfiles; i++) {
		char *path = sim_file_join(dir, c->files[i].name);

		rc = put_file(path, c->files[i].data, c->files[i].size, err);
		sim_mem_free(path);
	}
	return rc;
}

static int save(const char *dir, const struct content *c,
		char id[SIM_FOLDER_ID], struct sim_err *err)
{
	char *tmp;
	int fd, rc = sim_file_mkdirs(dir, err);

	if (!rc)
		rc = lock_runs(dir, &fd, err);
	if (rc)
		return rc;
	tmp = sim_file_join(dir, NEW_PREFIX "run");
	rc = sim_file_mkdirs(tmp, err);
	if (!rc)
		rc = write_content(tmp, c, err);
	if (!rc)
		rc = place(dir, tmp, id, err);
	if (rc)
		sweep(dir);
	sim_mem_free(tmp);
	sim_file_unlock(fd);
	return rc;
}

int sim_folder_save(const char *dir, const struct sim_run_spec *spec,
		    const struct sim_run_result *r, sim_time created,
		    char id[SIM_FOLDER_ID], struct sim_err *err)
{
	const struct content c = { .spec = spec, .r = r, .created = created };

	return save(dir, &c, id, err);
}

int sim_folder_adopt(const char *dir, const struct sim_folder_file *files,
		     size_t n, char id[SIM_FOLDER_ID], struct sim_err *err)
{
	const struct content c = { .files = files, .nfiles = n };

	return save(dir, &c, id, err);
}

int sim_folder_find(const char *dir, const char *id, struct sim_err *err)
{
	char name[SIM_FOLDER_ID];

	return resolve(dir, id, name, err);
}

int sim_folder_remove(const char *dir, const char *id, struct sim_err *err)
{
	char name[SIM_FOLDER_ID], *from, *to;
	int fd, rc = resolve(dir, id, name, err);

	if (!rc)
		rc = lock_runs(dir, &fd, err);
	if (rc)
		return rc;
	/* Out of sight at once; a killed removal is finished by a sweep. */
	from = sim_file_join(dir, name);
	to = sim_file_join(dir, NEW_PREFIX "gone");
	if (rename(from, to))
		rc = cannot_write(from, err);
	else
		rc = sim_file_remove_tree(to, err);
	sim_mem_free(from);
	sim_mem_free(to);
	sim_file_unlock(fd);
	return rc;
}

/* -- opening --------------------------------------------------------------- */

static int read_file(const struct sim_folder *f, const char *name, size_t max,
		     struct sim_buf *out, struct sim_err *err)
{
	char *path = sim_file_join(f->path, name);
	int rc = sim_file_read(path, max, out, err);

	sim_mem_free(path);
	return rc;
}

/* A file that not every run has: nothing when there is none. */
static int read_extra(const struct sim_folder *f, const char *name, size_t max,
		      struct sim_buf *out, struct sim_err *err)
{
	char *path = sim_file_join(f->path, name);
	bool is_there = !access(path, F_OK);

	sim_mem_free(path);
	return is_there ? read_file(f, name, max, out, err) : SIM_OK;
}

static int read_json(const struct sim_folder *f, const char *name,
		     struct sim_json_doc **doc, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(JSON_MAX);
	int rc = read_file(f, name, JSON_MAX, &b, err);

	if (!rc)
		rc = sim_json_parse(sim_buf_str(&b), b.len, doc, err);
	if (rc == SIM_E_DATA)
		sim_err_prefix(err, "%s", name);
	sim_buf_release(&b);
	return rc;
}

static int check_manifest(struct sim_folder *f, struct sim_err *err)
{
	uint8_t hash[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX];

	sim_sha256_of(f->result.manifest.data, f->result.manifest.len, hash);
	sim_sha256_hex(hash, hex);
	if (!strcmp(hex, f->result.manifest_hash))
		return SIM_OK;
	return sim_err_set(err, SIM_E_DATA, "manifest.json was altered: its "
			   "hash is %s, the summary says %s", hex,
			   f->result.manifest_hash);
}

static int read_fills(struct sim_run_result *r, struct sim_err *err)
{
	struct sim_log_reader reader;
	struct sim_log_line line;
	int rc = sim_log_open(&reader, sim_buf_str(&r->log), r->log.len,
			      r->instruments, r->nsyms, err);

	while (!rc && (rc = sim_log_next(&reader, &line, err)) == 1) {
		rc = SIM_OK;
		if (line.ev.type != SIM_EVENT_TYPE_FILL)
			continue;
		SIM_MEM_GROW(r->fills, r->fills_cap, r->nfills + 1);
		r->fills[r->nfills++] = line.fill;
	}
	return rc;
}

static int read_equity(struct sim_folder *f, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc = read_file(f, "equity.col", SIM_BUF_MAX, &b, err);

	if (!rc)
		rc = sim_equity_decode(sim_buf_str(&b), b.len,
				       &f->result.equity, err);
	sim_buf_release(&b);
	return rc;
}

/* Of the fills, which have been read. */
static int read_reach(struct sim_folder *f, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc = read_extra(f, "reach.col", SIM_BUF_MAX, &b, err);

	if (!rc && b.len && !f->is_log_bad)
		rc = sim_reach_decode(sim_buf_str(&b), b.len, &f->result, err);
	sim_buf_release(&b);
	return rc;
}

/* Fills of the log; with any, a bad log gives none and is let pass. */
static int read_log(struct sim_folder *f, bool any, struct sim_err *err)
{
	struct sim_run_result *r = &f->result;
	int rc = read_file(f, "events.ndjson", LOG_MAX, &r->log, err);

	if (rc || !r->log_hash[0])
		return rc;
	rc = read_fills(r, any ? NULL : err);
	if (rc != SIM_E_DATA || !any)
		return rc;
	r->nfills = 0;
	f->is_log_bad = true;
	return SIM_OK;
}

/* Most runs have none. */
static int read_notes(struct sim_folder *f, struct sim_err *err)
{
	struct sim_run_result *r = &f->result;
	struct sim_buf b = SIM_BUF_INIT(SIM_NOTES_BYTES_MAX + 1);
	int rc = read_extra(f, "notes.ndjson", SIM_NOTES_BYTES_MAX, &b, err);

	if (!rc && b.len)
		rc = sim_notes_read(&r->notes, sim_buf_str(&b), b.len,
				    r->instruments, r->nsyms, err);
	sim_buf_release(&b);
	return rc;
}

int sim_folder_strategy(const struct sim_folder *f, struct sim_form *form,
			struct sim_buf *text, struct sim_err *err)
{
	const struct sim_json_val *v = sim_json_root(f->summary);
	int rc;

	if (form->kind == SIM_FORM_BUILTIN || sim_origin_read(v, form))
		return SIM_OK;
	rc = read_file(f, SIM_FOLDER_SCRIPT, SIM_FOLDER_SCRIPT_MAX, text, err);
	form->text = sim_buf_str(text);
	form->len = text->len;
	return rc;
}

static int load(struct sim_folder *f, bool any, struct sim_err *err)
{
	struct sim_run_result *r = &f->result;
	int rc = read_json(f, "summary.json", &f->summary, err);

	r->log.max = r->manifest.max = SIM_BUF_MAX;
	if (!rc)
		rc = read_json(f, "manifest.json", &f->manifest, err);
	if (!rc)
		rc = read_file(f, "manifest.json", JSON_MAX, &r->manifest,
			       err);
	if (!rc)
		rc = sim_summary_read_symbols(sim_json_root(f->manifest), r,
					      err);
	if (!rc)
		rc = sim_summary_read(sim_json_root(f->summary), r, err);
	if (!rc)
		rc = check_manifest(f, err);
	if (!rc)
		rc = read_log(f, any, err);
	if (!rc)
		rc = read_notes(f, err);
	if (!rc)
		rc = read_reach(f, err);
	return rc ? rc : read_equity(f, err);
}

static int open_run(const char *dir, const char *id, bool any,
		    struct sim_folder **out, struct sim_err *err)
{
	struct sim_folder *f = sim_mem_zalloc(sizeof(*f));
	int rc = resolve(dir, id, f->id, err);

	if (!rc) {
		f->path = sim_file_join(dir, f->id);
		rc = load(f, any, err);
		if (rc)
			sim_err_prefix(err, "run %s", f->id);
	}
	if (rc) {
		sim_folder_close(f);
		return rc;
	}
	*out = f;
	return SIM_OK;
}

int sim_folder_open(const char *dir, const char *id, struct sim_folder **out,
		    struct sim_err *err)
{
	return open_run(dir, id, false, out, err);
}

int sim_folder_open_any(const char *dir, const char *id,
			struct sim_folder **out, struct sim_err *err)
{
	return open_run(dir, id, true, out, err);
}

void sim_folder_close(struct sim_folder *f)
{
	if (!f)
		return;
	sim_json_free(f->summary);
	sim_json_free(f->manifest);
	sim_run_result_release(&f->result);
	sim_mem_free(f->path);
	sim_mem_free(f);
}

/* -- listing --------------------------------------------------------------- */

static void join_symbols(const struct sim_json_val *list,
			 struct sim_folder_entry *e)
{
	size_t at = 0;

	e->nsyms = (uint32_t)sim_json_len(list);
	for (uint32_t i = 0; i < e->nsyms; i++) {
		const char *s = sim_json_as_str(
			sim_json_get(sim_json_at(list, i), "symbol"));
		size_t n = s ? strlen(s) : 0;

		if (at + n + 5 > sizeof(e->symbols)) {
			memcpy(e->symbols + at, "...", 4);
			return;
		}
		memcpy(e->symbols + at, s, n);
		at += n;
		if (i + 1 < e->nsyms)
			e->symbols[at++] = ',';
		e->symbols[at] = '\0';
	}
}

static void copy_text(char *out, size_t size, const char *s)
{
	snprintf(out, size, "%s", s ? s : "");
}

static void describe(const struct sim_folder *f, struct sim_folder_entry *e)
{
	const struct sim_json_val *v = sim_json_root(f->summary);
	const struct sim_json_val *a = sim_json_get(v, "account");
	const char *t = sim_json_as_str(sim_json_get(v, "created"));
	int64_t fills = 0;

	if (!t || sim_time_parse(t, strlen(t), &e->created, NULL, NULL))
		e->created = 0;
	e->first = f->result.first;
	e->last = f->result.last;
	e->stamps = f->result.stamps;
	copy_text(e->strategy, sizeof(e->strategy), f->result.strategy);
	copy_text(e->manifest_hash, sizeof(e->manifest_hash),
		  f->result.manifest_hash);
	copy_text(e->log_hash, sizeof(e->log_hash), f->result.log_hash);
	copy_text(e->timeframe, sizeof(e->timeframe),
		  sim_json_as_str(sim_json_get(v, "timeframe")));
	join_symbols(sim_json_get(v, "symbols"), e);
	if (!sim_json_as_int(sim_json_get(sim_json_get(v, "counts"), "fills"),
			     &fills) ||
	    !sim_json_as_dec(sim_json_get(a, "initial"), &e->initial) ||
	    !sim_json_as_dec(sim_json_get(a, "equity"), &e->equity))
		copy_text(e->problem, sizeof(e->problem),
			  "its summary is not complete");
	e->fills = (uint32_t)fills;
}

static void list_one(const char *dir, uint64_t n, struct sim_folder_entry *e)
{
	struct sim_folder f = { .path = NULL };
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	memset(e, 0, sizeof(*e));
	snprintf(e->id, sizeof(e->id), "r%" PRIu64, n);
	f.path = sim_file_join(dir, e->id);
	rc = read_json(&f, "summary.json", &f.summary, &why);
	if (!rc)
		rc = sim_summary_read_head(sim_json_root(f.summary), &f.result,
					   &why);
	if (rc)
		snprintf(e->problem, sizeof(e->problem), "%.127s", why.msg);
	else
		describe(&f, e);
	sim_json_free(f.summary);
	sim_mem_free(f.path);
}

int sim_folder_list(const char *dir, struct sim_folder_entry **out, size_t *n,
		    struct sim_err *err)
{
	uint64_t *all;
	size_t count;
	int rc = sim_numbered_list(dir, 'r', "runs", &all, &count, err);

	if (rc)
		return rc;
	*out = sim_mem_array(count + 1, sizeof(**out));
	for (size_t i = 0; i < count; i++)
		list_one(dir, all[i], &(*out)[i]);
	*n = count;
	sim_mem_free(all);
	return SIM_OK;
}
