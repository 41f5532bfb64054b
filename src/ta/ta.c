/*
 * ta: the registry made from ta.def, option checks, and the stream and batch
 * forms every indicator shares.
 */
#include "ta/ta.h"

#include <math.h>
#include <string.h>

#include "ta/part_priv.h"
#include "util/mem.h"
#include "util/str.h"

#define IN(...)		{ __VA_ARGS__ }
#define OPT(...)	{ __VA_ARGS__ }
#define OUT(...)	{ __VA_ARGS__ }
#define PERIOD(name, def, min) { name, def, min, SIM_TA_PERIODMAX, true }
#define WHOLE(name, def, min, max) { name, def, min, max, true }
#define REAL(name, def, min, max) { name, def, min, max, false }
#define COUNT(type, ...) \
	(int)(sizeof((const type[])__VA_ARGS__) / sizeof(type))
#define SIM_TA(file, name, title, in, opt, out, source) { \
	#name, title, in, opt, out, \
	COUNT(char *, in), COUNT(struct sim_ta_option, opt), \
	COUNT(char *, out), source, &sim_##file##_##name },
static const struct sim_ta_row rows[] = {
#include "ta/ta.def"
};
#undef SIM_TA

#define SIM_TA(file, name, ...) #name,
static const char *const names[] = {
#include "ta/ta.def"
	NULL
};
#undef SIM_TA

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

struct sim_ta_stream {
	const struct sim_ta_row *row;
	void *state;		/* behind this struct, then the parts' memory */
};

const struct sim_ta_row *sim_ta_rows(size_t *n)
{
	*n = N_ROWS;
	return rows;
}

const struct sim_ta_row *sim_ta_lookup(const char *name)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

int sim_ta_find(const char *name, const struct sim_ta_row **row,
		struct sim_err *err)
{
	const struct sim_ta_row *r = sim_ta_lookup(name);
	const char *near;

	if (r) {
		*row = r;
		return 0;
	}
	near = sim_str_near(name, names);
	if (near)
		return sim_err_set(err, SIM_E_INVAL,
				   "There is no indicator '%.64s'; did you "
				   "mean '%s'?", name, near);
	return sim_err_set(err, SIM_E_INVAL, "There is no indicator '%.64s'; "
			   "choose one from the list of indicators", name);
}

static int place(const char *const *list, int n, const char *name)
{
	int i;

	for (i = 0; i < n; i++)
		if (!strcmp(list[i], name))
			return i;
	return -1;
}

int sim_ta_option(const struct sim_ta_row *row, const char *name)
{
	int i;

	for (i = 0; i < row->n_options; i++)
		if (!strcmp(row->options[i].name, name))
			return i;
	return -1;
}

int sim_ta_input(const struct sim_ta_row *row, const char *name)
{
	return place(row->inputs, row->n_inputs, name);
}

int sim_ta_output(const struct sim_ta_row *row, const char *name)
{
	return place(row->outputs, row->n_outputs, name);
}

static bool allowed(const struct sim_ta_option *o, double v)
{
	/* NaN fails both comparisons. */
	return v >= o->min && v <= o->max && (!o->whole || v == floor(v));
}

int sim_ta_check(const struct sim_ta_row *row, const double *options,
		 struct sim_err *err)
{
	const struct sim_ta_option *o;
	int i;

	for (i = 0; options && i < row->n_options; i++) {
		o = &row->options[i];
		if (allowed(o, options[i]))
			continue;
		return sim_err_set(err, SIM_E_INVAL, "%s: %s is %.10g, but it "
				   "must be a %snumber from %.10g to %.10g; "
				   "the default is %.10g", row->name, o->name,
				   options[i], o->whole ? "whole " : "",
				   o->min, o->max, o->def);
	}
	return 0;
}

static void fill(const struct sim_ta_row *row, const double *options,
		 double *opt)
{
	int i;

	for (i = 0; i < row->n_options; i++)
		opt[i] = options ? options[i] : row->options[i].def;
}

int sim_ta_lookback(const struct sim_ta_row *row, const double *options)
{
	double opt[SIM_TA_OPTIONS] = { 0 };

	fill(row, options, opt);
	return row->ops->lookback(opt);
}

static size_t up(size_t n)
{
	return (n + 15) / 16 * 16;
}

int sim_ta_new(const struct sim_ta_row *row, const double *options,
	       struct sim_ta_stream **stream, struct sim_err *err)
{
	union {
		double align;
		char room[SIM_PART_STATEMAX];
	} scratch = { 0 };
	struct sim_part_mem mem = { NULL, 0 };
	double opt[SIM_TA_OPTIONS] = { 0 };
	struct sim_ta_stream *s;
	size_t head, measured;
	int rc = sim_ta_check(row, options, err);

	if (rc)
		return rc;
	fill(row, options, opt);
	row->ops->init(&scratch, &mem, opt);
	measured = mem.used;
	head = up(sizeof(*s)) + up(row->ops->size);
	s = sim_mem_zalloc(head + measured * sizeof(double));
	s->row = row;
	s->state = (char *)s + up(sizeof(*s));
	mem.base = (double *)(void *)((char *)s + head);
	mem.used = 0;
	row->ops->init(s->state, &mem, opt);
	if (mem.used != measured)
		SIM_BUG("an indicator measured other memory than it took");
	*stream = s;
	return 0;
}

void sim_ta_free(struct sim_ta_stream *stream)
{
	sim_mem_free(stream);
}

const struct sim_ta_row *sim_ta_row(const struct sim_ta_stream *stream)
{
	return stream->row;
}

static bool complete(const double *in, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (!(fabs(in[i]) <= SIM_TA_VALUEMAX))
			return false;
	return true;
}

bool sim_ta_push(struct sim_ta_stream *stream, const double *in, double *out)
{
	const struct sim_ta_row *row = stream->row;
	int i;

	if (complete(in, row->n_inputs) &&
	    row->ops->push(stream->state, in, out))
		return true;
	for (i = 0; i < row->n_outputs; i++)
		out[i] = NAN;
	return false;
}

void sim_ta_feed(struct sim_ta_stream *stream, const double *const *in,
		 size_t n, double *const *out)
{
	double x[SIM_TA_INPUTS], y[SIM_TA_OUTPUTS];
	const struct sim_ta_row *row = stream->row;
	size_t bar;
	int i;

	for (bar = 0; bar < n; bar++) {
		for (i = 0; i < row->n_inputs; i++)
			x[i] = in[i][bar];
		sim_ta_push(stream, x, y);
		for (i = 0; i < row->n_outputs; i++)
			if (out[i])
				out[i][bar] = y[i];
	}
}

int sim_ta_batch(const struct sim_ta_row *row, const double *options,
		 const double *const *in, size_t n, double *const *out,
		 struct sim_err *err)
{
	struct sim_ta_stream *s;
	int rc = sim_ta_new(row, options, &s, err);

	if (rc)
		return rc;
	sim_ta_feed(s, in, n, out);
	sim_ta_free(s);
	return 0;
}
