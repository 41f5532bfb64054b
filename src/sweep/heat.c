/* heat: cells into a picture of at most so many columns and rows. */
#include "sweep/heat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define ROWS_MAX	24
#define WIDTH_MIN	40
#define CELL_MAX	6
#define LABEL_MAX	12

/* Dark to light, for who can't see colours; and of the 256-colour palette. */
static const char ramp[] = ".:-=+*#%@";
static const unsigned char colors[] = {
	17, 18, 24, 30, 36, 42, 78, 114, 150, 186, 227
};
#define NCOLORS (sizeof(colors) / sizeof(colors[0]))

/* -- spots ----------------------------------------------------------------- */

static int by_value(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

/* The median around a cell; of an even number the mean of the middle two. */
static double median_at(const struct sim_heat *h, size_t x, size_t y)
{
	double v[9];
	size_t n = 0;

	for (size_t j = y ? y - 1 : 0; j <= y + 1 && j < h->ny; j++)
		for (size_t i = x ? x - 1 : 0; i <= x + 1 && i < h->nx; i++)
			if (!isnan(h->at[j * h->nx + i]))
				v[n++] = h->at[j * h->nx + i];
	if (!n)
		return NAN;
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static struct sim_heat_spot find(const struct sim_heat *h, bool by_median)
{
	struct sim_heat_spot best = { false, 0, 0, NAN, NAN };
	double high = NAN;

	for (size_t k = 0; k < h->nx * h->ny; k++) {
		size_t x = k % h->nx, y = k / h->nx;
		double v = h->at[k];

		if (isnan(v))
			continue;
		if (by_median)
			v = median_at(h, x, y);
		if (v < high || (v == high && !(h->at[k] > best.value)))
			continue;
		high = v;
		best = (struct sim_heat_spot){ true, x, y, h->at[k], 0 };
	}
	if (best.is_known)
		best.median = median_at(h, best.x, best.y);
	return best;
}

struct sim_heat_spot sim_heat_peak(const struct sim_heat *h)
{
	return find(h, false);
}

struct sim_heat_spot sim_heat_plateau(const struct sim_heat *h)
{
	return find(h, true);
}

/* -- the picture ----------------------------------------------------------- */

struct picture {
	const struct sim_heat *h;
	const struct sim_heat_opts *o;
	struct sim_buf *out;
	struct sim_heat_spot peak, plateau;
	size_t cols, rows;		/* drawn */
	int cell, label;		/* columns of a cell, of a row's name */
	double low, high;
};

/* The first cell of n that the k-th of m drawn ones stands for. */
static size_t first_of(size_t k, size_t n, size_t m)
{
	return k * n / m;
}

static bool is_in(size_t at, size_t k, size_t n, size_t m)
{
	return at >= first_of(k, n, m) && at < first_of(k + 1, n, m);
}

/* The mean of the cells drawn together, NaN without any. */
static double mean_of(const struct picture *p, size_t col, size_t row)
{
	const struct sim_heat *h = p->h;
	double sum = 0;
	size_t n = 0;

	for (size_t y = first_of(row, h->ny, p->rows);
	     y < first_of(row + 1, h->ny, p->rows); y++)
		for (size_t x = first_of(col, h->nx, p->cols);
		     x < first_of(col + 1, h->nx, p->cols); x++)
			if (!isnan(h->at[y * h->nx + x])) {
				sum += h->at[y * h->nx + x];
				n++;
			}
	return n ? sum / (double)n : NAN;
}

static void find_scale(struct picture *p)
{
	p->low = p->high = NAN;
	for (size_t k = 0; k < p->cols * p->rows; k++) {
		double v = mean_of(p, k % p->cols, k / p->cols);

		p->low = v >= p->low ? p->low : isnan(v) ? p->low : v;
		p->high = v <= p->high ? p->high : isnan(v) ? p->high : v;
	}
}

/* 0 .. n - 1 along the scale. */
static size_t level_of(const struct picture *p, double v, size_t n)
{
	double share = p->high > p->low ? (v - p->low) / (p->high - p->low)
					: 1;
	size_t k = (size_t)(share * (double)n);

	return k < n ? k : n - 1;
}

static bool holds(const struct picture *p, const struct sim_heat_spot *s,
		  size_t col, size_t row)
{
	return s->is_known && is_in(s->x, col, p->h->nx, p->cols) &&
		is_in(s->y, row, p->h->ny, p->rows);
}

/* What is written into a cell: a mark, the ramp's glyph, or nothing. */
static char glyph_of(const struct picture *p, size_t col, size_t row, double v)
{
	if (holds(p, &p->peak, col, row))
		return 'P';
	if (holds(p, &p->plateau, col, row))
		return 'M';
	if (p->o->color || isnan(v))
		return ' ';
	return ramp[level_of(p, v, sizeof(ramp) - 1)];
}

static void draw_cell(struct picture *p, size_t col, size_t row)
{
	double v = mean_of(p, col, row);
	char c = glyph_of(p, col, row, v);
	bool lit = p->o->color && !isnan(v);
	size_t level = lit ? level_of(p, v, NCOLORS) : 0;

	if (lit)
		sim_buf_printf(p->out, "\033[48;5;%d;38;5;%dm", colors[level],
			       level > NCOLORS / 2 ? 16 : 231);
	for (int i = 0; i < p->cell; i++)
		sim_buf_putc(p->out, p->o->color && i != p->cell / 2 ? ' ' :
			     i == p->cell - 1 && p->cell > 1 && !p->o->color
			     ? ' ' : c);
	if (lit)
		sim_buf_puts(p->out, "\033[0m");
}

/* Names below the columns, as many as have room. */
static void draw_columns(struct picture *p)
{
	size_t room = 0, width = p->cols * (size_t)p->cell;
	char *line = sim_mem_alloc(width + 1);

	memset(line, ' ', width);
	for (size_t k = 0; k < p->cols; k++) {
		const char *s = p->h->x[first_of(k, p->h->nx, p->cols)];
		size_t at = k * (size_t)p->cell, n = strlen(s);

		if (at < room || at + n > width)
			continue;
		memcpy(line + at, s, n);
		room = at + n + 1;
	}
	while (width && line[width - 1] == ' ')
		width--;
	line[width] = '\0';
	sim_buf_printf(p->out, "%*s %s\n%*s %s\n", p->label, "", line,
		       p->label, "", p->h->xname);
	sim_mem_free(line);
}

static void draw_spot(struct picture *p, const char *mark, const char *what,
		      const struct sim_heat_spot *s)
{
	const struct sim_heat *h = p->h;

	if (!s->is_known)
		return;
	sim_buf_printf(p->out, "%s %-8s %s=%s %s=%s: %.6g, median around it"
		       " %.6g\n", mark, what, h->yname, h->y[s->y], h->xname,
		       h->x[s->x], s->value, s->median);
}

static void lay_out(struct picture *p)
{
	const struct sim_heat *h = p->h;
	int width = p->o->width > WIDTH_MIN ? p->o->width : WIDTH_MIN;
	size_t longest = strlen(h->yname), room;

	for (size_t k = 0; k < h->ny; k++)
		longest = strlen(h->y[k]) > longest ? strlen(h->y[k])
						    : longest;
	p->label = (int)(longest < LABEL_MAX ? longest : LABEL_MAX);
	room = (size_t)(width - p->label - 1);
	p->cols = h->nx < room ? h->nx : room;
	p->rows = h->ny < ROWS_MAX ? h->ny : ROWS_MAX;
	p->cell = (int)(room / p->cols);
	p->cell = p->cell < CELL_MAX ? p->cell : CELL_MAX;
}

void sim_heat_draw(const struct sim_heat *h, const struct sim_heat_opts *o,
		   struct sim_buf *out)
{
	struct picture p = {
		.h = h, .o = o, .out = out, .peak = sim_heat_peak(h),
		.plateau = sim_heat_plateau(h),
	};

	if (!h->nx || !h->ny || !p.peak.is_known)
		return;
	lay_out(&p);
	find_scale(&p);
	sim_buf_printf(out, "%.*s\n", p.label, h->yname);
	for (size_t row = 0; row < p.rows; row++) {
		sim_buf_printf(out, "%*.*s ", p.label, p.label,
			       h->y[first_of(row, h->ny, p.rows)]);
		for (size_t col = 0; col < p.cols; col++)
			draw_cell(&p, col, row);
		sim_buf_putc(out, '\n');
	}
	draw_columns(&p);
	if (!o->color)
		sim_buf_printf(out, "%s from %.6g to %.6g\n", ramp, p.low,
			       p.high);
	else
		sim_buf_printf(out, "dark to light: %.6g to %.6g\n", p.low,
			       p.high);
	draw_spot(&p, "P", "peak", &p.peak);
	draw_spot(&p, "M", "plateau", &p.plateau);
}
