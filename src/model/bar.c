/* bar: series views, growing tables and the names of timeframes. */
#include "model/bar.h"

#include <stdio.h>
#include <string.h>

#include "util/mem.h"

#define LINE		64		/* bytes of a line of the cache */
#define PAGE_LINES	64
#define SKEW_LINES	7		/* between one table and the next */

size_t sim_bar_find(const struct sim_bar_series *s, sim_time t)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->ts[mid] < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct sim_bar_series sim_bar_range(const struct sim_bar_series *s,
				    sim_time from, sim_time to)
{
	size_t a = sim_bar_find(s, from), b = sim_bar_find(s, to);
	struct sim_bar_series r = *s;

	if (b < a)
		b = a;
	r.n = b - a;
	if (!s->n)
		return r;
	r.ts += a;
	r.open += a;
	r.high += a;
	r.low += a;
	r.close += a;
	r.volume = r.volume ? r.volume + a : NULL;
	r.flags = r.flags ? r.flags + a : NULL;
	return r;
}

sim_time sim_bar_gap(const struct sim_bar_series *s)
{
	uint64_t gap = s->n > 1 ? SIM_TIME_MAX : 0;

	for (size_t i = 1; i < s->n; i++) {
		uint64_t d = sim_bar_apart(s, i - 1, i);

		gap = d < gap ? d : gap;
	}
	return (sim_time)gap;
}

size_t sim_bar_flagged(const struct sim_bar_series *s, size_t i, size_t end)
{
	uint64_t eight;

	if (!s->flags)
		return end;
	for (; i + sizeof(eight) <= end; i += sizeof(eight)) {
		memcpy(&eight, s->flags + i, sizeof(eight));
		if (eight)
			break;
	}
	while (i < end && !s->flags[i])
		i++;
	return i;
}

/*
 * Where in a page a table's columns begin.  Long columns begin with a page, so
 * that the same bar of many symbols would lie in the same few lines of the
 * cache, which pushes all but some of them out.
 */
static size_t choose_skew(void)
{
	static unsigned int tables;
	unsigned int k = __atomic_fetch_add(&tables, 1, __ATOMIC_RELAXED);

	return k * SKEW_LINES % PAGE_LINES * LINE;
}

static void *grow(const struct sim_bar_table *t, void *column, size_t n)
{
	char *old = column ? (char *)column - t->skew : NULL;

	return (char *)sim_mem_realloc(old, n * sizeof(sim_dec) + t->skew) +
	       t->skew;
}

void sim_bar_table_reserve(struct sim_bar_table *t, size_t cap)
{
	if (cap <= t->cap)
		return;
	if (!t->cap)
		t->skew = choose_skew();
	t->ts = grow(t, t->ts, cap);
	t->open = grow(t, t->open, cap);
	t->high = grow(t, t->high, cap);
	t->low = grow(t, t->low, cap);
	t->close = grow(t, t->close, cap);
	t->volume = grow(t, t->volume, cap);
	t->flags = sim_mem_realloc(t->flags, cap);
	t->cap = cap;
}

void sim_bar_table_add(struct sim_bar_table *t, const struct sim_bar *b,
		       uint8_t flags)
{
	size_t i = t->n;

	if (i == t->cap)
		sim_bar_table_reserve(t, t->cap ? t->cap * 2 : 1024);
	t->ts[i] = b->ts;
	t->open[i] = b->open;
	t->high[i] = b->high;
	t->low[i] = b->low;
	t->close[i] = b->close;
	t->volume[i] = b->volume;
	t->flags[i] = flags;
	t->gap = 0;
	t->n = i + 1;
}

struct sim_bar_series sim_bar_table_view(const struct sim_bar_table *t)
{
	return (struct sim_bar_series){
		t->n, t->ts, t->open, t->high, t->low, t->close,
		t->has_volume ? t->volume : NULL, t->flags, t->gap
	};
}

static void drop(const struct sim_bar_table *t, void *column)
{
	if (column)
		sim_mem_free((char *)column - t->skew);
}

void sim_bar_table_release(struct sim_bar_table *t)
{
	struct sim_bar_table empty = SIM_BAR_TABLE_INIT;

	drop(t, t->ts);
	drop(t, t->open);
	drop(t, t->high);
	drop(t, t->low);
	drop(t, t->close);
	drop(t, t->volume);
	sim_mem_free(t->flags);
	*t = empty;
}

/* Units as typed, longest spelling first; the first of a span is canonical. */
static const struct unit {
	const char *suffix;
	sim_time span;
} units[] = {
	{ "min", SIM_TIME_MIN }, { "m", SIM_TIME_MIN },
	{ "h", SIM_TIME_HOUR }, { "s", SIM_TIME_SEC },
};

static bool parse_intraday(const char *s, struct sim_bar_tf *tf)
{
	int64_t n = 0;
	const char *p = s;

	for (; *p >= '0' && *p <= '9' && n < 100000; p++)
		n = n * 10 + (*p - '0');
	if (p == s || n == 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(p, units[i].suffix) ||
		    n > SIM_TIME_DAY / units[i].span ||
		    n * units[i].span >= SIM_TIME_DAY)
			continue;
		*tf = (struct sim_bar_tf){ SIM_BAR_TF_INTRADAY,
					   n * units[i].span };
		return true;
	}
	return false;
}

int sim_bar_tf_parse(const char *s, struct sim_bar_tf *tf, struct sim_err *err)
{
	static const char *const day[] = { "daily", "1d", "day" };
	static const char *const week[] = { "weekly", "1w", "week" };

	for (int i = 0; i < 3; i++) {
		if (!strcmp(s, day[i])) {
			*tf = (struct sim_bar_tf){ SIM_BAR_TF_DAY,
						   SIM_TIME_DAY };
			return SIM_OK;
		}
		if (!strcmp(s, week[i])) {
			*tf = (struct sim_bar_tf){ SIM_BAR_TF_WEEK,
						   7 * SIM_TIME_DAY };
			return SIM_OK;
		}
	}
	if (parse_intraday(s, tf))
		return SIM_OK;
	return sim_err_set(err, SIM_E_INVAL,
			   "'%.32s' is not a timeframe; use 1min, 5min, 15min, "
			   "30min, 1h, 2h, 4h, daily or weekly", s);
}

const char *sim_bar_tf_text(struct sim_bar_tf tf, char buf[16])
{
	if (tf.unit != SIM_BAR_TF_INTRADAY)
		snprintf(buf, 16, "%s",
			 tf.unit == SIM_BAR_TF_DAY ? "daily" : "weekly");
	else if (tf.span % SIM_TIME_HOUR == 0)
		snprintf(buf, 16, "%dh", (int)(tf.span / SIM_TIME_HOUR));
	else if (tf.span % SIM_TIME_MIN == 0)
		snprintf(buf, 16, "%dmin", (int)(tf.span / SIM_TIME_MIN));
	else
		snprintf(buf, 16, "%ds", (int)(tf.span / SIM_TIME_SEC));
	return buf;
}
