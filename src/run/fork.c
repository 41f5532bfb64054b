/* fork: the points of a fork, as manifests and folders keep them. */
#include "run/fork.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/log.h"
#include "run/origin.h"
#include "util/file.h"
#include "util/str.h"

#define FILE_NAME "fork.json"

void sim_fork_init(struct sim_fork *k)
{
	memset(k, 0, sizeof(*k));
	k->points = sim_mem_array(SIM_FORK_POINTS, sizeof(*k->points));
	for (size_t i = 0; i < SIM_FORK_POINTS; i++)
		k->scripts[i].max = SIM_FOLDER_SCRIPT_MAX + 1;
}

void sim_fork_release(struct sim_fork *k)
{
	for (size_t i = 0; i < SIM_FORK_POINTS; i++)
		sim_buf_release(&k->scripts[i]);
	sim_mem_free(k->points);
	sim_mem_arena_release(&k->arena);
	memset(k, 0, sizeof(*k));
}

/* -- adding ---------------------------------------------------------------- */

static int find_hash(struct sim_fork_point *p, uint64_t seed,
		     struct sim_err *err)
{
	struct sim_strategy s = { NULL, NULL, "" };
	int rc;

	if (!p->has_form)
		return SIM_OK;
	p->form.seed = seed;
	rc = sim_form_open(&p->form, &s, err);
	if (rc)
		return rc;
	memcpy(p->hash, s.hash, sizeof(p->hash));
	s.ops->free(s.self);
	return SIM_OK;
}

int sim_fork_add(struct sim_fork *k, const struct sim_fork_point *p,
		 uint64_t seed, struct sim_err *err)
{
	size_t at = k->n;
	int rc;

	if (k->n == SIM_FORK_POINTS)
		return sim_err_set(err, SIM_E_INVAL, "this run is a fork of "
				   "%d forks already; fork one of its "
				   "ancestors", SIM_FORK_POINTS);
	while (at && k->points[at - 1].step > p->step)
		at--;
	memmove(&k->points[at + 1], &k->points[at],
		(k->n - at) * sizeof(*k->points));
	k->points[at] = *p;
	k->n++;
	rc = find_hash(&k->points[at], seed, err);
	/* What a later point leaves alone is as the one before it says. */
	for (size_t i = at + 1; !rc && i < k->n; i++) {
		struct sim_buf b = SIM_BUF_INIT(4096);
		struct sim_config now = k->points[i - 1].config;
		const struct sim_config_setting *row;

		for (int s = 0; !rc && (row = sim_config_setting_row(s));
		     s++) {
			if (!k->points[i].is_set[s])
				continue;
			sim_buf_reset(&b);
			sim_config_get(&k->points[i].config, row->name, &b);
			rc = sim_config_set(&now, row->name, sim_buf_str(&b),
					    err);
		}
		k->points[i].config = now;
		sim_buf_release(&b);
	}
	return rc;
}

void sim_fork_apply(struct sim_fork *k, struct sim_run_spec *spec)
{
	if (!k->n)
		return;
	for (size_t i = 0; i < k->n; i++)
		k->turns[i] = (struct sim_run_turn){
			k->points[i].step, k->points[i].config
		};
	spec->turns = k->turns;
	spec->nturns = k->n;
	spec->fork = k;
	spec->wrap = sim_fork_wrap;
	spec->wrap_ctx = k;
}

/* -- where ----------------------------------------------------------------- */

/* Steps that end at t or before. */
static uint64_t steps_until(const struct sim_run_equity *q, sim_time t)
{
	size_t lo = 0, hi = q->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (q->time[mid] <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The newest event at t or before, or event `seq` and its time. */
static int find_event(const struct sim_folder *f, uint64_t *seq, sim_time *t,
		      struct sim_err *err)
{
	const struct sim_run_result *r = &f->result;
	struct sim_log_reader reader;
	struct sim_log_line line;
	uint64_t newest = 0, wanted = *seq;
	int rc = sim_log_open(&reader, r->log.data, r->log.len,
			      r->instruments, r->nsyms, err);

	while (!rc && (rc = sim_log_next(&reader, &line, err)) == 1) {
		rc = SIM_OK;
		if (wanted ? line.ev.seq > wanted : line.ev.time > *t)
			break;
		newest = line.ev.seq;
		if (wanted)
			*t = line.ev.time;
	}
	if (rc)
		return rc;
	if (wanted > newest)
		return sim_err_set(err, SIM_E_NOENT, "run %s has no event %"
				   PRIu64 "; its last is %" PRIu64, f->id,
				   wanted, newest);
	*seq = newest;
	return SIM_OK;
}

int sim_fork_at(const struct sim_folder *f, const char *at, uint64_t *seq,
		uint64_t *step, struct sim_err *err)
{
	bool is_number = *at && strspn(at, "0123456789") == strlen(at) &&
			 strlen(at) < 19;
	int64_t n = 0;
	sim_time t = 0;
	int rc = SIM_OK;

	if (is_number)
		rc = sim_str_int(at, "--at", 0, INT64_MAX, &n, err);
	else if (sim_time_parse(at, strlen(at), &t, NULL, NULL))
		rc = sim_err_set(err, SIM_E_USAGE, "--at is '%.40s'; it must "
				 "be an event's number or a time such as "
				 "2024-01-16T21:00:00Z", at);
	if (rc)
		return rc;
	*seq = (uint64_t)n;
	*step = 0;
	if (is_number && !n)
		return SIM_OK;
	rc = find_event(f, seq, &t, err);
	if (!rc)
		*step = steps_until(&f->result.equity, t);
	return rc;
}

static int check_drop(const struct sim_folder *f, uint32_t id,
		      const struct sim_run_order *all, size_t n,
		      sim_time point, struct sim_err *err)
{
	const struct sim_run_order *o = id && id <= n ? &all[id - 1] : NULL;

	if (!o || !o->order.id)
		return sim_err_set(err, SIM_E_NOENT, "run %s has no order %"
				   PRIu32 " that could be dropped; its orders "
				   "are 1 to %zu", f->id, id, n);
	if (o->ended != SIM_TIME_NONE && o->ended <= point)
		return sim_err_set(err, SIM_E_INVAL, "order %" PRIu32 " had "
				   "ended by then (%s); fork at an earlier "
				   "event", id, sim_vocab_order_status_text(
					   o->order.status));
	if (o->order.role != SIM_ORDER_ROLE_PLAIN && o->submitted > point)
		return sim_err_set(err, SIM_E_INVAL, "order %" PRIu32 " is "
				   "made by the engine%s; drop what it comes "
				   "from", id, o->order.parent ?
				   " for its entry" : "");
	return SIM_OK;
}

int sim_fork_check_drops(const struct sim_folder *f,
			 const struct sim_fork_point *p, struct sim_err *err)
{
	sim_time point = p->step ? f->result.equity.time[p->step - 1]
				 : INT64_MIN;
	struct sim_run_order *all;
	size_t n;
	int rc = sim_run_orders(&f->result, &all, &n, err);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < p->ndrops; i++)
		rc = check_drop(f, p->drop[i], all, n, point, err);
	sim_run_orders_free(all, n);
	return rc;
}

/* -- the shared history ---------------------------------------------------- */

/* The length of the lines with at most `seq` events, which come first. */
static size_t prefix_of(const struct sim_buf *log, uint64_t seq)
{
	const char *p = sim_buf_str(log), *end = p + log->len, *nl;

	for (; seq && p < end && (nl = memchr(p, '\n', (size_t)(end - p)));
	     seq--)
		p = nl + 1;
	return (size_t)(p - sim_buf_str(log));
}

int sim_fork_compare(const struct sim_folder *parent,
		     const struct sim_run_result *r,
		     const struct sim_fork_point *p, struct sim_err *err)
{
	const char *a = sim_buf_str(&parent->result.log);
	const char *b = sim_buf_str(&r->log);
	size_t n = prefix_of(&parent->result.log, p->seq), at = 0;
	uint64_t line = 1;

	for (size_t i = 0; i < n; i++) {
		if (i >= r->log.len || a[i] != b[i])
			break;
		if (a[i] == '\n') {
			line++;
			at = i + 1;
		}
	}
	if (at == n)
		return SIM_OK;
	return sim_err_set(err, SIM_E_REPRO, "run %s did not come out the same "
			   "up to the point, so its strategy is not "
			   "deterministic: event %" PRIu64 " was %.150s and "
			   "is now %.150s", parent->id, line, a + at,
			   at < r->log.len ? b + at : "missing");
}

/* -- writing --------------------------------------------------------------- */

static void write_form(const struct sim_fork_point *p, struct sim_json *j)
{
	char name[SIM_FORM_NAME_MAX];

	sim_form_label(&p->form, name);
	sim_json_object(j, "strategy");
	sim_json_str(j, "form", sim_form_name(p->form.kind));
	sim_json_str(j, "name", name);
	sim_json_str(j, "hash", p->hash);
	sim_json_object(j, "params");
	for (size_t i = 0; i < p->form.nparams; i++)
		sim_json_str(j, p->form.params[i].name,
			     p->form.params[i].value);
	sim_json_end(j);
	sim_json_end(j);
}

static void write_settings(const struct sim_fork_point *p, struct sim_json *j)
{
	const struct sim_config_setting *row;
	struct sim_buf b = SIM_BUF_INIT(4096);

	sim_json_object(j, "config");
	for (int i = 0; (row = sim_config_setting_row(i)); i++) {
		if (!p->is_set[i])
			continue;
		sim_buf_reset(&b);
		sim_config_get(&p->config, row->name, &b);
		sim_json_str(j, row->name, sim_buf_str(&b));
	}
	sim_json_end(j);
	sim_buf_release(&b);
}

void sim_fork_manifest(const struct sim_fork *k, struct sim_json *j)
{
	if (!k || !k->n)
		return;
	sim_json_array(j, "forks");
	for (size_t i = 0; i < k->n; i++) {
		const struct sim_fork_point *p = &k->points[i];

		sim_json_object(j, NULL);
		sim_json_object(j, "parent");
		sim_json_str(j, "manifest", p->manifest);
		sim_json_str(j, "log", p->log);
		sim_json_end(j);
		sim_json_int(j, "seq", (int64_t)p->seq);
		sim_json_int(j, "step", (int64_t)p->step);
		write_settings(p, j);
		sim_json_array(j, "drop");
		for (size_t d = 0; d < p->ndrops; d++)
			sim_json_int(j, NULL, p->drop[d]);
		sim_json_end(j);
		if (p->has_form)
			write_form(p, j);
		sim_json_end(j);
	}
	sim_json_end(j);
}

static void script_path(const char *dir, size_t i, struct sim_buf *path)
{
	sim_buf_reset(path);
	sim_buf_printf(path, "%s/fork-%zu.lua", dir, i + 1);
}

static int save_script(const struct sim_fork_point *p, const char *dir,
		       size_t i, struct sim_err *err)
{
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	if (!p->has_form || !p->form.text)
		return SIM_OK;
	script_path(dir, i, &path);
	rc = sim_file_write(sim_buf_str(&path), p->form.text, p->form.len,
			    0644, err);
	sim_buf_release(&path);
	return rc;
}

int sim_fork_save(const struct sim_fork *k, const char *dir,
		  struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;
	int rc = SIM_OK;

	if (!k || !k->n)
		return SIM_OK;
	sim_json_init(&j, &b, true);
	sim_json_object(&j, NULL);
	sim_json_array(&j, "forks");
	for (size_t i = 0; !rc && i < k->n; i++) {
		const struct sim_fork_point *p = &k->points[i];

		sim_json_object(&j, NULL);
		sim_json_str(&j, "run", p->run);
		if (p->has_form)
			sim_origin_write(&j, &p->form);
		sim_json_end(&j);
		rc = save_script(p, dir, i, err);
	}
	sim_json_end(&j);
	sim_json_end(&j);
	sim_buf_putc(&b, '\n');
	sim_buf_printf(&path, "%s/" FILE_NAME, dir);
	if (!rc)
		rc = sim_file_write(sim_buf_str(&path), sim_buf_str(&b),
				    b.len, 0644, err);
	sim_buf_release(&path);
	sim_buf_release(&b);
	return rc;
}

/* -- reading --------------------------------------------------------------- */

static int bad(const struct sim_folder *f, const char *what,
	       struct sim_err *err)
{
	return sim_err_set(err, SIM_E_DATA, "the manifest of run %s has a fork "
			   "without a valid '%s'", f->id, what);
}

static bool copy_hash(const struct sim_json_val *v, const char *key,
		      char out[SIM_SHA256_HEX])
{
	const char *s = sim_json_as_str(sim_json_get(v, key));

	if (!s || strlen(s) != SIM_SHA256_HEX - 1)
		return false;
	memcpy(out, s, SIM_SHA256_HEX);
	return true;
}

static int read_settings(const struct sim_folder *f,
			 const struct sim_json_val *v,
			 struct sim_fork_point *p, struct sim_err *err)
{
	const struct sim_config_setting *row;
	int rc = SIM_OK;

	for (int i = 0; !rc && (row = sim_config_setting_row(i)); i++) {
		const struct sim_json_val *m = sim_json_get(v, row->name);
		const char *text = sim_json_as_str(m);

		if (m && !text)
			return bad(f, "config", err);
		if (text)
			rc = sim_config_set(&p->config, row->name, text, err);
		p->is_set[i] = text != NULL;
	}
	return rc;
}

static int read_form(const struct sim_folder *f, const struct sim_json_val *v,
		     struct sim_fork *k, struct sim_fork_point *p,
		     struct sim_err *err)
{
	const struct sim_json_val *list = sim_json_get(v, "params");
	const char *form = sim_json_as_str(sim_json_get(v, "form"));
	struct sim_strategy_param *params;
	size_t n = sim_json_len(list);
	int kind = form ? sim_form_find(form) : -1;

	p->has_form = true;
	p->form = (struct sim_form)SIM_FORM_INIT;
	p->form.source = sim_json_as_str(sim_json_get(v, "name"));
	if (kind < 0 || !p->form.source || n > SIM_RUN_PARAMS_MAX ||
	    !copy_hash(v, "hash", p->hash))
		return bad(f, "strategy", err);
	p->form.kind = (enum sim_form_kind)kind;
	params = sim_mem_arena_alloc(&k->arena, (n + 1) * sizeof(*params));
	for (size_t i = 0; i < n; i++) {
		const struct sim_json_val *m =
			sim_json_member(list, i, &params[i].name);

		params[i].value = sim_json_as_str(m);
		if (!params[i].value)
			return bad(f, "params", err);
	}
	p->form.params = params;
	p->form.nparams = n;
	return SIM_OK;
}

/* Is the script still the one of the manifest? */
static int check_script(const struct sim_folder *f,
			const struct sim_fork_point *p, const char *path,
			struct sim_err *err)
{
	struct sim_fork_point now = *p;
	int rc = find_hash(&now, 0, err);

	if (rc || !strcmp(now.hash, p->hash))
		return rc;
	return sim_err_set(err, SIM_E_REPRO, "%s is not the script that run %s "
			   "used; was it altered?", path, f->id);
}

/* Where its strategy comes from: a command of fork.json, or a script. */
static int read_source(const struct sim_folder *f,
		       const struct sim_json_val *v, struct sim_fork *k,
		       size_t i, struct sim_err *err)
{
	struct sim_fork_point *p = &k->points[i];
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	if (sim_origin_read(v, &p->form)) {
		p->form.source = sim_mem_arena_strdup(&k->arena,
						      p->form.source);
		if (p->form.directory)
			p->form.directory = sim_mem_arena_strdup(
				&k->arena, p->form.directory);
		return SIM_OK;
	}
	if (p->form.kind == SIM_FORM_BUILTIN)
		return SIM_OK;
	script_path(f->path, i, &path);
	rc = sim_file_read(sim_buf_str(&path), SIM_FOLDER_SCRIPT_MAX,
			   &k->scripts[i], err);
	p->form.text = sim_buf_str(&k->scripts[i]);
	p->form.len = k->scripts[i].len;
	if (!rc)
		rc = check_script(f, p, sim_buf_str(&path), err);
	sim_buf_release(&path);
	return rc;
}

static int read_point(const struct sim_folder *f,
		      const struct sim_json_val *v, struct sim_fork *k,
		      struct sim_fork_point *p, struct sim_err *err)
{
	const struct sim_json_val *parent = sim_json_get(v, "parent");
	const struct sim_json_val *drop = sim_json_get(v, "drop");
	const struct sim_json_val *form = sim_json_get(v, "strategy");
	int64_t seq, step, id;
	int rc;

	if (!sim_json_as_int(sim_json_get(v, "seq"), &seq) || seq < 0)
		return bad(f, "seq", err);
	if (!sim_json_as_int(sim_json_get(v, "step"), &step) || step < 0)
		return bad(f, "step", err);
	if (!copy_hash(parent, "manifest", p->manifest) ||
	    !copy_hash(parent, "log", p->log))
		return bad(f, "parent", err);
	p->seq = (uint64_t)seq;
	p->step = (uint64_t)step;
	p->ndrops = sim_json_len(drop);
	if (p->ndrops > SIM_FORK_DROPS)
		return bad(f, "drop", err);
	for (size_t i = 0; i < p->ndrops; i++) {
		if (!sim_json_as_int(sim_json_at(drop, i), &id) || id < 1 ||
		    id > UINT32_MAX)
			return bad(f, "drop", err);
		p->drop[i] = (uint32_t)id;
	}
	rc = read_settings(f, sim_json_get(v, "config"), p, err);
	return rc || !form ? rc : read_form(f, form, k, p, err);
}

/* What stands beside the manifest. */
static int read_beside(const struct sim_folder *f, struct sim_fork *k,
		       struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json_doc *doc = NULL;
	const struct sim_json_val *list;
	int rc;

	sim_buf_printf(&path, "%s/" FILE_NAME, f->path);
	rc = sim_file_read(sim_buf_str(&path), (size_t)1 << 24, &b, err);
	if (!rc)
		rc = sim_json_parse(sim_buf_str(&b), b.len, &doc, err);
	list = rc ? NULL : sim_json_get(sim_json_root(doc), "forks");
	for (size_t i = 0; !rc && i < k->n; i++) {
		const struct sim_json_val *v = sim_json_at(list, i);
		const char *run = sim_json_as_str(sim_json_get(v, "run"));

		if (run && strlen(run) < SIM_FOLDER_ID)
			memcpy(k->points[i].run, run, strlen(run) + 1);
		if (k->points[i].has_form)
			rc = read_source(f, v, k, i, err);
	}
	sim_json_free(doc);
	sim_buf_release(&path);
	sim_buf_release(&b);
	return rc;
}

int sim_fork_read(const struct sim_folder *f, const struct sim_config *base,
		  struct sim_fork *k, struct sim_err *err)
{
	const struct sim_json_val *list =
		sim_json_get(sim_json_root(f->manifest), "forks");
	size_t n = sim_json_len(list);
	int rc = SIM_OK;

	if (n > SIM_FORK_POINTS)
		return bad(f, "forks", err);
	for (size_t i = 0; !rc && i < n; i++) {
		k->points[i].config = i ? k->points[i - 1].config : *base;
		rc = read_point(f, sim_json_at(list, i), k, &k->points[i],
				err);
		if (!rc && i && k->points[i].step < k->points[i - 1].step)
			rc = bad(f, "step", err);
		k->n = i + 1;
	}
	return rc || !n ? rc : read_beside(f, k, err);
}
