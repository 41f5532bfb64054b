/* metrics: the table and how its values are written. */
#include "report/metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/stats.h"
#include "util/str.h"
#include "util/time.h"

static const struct sim_metrics_row rows[SIM_METRICS__COUNT] = {
#define SIM_METRIC(name, key, group, unit, title, formula) \
	{ key, title, formula, SIM_METRICS_GROUP_##group, \
	  SIM_METRICS_UNIT_##unit },
#include "report/metrics.def"
#undef SIM_METRIC
};

static const char *const groups[SIM_METRICS_GROUP__COUNT] = {
	[SIM_METRICS_GROUP_RETURN] = "Return",
	[SIM_METRICS_GROUP_RATIO] = "Risk and ratios",
	[SIM_METRICS_GROUP_DRAWDOWN] = "Drawdown",
	[SIM_METRICS_GROUP_TAIL] = "Distribution",
	[SIM_METRICS_GROUP_INFERENCE] = "Inference",
	[SIM_METRICS_GROUP_BENCHMARK] = "Benchmark",
	[SIM_METRICS_GROUP_TRADE] = "Trades",
	[SIM_METRICS_GROUP_EXPOSURE] = "Exposure",
	[SIM_METRICS_GROUP_COST] = "Costs",
	[SIM_METRICS_GROUP_ORDER] = "Orders",
};

static const char *const units[SIM_METRICS_UNIT__COUNT] = {
	[SIM_METRICS_UNIT_FRACTION] = "fraction",
	[SIM_METRICS_UNIT_NUMBER] = "number",
	[SIM_METRICS_UNIT_MONEY] = "money",
	[SIM_METRICS_UNIT_COUNT] = "count",
	[SIM_METRICS_UNIT_DAYS] = "days",
	[SIM_METRICS_UNIT_DATE] = "date",
};

static const char *const conventions[] = {
	"Returns are arithmetic, from one session close of the run's calendar "
	"to the next; the last equity point counts as a close; of several "
	"calendars the one with the most sessions a year is the run's",
	"A, the periods a year, is 252 for exchanges, 260 for FX 24/5, 365 for "
	"24/7, 52 weekly and 12 monthly; it is printed beside the figures",
	"Standard deviations divide by N - 1",
	"An annual rate becomes a rate per period by (1 + rate)^(1 / A) - 1",
	"Drawdown starts at the initial equity, so a loss on the first day "
	"counts; its maximum and its episodes use every equity point, the "
	"figures with N use closes",
	"Quantiles interpolate linearly (type 7)",
	"What is undefined is null or '-', never 0 or infinite",
	"Nothing is turned into an annual return (cagr, xirr, alpha, calmar, "
	"upi, pain_ratio, treynor, captures) below a year, which is 365 days "
	"between the first and the last date or A periods, unless asked",
	"Trades are FIFO round trips net of all their costs; break-even trades "
	"are neither wins nor losses",
	"Whether the input is equity or returns is declared, never guessed",
	"Sums are compensated and run in the order of time, so the bytes are "
	"the same on every machine",
};

const struct sim_metrics_row *sim_metrics_row(enum sim_metrics_id id)
{
	if ((unsigned)id >= SIM_METRICS__COUNT)
		SIM_BUG("metric out of range");
	return &rows[id];
}

int sim_metrics_find(const char *key)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		if (!strcmp(rows[i].key, key))
			return i;
	return -1;
}

const char *sim_metrics_group_text(enum sim_metrics_group g)
{
	return groups[g];
}

const char *sim_metrics_unit_text(enum sim_metrics_unit u)
{
	return units[u];
}

void sim_metrics_init(struct sim_metrics *m)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		m->v[i] = NAN;
}

/* "-0.00" is zero. */
static size_t drop_minus(char *buf)
{
	if (buf[0] == '-' && !buf[1 + strspn(buf + 1, "0.%")])
		memmove(buf, buf + 1, strlen(buf));
	return strlen(buf);
}

/* A number with decimals, or with an exponent where they say nothing. */
static void fixed(char *buf, double v, int decimals, const char *suffix)
{
	if (fabs(v) < 1e15)
		snprintf(buf, SIM_METRICS_STRMAX, "%.*f%s", decimals, v,
			 suffix);
	else
		snprintf(buf, SIM_METRICS_STRMAX, "%.6g%s", v, suffix);
}

size_t sim_metrics_format(enum sim_metrics_id id, double v, char *buf)
{
	if (!isfinite(v))
		return (size_t)snprintf(buf, SIM_METRICS_STRMAX, "-");
	switch (sim_metrics_row(id)->unit) {
	case SIM_METRICS_UNIT_FRACTION:
		fixed(buf, v * 100, 2, "%");
		break;
	case SIM_METRICS_UNIT_MONEY:
		fixed(buf, v, 2, "");
		break;
	case SIM_METRICS_UNIT_COUNT:
		fixed(buf, v, 0, "");
		break;
	case SIM_METRICS_UNIT_DAYS:
		fixed(buf, v, v == floor(v) ? 0 : 1, "");
		break;
	case SIM_METRICS_UNIT_DATE:
		return sim_time_format_date((int64_t)v, buf);
	default:
		fixed(buf, v, 3, "");
	}
	return drop_minus(buf);
}

void sim_metrics_json(const struct sim_metrics *m, struct sim_json *j)
{
	char date[SIM_METRICS_STRMAX];

	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		double v = m->v[i];

		if (!isfinite(v)) {
			sim_json_null(j, rows[i].key);
		} else if (rows[i].unit == SIM_METRICS_UNIT_COUNT) {
			sim_json_int(j, rows[i].key, (int64_t)v);
		} else if (rows[i].unit == SIM_METRICS_UNIT_DATE) {
			sim_time_format_date((int64_t)v, date);
			sim_json_str(j, rows[i].key, date);
		} else {
			sim_json_double(j, rows[i].key, v);
		}
	}
}

void sim_metrics_csv(const struct sim_metrics *m, struct sim_buf *out)
{
	char text[SIM_METRICS_STRMAX];

	sim_buf_puts(out, "key,value\n");
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		double v = m->v[i];

		sim_buf_printf(out, "%s,", rows[i].key);
		if (!isfinite(v)) {
			;
		} else if (rows[i].unit == SIM_METRICS_UNIT_COUNT) {
			sim_buf_int(out, (int64_t)v);
		} else if (rows[i].unit == SIM_METRICS_UNIT_DATE) {
			sim_time_format_date((int64_t)v, text);
			sim_buf_puts(out, text);
		} else {
			sim_str_double(v, text);
			sim_buf_puts(out, text);
		}
		sim_buf_putc(out, '\n');
	}
}

void sim_metrics_text(const struct sim_metrics *m, struct sim_buf *out)
{
	char text[SIM_METRICS_STRMAX];
	int group = -1;

	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		if (!isfinite(m->v[i]) &&
		    rows[i].group >= SIM_METRICS_GROUP_TRADE)
			continue;
		if ((int)rows[i].group != group) {
			sim_buf_printf(out, "%s%s\n", group < 0 ? "" : "\n",
				       groups[rows[i].group]);
			group = (int)rows[i].group;
		}
		sim_metrics_format((enum sim_metrics_id)i, m->v[i], text);
		sim_buf_printf(out, "  %-27s %-22s %16s\n", rows[i].title,
			       rows[i].key, text);
	}
}

void sim_metrics_list_text(struct sim_buf *out)
{
	int group = -1;

	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		if ((int)rows[i].group != group) {
			sim_buf_printf(out, "%s%s\n", group < 0 ? "" : "\n",
				       groups[rows[i].group]);
			group = (int)rows[i].group;
		}
		sim_buf_printf(out, "  %-22s %s (%s)\n      %s\n", rows[i].key,
			       rows[i].title, units[rows[i].unit],
			       rows[i].formula);
	}
}

void sim_metrics_list_json(struct sim_json *j)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		sim_json_object(j, NULL);
		sim_json_str(j, "key", rows[i].key);
		sim_json_str(j, "title", rows[i].title);
		sim_json_str(j, "group", groups[rows[i].group]);
		sim_json_str(j, "unit", units[rows[i].unit]);
		sim_json_str(j, "formula", rows[i].formula);
		sim_json_end(j);
	}
}

void sim_metrics_conventions(struct sim_buf *out)
{
	for (size_t i = 0; i < sizeof(conventions) / sizeof(*conventions); i++)
		sim_buf_printf(out, "C%zu %s.\n", i + 1, conventions[i]);
}

void sim_metrics_returns(const double *level, size_t n, double *ret)
{
	for (size_t i = 1; i < n; i++)
		ret[i - 1] = level[i - 1] > 0 ?
			     sim_stats_change(level[i - 1], level[i]) : NAN;
}

int64_t sim_metrics_day(sim_time end)
{
	return sim_time_day_of(end - 1);
}
