/* tear: walks manifest and log of a run for what a report wants to know. */
#include <config.h>	/* memmem */

#include "cli/tear.h"

#include <stdio.h>
#include <string.h>

#include "report/of_run.h"
#include "run/log.h"
#include "util/mem.h"
#include "util/str.h"

#define FACTS_MAX	64

/* -- the manifest -------------------------------------------------------- */

/* The members of an object as facts; texts are borrowed from the manifest. */
static struct sim_report_facts facts_of(struct sim_tear *t,
					const struct sim_json_val *v)
{
	size_t n = sim_json_len(v), kept = 0;
	struct sim_report_fact *f = sim_mem_arena_alloc(&t->arena,
							(n + 1) * sizeof(*f));

	for (size_t i = 0; i < n; i++) {
		const char *key;
		const struct sim_json_val *m = sim_json_member(v, i, &key);
		const char *text = sim_json_as_str(m);

		if (text)
			f[kept++] = (struct sim_report_fact){ key, text };
	}
	return (struct sim_report_facts){ f, kept };
}

/* Settings, with what the whole run was under before them. */
static struct sim_report_facts models_of(struct sim_tear *t,
					 const struct sim_json_val *root)
{
	struct sim_report_facts c =
		facts_of(t, sim_json_get(root, "config"));
	struct sim_report_fact *f =
		sim_mem_arena_alloc(&t->arena, (c.n + 2) * sizeof(*f));

	f[0] = (struct sim_report_fact){
		"prices", sim_json_as_str(sim_json_get(root, "prices"))
	};
	f[1] = (struct sim_report_fact){
		"session", sim_json_as_str(sim_json_get(root, "session"))
	};
	memcpy(f + 2, c.items, c.n * sizeof(*f));
	return (struct sim_report_facts){ f, c.n + 2 };
}

static struct sim_report_facts hashes_of(struct sim_tear *t,
					 const struct sim_run_result *r,
					 const struct sim_json_val *root)
{
	const struct sim_json_val *syms = sim_json_get(root, "symbols");
	size_t n = sim_json_len(syms), kept = 0;
	struct sim_report_fact *f =
		sim_mem_arena_alloc(&t->arena, (n + 2) * sizeof(*f));

	f[kept++] = (struct sim_report_fact){ "manifest", r->manifest_hash };
	if (*r->log_hash)
		f[kept++] = (struct sim_report_fact){ "log", r->log_hash };
	for (size_t i = 0; i < n; i++) {
		const struct sim_json_val *s = sim_json_at(syms, i);

		f[kept++] = (struct sim_report_fact){
			sim_json_as_str(sim_json_get(s, "symbol")),
			sim_json_as_str(sim_json_get(s, "hash"))
		};
	}
	return (struct sim_report_facts){ f, kept };
}

static void fill_range(const struct sim_json_val *root, struct sim_tear *t)
{
	const char *from = sim_json_as_str(sim_json_get(root, "from"));
	const char *to = sim_json_as_str(sim_json_get(root, "to"));

	if (from && sim_time_parse(from, strlen(from), &t->in.from, NULL,
				   NULL))
		t->in.from = SIM_TIME_NONE;
	if (to && sim_time_parse(to, strlen(to), &t->in.to, NULL, NULL))
		t->in.to = SIM_TIME_NONE;
}

static int fill_facts(const struct sim_run_result *r, struct sim_tear *t,
		      struct sim_err *err)
{
	const struct sim_json_val *root;
	int rc = sim_json_parse(sim_buf_str(&r->manifest), r->manifest.len,
				&t->manifest, err);

	if (rc) {
		sim_err_prefix(err, "the manifest of the run");
		return rc;
	}
	root = sim_json_root(t->manifest);
	t->in.params = facts_of(t, sim_json_get(sim_json_get(root, "strategy"),
						"params"));
	t->in.models = models_of(t, root);
	t->in.hashes = hashes_of(t, r, root);
	fill_range(root, t);
	return SIM_OK;
}

static void fill_stamps(const struct sim_run_result *r, struct sim_tear *t)
{
	const struct sim_run_stamp_row *row;
	const char **list = sim_mem_arena_alloc(
		&t->arena, SIM_RUN_STAMP__COUNT * sizeof(*list));
	size_t n = 0;

	for (int i = 0; (row = sim_run_stamp(i)); i++) {
		size_t len = strlen(row->text);
		char *s;

		if (!(r->stamps >> i & 1))
			continue;
		s = sim_mem_arena_alloc(&t->arena, len + 8);
		snprintf(s, len + 8, "%s%s", row->is_unsafe ? "UNSAFE " : "",
			 row->text);
		list[n++] = s;
	}
	t->in.stamps = list;
	t->in.n_stamps = n;
}

/* -- the log ------------------------------------------------------------- */

static void take_split(struct sim_tear *t, const struct sim_event *ev)
{
	SIM_MEM_GROW(t->adjusts, t->cap_adjusts, t->in.n_adjusts + 1);
	t->adjusts[t->in.n_adjusts++] = (struct sim_trades_adjust){
		.seq = ev->seq, .time = ev->time, .sym = ev->sym,
		.num = ev->a, .den = ev->b, .qty_after = ev->c, .cash = ev->d,
	};
}

/* Most logs have neither, and are not read for it. */
static bool log_has(const struct sim_run_result *r, const char *text)
{
	return r->log.len && memmem(r->log.data, r->log.len, text,
				    strlen(text));
}

static bool has_actions(const struct sim_tear *t)
{
	const struct sim_json_val *syms =
		sim_json_get(sim_json_root(t->manifest), "symbols");

	for (size_t i = 0; i < sim_json_len(syms); i++)
		if (sim_json_get(sim_json_at(syms, i), "actions_hash"))
			return true;
	return false;
}

static int read_splits(const struct sim_run_result *r, struct sim_tear *t,
		       struct sim_err *err)
{
	struct sim_log_reader reader;
	struct sim_log_line line;
	int rc;

	if (!has_actions(t) || !log_has(r, "\"type\":\"split\""))
		return SIM_OK;
	rc = sim_log_open(&reader, r->log.data, r->log.len, r->instruments,
			  r->nsyms, err);
	while (!rc && (rc = sim_log_next(&reader, &line, err)) == 1) {
		if (line.ev.type == SIM_EVENT_TYPE_SPLIT)
			take_split(t, &line.ev);
		rc = SIM_OK;
	}
	t->in.adjusts = t->adjusts;
	return rc;
}

/* The stops that entries came with, for R multiples. */
static int read_stops(const struct sim_run_result *r, struct sim_tear *t,
		      struct sim_err *err)
{
	struct sim_run_order *o;
	size_t n;
	int rc;

	if (!log_has(r, "\"stop_loss\":"))
		return SIM_OK;
	rc = sim_run_orders(r, &o, &n, err);
	if (rc)
		return rc;
	t->fill_stop = sim_mem_array(r->nfills + 1, sizeof(*t->fill_stop));
	for (size_t i = 0; i < r->nfills; i++)
		if (r->fills[i].order && r->fills[i].order <= n)
			t->fill_stop[i] =
				o[r->fills[i].order - 1].order.stop_loss;
	t->in.fill_stop = t->fill_stop;
	sim_run_orders_free(o, n);
	return SIM_OK;
}

/* -- the notes ------------------------------------------------------------- */

static void fill_notes(const struct sim_run_result *r, struct sim_tear *t)
{
	const struct sim_notes_view *v = &t->notes;
	struct sim_report_fact *own;
	struct sim_report_mark *marks;

	sim_notes_view(&r->notes, r->instruments, r->nsyms, &t->notes);
	own = sim_mem_arena_alloc(&t->arena, (v->nmetrics + 1) * sizeof(*own));
	marks = sim_mem_arena_alloc(&t->arena,
				    (v->nmarks + 1) * sizeof(*marks));
	for (size_t i = 0; i < v->nmetrics; i++) {
		char text[SIM_STR_DOUBLEMAX];

		sim_str_double(v->metrics[i].value, text);
		own[i].key = v->metrics[i].name;
		own[i].value = sim_mem_arena_strdup(&t->arena, text);
	}
	for (size_t i = 0; i < v->nmarks; i++) {
		uint32_t sym = v->marks[i].sym;

		marks[i].time = v->marks[i].time;
		marks[i].text = v->marks[i].text;
		marks[i].symbol = sym < r->nsyms ? r->instruments[sym].symbol
						 : NULL;
	}
	t->in.own = (struct sim_report_facts){ own, v->nmetrics };
	t->in.marks = marks;
	t->in.n_marks = v->nmarks;
}

/* -- the curve ----------------------------------------------------------- */

static void fill_bench(const struct sim_run_result *r, const char *name,
		       struct sim_tear *t)
{
	const struct sim_run_equity *e = &r->equity;
	size_t n = 0;

	if (!e->benchmark)
		return;
	t->bench = sim_mem_array(e->n + 1, sizeof(*t->bench));
	t->bench_time = sim_mem_array(e->n + 1, sizeof(*t->bench_time));
	for (size_t i = 0; i < e->n; i++) {
		if (e->benchmark[i] <= 0)
			continue;
		t->bench_time[n] = e->time[i];
		t->bench[n++] = sim_dec_to_double(e->benchmark[i]);
	}
	t->in.bench = (struct sim_report_bench){
		.name = name ? name : "benchmark", .n = n,
		.time = t->bench_time,
		.level = t->bench,
	};
}

/* Orders that have a fill. */
static uint64_t count_filled(const struct sim_run_result *r)
{
	uint32_t max = 0;
	uint64_t n = 0;
	bool *seen;

	for (size_t i = 0; i < r->nfills; i++)
		max = r->fills[i].order > max ? r->fills[i].order : max;
	seen = sim_mem_array((size_t)max + 1, sizeof(*seen));
	for (size_t i = 0; i < r->nfills; i++) {
		n += !seen[r->fills[i].order];
		seen[r->fills[i].order] = true;
	}
	sim_mem_free(seen);
	return n;
}

int sim_tear_build(const struct sim_run_result *r,
		   const struct sim_tear_opts *opts, struct sim_tear *t,
		   struct sim_err *err)
{
	int rc;

	memset(t, 0, sizeof(*t));
	sim_of_run(r, &t->in);
	t->in.orders.filled = count_filled(r);
	t->in.run_id = opts->run_id;
	t->in.rf = opts->rf;
	t->in.annualize_short = opts->annualize_short;
	fill_bench(r, opts->benchmark, t);
	fill_stamps(r, t);
	fill_notes(r, t);
	rc = fill_facts(r, t, err);
	if (!rc)
		rc = read_splits(r, t, err);
	if (!rc)
		rc = read_stops(r, t, err);
	if (!rc)
		rc = sim_report_build(&t->in, &t->report, err);
	t->is_built = !rc;
	return rc;
}

void sim_tear_release(struct sim_tear *t)
{
	if (t->is_built)
		sim_report_release(&t->report);
	sim_json_free(t->manifest);
	sim_notes_view_release(&t->notes);
	sim_mem_arena_release(&t->arena);
	sim_mem_free(t->adjusts);
	sim_mem_free(t->fill_stop);
	sim_mem_free(t->bench);
	sim_mem_free(t->bench_time);
	memset(t, 0, sizeof(*t));
}

void sim_tear_metric(struct sim_out *o, enum sim_metrics_id id,
		     const struct sim_metrics *m)
{
	const struct sim_metrics_row *r = sim_metrics_row(id);
	double v = m->v[id];
	bool known = __builtin_isfinite(v);

	if (known && r->unit == SIM_METRICS_UNIT_DATE)
		sim_out_date(o, r->key, (int64_t)v);
	else if (known && (r->unit == SIM_METRICS_UNIT_COUNT ||
			   r->unit == SIM_METRICS_UNIT_DAYS) &&
		 v == (double)(int64_t)v)
		sim_out_int(o, r->key, (int64_t)v);
	else
		sim_out_double(o, r->key, v);
}
