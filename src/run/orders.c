/*
 * orders: a list of orders as a file, CSV or NDJSON.
 *
 * Both forms come down to (column, text) pairs for one table of columns, so
 * they accept the same words and refuse with the same sentences.
 */
#include "run/orders.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/instrument.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define COLUMNS_MAX	64
#define GROUP_MAX	10000000

/* A value being read, and where it stands. */
struct cell {
	struct sim_orders *o;
	struct sim_orders_row *row;
	const char *column;		/* as the file calls it */
	unsigned number;		/* of the column, from 1; 0: a key */
	const char *text;
	size_t len;
	struct sim_err *err;
};

static int refuse(const struct cell *c, const char *want)
{
	char where[64] = "", quoted[SIM_STR_QUOTEMAX];

	sim_str_quote(c->text, c->len, quoted);
	if (c->number)
		snprintf(where, sizeof(where), "column %u, ", c->number);
	return sim_err_set(c->err, SIM_E_DATA, "%s: line %u, %s%s: %s is "
			   "not %s", c->o->name, c->row->line, where, c->column,
			   quoted, want);
}

/* -- columns --------------------------------------------------------------- */

static int set_time(struct cell *c)
{
	enum sim_time_kind kind;

	if (sim_time_parse(c->text, c->len, &c->row->time, &kind, NULL))
		return refuse(c, "a time such as 2024-01-16T14:30:00Z");
	c->row->is_date = kind == SIM_TIME_DATE;
	return SIM_OK;
}

static int set_at(struct cell *c)
{
	c->row->is_end = true;
	if (sim_time_parse(c->text, c->len, &c->row->time, NULL, NULL))
		return refuse(c, "a time such as 2024-01-16T21:00:00Z");
	return SIM_OK;
}

static size_t hash_symbol(const char *s)
{
	uint32_t h = 2166136261u;	/* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

/* Double the table of symbol numbers (plus one; 0 is free). */
static void grow_table(struct sim_orders *o)
{
	size_t size = o->table_size ? o->table_size * 2 : 64;

	sim_mem_free(o->table);
	o->table = sim_mem_array(size, sizeof(*o->table));
	o->table_size = size;
	for (uint32_t i = 0; i < o->nsyms; i++) {
		size_t at = hash_symbol(o->symbols[i]) & (size - 1);

		while (o->table[at])
			at = (at + 1) & (size - 1);
		o->table[at] = i + 1;
	}
}

/* The number of a symbol in the list, new or known. */
static uint32_t intern(struct sim_orders *o, const char *symbol)
{
	size_t at;

	if (o->nsyms * 2 >= o->table_size)
		grow_table(o);
	at = hash_symbol(symbol) & (o->table_size - 1);
	for (; o->table[at]; at = (at + 1) & (o->table_size - 1)) {
		if (!strcmp(o->symbols[o->table[at] - 1], symbol))
			return o->table[at] - 1;
	}
	SIM_MEM_GROW(o->symbols, o->symbols_cap, o->nsyms + 1);
	snprintf(o->symbols[o->nsyms], sizeof(o->symbols[0]), "%s", symbol);
	o->table[at] = ++o->nsyms;
	return o->nsyms - 1;
}

static int set_symbol(struct cell *c)
{
	char s[SIM_INSTRUMENT_SYMBOL];

	if (c->len >= sizeof(s))
		return refuse(c, "a symbol of at most 32 characters");
	memcpy(s, c->text, c->len);
	s[c->len] = '\0';
	if (sim_instrument_check_symbol(s, NULL))
		return refuse(c, "a symbol: letters, digits and . _ : / = ^ -");
	c->row->sym = intern(c->o, s);
	return SIM_OK;
}

/* A cell as a NUL-ended word. */
static bool as_word(const struct cell *c, char word[32])
{
	if (c->len >= 32)
		return false;
	memcpy(word, c->text, c->len);
	word[c->len] = '\0';
	return true;
}

static int set_side(struct cell *c)
{
	char w[32];

	if (as_word(c, w) && sim_vocab_side_parse(w, &c->row->req.side))
		return SIM_OK;
	return refuse(c, "buy or sell");
}

static int set_type(struct cell *c)
{
	char w[32];

	if (as_word(c, w) && sim_vocab_order_type_parse(w, &c->row->req.type))
		return SIM_OK;
	return refuse(c, "market, limit, stop, stop_limit or trailing_stop");
}

static int set_tif(struct cell *c)
{
	char w[32];

	if (as_word(c, w) && sim_vocab_tif_parse(w, &c->row->req.tif))
		return SIM_OK;
	return refuse(c, "day, gtc, gtd, ioc, fok, opg or cls");
}

static bool parse_positive(const char *s, size_t len, sim_dec *out)
{
	return !sim_dec_parse(s, len, out, NULL) && *out > 0;
}

static int set_size(struct cell *c, enum sim_order_size kind, size_t len,
		    const char *want)
{
	if (c->row->req.size)
		return refuse(c, "allowed beside another size; give one of "
			      "quantity, notional and risk");
	if (!parse_positive(c->text, len, &c->row->req.size))
		return refuse(c, want);
	c->row->req.size_kind = kind;
	return SIM_OK;
}

static int set_quantity(struct cell *c)
{
	static const char want[] = "a positive number, N% or all";
	size_t n = c->len;

	if (n == 3 && !memcmp(c->text, "all", 3) && !c->row->req.size) {
		c->row->req.size_kind = SIM_ORDER_SIZE_ALL;
		c->row->req.size = SIM_DEC_ONE;
		return SIM_OK;
	}
	if (n && c->text[n - 1] == '%')
		return set_size(c, SIM_ORDER_SIZE_PERCENT, n - 1, want);
	return set_size(c, SIM_ORDER_SIZE_QTY, n, want);
}

static int set_notional(struct cell *c)
{
	return set_size(c, SIM_ORDER_SIZE_NOTIONAL, c->len,
			"a positive amount of money");
}

static int set_risk(struct cell *c)
{
	size_t n = c->len && c->text[c->len - 1] == '%' ? c->len - 1 : c->len;

	return set_size(c, SIM_ORDER_SIZE_RISK, n,
			"a positive percentage of equity");
}

static int set_price(struct cell *c, sim_dec *out)
{
	if (parse_positive(c->text, c->len, out))
		return SIM_OK;
	return refuse(c, "a positive price with at most eight decimals");
}

static int set_limit(struct cell *c)
{
	return set_price(c, &c->row->req.limit);
}

static int set_stop(struct cell *c)
{
	return set_price(c, &c->row->req.stop);
}

static int set_take_profit(struct cell *c)
{
	return set_price(c, &c->row->req.take_profit);
}

static int set_stop_loss(struct cell *c)
{
	return set_price(c, &c->row->req.stop_loss);
}

/* A distance: a price, or N% of one. */
static int set_distance(struct cell *c, sim_dec *out, bool *is_percent)
{
	size_t n = c->len;

	*is_percent = n && c->text[n - 1] == '%';
	if (parse_positive(c->text, n - *is_percent, out))
		return SIM_OK;
	return refuse(c, "a positive distance in price, or N%");
}

static int set_trail(struct cell *c)
{
	return set_distance(c, &c->row->req.trail,
			    &c->row->req.trail_is_percent);
}

static int set_bracket_trail(struct cell *c)
{
	return set_distance(c, &c->row->req.bracket_trail,
			    &c->row->req.bracket_trail_is_percent);
}

static int set_expire_at(struct cell *c)
{
	if (sim_time_parse(c->text, c->len, &c->row->req.expire_at, NULL,
			   NULL))
		return refuse(c, "a time such as 2024-01-16T21:00:00Z");
	return SIM_OK;
}

static int set_oco(struct cell *c)
{
	char w[32];
	int64_t n;

	if (!as_word(c, w) || sim_str_int(w, "oco", 1, GROUP_MAX, &n, NULL))
		return refuse(c, "the number of a group, 1 to 10000000");
	c->row->oco = (uint32_t)n;
	if (c->row->oco > c->o->groups)
		c->o->groups = c->row->oco;
	return SIM_OK;
}

static int set_reduce_only(struct cell *c)
{
	static const char *const yes[] = { "true", "yes", "1" };
	static const char *const no[] = { "false", "no", "0" };
	char w[32];

	if (!as_word(c, w))
		w[0] = '\0';
	for (int i = 0; i < 3; i++) {
		c->row->req.reduce_only |= !strcmp(w, yes[i]);
		if (!strcmp(w, yes[i]) || !strcmp(w, no[i]))
			return SIM_OK;
	}
	return refuse(c, "true or false");
}

/* An order of the list, by its number. */
static int set_number(struct cell *c, uint32_t *out)
{
	char w[32];
	int64_t n;

	if (!as_word(c, w) || sim_str_int(w, "order", 1, SIM_ORDERS_MAX, &n,
					  NULL))
		return refuse(c, "the number of an order, 1 for the first");
	*out = (uint32_t)n;
	return SIM_OK;
}

static int set_oco_with(struct cell *c)
{
	return set_number(c, &c->row->oco_with);
}

static int set_kind(struct cell *c, enum sim_orders_kind kind)
{
	if (c->row->kind)
		return refuse(c, "allowed: a row cancels or replaces");
	c->row->kind = (uint8_t)kind;
	return set_number(c, &c->row->order);
}

static int set_cancel(struct cell *c)
{
	return set_kind(c, SIM_ORDERS_CANCEL);
}

static int set_replace(struct cell *c)
{
	return set_kind(c, SIM_ORDERS_REPLACE);
}

static int set_size_at(struct cell *c)
{
	char w[32];

	if (!as_word(c, w) || (strcmp(w, "submit") && strcmp(w, "fill")))
		return refuse(c, "submit or fill");
	c->row->req.size_at_fill = !strcmp(w, "fill");
	return SIM_OK;
}

static const struct column {
	const char *name, *alias;
	bool is_needed;			/* of an order */
	int (*set)(struct cell *c);
} columns[] = {
	{ "time", "timestamp", false, set_time },
	{ "at", "step_end", false, set_at },
	{ "symbol", "ticker", true, set_symbol },
	{ "side", "action", true, set_side },
	{ "type", "order_type", false, set_type },
	{ "quantity", "qty", false, set_quantity },
	{ "notional", "amount", false, set_notional },
	{ "risk", "risk_percent", false, set_risk },
	{ "limit", "price", false, set_limit },
	{ "stop", "stop_price", false, set_stop },
	{ "trail", "trail_amount", false, set_trail },
	{ "take_profit", "tp", false, set_take_profit },
	{ "stop_loss", "sl", false, set_stop_loss },
	{ "bracket_trail", "sl_trail", false, set_bracket_trail },
	{ "time_in_force", "tif", false, set_tif },
	{ "expire_at", "expires", false, set_expire_at },
	{ "oco", "oco_group", false, set_oco },
	{ "oco_with", "oco_order", false, set_oco_with },
	{ "reduce_only", "reduce", false, set_reduce_only },
	{ "size_at", "sized_at", false, set_size_at },
	{ "cancel", "cancel_order", false, set_cancel },
	{ "replace", "replace_order", false, set_replace },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static const struct column *find_column(const char *s, size_t len)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		const struct column *c = &columns[i];

		if ((strlen(c->name) == len && !memcmp(c->name, s, len)) ||
		    (strlen(c->alias) == len && !memcmp(c->alias, s, len)))
			return c;
	}
	return NULL;
}

/* -- rows ------------------------------------------------------------------ */

static int unknown_column(const struct sim_orders *o, unsigned line,
			  const char *s, size_t len, struct sim_err *err)
{
	char quoted[SIM_STR_QUOTEMAX];

	sim_str_quote(s, len, quoted);
	return sim_err_set(err, SIM_E_DATA, "%s: line %u: %s is not a "
			   "column of an order list; use time, at, symbol, "
			   "side, type, quantity, notional, risk, limit, stop, "
			   "trail, take_profit, stop_loss, bracket_trail, "
			   "time_in_force, expire_at, oco, oco_with, "
			   "reduce_only, size_at, cancel or replace",
			   o->name, line, quoted);
}

static struct sim_orders_row *begin_row(unsigned line,
					struct sim_orders_row *row)
{
	memset(row, 0, sizeof(*row));
	row->line = line;
	row->req.type = SIM_ORDER_TYPE__COUNT;
	return row;
}

/* What type the prices speak of, when none is said. */
static enum sim_order_type infer_type(const struct sim_order_req *r)
{
	if (r->trail)
		return SIM_ORDER_TYPE_TRAILING_STOP;
	if (r->stop)
		return r->limit ? SIM_ORDER_TYPE_STOP_LIMIT :
			SIM_ORDER_TYPE_STOP;
	return r->limit ? SIM_ORDER_TYPE_LIMIT : SIM_ORDER_TYPE_MARKET;
}

static int lacks(const struct sim_orders *o, const struct sim_orders_row *row,
		 const char *column, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_DATA, "%s: line %u has no %s; every "
			   "order needs one", o->name, row->line, column);
}

/* Is there all that an order needs?  To change one, its number is enough. */
static int check_row(const struct sim_orders *o,
		     const struct sim_orders_row *row, uint64_t seen,
		     struct sim_err *err)
{
	bool has_time = seen & 1, has_at = seen >> 1 & 1;

	if (!has_time && !has_at)
		return lacks(o, row, "time", err);
	if (has_time && (has_at || row->kind))
		return sim_err_set(err, SIM_E_DATA, "%s: line %u has a time, "
				   "which is a bar's, where at, the end of a "
				   "step, is what it needs", o->name,
				   row->line);
	for (size_t i = 0; !row->kind && i < COLUMNS; i++) {
		if (columns[i].is_needed && !(seen >> i & 1))
			return lacks(o, row, columns[i].name, err);
	}
	if (!row->kind && !row->req.size)
		return sim_err_set(err, SIM_E_DATA, "%s: line %u has no "
				   "quantity; give quantity, notional or risk",
				   o->name, row->line);
	return SIM_OK;
}

static int end_row(struct sim_orders *o, struct sim_orders_row *row,
		   uint64_t seen, struct sim_err *err)
{
	int rc = check_row(o, row, seen, err);

	if (rc)
		return rc;
	if (o->n == SIM_ORDERS_MAX)
		return sim_err_set(err, SIM_E_DATA, "%s has more than %d "
				   "orders; split the list", o->name,
				   SIM_ORDERS_MAX);
	if (row->req.type == SIM_ORDER_TYPE__COUNT)
		row->req.type = infer_type(&row->req);
	SIM_MEM_GROW(o->rows, o->cap, o->n + 1);
	o->rows[o->n++] = *row;
	return SIM_OK;
}

static int set_cell(struct cell *c, const struct column *col, uint64_t *seen)
{
	if (!c->len)
		return SIM_OK;
	*seen |= (uint64_t)1 << (col - columns);
	return col->set(c);
}

/* -- CSV ------------------------------------------------------------------- */

/* A field of a line: [*s, *s + *len), quotes taken off; moves *p past it. */
static void next_field(const char **p, const char *end, const char **s,
		       size_t *len)
{
	const char *a = *p, *b = memchr(a, ',', (size_t)(end - a));

	b = b ? b : end;
	*p = b < end ? b + 1 : end + 1;
	while (a < b && (*a == ' ' || *a == '\t'))
		a++;
	while (b > a && (b[-1] == ' ' || b[-1] == '\t' || b[-1] == '\r'))
		b--;
	if (b - a >= 2 && *a == '"' && b[-1] == '"') {
		a++;
		b--;
	}
	*s = a;
	*len = (size_t)(b - a);
}

struct header {
	const struct column *columns[COLUMNS_MAX];
	unsigned n;
};

static int read_header(const struct sim_orders *o, const char *p,
		       const char *end, unsigned line, struct header *h,
		       struct sim_err *err)
{
	uint64_t seen = 0;

	h->n = 0;
	while (p <= end) {
		const char *s;
		size_t len;
		const struct column *c;

		next_field(&p, end, &s, &len);
		c = find_column(s, len);
		if (!c || h->n == COLUMNS_MAX)
			return unknown_column(o, line, s, len, err);
		if (seen >> (c - columns) & 1)
			return sim_err_set(err, SIM_E_DATA, "%s: line %u names "
					   "column %s twice; name it once",
					   o->name, line, c->name);
		seen |= (uint64_t)1 << (c - columns);
		h->columns[h->n++] = c;
	}
	return SIM_OK;
}

static int read_csv_row(struct sim_orders *o, const char *p, const char *end,
			unsigned line, const struct header *h,
			struct sim_err *err)
{
	struct sim_orders_row row;
	struct cell c = { .o = o, .row = begin_row(line, &row), .err = err };
	uint64_t seen = 0;
	int rc = SIM_OK;

	while (!rc && p <= end) {
		next_field(&p, end, &c.text, &c.len);
		if (c.number == h->n)
			return sim_err_set(err, SIM_E_DATA, "%s: line %u has "
					   "more than the %u fields of the "
					   "first line", o->name, line, h->n);
		c.column = h->columns[c.number]->name;
		c.number++;
		rc = set_cell(&c, h->columns[c.number - 1], &seen);
	}
	if (!rc && c.number != h->n)
		rc = sim_err_set(err, SIM_E_DATA, "%s: line %u has %u fields, "
				 "but the first line has %u", o->name, line,
				 c.number, h->n);
	return rc ? rc : end_row(o, &row, seen, err);
}

/* -- NDJSON ---------------------------------------------------------------- */

static int read_member(struct cell *c, const struct sim_json_val *v,
		       uint64_t *seen)
{
	const struct column *col = find_column(c->column, strlen(c->column));
	char buf[SIM_DEC_STRMAX];

	if (!col)
		return unknown_column(c->o, c->row->line, c->column,
				      strlen(c->column), c->err);
	c->text = sim_json_scalar(v, buf);
	if (!c->text) {
		c->text = "";
		c->len = 0;
		return refuse(c, "a text, a number of at most 15 digits, true "
			      "or false");
	}
	c->len = strlen(c->text);
	if (c->len && *seen >> (col - columns) & 1)
		return refuse(c, "allowed: the key stands under two names");
	return set_cell(c, col, seen);
}

static int read_json_row(struct sim_orders *o, const char *p, const char *end,
			 unsigned line, struct sim_err *err)
{
	struct sim_orders_row row;
	struct cell c = { .o = o, .row = begin_row(line, &row), .err = err };
	struct sim_json_doc *doc;
	const struct sim_json_val *root;
	struct sim_err why = SIM_ERR_INIT;
	uint64_t seen = 0;
	int rc = sim_json_parse(p, (size_t)(end - p), &doc, &why);

	if (rc)
		return sim_err_set(err, SIM_E_DATA, "%s: line %u: %.400s",
				   o->name, line, why.msg);
	root = sim_json_root(doc);
	for (size_t i = 0; !rc && i < sim_json_len(root); i++) {
		const struct sim_json_val *v =
			sim_json_member(root, i, &c.column);

		if (!v) {
			rc = sim_err_set(err, SIM_E_DATA, "%s: line %u is not "
					 "an object", o->name, line);
			break;
		}
		rc = read_member(&c, v, &seen);
	}
	sim_json_free(doc);
	return rc ? rc : end_row(o, &row, seen, err);
}

/* -- the whole ------------------------------------------------------------- */

static bool is_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	return p == end;
}

static int read_line(struct sim_orders *o, const char *p, const char *end,
		     unsigned line, struct header *h, struct sim_err *err)
{
	if (is_blank(p, end))
		return SIM_OK;
	if (end - p > SIM_ORDERS_LINE_MAX)
		return sim_err_set(err, SIM_E_DATA, "%s: line %u is longer "
				   "than %d bytes", o->name, line,
				   SIM_ORDERS_LINE_MAX);
	if (memchr(p, '\0', (size_t)(end - p)))
		return sim_err_set(err, SIM_E_DATA, "%s: line %u holds a zero "
				   "byte; an order list is text", o->name,
				   line);
	if (o->is_ndjson)
		return read_json_row(o, p, end, line, err);
	return h->n ? read_csv_row(o, p, end, line, h, err) :
		read_header(o, p, end, line, h, err);
}

static int read_lines(struct sim_orders *o, struct sim_err *err)
{
	const char *p = sim_buf_str(&o->text), *end = p + o->text.len;
	struct header h = { .n = 0 };
	int rc = SIM_OK;

	if (o->text.len >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
		p += 3;
	o->is_ndjson = p[strspn(p, " \t\r\n")] == '{';
	for (unsigned line = 1; !rc && p < end; line++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		nl = nl ? nl : end;
		rc = read_line(o, p, nl, line, &h, err);
		p = nl + 1;
	}
	return rc;
}

int sim_orders_parse(const char *name, const char *p, size_t n,
		     struct sim_orders **out, struct sim_err *err)
{
	struct sim_orders *o;
	int rc;

	if (n > SIM_ORDERS_BYTES_MAX)
		return sim_err_set(err, SIM_E_DATA, "%s has more than %zu "
				   "bytes; split the list", name,
				   SIM_ORDERS_BYTES_MAX);
	o = sim_mem_zalloc(sizeof(*o));
	o->name = sim_mem_strdup(name);
	o->text.max = SIM_BUF_MAX;
	sim_buf_add(&o->text, p, n);
	rc = read_lines(o, err);
	if (rc) {
		sim_orders_free(o);
		return rc;
	}
	*out = o;
	return SIM_OK;
}

void sim_orders_free(struct sim_orders *o)
{
	if (!o)
		return;
	sim_mem_free(o->name);
	sim_buf_release(&o->text);
	sim_mem_free(o->rows);
	sim_mem_free(o->symbols);
	sim_mem_free(o->table);
	sim_mem_free(o);
}
