/* out: the formats that are written row by row: JSON, NDJSON, CSV, TSV,
 * Markdown and names. */
#include "cli/out_priv.h"

#include <stdio.h>
#include <string.h>

#include "util/str.h"

#define DEPTH_MAX 4		/* dots in a column name */

/* v to n decimals, half-even. */
static sim_dec round_to(sim_dec v, int n)
{
	int64_t step = 1, q, r;

	for (int i = n; i < SIM_DEC_SCALE; i++)
		step *= 10;
	q = v / step;
	r = v % step;
	if (r < 0)
		r = -r;
	if (r * 2 > step || (r * 2 == step && (q & 1)))
		q += v < 0 ? -1 : 1;
	return q > INT64_MAX / step || q < INT64_MIN / step ? v : q * step;
}

static void real_text(struct sim_buf *b, double v, int decimals)
{
	char text[SIM_STR_DOUBLEMAX];
	double size = v < 0 ? -v : v;

	if (decimals >= 0 && size < 1e15)
		sim_buf_printf(b, "%.*f", decimals, v);
	else
		sim_buf_add(b, text, sim_str_double(v, text));
}

void sim_out_cell_strs(struct sim_buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == CELL_SEP)
			sim_buf_puts(b, "; ");
		else
			sim_buf_putc(b, *s);
	}
}

void sim_out_cell(const struct sim_out *o, struct sim_buf *b,
		  const struct cell *c, int decimals)
{
	char text[SIM_TIME_STRMAX];

	switch (c->kind) {
	case CELL_ABSENT:
	case CELL_NULL:
		break;
	case CELL_STR:
		sim_buf_puts(b, c->text);
		break;
	case CELL_STRS:
		sim_out_cell_strs(b, c->text);
		break;
	case CELL_INT:
		sim_buf_int(b, c->num);
		break;
	case CELL_DEC:
		sim_buf_dec(b, decimals < 0 ? c->num
					    : round_to(c->num, decimals),
			    decimals < 0 ? 0 : decimals);
		break;
	case CELL_DOUBLE:
		real_text(b, c->real, decimals);
		break;
	case CELL_BOOL:
		sim_buf_puts(b, c->num ? "true" : "false");
		break;
	case CELL_TIME:
		sim_buf_add(b, text, sim_out_stamp_text(&o->cfg.stamp, c->num,
							text));
		break;
	case CELL_DATE:
		sim_buf_add(b, text, sim_time_format_date(c->num, text));
		break;
	}
}

bool sim_out_cell_is_number(const struct cell *c)
{
	return c->kind == CELL_INT || c->kind == CELL_DEC ||
	       c->kind == CELL_DOUBLE;
}

/* -- JSON ---------------------------------------------------------------- */

static void json_strs(struct sim_json *j, const char *key, const char *s)
{
	sim_json_array(j, key);
	while (*s) {
		const char *sep = strchr(s, CELL_SEP);
		size_t n = sep ? (size_t)(sep - s) : strlen(s);

		sim_json_strn(j, NULL, s, n);
		s += n + (sep != NULL);
	}
	sim_json_end(j);
}

static void json_time(const struct sim_out *o, struct sim_json *j,
		      const char *key, sim_time t)
{
	char text[SIM_TIME_STRMAX];
	size_t n = sim_out_stamp_text(&o->cfg.stamp, t, text);

	if (sim_out_stamp_is_number(&o->cfg.stamp))
		sim_json_raw(j, key, text, n);
	else
		sim_json_strn(j, key, text, n);
}

static void json_dec(const struct sim_out *o, struct sim_json *j,
		     const char *key, sim_dec v)
{
	char text[SIM_DEC_STRMAX];

	if (!o->cfg.decimal_strings)
		sim_json_dec(j, key, v);
	else
		sim_json_strn(j, key, text, sim_dec_format(v, 0, text));
}

static void json_cell(struct sim_out *o, const char *key, const struct cell *c)
{
	struct sim_json *j = &o->json;
	char text[SIM_TIME_STRMAX];

	switch (c->kind) {
	case CELL_ABSENT:
		break;
	case CELL_NULL:
		sim_json_null(j, key);
		break;
	case CELL_STR:
		sim_json_str(j, key, c->text);
		break;
	case CELL_STRS:
		json_strs(j, key, c->text);
		break;
	case CELL_INT:
		sim_json_int(j, key, c->num);
		break;
	case CELL_DEC:
		json_dec(o, j, key, c->num);
		break;
	case CELL_DOUBLE:
		sim_json_double(j, key, c->real);
		break;
	case CELL_BOOL:
		sim_json_bool(j, key, c->num);
		break;
	case CELL_TIME:
		json_time(o, j, key, c->num);
		break;
	case CELL_DATE:
		sim_json_strn(j, key, text,
			      sim_time_format_date(c->num, text));
		break;
	}
}

/* The objects open at a column: prefixes of its dotted name. */
struct nest {
	const char *open[DEPTH_MAX];
	size_t len[DEPTH_MAX];
	int depth;
};

/* Close and open objects until the ones of `name` are open; gives its leaf. */
static const char *nest_to(struct nest *x, struct sim_json *j,
			   const char *name)
{
	const char *p = name, *dot;
	int same = 0;
	char key[64];

	for (; (dot = strchr(p, '.')) && same < x->depth &&
	       x->len[same] == (size_t)(dot - p) &&
	       !memcmp(x->open[same], p, x->len[same]); same++)
		p = dot + 1;
	for (; x->depth > same; x->depth--)
		sim_json_end(j);
	while ((dot = strchr(p, '.')) && x->depth < DEPTH_MAX) {
		x->open[x->depth] = p;
		x->len[x->depth++] = (size_t)(dot - p);
		snprintf(key, sizeof(key), "%.*s", (int)(dot - p), p);
		sim_json_object(j, key);
		p = dot + 1;
	}
	return p;
}

static bool is_shown(const struct sim_out *o, size_t col)
{
	for (size_t i = 0; i < o->norder; i++)
		if (o->order[i] == col)
			return true;
	return false;
}

/* Members in the order of the columns, so that equal prefixes stay joined. */
static void json_row(struct sim_out *o, const struct cell *row)
{
	struct nest x = { .depth = 0 };

	sim_json_object(&o->json, NULL);
	for (size_t i = 0; i < o->ncols; i++) {
		if (row[i].kind == CELL_ABSENT || !is_shown(o, i))
			continue;
		json_cell(o, nest_to(&x, &o->json, o->cols[i].name), &row[i]);
	}
	for (; x.depth > 0; x.depth--)
		sim_json_end(&o->json);
	sim_json_end(&o->json);
}

static void ndjson_row(struct sim_out *o, const struct cell *row)
{
	sim_json_init(&o->json, &o->buf, false);
	json_row(o, row);
	sim_buf_putc(&o->buf, '\n');
}

/* -- separated values ---------------------------------------------------- */

static void csv_field(struct sim_buf *b, const char *s)
{
	if (!s[strcspn(s, ",\"\r\n")]) {
		sim_buf_puts(b, s);
		return;
	}
	sim_buf_putc(b, '"');
	for (; *s; s++) {
		if (*s == '"')
			sim_buf_putc(b, '"');
		sim_buf_putc(b, *s);
	}
	sim_buf_putc(b, '"');
}

static void tsv_field(struct sim_buf *b, const char *s)
{
	for (; *s; s++)
		sim_buf_putc(b, *s == '\t' || *s == '\n' || *s == '\r' ? ' '
									: *s);
}

static void md_field(struct sim_buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '|')
			sim_buf_putc(b, '\\');
		sim_buf_putc(b, *s == '\n' ? ' ' : *s);
	}
}

static const struct style {
	const char *before, *between, *after;
	void (*field)(struct sim_buf *, const char *);
} styles[] = {
	[SIM_OUT_CSV] = { "", ",", "\n", csv_field },
	[SIM_OUT_TSV] = { "", "\t", "\n", tsv_field },
	[SIM_OUT_MD]  = { "| ", " | ", " |\n", md_field },
};

static void separated_row(struct sim_out *o, const struct cell *row)
{
	const struct style *st = &styles[o->cfg.format];
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int decimals = o->cfg.format == SIM_OUT_MD ? o->cfg.decimals : -1;

	sim_buf_puts(&o->buf, st->before);
	for (size_t i = 0; i < o->norder; i++) {
		if (i)
			sim_buf_puts(&o->buf, st->between);
		sim_buf_reset(&b);
		sim_out_cell(o, &b, &row[o->order[i]], decimals);
		st->field(&o->buf, sim_buf_str(&b));
	}
	sim_buf_puts(&o->buf, st->after);
	sim_buf_release(&b);
}

static void separated_header(struct sim_out *o)
{
	const struct style *st = &styles[o->cfg.format];

	sim_buf_puts(&o->buf, st->before);
	for (size_t i = 0; i < o->norder; i++) {
		if (i)
			sim_buf_puts(&o->buf, st->between);
		st->field(&o->buf, o->cols[o->order[i]].name);
	}
	sim_buf_puts(&o->buf, st->after);
	if (o->cfg.format != SIM_OUT_MD)
		return;
	for (size_t i = 0; i < o->norder; i++)
		sim_buf_puts(&o->buf, i ? "---|" : "|---|");
	sim_buf_putc(&o->buf, '\n');
}

static void name_row(struct sim_out *o, const struct cell *row)
{
	if (o->id_col < 0)
		return;
	sim_out_cell(o, &o->buf, &row[o->id_col], -1);
	sim_buf_putc(&o->buf, '\n');
}

/* -- the three moments --------------------------------------------------- */

void sim_out_text_start(struct sim_out *o)
{
	if (o->cfg.format == SIM_OUT_JSON) {
		sim_json_init(&o->json, &o->buf, true);
		if (o->is_list)
			sim_json_array(&o->json, NULL);
	} else if (o->cfg.format >= SIM_OUT_CSV &&
		   o->cfg.format <= SIM_OUT_MD && o->cfg.header) {
		separated_header(o);
	}
}

void sim_out_text_row(struct sim_out *o, const struct cell *row)
{
	static void (*const by_format[])(struct sim_out *,
					 const struct cell *) = {
		[SIM_OUT_JSON] = json_row, [SIM_OUT_NDJSON] = ndjson_row,
		[SIM_OUT_CSV] = separated_row, [SIM_OUT_TSV] = separated_row,
		[SIM_OUT_MD] = separated_row, [SIM_OUT_NAME] = name_row,
		[SIM_OUT_TEMPLATE] = sim_out_template_row,
	};

	by_format[o->cfg.format](o, row);
	sim_out_write(o, "", 0);
}

void sim_out_text_end(struct sim_out *o)
{
	if (o->cfg.format != SIM_OUT_JSON)
		return;
	if (o->is_list)
		sim_json_end(&o->json);
	sim_out_puts(o, "\n");
}
