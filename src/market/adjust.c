/*
 * adjust: from the newest bar back, with a factor that grows at each ex-day.
 */
#include "market/adjust.h"

#include <string.h>

static const char *const texts[] = { "raw", "split", "total-return" };

bool sim_adjust_parse(const char *s, enum sim_adjust_mode *mode)
{
	for (int i = 0; i < 3; i++) {
		if (strcmp(s, texts[i]))
			continue;
		*mode = (enum sim_adjust_mode)i;
		return true;
	}
	return false;
}

const char *sim_adjust_text(enum sim_adjust_mode mode)
{
	return texts[mode];
}

struct factor {
	double price, volume;
};

/* The first instant of an exchange day, or of the next that is open. */
static sim_time day_begin(const struct sim_calendar *cal, int64_t day)
{
	sim_time midnight = day * SIM_TIME_DAY;
	struct sim_hours s;

	midnight -= sim_calendar_offset(cal, midnight) * SIM_TIME_SEC;
	if (sim_calendar_day(cal, day, &s))
		return s.pre_open;
	if (sim_calendar_next(cal, midnight, &s) && s.day >= day)
		return s.pre_open;
	return midnight;
}

/* Make the factor that of the bars before an action, which begins at `row`. */
static int apply(const struct sim_bar_series *s, size_t row,
		 const struct sim_action *a, struct factor *f,
		 struct sim_err *err)
{
	char cash[SIM_DEC_STRMAX], close[SIM_DEC_STRMAX], day[16];
	sim_dec before = s->close[row - 1];

	if (a->type == SIM_ACTION_SPLIT) {
		f->price = f->price * a->den / a->num;
		f->volume = f->volume * a->num / a->den;
		return SIM_OK;
	}
	if (a->cash < before) {
		f->price *= 1 - (double)a->cash / (double)before;
		return SIM_OK;
	}
	sim_dec_format(a->cash, 0, cash);
	sim_dec_format(before, 0, close);
	sim_time_format_date(a->day, day);
	return sim_err_set(err, SIM_E_DATA,
			   "the dividend of %s on %s is not below the close "
			   "before it, %s; correct the actions or the prices",
			   cash, day, close);
}

static bool scale(sim_dec v, double factor, sim_dec *out)
{
	if (factor == 1) {
		*out = v;
		return true;
	}
	return sim_dec_from_double(sim_dec_to_double(v) * factor, out);
}

static bool scale_price(sim_dec v, double factor, sim_dec *out)
{
	if (!scale(v, factor, out))
		return false;
	if (*out < 1 && v > 0)
		*out = 1;
	return true;
}

/* Adjust rows [from, to) of the table. */
static int scale_rows(struct sim_bar_table *t, size_t from, size_t to,
		      struct factor f, struct sim_err *err)
{
	char when[SIM_TIME_STRMAX];

	for (size_t i = from; i < to; i++) {
		if (scale_price(t->open[i], f.price, &t->open[i]) &&
		    scale_price(t->high[i], f.price, &t->high[i]) &&
		    scale_price(t->low[i], f.price, &t->low[i]) &&
		    scale_price(t->close[i], f.price, &t->close[i]) &&
		    scale(t->volume[i], f.volume, &t->volume[i]))
			continue;
		sim_time_format(t->ts[i], when);
		return sim_err_set(err, SIM_E_OVERFLOW,
				   "the adjusted bar at %s exceeds 92 billion; "
				   "correct the actions or use raw prices",
				   when);
	}
	return SIM_OK;
}

static void copy(const struct sim_bar_series *s, struct sim_bar_table *out)
{
	sim_bar_table_reserve(out, out->n + s->n);
	for (size_t i = 0; i < s->n; i++) {
		struct sim_bar b = sim_bar_at(s, i);

		sim_bar_table_add(out, &b, s->flags ? s->flags[i] : 0);
	}
	out->gap = out->n == s->n ? s->gap : 0;
}

int sim_adjust_series(const struct sim_bar_series *s,
		      struct sim_adjust_actions actions,
		      enum sim_adjust_mode mode,
		      const struct sim_calendar *cal,
		      struct sim_bar_table *out, struct sim_err *err)
{
	struct factor f = { 1, 1 };
	size_t base = out->n, end = s->n;
	int rc = SIM_OK;

	copy(s, out);
	for (size_t i = actions.n; i-- > 0 && mode != SIM_ADJUST_RAW && !rc;) {
		const struct sim_action *a = &actions.a[i];
		size_t row;

		if (a->type == SIM_ACTION_DIVIDEND &&
		    mode != SIM_ADJUST_TOTAL_RETURN)
			continue;
		row = sim_bar_find(s, day_begin(cal, a->day));
		if (row == 0)
			break;
		if (row == s->n)
			continue;	/* not yet seen in these bars */
		if (row < end) {
			rc = scale_rows(out, base + row, base + end, f, err);
			end = row;
		}
		if (!rc)
			rc = apply(s, row, a, &f, err);
	}
	if (!rc)
		rc = scale_rows(out, base, base + end, f, err);
	if (rc)
		out->n = base;
	else if (!s->volume)
		out->has_volume = false;
	return rc;
}
