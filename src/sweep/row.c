/* row: what every row has first, then what its run gave. */
#include "sweep/row.h"

#include <math.h>
#include <string.h>

#include "util/str.h"

static void write_params(struct sim_json *j, const struct sim_space *s,
			 uint64_t number)
{
	struct sim_strategy_param p[SIM_RUN_PARAMS_MAX];

	sim_space_params(s, number, p);
	sim_json_object(j, "params");
	for (size_t i = 0; i < s->naxes; i++) {
		if (s->axes[i].is_number)
			sim_json_raw(j, p[i].name, p[i].value,
				     strlen(p[i].value));
		else
			sim_json_str(j, p[i].name, p[i].value);
	}
	sim_json_end(j);
}

static void write_args(struct sim_json *j, const struct sim_row_style *s,
		       uint64_t number)
{
	struct sim_strategy_param p[SIM_RUN_PARAMS_MAX];
	struct sim_buf b = SIM_BUF_INIT(SIM_ROW_BYTES_MAX);

	sim_space_params(s->space, number, p);
	sim_json_array(j, "args");
	for (size_t i = 0; s->args[i]; i++)
		sim_json_str(j, NULL, s->args[i]);
	for (size_t i = 0; i < s->space->naxes; i++) {
		sim_buf_reset(&b);
		sim_buf_puts(&b, "--param=");
		sim_buf_puts(&b, p[i].name);
		sim_buf_putc(&b, '=');
		sim_buf_puts(&b, p[i].value);
		sim_json_strn(j, NULL, b.data, b.len);
	}
	sim_json_end(j);
	sim_buf_release(&b);
	if (s->directory)
		sim_json_str(j, "directory", s->directory);
}

static void begin(struct sim_json *j, const struct sim_row_style *s,
		  uint64_t number, struct sim_buf *out)
{
	sim_json_init(j, out, false);
	sim_json_object(j, NULL);
	sim_json_int(j, "point", (int64_t)number);
	sim_json_int(j, "points", (int64_t)s->space->points);
	sim_json_str(j, "sweep", s->id);
	write_params(j, s->space, number);
}

static void write_metric(struct sim_json *j, enum sim_metrics_id id, double v)
{
	const struct sim_metrics_row *row = sim_metrics_row(id);
	char date[16];

	if (!isfinite(v)) {
		sim_json_null(j, row->key);
	} else if (row->unit == SIM_METRICS_UNIT_COUNT) {
		sim_json_int(j, row->key, (int64_t)v);
	} else if (row->unit == SIM_METRICS_UNIT_DATE) {
		sim_time_format_date((int64_t)v, date);
		sim_json_str(j, row->key, date);
	} else {
		sim_json_double(j, row->key, v);
	}
}

void sim_row_write(const struct sim_row_style *s, uint64_t number,
		   const struct sim_run_result *r, const struct sim_metrics *m,
		   struct sim_buf *out)
{
	struct sim_json j;

	begin(&j, s, number, out);
	sim_json_dec(&j, "equity", r->account.equity);
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		if (s->want[i])
			write_metric(&j, (enum sim_metrics_id)i, m->v[i]);
	sim_json_str(&j, "manifest_hash", r->manifest_hash);
	if (*r->log_hash)
		sim_json_str(&j, "log_hash", r->log_hash);
	write_args(&j, s, number);
	sim_json_raw(&j, "manifest", r->manifest.data, r->manifest.len - 1);
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}

void sim_row_refuse(const struct sim_row_style *s, uint64_t number,
		    const struct sim_err *why, struct sim_buf *out)
{
	struct sim_json j;

	begin(&j, s, number, out);
	sim_json_str(&j, "error", why->msg);
	sim_json_str(&j, "code", sim_err_wire(why->code));
	write_args(&j, s, number);
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}

/* -- reading --------------------------------------------------------------- */

int sim_row_read(const char *s, size_t n, struct sim_row *row,
		 struct sim_err *err)
{
	struct sim_row r = { NULL, NULL, 0, 0, NULL, NULL };
	int64_t number = -1, points = -1;
	int rc = sim_json_parse(s, n, &r.doc, err);

	if (rc)
		return rc;
	r.root = sim_json_root(r.doc);
	r.sweep = sim_json_as_str(sim_json_get(r.root, "sweep"));
	r.error = sim_json_as_str(sim_json_get(r.root, "error"));
	if (!sim_json_as_int(sim_json_get(r.root, "point"), &number) ||
	    !sim_json_as_int(sim_json_get(r.root, "points"), &points) ||
	    number < 0 || points <= number || !r.sweep ||
	    !sim_json_get(r.root, "params") || !sim_json_get(r.root, "args")) {
		sim_json_free(r.doc);
		return sim_err_set(err, SIM_E_DATA, "this line is no row of a "
				   "sweep: point, points, sweep, params and "
				   "args must be there");
	}
	r.number = (uint64_t)number;
	r.points = (uint64_t)points;
	*row = r;
	return SIM_OK;
}

void sim_row_release(struct sim_row *row)
{
	sim_json_free(row->doc);
	*row = (struct sim_row){ NULL, NULL, 0, 0, NULL, NULL };
}
