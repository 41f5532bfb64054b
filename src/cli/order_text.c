/*
 * order_text: one table of fields, for options, words and files.
 */
#include "cli/order_text.h"

#include <stdio.h>
#include <string.h>

#include "util/str.h"

/* A field being set. */
struct field {
	struct sim_message_order *o;
	const char *name, *text;
	struct sim_err *err;
};

static int refuse(const struct field *f, const char *want)
{
	return sim_err_set(f->err, SIM_E_USAGE, "%s is '%.80s'; it must be %s",
			   f->name, f->text, want);
}

static bool is_positive(const char *s, size_t n, sim_dec *out)
{
	return n && !sim_dec_parse(s, n, out, NULL) && *out > 0;
}

/* -- the fields ------------------------------------------------------------ */

static int set_id(struct field *f)
{
	size_t n = strlen(f->text);

	for (size_t i = 0; i < n; i++)
		if (f->text[i] <= ' ' || f->text[i] > '~' ||
		    f->text[i] == '/')
			n = 0;
	if (!n || n > 64)
		return refuse(f, "1 to 64 printable characters without blank "
			      "and slash");
	f->o->order_id = f->text;
	return SIM_OK;
}

static int set_symbol(struct field *f)
{
	if (!*f->text || strlen(f->text) > 32)
		return refuse(f, "a symbol of at most 32 characters");
	f->o->symbol = f->text;
	return SIM_OK;
}

static int set_side(struct field *f)
{
	enum sim_side v;

	if (!sim_vocab_side_parse(f->text, &v))
		return refuse(f, "buy or sell");
	f->o->side = (int)v;
	f->o->has_side = true;
	return SIM_OK;
}

static int set_type(struct field *f)
{
	enum sim_order_type v;

	if (!sim_vocab_order_type_parse(f->text, &v))
		return refuse(f, "market, limit, stop, stop_limit or "
			      "trailing_stop");
	f->o->type = (int)v;
	f->o->has_type = true;
	return SIM_OK;
}

static int set_tif(struct field *f)
{
	enum sim_tif v;

	if (!sim_vocab_tif_parse(f->text, &v))
		return refuse(f, "day, gtc, gtd, ioc, fok, opg or cls");
	f->o->time_in_force = (int)v;
	f->o->has_time_in_force = true;
	return SIM_OK;
}

static bool has_size(const struct sim_message_order *o)
{
	return o->has_quantity || o->has_notional || o->has_percent ||
		o->has_risk || o->has_all;
}

/* "10", "50%", "all", "$5000". */
static int set_quantity(struct field *f)
{
	struct sim_message_order *o = f->o;
	const char *s = f->text;
	size_t n = strlen(s);

	if (has_size(o))
		return refuse(f, "left out: the size is said already");
	o->all = o->has_all = !strcmp(s, "all");
	if (o->all)
		return SIM_OK;
	o->has_notional = *s == '$';
	o->has_percent = !o->has_notional && n && s[n - 1] == '%';
	o->has_quantity = !o->has_notional && !o->has_percent;
	if (is_positive(s + o->has_notional, n - o->has_notional -
			o->has_percent, o->has_notional ? &o->notional :
			o->has_percent ? &o->percent : &o->quantity))
		return SIM_OK;
	return refuse(f, "a positive number, N% of equity, $N of money, or "
		      "all");
}

static int set_dec(struct field *f, sim_dec *out, bool *has)
{
	if (!is_positive(f->text, strlen(f->text), out))
		return refuse(f, "a positive number of at most eight "
			      "decimals");
	*has = true;
	return SIM_OK;
}

#define DEC_FIELD(name) \
	static int set_##name(struct field *f) \
	{ \
		return set_dec(f, &f->o->name, &f->o->has_##name); \
	}
DEC_FIELD(notional)
DEC_FIELD(percent)
DEC_FIELD(price)
DEC_FIELD(stop_price)
DEC_FIELD(trail_price)
DEC_FIELD(trail_percent)
DEC_FIELD(stop_loss)
DEC_FIELD(take_profit)
DEC_FIELD(stop_loss_trail_price)
DEC_FIELD(stop_loss_trail_percent)

/* A number, and maybe a percent sign. */
static int set_risk(struct field *f)
{
	size_t n = strlen(f->text);

	n -= n && f->text[n - 1] == '%';
	if (!is_positive(f->text, n, &f->o->risk))
		return refuse(f, "a positive percentage of equity");
	f->o->has_risk = true;
	return SIM_OK;
}

/* A distance: of money, or with % in percent. */
static int set_distance(struct field *f, sim_dec out[2], bool *has[2])
{
	size_t n = strlen(f->text);
	bool is_percent = n && f->text[n - 1] == '%';

	if (!is_positive(f->text, n - is_percent, &out[is_percent]))
		return refuse(f, "a distance: a positive price, or N%");
	*has[is_percent] = true;
	return SIM_OK;
}

static int set_trail(struct field *f)
{
	struct sim_message_order *o = f->o;
	bool *has[2] = { &o->has_trail_price, &o->has_trail_percent };
	sim_dec v[2] = { o->trail_price, o->trail_percent };
	int rc = set_distance(f, v, has);

	o->trail_price = v[0];
	o->trail_percent = v[1];
	return rc;
}

static int set_stop_trail(struct field *f)
{
	struct sim_message_order *o = f->o;
	bool *has[2] = { &o->has_stop_loss_trail_price,
			 &o->has_stop_loss_trail_percent };
	sim_dec v[2] = { o->stop_loss_trail_price,
			 o->stop_loss_trail_percent };
	int rc = set_distance(f, v, has);

	o->stop_loss_trail_price = v[0];
	o->stop_loss_trail_percent = v[1];
	return rc;
}

static int set_expire_at(struct field *f)
{
	if (sim_time_parse(f->text, strlen(f->text), &f->o->expire_at, NULL,
			   NULL))
		return refuse(f, "a time such as 2024-01-16T21:00:00Z");
	f->o->has_expire_at = true;
	return SIM_OK;
}

static int set_oco_with(struct field *f)
{
	f->o->oco_with = f->text;
	f->o->has_oco_with = true;
	return SIM_OK;
}

/* The place of a word in a list, or -1. */
static int word_of(const char *s, const char *const *list)
{
	for (int i = 0; list[i]; i++)
		if (!strcmp(s, list[i]))
			return i;
	return -1;
}

static bool as_bool(const char *s, bool *out)
{
	static const char *const words[] = {
		"false", "no", "0", "true", "yes", "1", NULL
	};
	int i = word_of(s, words);

	*out = i >= 3;
	return i >= 0;
}

static int set_all(struct field *f)
{
	if (!as_bool(f->text, &f->o->all))
		return refuse(f, "true or false");
	f->o->has_all = f->o->all;
	return SIM_OK;
}

static int set_reduce_only(struct field *f)
{
	if (!as_bool(f->text, &f->o->reduce_only))
		return refuse(f, "true or false");
	f->o->has_reduce_only = true;
	return SIM_OK;
}

static int set_size_at(struct field *f)
{
	static const char *const words[] = { "submit", "fill", NULL };

	f->o->size_at = word_of(f->text, words);
	if (f->o->size_at < 0)
		return refuse(f, "submit or fill");
	f->o->has_size_at = true;
	return SIM_OK;
}

static const struct {
	const char *name, *alias;
	int (*set)(struct field *f);
} fields[] = {
	{ "order_id", "client_id", set_id },
	{ "symbol", "ticker", set_symbol },
	{ "side", "action", set_side },
	{ "type", "order_type", set_type },
	{ "quantity", "qty", set_quantity },
	{ "notional", "amount", set_notional },
	{ "percent", "percent_of_equity", set_percent },
	{ "risk", "risk_percent", set_risk },
	{ "all", "everything", set_all },
	{ "size_at", "sized_at", set_size_at },
	{ "price", "limit", set_price },
	{ "stop_price", "stop", set_stop_price },
	{ "trail", "trail_amount", set_trail },
	{ "trail_price", "trail_money", set_trail_price },
	{ "trail_percent", "trail_pct", set_trail_percent },
	{ "stop_loss", "sl", set_stop_loss },
	{ "take_profit", "tp", set_take_profit },
	{ "bracket_trail", "sl_trail", set_stop_trail },
	{ "stop_loss_trail_price", "sl_trail_price",
	  set_stop_loss_trail_price },
	{ "stop_loss_trail_percent", "sl_trail_percent",
	  set_stop_loss_trail_percent },
	{ "time_in_force", "tif", set_tif },
	{ "expire_at", "expires", set_expire_at },
	{ "reduce_only", "reduce", set_reduce_only },
	{ "oco_with", "oco", set_oco_with },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

int sim_order_text_set(struct sim_message_order *o, const char *name,
		       const char *text, struct sim_err *err)
{
	struct field f = { o, name, text, err };
	const char *names[FIELDS + 1] = { NULL }, *near;

	for (size_t i = 0; i < FIELDS; i++) {
		names[i] = fields[i].name;
		if (!strcmp(name, fields[i].name) ||
		    !strcmp(name, fields[i].alias))
			return fields[i].set(&f);
	}
	near = sim_str_near(name, names);
	return sim_err_set(err, SIM_E_USAGE, "'%.40s' is no field of an order"
			   "%s%s%s", name, near ? "; did you mean '" :
			   "; simutrador-order(1) lists them", near ? near : "",
			   near ? "'?" : "");
}

/* -- words ----------------------------------------------------------------- */

/* What may stand after symbol and quantity, and the fields of the words that
 * follow it. */
static const struct {
	const char *words;		/* separated by | */
	const char *type, *tif, *usage, *follow[2];
} types[] = {
	{ "market|mkt", "market", NULL, "market", { NULL } },
	{ "limit|lmt", "limit", NULL, "limit PRICE", { "price" } },
	{ "stop|stp|stop-market|stop_market", "stop", NULL, "stop PRICE",
	  { "stop_price" } },
	{ "stop-limit|stop_limit|stp-lmt|stp_lmt", "stop_limit", NULL,
	  "stop-limit STOP LIMIT", { "stop_price", "price" } },
	{ "trail|trailing|trailing-stop|trailing_stop", "trailing_stop", NULL,
	  "trail DISTANCE", { "trail" } },
	{ "moo|market-on-open|market_on_open", "market", "opg", "moo",
	  { NULL } },
	{ "moc|market-on-close|market_on_close", "market", "cls", "moc",
	  { NULL } },
	{ "loo|limit-on-open|limit_on_open", "limit", "opg", "loo PRICE",
	  { "price" } },
	{ "loc|limit-on-close|limit_on_close", "limit", "cls", "loc PRICE",
	  { "price" } },
};
#define TYPES (sizeof(types) / sizeof(types[0]))

static bool is_among(const char *words, const char *s)
{
	size_t n = strlen(s), len;

	for (; *words; words += len + (words[len] == '|')) {
		len = strcspn(words, "|");
		if (len == n && !strncmp(words, s, n))
			return true;
	}
	return false;
}

static int no_type(const char *word, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_USAGE, "'%.40s' is no type of order; "
			   "after the quantity comes market, limit PRICE, stop "
			   "PRICE, stop-limit STOP LIMIT, trail DISTANCE, moo, "
			   "moc, loo PRICE or loc PRICE", word);
}

static int count_follow(size_t i)
{
	return (types[i].follow[0] != NULL) + (types[i].follow[1] != NULL);
}

int sim_order_text_words(struct sim_message_order *o, int n, char **words,
			 struct sim_err *err)
{
	size_t i = 0;
	int rc;

	if (!n)
		return SIM_OK;
	while (i < TYPES && !is_among(types[i].words, words[0]))
		i++;
	if (i == TYPES)
		return no_type(words[0], err);
	if (n - 1 != count_follow(i))
		return sim_err_set(err, SIM_E_USAGE, "after '%s' come %d "
				   "words, not %d: %s", words[0],
				   count_follow(i), n - 1, types[i].usage);
	rc = sim_order_text_set(o, "type", types[i].type, err);
	if (!rc && types[i].tif)
		rc = sim_order_text_set(o, "time_in_force", types[i].tif, err);
	for (int k = 0; !rc && k < n - 1; k++)
		rc = sim_order_text_set(o, types[i].follow[k], words[k + 1],
					err);
	return rc;
}

void sim_order_text_infer(struct sim_message_order *o)
{
	bool has_trail = o->has_trail_price || o->has_trail_percent;

	if (o->has_type)
		return;
	o->type = has_trail ? SIM_ORDER_TYPE_TRAILING_STOP :
		o->has_stop_price && o->has_price ? SIM_ORDER_TYPE_STOP_LIMIT :
		o->has_stop_price ? SIM_ORDER_TYPE_STOP :
		o->has_price ? SIM_ORDER_TYPE_LIMIT : SIM_ORDER_TYPE_MARKET;
	o->has_type = true;
}
