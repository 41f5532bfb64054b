/* compat: the table of peers' figures, and who fills it in. */
#include "report/compat_priv.h"

#include <math.h>
#include <string.h>

#include "report/stats.h"
#include "util/err.h"
#include "util/mem.h"

static const struct sim_compat_row rows[] = {
#define SIM_COMPAT(peer, key, formula) { SIM_COMPAT_##peer, key, formula },
#include "report/compat.def"
#undef SIM_COMPAT
};
#define NROWS	((int)(sizeof(rows) / sizeof(rows[0])))
_Static_assert(sizeof(rows) / sizeof(rows[0]) <= SIM_COMPAT_ROWS, "room");

const char *const sim_compat_peers[] = {
	"empyrical", "quantstats", "backtesting.py", "freqtrade", NULL
};

const struct sim_compat_row *sim_compat_row(int i)
{
	return i >= 0 && i < NROWS ? &rows[i] : NULL;
}

int sim_compat_find(const char *name)
{
	for (int i = 0; sim_compat_peers[i]; i++)
		if (!strcmp(sim_compat_peers[i], name))
			return i;
	return -1;
}

static int find(enum sim_compat_peer peer, const char *key)
{
	for (int i = 0; i < NROWS; i++)
		if (rows[i].peer == peer && !strcmp(rows[i].key, key))
			return i;
	return -1;
}

void sim_compat_set(struct sim_compat *c, enum sim_compat_peer peer,
		    const char *key, double v)
{
	int i = find(peer, key);

	if (i < 0)
		SIM_BUG("no such row of compat.def");
	c->value[i] = isfinite(v) ? v : NAN;
}

double sim_compat_ours(const struct sim_compat *c, const char *key)
{
	int id = sim_metrics_find(key);

	if (id < 0)
		SIM_BUG("no such metric");
	return c->in->ours->v[id];
}

struct sim_compat *sim_compat_new(const struct sim_compat_input *in)
{
	struct sim_compat *c = sim_mem_zalloc(sizeof(*c));

	c->in = in;
	for (int i = 0; i < NROWS; i++)
		c->value[i] = NAN;
	if (in->series->n &&
	    sim_stats_all_finite(in->series->ret, in->series->n)) {
		sim_compat_series(c);
		sim_compat_trades(c);
	}
	return c;
}

double sim_compat_value(const struct sim_compat *c, enum sim_compat_peer peer,
			const char *key)
{
	int i = find(peer, key);

	return i < 0 ? NAN : c->value[i];
}

void sim_compat_free(struct sim_compat *c)
{
	sim_mem_free(c);
}
