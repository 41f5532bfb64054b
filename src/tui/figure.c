/* figure: texts of numbers and times, without printf where it matters. */
#include "tui/figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/time.h"

/* Digits of v in groups of three, ended before `end`; where they begin. */
static char *groups(char *end, uint64_t v)
{
	int n = 0;

	do {
		if (n && n % 3 == 0)
			*--end = ' ';
		*--end = (char)('0' + v % 10);
		v /= 10;
		n++;
	} while (v);
	return end;
}

/* |v| in steps of 10^-decimals, half-even. */
static uint64_t rounded(sim_dec v, int decimals, uint64_t *unit)
{
	uint64_t step = 1, m = v < 0 ? -(uint64_t)v : (uint64_t)v, q, r;

	*unit = 1;
	for (int i = 0; i < SIM_DEC_SCALE; i++) {
		if (i < SIM_DEC_SCALE - decimals)
			step *= 10;
		else
			*unit *= 10;
	}
	q = m / step;
	r = m % step;
	return q + (r * 2 > step || (r * 2 == step && (q & 1)));
}

static char *format(char *out, sim_dec v, int decimals, bool has_plus)
{
	char text[SIM_FIGURE_MAX], *end = text + sizeof(text) - 1, *p = end;
	uint64_t unit, q = rounded(v, decimals, &unit), part = q % unit;

	*end = '\0';
	for (int i = 0; i < decimals; i++) {
		*--p = (char)('0' + part % 10);
		part /= 10;
	}
	if (decimals)
		*--p = '.';
	p = groups(p, q / unit);
	if (q && v < 0)
		*--p = '-';
	else if (q && has_plus)
		*--p = '+';
	return memcpy(out, p, (size_t)(end - p) + 1);
}

char *sim_figure_dec(char out[SIM_FIGURE_MAX], sim_dec v, int decimals)
{
	return format(out, v, decimals, false);
}

char *sim_figure_signed(char out[SIM_FIGURE_MAX], sim_dec v, int decimals)
{
	return format(out, v, decimals, true);
}

char *sim_figure_quantity(char out[SIM_FIGURE_MAX], sim_dec v, int decimals)
{
	int n = sim_dec_decimals(v);

	return format(out, v, n < decimals ? n : decimals, false);
}

char *sim_figure_short(char out[SIM_FIGURE_MAX], double v)
{
	static const char units[] = " kMBTQ";
	double size = fabs(v);
	size_t unit = 0;

	if (!isfinite(v) || size >= 1e18) {
		snprintf(out, SIM_FIGURE_MAX, "%s", isfinite(v) ? "huge" : "");
		return out;
	}
	while (size >= 999.5 && unit < sizeof(units) - 2) {
		size /= 1000;
		unit++;
	}
	snprintf(out, SIM_FIGURE_MAX, "%s%.*f", v < 0 && size > 0 ? "-" : "",
		 unit == 0 ? (size < 9.995 && floor(size) < size ? 2 : 0)
			   : size < 9.995 ? 2 : size < 99.95 ? 1 : 0, size);
	if (unit) {
		size_t n = strlen(out);

		out[n] = units[unit];
		out[n + 1] = '\0';
	}
	return out;
}

char *sim_figure_percent(char out[SIM_FIGURE_MAX], double v, int decimals)
{
	sim_dec d;

	if (!isfinite(v) || !sim_dec_from_double(v, &d)) {
		out[0] = '\0';
		return out;
	}
	format(out, d, decimals, true);
	memcpy(out + strlen(out), "%", 2);
	return out;
}

char *sim_figure_count(char out[SIM_FIGURE_MAX], uint64_t v)
{
	char text[SIM_FIGURE_MAX], *end = text + sizeof(text) - 1, *p;

	*end = '\0';
	p = groups(end, v);
	return memcpy(out, p, (size_t)(end - p) + 1);
}

const char *sim_figure_arrow(double v)
{
	return v > 0 ? "▲" : v < 0 ? "▼" : " ";
}

static struct sim_time_civil civil(sim_time t, int offset)
{
	sim_time shift = offset * SIM_TIME_SEC, to;

	if (__builtin_add_overflow(t, shift, &to))
		to = t;
	return sim_time_to_civil(to);
}

char *sim_figure_clock(char out[SIM_FIGURE_MAX], sim_time t, int offset)
{
	struct sim_time_civil c;

	out[0] = '\0';
	if (t == SIM_TIME_NONE)
		return out;
	c = civil(t, offset);
	snprintf(out, SIM_FIGURE_MAX, "%02d:%02d:%02d", c.hour, c.minute,
		 c.second);
	return out;
}

char *sim_figure_minute(char out[SIM_FIGURE_MAX], sim_time t, int offset)
{
	sim_figure_clock(out, t, offset);
	if (out[0])
		out[5] = '\0';
	return out;
}

char *sim_figure_date(char out[SIM_FIGURE_MAX], sim_time t, int offset)
{
	struct sim_time_civil c;

	out[0] = '\0';
	if (t == SIM_TIME_NONE)
		return out;
	c = civil(t, offset);
	snprintf(out, SIM_FIGURE_MAX, "%04d-%02d-%02d", c.year, c.month, c.day);
	return out;
}

char *sim_figure_day(char out[SIM_FIGURE_MAX], sim_time t, int offset)
{
	sim_figure_date(out, t, offset);
	if (out[0])
		memmove(out, out + 5, 6);
	return out;
}

char *sim_figure_span(char out[SIM_FIGURE_MAX], int64_t seconds)
{
	int64_t s = seconds < 0 ? 0 : seconds;

	if (s < 60)
		snprintf(out, SIM_FIGURE_MAX, "%" PRId64 "s", s);
	else if (s < 3600)
		snprintf(out, SIM_FIGURE_MAX, "%" PRId64 "m%02ds", s / 60,
			 (int)(s % 60));
	else if (s < 86400)
		snprintf(out, SIM_FIGURE_MAX, "%" PRId64 "h%02dm", s / 3600,
			 (int)(s / 60 % 60));
	else
		snprintf(out, SIM_FIGURE_MAX, "%" PRId64 "d%02dh", s / 86400,
			 (int)(s / 3600 % 24));
	return out;
}

int sim_figure_decimals(sim_dec price)
{
	sim_dec size = price < 0 ? -price : price;
	int most = size >= 1000 * SIM_DEC_ONE ? 2 : size >= SIM_DEC_ONE ? 4 : 8;
	int n = sim_dec_decimals(price);

	return n < 2 ? 2 : n < most ? n : most;
}
