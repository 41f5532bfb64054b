/*
 * out_template: a line a record, as --format says.
 *
 * {field} or {field:FORM}, FORM being [<>^][+][width][.decimals][f], as many
 * languages have it; {{ and }} are braces, \n, \t and \\ what they are in C.
 */
#include "cli/out_priv.h"

#include <string.h>

#define WIDTH_MAX	999
#define DECIMALS_MAX	8

/* What stands at one place of a template. */
struct piece {
	bool is_field;
	char byte;			/* when it is not */
	const char *name;
	size_t len;
	char align;			/* '<', '>', '^', or 0: by kind */
	bool plus;
	size_t width;
	int decimals;			/* of numbers; letters of text; or -1 */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static long number(const char **p)
{
	long v = 0;

	while (is_digit(**p) && v <= WIDTH_MAX)
		v = v * 10 + (*(*p)++ - '0');
	return v;
}

/* FORM up to its brace; false when it is none. */
static bool form(const char *p, const char *end, struct piece *x)
{
	long v;

	if (strchr("<>^", *p) && *p)
		x->align = *p++;
	if (*p == '+') {
		x->plus = true;
		p++;
	}
	v = number(&p);
	if (v > WIDTH_MAX)
		return false;
	x->width = (size_t)v;
	if (*p == '.') {
		p++;
		if (!is_digit(*p))
			return false;
		v = number(&p);
		if (v > WIDTH_MAX)
			return false;
		x->decimals = (int)v;
	}
	if (*p == 'f')
		p++;
	return p == end;
}

static int field(const char **p, struct piece *x, struct sim_err *err)
{
	const char *name = *p + 1, *end = strchr(name, '}'), *colon;

	if (!end)
		return sim_err_set(err, SIM_E_USAGE, "--format: the brace "
				   "before '%.40s' is not closed; {{ is a brace"
				   " itself", name);
	colon = memchr(name, ':', (size_t)(end - name));
	x->is_field = true;
	x->name = name;
	x->len = (size_t)((colon ? colon : end) - name);
	if (colon && !form(colon + 1, end, x))
		return sim_err_set(err, SIM_E_USAGE, "--format: '%.*s' is not a"
				   " form such as <8, >12, .2 or +10.2f, of at"
				   " most %d columns", (int)(end - colon - 1),
				   colon + 1, WIDTH_MAX);
	*p = end + 1;
	return SIM_OK;
}

static const char *escape(const char *p, char *byte)
{
	static const char letters[] = "nt\\", bytes[] = "\n\t\\";
	const char *at = p[1] ? strchr(letters, p[1]) : NULL;

	*byte = at ? bytes[at - letters] : '\\';
	return p + (at ? 2 : 1);
}

/* The piece at *p, and on. */
static int next(const char **p, struct piece *x, struct sim_err *err)
{
	*x = (struct piece){ .byte = **p, .decimals = -1 };
	if (**p == '{' && (*p)[1] != '{')
		return field(p, x, err);
	if (**p == '}' && (*p)[1] != '}')
		return sim_err_set(err, SIM_E_USAGE, "--format: a '}' closes"
				   " what no brace opened; }} is a brace"
				   " itself");
	if (**p == '\\')
		*p = escape(*p, &x->byte);
	else
		*p += **p == '{' || **p == '}' ? 2 : 1;
	return SIM_OK;
}

int sim_out_template_check(const char *template,
			   const struct sim_out_col *cols, struct sim_err *err)
{
	struct piece x;
	int rc = SIM_OK;

	for (const char *p = template; *p && !rc;) {
		rc = next(&p, &x, err);
		if (!rc && x.is_field)
			rc = sim_out_check_name(cols, x.name, x.len, "--format",
						err);
	}
	return rc;
}

/* The first `most` code points. */
static void cut(struct sim_buf *b, size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++) {
		n += ((unsigned char)b->data[i] & 0xc0) != 0x80;
		if (n > most) {
			b->len = i;
			return;
		}
	}
}

static void pad(struct sim_buf *b, size_t n)
{
	while (n--)
		sim_buf_putc(b, ' ');
}

static void put(struct sim_out *o, const struct piece *x, const struct cell *c)
{
	bool is_number = sim_out_cell_is_number(c);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char align = x->align ? x->align : is_number ? '>' : '<';
	size_t room = 0, left;
	int decimals = x->decimals < DECIMALS_MAX ? x->decimals : DECIMALS_MAX;

	sim_out_cell(o, &b, c, decimals);
	if (c->kind == CELL_INT && decimals > 0)
		sim_buf_printf(&b, ".%.*s", decimals, "00000000");
	if (is_number && x->plus && b.len && b.data[0] != '-')
		room = 1;
	if (!is_number && x->decimals >= 0)
		cut(&b, (size_t)x->decimals);
	if (sim_out_table_width(sim_buf_str(&b)) + room < x->width)
		left = x->width - room - sim_out_table_width(sim_buf_str(&b));
	else
		left = 0;
	if (align != '<')
		pad(&o->buf, align == '^' ? left / 2 : left);
	sim_buf_puts(&o->buf, room ? "+" : "");
	sim_buf_add(&o->buf, b.data, b.len);
	if (align != '>')
		pad(&o->buf, align == '^' ? left - left / 2 : left);
	sim_buf_release(&b);
}

void sim_out_template_row(struct sim_out *o, const struct cell *row)
{
	static const struct cell none = { .kind = CELL_ABSENT };
	struct piece x;

	for (const char *p = o->cfg.template; *p;) {
		int col;

		if (next(&p, &x, NULL))
			SIM_BUG("--format");
		if (!x.is_field) {
			sim_buf_putc(&o->buf, x.byte);
			continue;
		}
		col = sim_out_find_col(o->cols, o->ncols, x.name, x.len);
		put(o, &x, col < 0 ? &none : &row[col]);
	}
	sim_buf_putc(&o->buf, '\n');
}
