/* compat_out: rows by key, columns by peer. */
#include "cli/compat_out.h"

#include <string.h>

#include "report/metrics.h"

/* A dot in a column's name would nest it. */
static const char *const col_names[SIM_COMPAT__PEERS] = {
	"empyrical", "quantstats", "backtesting_py", "freqtrade"
};

int sim_compat_out_parse(const struct sim_opt_list *names,
			 struct sim_compat_out *c, struct sim_err *err)
{
	c->peers = 0;
	for (size_t i = 0; i < names->n; i++) {
		int peer = sim_compat_find(names->v[i]);

		if (!strcmp(names->v[i], "all"))
			c->peers = (1u << SIM_COMPAT__PEERS) - 1;
		else if (peer >= 0)
			c->peers |= 1u << peer;
		else
			return sim_err_set(err, SIM_E_USAGE,
					   "--compat knows empyrical,"
					   " quantstats, backtesting.py,"
					   " freqtrade and all, not '%.40s'",
					   names->v[i]);
	}
	return SIM_OK;
}

static bool is_asked(const struct sim_compat_out *c, int peer)
{
	return c->peers >> peer & 1;
}

const struct sim_out_col *sim_compat_out_cols(const struct sim_compat_out *c,
					      bool list)
{
	static const struct sim_out_col list_cols[] = {
		{ "metric", SIM_OUT_COL_ID }, { "peer", 0 }, { "formula", 0 },
		{ NULL, 0 }
	};
	static struct sim_out_col cols[SIM_COMPAT__PEERS + 3];
	size_t n = 0;

	if (list)
		return list_cols;
	memset(cols, 0, sizeof(cols));
	cols[n].name = "metric";
	cols[n++].flags = SIM_OUT_COL_ID;
	cols[n++].name = "simutrador";
	for (int p = 0; p < SIM_COMPAT__PEERS; p++)
		if (is_asked(c, p))
			cols[n++].name = col_names[p];
	return cols;
}

static void put_value(struct sim_out *o, const char *name, double v)
{
	if (__builtin_isfinite(v))
		sim_out_double(o, name, v);
	else
		sim_out_null(o, name);
}

static void put_row(struct sim_out *o, const struct sim_compat_out *c,
		    const struct sim_compat_input *in,
		    const struct sim_compat *x, const char *key)
{
	int id = sim_metrics_find(key);

	sim_out_row(o);
	sim_out_str(o, "metric", key);
	put_value(o, "simutrador", id < 0 ? __builtin_nan("")
					  : in->ours->v[id]);
	for (int p = 0; p < SIM_COMPAT__PEERS; p++)
		if (is_asked(c, p))
			put_value(o, col_names[p], sim_compat_value(x,
					(enum sim_compat_peer)p, key));
	sim_out_row_end(o);
}

static bool has_key(const struct sim_compat_out *c, const char *key)
{
	const struct sim_compat_row *row;

	for (int i = 0; (row = sim_compat_row(i)); i++)
		if (is_asked(c, (int)row->peer) && !strcmp(row->key, key))
			return true;
	return false;
}

void sim_compat_out_put(struct sim_out *o, const struct sim_compat_out *c,
			const struct sim_compat_input *in)
{
	struct sim_compat *x = sim_compat_new(in);
	const struct sim_compat_row *row;

	sim_out_list(o, sim_compat_out_cols(c, false));
	for (int i = 0; i < SIM_METRICS__COUNT && sim_out_wants_more(o); i++) {
		const char *key = sim_metrics_row((enum sim_metrics_id)i)->key;

		if (has_key(c, key))
			put_row(o, c, in, x, key);
	}
	/* What is a peer's alone. */
	for (int i = 0; (row = sim_compat_row(i)) && sim_out_wants_more(o);
	     i++)
		if (is_asked(c, (int)row->peer) &&
		    sim_metrics_find(row->key) < 0)
			put_row(o, c, in, x, row->key);
	sim_out_end(o);
	sim_compat_free(x);
}

void sim_compat_out_list(struct sim_out *o, const struct sim_compat_out *c)
{
	const struct sim_compat_row *row;

	sim_out_list(o, sim_compat_out_cols(c, true));
	for (int i = 0; (row = sim_compat_row(i)); i++) {
		if (!is_asked(c, (int)row->peer))
			continue;
		sim_out_row(o);
		sim_out_str(o, "metric", row->key);
		sim_out_str(o, "peer", sim_compat_peers[row->peer]);
		sim_out_str(o, "formula", row->formula);
		sim_out_row_end(o);
	}
	sim_out_end(o);
}
