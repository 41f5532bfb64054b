/*
 * store_merge: bars join those that are stored.
 *
 * Under the symbol's lock: what is stored is mapped, the two ascending series
 * are walked once, and the result replaces the file.  When nothing is new, the
 * file is left alone.
 */
#include <string.h>

#include "store/store_priv.h"
#include "util/file.h"
#include "util/mem.h"

static int differs(struct sim_err *err, const char *symbol, const char *what)
{
	return sim_err_set(err, SIM_E_CONFIG,
			   "%s is stored with another %s; import with the "
			   "stored one, or remove it first with `simutrador "
			   "data rm %s`", symbol, what, symbol);
}

static int check_instrument(const struct sim_store *st,
			    const struct sim_instrument *a,
			    struct sim_err *err)
{
	struct sim_instrument b;

	if (sim_store_instrument(st, a->symbol, &b, NULL))
		return SIM_OK;
	if (a->tick_size != b.tick_size)
		return differs(err, a->symbol, "tick size");
	if (a->lot_size != b.lot_size)
		return differs(err, a->symbol, "lot size");
	if (a->multiplier != b.multiplier)
		return differs(err, a->symbol, "multiplier");
	if (strcmp(a->currency, b.currency))
		return differs(err, a->symbol, "currency");
	if (a->asset_class != b.asset_class)
		return differs(err, a->symbol, "asset class");
	if (strcmp(a->calendar, b.calendar))
		return differs(err, a->symbol, "calendar");
	return SIM_OK;
}

static uint8_t flags_at(const struct sim_bar_series *s, size_t i)
{
	return s->flags ? s->flags[i] : 0;
}

static bool same_bar(const struct sim_bar_series *a, size_t i,
		     const struct sim_bar_series *b, size_t j)
{
	struct sim_bar x = sim_bar_at(a, i), y = sim_bar_at(b, j);

	return x.open == y.open && x.high == y.high && x.low == y.low &&
	       x.close == y.close && x.volume == y.volume &&
	       flags_at(a, i) == flags_at(b, j);
}

/* Says the first value that differs, the close before the others. */
static int conflict(const char *symbol, const struct sim_bar_series *a,
		    size_t i, const struct sim_bar_series *b, size_t j,
		    struct sim_err *err)
{
	struct sim_bar x = sim_bar_at(a, i), y = sim_bar_at(b, j);
	const struct {
		const char *what;
		sim_dec is, now;
	} values[] = {
		{ "close", x.close, y.close }, { "open", x.open, y.open },
		{ "high", x.high, y.high }, { "low", x.low, y.low },
		{ "volume", x.volume, y.volume },
	};
	char when[SIM_TIME_STRMAX], is[SIM_DEC_STRMAX], now[SIM_DEC_STRMAX];

	sim_time_format(a->ts[i], when);
	for (size_t k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
		if (values[k].is == values[k].now)
			continue;
		sim_dec_format(values[k].is, 0, is);
		sim_dec_format(values[k].now, 0, now);
		return sim_err_set(err, SIM_E_DATA, "the bar of %s at %s is "
				   "stored with other values (%s %s, now %s); "
				   "use --replace to take the new ones", symbol,
				   when, values[k].what, is, now);
	}
	return sim_err_set(err, SIM_E_DATA, "the bar of %s at %s is stored "
			   "with other flags; use --replace to take the new "
			   "ones", symbol, when);
}

/* First pass: count, and find a conflict before anything is built. */
static int count(const char *symbol, const struct sim_bar_series *a,
		 const struct sim_bar_series *b, struct sim_store_merge *m,
		 struct sim_err *err)
{
	size_t i = sim_bar_find(a, b->ts[0]), j = 0;

	while (j < b->n) {
		while (i < a->n && a->ts[i] < b->ts[j])
			i++;
		if (i == a->n || a->ts[i] != b->ts[j])
			m->added++;
		else if (same_bar(a, i, b, j))
			m->same++;
		else if (m->replace)
			m->changed++;
		else
			return conflict(symbol, a, i, b, j, err);
		j++;
	}
	return SIM_OK;
}

static void add_from(struct sim_bar_table *t, const struct sim_bar_series *s,
		     size_t i)
{
	struct sim_bar bar = sim_bar_at(s, i);

	sim_bar_table_add(t, &bar, flags_at(s, i));
}

/* Second pass: the union; where both have a bar, b's. */
static void unite(const struct sim_bar_series *a,
		  const struct sim_bar_series *b, struct sim_bar_table *t)
{
	size_t i = 0, j = 0;

	while (i < a->n || j < b->n) {
		bool take_b = i == a->n ||
			      (j < b->n && b->ts[j] <= a->ts[i]);

		if (!take_b) {
			add_from(t, a, i++);
			continue;
		}
		if (i < a->n && a->ts[i] == b->ts[j])
			i++;
		add_from(t, b, j++);
	}
	t->has_volume = a->volume || b->volume;
}

/* What stays is given a new hash, so it must be what the old one says. */
static int check_old(const struct sim_store_bars *old, size_t n,
		     const struct sim_store_merge *m, struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	size_t chunk;
	int rc = SIM_OK;

	if (m->same + m->changed < n)
		rc = sim_store_bars_verify(old, &chunk, &why);
	return rc ? sim_err_set(err, rc == SIM_E_FALSE ? SIM_E_DATA : rc,
				"%s", why.msg) : SIM_OK;
}

static int merge_into(const char *path, const struct sim_store_bars *old,
		      const struct sim_instrument *ins,
		      const struct sim_bar_series *s,
		      const struct sim_store_merge *m, struct sim_err *err)
{
	struct sim_bar_series a = sim_store_bars_series(old), u;
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	int rc;

	if (!m->added && !m->changed)
		return SIM_OK;
	rc = check_old(old, a.n, m, err);
	if (rc)
		return rc;
	sim_bar_table_reserve(&t, a.n + m->added);
	unite(&a, s, &t);
	u = sim_bar_table_view(&t);
	rc = sim_store_write(path, ins, sim_store_bars_tf(old), &u, err);
	sim_bar_table_release(&t);
	return rc;
}

static int merge_locked(struct sim_store *st, const struct sim_instrument *ins,
			struct sim_bar_tf tf, const struct sim_bar_series *s,
			struct sim_store_merge *m, struct sim_err *err)
{
	char path[SIM_STORE_PATHMAX];
	struct sim_store_bars *old;
	struct sim_err why = SIM_ERR_INIT;
	struct sim_bar_series a;
	int rc = sim_store_path_bars(st, ins->symbol, tf, path, err);

	if (!rc)
		rc = check_instrument(st, ins, err);
	if (rc)
		return rc;
	rc = sim_store_bars_open(st, ins->symbol, tf, &old, &why);
	if (rc == SIM_E_NOENT) {
		m->added = s->n;
		return sim_store_write(path, ins, tf, s, err);
	}
	if (rc)
		return sim_err_set(err, rc, "%s", why.msg);
	a = sim_store_bars_series(old);
	rc = count(ins->symbol, &a, s, m, err);
	if (!rc)
		rc = merge_into(path, old, ins, s, m, err);
	sim_store_bars_close(old);
	return rc;
}

int sim_store_merge(struct sim_store *st, const struct sim_instrument *ins,
		    struct sim_bar_tf tf, const struct sim_bar_series *s,
		    struct sim_store_merge *out, struct sim_err *err)
{
	struct sim_store_merge m = { .replace = out->replace };
	int fd, rc;

	if (!s->n)
		return sim_err_set(err, SIM_E_DATA, "there are no bars of %s "
				   "to store", ins->symbol);
	rc = sim_store_lock(st, ins->symbol, &fd, err);
	if (rc)
		return rc;
	rc = merge_locked(st, ins, tf, s, &m, err);
	sim_file_unlock(fd);
	if (!rc)
		*out = m;
	return rc;
}
