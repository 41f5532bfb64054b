/*
 * config: the settings table, presets, and both directions of their text.
 */
#include "engine/config.h"

#include <stdio.h>
#include <string.h>

#include "model/bar.h"
#include "util/str.h"

#define PCT(x)	((sim_dec)((x) * 1000000))	/* percent as a fraction */

/* -- presets ------------------------------------------------------------- */

static const struct sim_config us_equity = {
	.preset = "us-equity", .cash = 100000 * SIM_DEC_ONE,
	.initial_margin = PCT(50), .maintenance_long = PCT(25),
	.maintenance_short = PCT(30), .debit_rate = PCT(7),
	.borrow_rate = PCT(1), .max_volume_share = PCT(25),
	.slippage = SIM_CONFIG_SLIPPAGE_BPS, .slippage_value = 5 * SIM_DEC_ONE,
	.fee = { .kind = SIM_CONFIG_COMMISSION_PER_SHARE, .rate = 500000 },
};

struct preset {
	const char *name, *summary;
	void (*apply)(struct sim_config *c);	/* on top of us-equity */
};

static void ibkr_like(struct sim_config *c)
{
	c->margin = true;
	c->debit_rate = 6830000;
	c->fee = (struct sim_config_fee){
		.kind = SIM_CONFIG_COMMISSION_PER_SHARE, .rate = 500000,
		.min = SIM_DEC_ONE, .max_fraction = PCT(1),
	};
}

static void crypto_spot(struct sim_config *c)
{
	c->fee = (struct sim_config_fee){
		.kind = SIM_CONFIG_COMMISSION_RATE, .rate = 200000,
		.maker = 100000, .has_maker = true,
	};
}

static void fx_retail(struct sim_config *c)
{
	c->margin = true;
	c->initial_margin = 3333333;
	c->maintenance_long = c->maintenance_short = 1666667;
	c->borrow_rate = 0;
	c->debit_rate = 0;
	c->slippage = SIM_CONFIG_SLIPPAGE_SPREAD;
	c->slippage_value = SIM_DEC_ONE;
	c->max_volume_share = 0;
	c->fee = (struct sim_config_fee){ .kind = SIM_CONFIG_COMMISSION_NONE };
}

static void frictionless(struct sim_config *c)
{
	c->debit_rate = c->borrow_rate = 0;
	c->slippage = SIM_CONFIG_SLIPPAGE_NONE;
	c->slippage_value = 0;
	c->max_volume_share = 0;
	c->fee = (struct sim_config_fee){ .kind = SIM_CONFIG_COMMISSION_NONE };
}

static const struct preset presets[] = {
	{ "us-equity", "US shares: 0.005 a share, 5 bps slippage, cash account",
	  NULL },
	{ "ibkr-like", "US shares on margin: 0.005 a share, 1.00 an order at "
		       "least, 1% at most", ibkr_like },
	{ "crypto-spot", "crypto: 0.2% taker, 0.1% maker, 5 bps slippage",
	  crypto_spot },
	{ "fx-retail", "currencies on 30:1 margin: a spread of 1 bps, no "
		       "commission", fx_retail },
	{ "frictionless", "no costs at all (stamped UNSAFE zero-cost)",
	  frictionless },
};

#define NPRESETS	((int)(sizeof(presets) / sizeof(presets[0])))

bool sim_config_preset_row(int i, const char **name, const char **summary)
{
	if (i < 0 || i >= NPRESETS)
		return false;
	*name = presets[i].name;
	*summary = presets[i].summary;
	return true;
}

int sim_config_preset(const char *name, struct sim_config *c,
		      struct sim_err *err)
{
	for (int i = 0; i < NPRESETS; i++) {
		if (strcmp(presets[i].name, name))
			continue;
		*c = us_equity;
		if (presets[i].apply)
			presets[i].apply(c);
		snprintf(c->preset, sizeof(c->preset), "%s", name);
		return SIM_OK;
	}
	return sim_err_set(err, SIM_E_INVAL, "'%.32s' is not a preset; use "
			   "us-equity, ibkr-like, crypto-spot, fx-retail or "
			   "frictionless", name);
}

/* -- values -------------------------------------------------------------- */

static int bad(const char *name, const char *value, const char *takes,
	       struct sim_err *err)
{
	return sim_err_set(err, SIM_E_INVAL, "--%s is %s, not '%.48s'", name,
			   takes, value);
}

/* A decimal in [lo, hi] of `n` bytes; a final '%' divides by 100. */
static bool number(const char *s, size_t n, sim_dec lo, sim_dec hi,
		   sim_dec *out)
{
	bool percent = n && s[n - 1] == '%';
	sim_dec v;

	if (sim_dec_parse(s, n - percent, &v, NULL))
		return false;
	if (percent && !sim_dec_muldiv(v, 1, 100, &v))
		return false;
	if (v < lo || v > hi)
		return false;
	*out = v;
	return true;
}

static bool amount(const char *s, sim_dec lo, sim_dec hi, sim_dec *out)
{
	return number(s, strlen(s), lo, hi, out);
}

/* Index of `s` in a NULL-ended list, or -1. */
static int word(const char *s, const char *const *list)
{
	for (int i = 0; list[i]; i++)
		if (!strcmp(list[i], s))
			return i;
	return -1;
}

/* -- one pair of functions a setting ------------------------------------- */

static bool set_cash(struct sim_config *c, const char *v)
{
	return amount(v, SIM_DEC_ONE, INT64_C(1000000000) * SIM_DEC_ONE,
		      &c->cash);
}
static void get_cash(const struct sim_config *c, struct sim_buf *b)
{
	sim_buf_dec(b, c->cash, 0);
}

static bool set_account(struct sim_config *c, const char *v)
{
	static const char *const words[] = { "cash", "margin", NULL };
	int i = word(v, words);

	if (i >= 0)
		c->margin = i == 1;
	return i >= 0;
}
static void get_account(const struct sim_config *c, struct sim_buf *b)
{
	sim_buf_puts(b, c->margin ? "margin" : "cash");
}

static bool set_leverage(struct sim_config *c, const char *v)
{
	sim_dec n;

	if (!amount(v, SIM_DEC_ONE, 1000 * SIM_DEC_ONE, &n))
		return false;
	c->margin = true;
	return sim_dec_div(SIM_DEC_ONE, n, &c->initial_margin) &&
	       sim_dec_muldiv(c->initial_margin, 1, 2, &c->maintenance_long) &&
	       sim_dec_muldiv(c->initial_margin, 1, 2, &c->maintenance_short);
}

static void get_leverage(const struct sim_config *c, struct sim_buf *b)
{
	sim_dec n = SIM_DEC_ONE;

	if (c->margin && !sim_dec_div(SIM_DEC_ONE, c->initial_margin, &n))
		n = SIM_DEC_ONE;
	sim_buf_dec(b, n, 0);
}

#define FRACTION(field) \
static bool set_##field(struct sim_config *c, const char *v) \
{ \
	return amount(v, 0, SIM_DEC_ONE, &c->field); \
} \
static void get_##field(const struct sim_config *c, struct sim_buf *b) \
{ \
	sim_buf_dec(b, c->field, 0); \
}
FRACTION(maintenance_long)
FRACTION(maintenance_short)
FRACTION(debit_rate)
FRACTION(borrow_rate)

static bool set_initial_margin(struct sim_config *c, const char *v)
{
	return amount(v, 100000, SIM_DEC_ONE, &c->initial_margin);
}
static void get_initial_margin(const struct sim_config *c, struct sim_buf *b)
{
	sim_buf_dec(b, c->initial_margin, 0);
}

static const char *const path_words[] = { "worst", "best", "ohlc", "olhc",
					  "adaptive", NULL };

static bool set_path(struct sim_config *c, const char *v)
{
	int i = word(v, path_words);
	struct sim_bar_tf tf;

	if (i >= 0) {
		c->path = (enum sim_config_path)i;
		return true;
	}
	if (strncmp(v, "detail:", 7) || sim_bar_tf_parse(v + 7, &tf, NULL))
		return false;
	c->path = SIM_CONFIG_PATH_DETAIL;
	c->detail_span = tf.span;
	return tf.unit == SIM_BAR_TF_INTRADAY;
}
static void get_path(const struct sim_config *c, struct sim_buf *b)
{
	char text[16];
	struct sim_bar_tf tf = { SIM_BAR_TF_INTRADAY, c->detail_span };

	if (c->path != SIM_CONFIG_PATH_DETAIL)
		sim_buf_puts(b, path_words[c->path]);
	else
		sim_buf_printf(b, "detail:%s", sim_bar_tf_text(tf, text));
}

static const char *const semantics_words[] = { "simutrador",
					       "backtesting.py",
					       "backtrader", NULL };

static bool set_semantics(struct sim_config *c, const char *v)
{
	int i = word(v, semantics_words);

	if (i >= 0)
		c->semantics = (enum sim_config_semantics)i;
	return i >= 0;
}
static void get_semantics(const struct sim_config *c, struct sim_buf *b)
{
	sim_buf_puts(b, semantics_words[c->semantics]);
}

static bool set_fill(struct sim_config *c, const char *v)
{
	static const char *const words[] = { "next-open", "close", NULL };
	int i = word(v, words);

	if (i >= 0)
		c->fill_close = i == 1;
	return i >= 0;
}
static void get_fill(const struct sim_config *c, struct sim_buf *b)
{
	sim_buf_puts(b, c->fill_close ? "close" : "next-open");
}

static bool set_limit_fill(struct sim_config *c, const char *v)
{
	int64_t n;

	if (!strcmp(v, "touch")) {
		c->limit_through = 0;
		return true;
	}
	if (strncmp(v, "through:", 8) ||
	    sim_str_int(v + 8, "ticks", 1, 1000, &n, NULL))
		return false;
	c->limit_through = (int)n;
	return true;
}
static void get_limit_fill(const struct sim_config *c, struct sim_buf *b)
{
	if (c->limit_through)
		sim_buf_printf(b, "through:%d", c->limit_through);
	else
		sim_buf_puts(b, "touch");
}

#define SWITCH(field) \
static bool set_##field(struct sim_config *c, const char *v) \
{ \
	static const char *const words[] = { "no", "yes", NULL }; \
	int i = word(v, words); \
\
	if (i >= 0) \
		c->field = i == 1; \
	return i >= 0; \
} \
static void get_##field(const struct sim_config *c, struct sim_buf *b) \
{ \
	sim_buf_puts(b, c->field ? "yes" : "no"); \
}
SWITCH(slip_out)
SWITCH(fill_synthetic)

static bool set_max_volume_share(struct sim_config *c, const char *v)
{
	if (!strcmp(v, "off")) {
		c->max_volume_share = 0;
		return true;
	}
	return amount(v, 1, SIM_DEC_ONE, &c->max_volume_share);
}
static void get_max_volume_share(const struct sim_config *c, struct sim_buf *b)
{
	if (c->max_volume_share)
		sim_buf_dec(b, c->max_volume_share, 0);
	else
		sim_buf_puts(b, "off");
}

static const char *const slippage_words[] = { "none", "bps", "ticks", "spread",
					      "vol", "impact", NULL };

static bool set_slippage(struct sim_config *c, const char *v)
{
	const char *colon = strchr(v, ':');
	char kind[8];
	int i;

	if (!strcmp(v, "none")) {
		c->slippage = SIM_CONFIG_SLIPPAGE_NONE;
		c->slippage_value = 0;
		return true;
	}
	if (!colon || colon - v >= (int)sizeof(kind))
		return false;
	snprintf(kind, sizeof(kind), "%.*s", (int)(colon - v), v);
	i = word(kind, slippage_words);
	if (i <= 0 || !amount(colon + 1, 0, 10000 * SIM_DEC_ONE,
			      &c->slippage_value))
		return false;
	c->slippage = (enum sim_config_slippage)i;
	return true;
}
static void get_slippage(const struct sim_config *c, struct sim_buf *b)
{
	sim_buf_puts(b, slippage_words[c->slippage]);
	if (c->slippage != SIM_CONFIG_SLIPPAGE_NONE) {
		sim_buf_putc(b, ':');
		sim_buf_dec(b, c->slippage_value, 0);
	}
}

/* -- commission ---------------------------------------------------------- */

/* Rates are written in the kind's own unit: money, percent or bps. */
static const struct fee_kind {
	const char *word;
	enum sim_config_commission kind;
	int64_t per;			/* divides what is written */
} fee_kinds[] = {
	{ "per-share", SIM_CONFIG_COMMISSION_PER_SHARE, 1 },
	{ "percent", SIM_CONFIG_COMMISSION_RATE, 100 },
	{ "bps", SIM_CONFIG_COMMISSION_RATE, 10000 },
	{ "per-order", SIM_CONFIG_COMMISSION_PER_ORDER, 1 },
};

#define RATE_MAX	(1000000 * SIM_DEC_ONE)

static bool rate(const struct fee_kind *k, const char *s, size_t n, sim_dec lo,
		 sim_dec *out)
{
	return number(s, n, lo, RATE_MAX, out) &&
	       sim_dec_muldiv(*out, 1, k->per, out);
}

static bool fee_tier(const struct fee_kind *k, struct sim_config_fee *f,
		     const char *s, size_t n)
{
	const char *eq = memchr(s, '=', n);
	int i = f->tiers;

	if (!eq || i == SIM_CONFIG_TIERS ||
	    k->kind == SIM_CONFIG_COMMISSION_PER_ORDER ||
	    !number(s, (size_t)(eq - s), 1, SIM_DEC_MAX, &f->tier[i].from) ||
	    !rate(k, eq + 1, n - (size_t)(eq + 1 - s), 0, &f->tier[i].rate))
		return false;
	if (i && f->tier[i].from <= f->tier[i - 1].from)
		return false;
	f->tiers++;
	return true;
}

static bool fee_max(struct sim_config_fee *f, const char *s, size_t n)
{
	if (n && s[n - 1] == '%')
		return number(s, n, 1, SIM_DEC_ONE, &f->max_fraction);
	return number(s, n, 1, RATE_MAX, &f->max);
}

/* One ",..." part. */
static bool fee_part(const struct fee_kind *k, struct sim_config_fee *f,
		     const char *s, size_t n)
{
	if (n > 4 && !memcmp(s, "min=", 4))
		return number(s + 4, n - 4, 0, RATE_MAX, &f->min);
	if (n > 4 && !memcmp(s, "max=", 4))
		return fee_max(f, s + 4, n - 4);
	if (n > 6 && !memcmp(s, "maker=", 6)) {
		f->has_maker = true;
		return k->kind != SIM_CONFIG_COMMISSION_PER_ORDER &&
		       rate(k, s + 6, n - 6, -RATE_MAX, &f->maker);
	}
	return fee_tier(k, f, s, n);
}

static const struct fee_kind *fee_kind(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(fee_kinds) / sizeof(fee_kinds[0]); i++)
		if (strlen(fee_kinds[i].word) == n &&
		    !memcmp(fee_kinds[i].word, s, n))
			return &fee_kinds[i];
	return NULL;
}

static bool set_commission(struct sim_config *c, const char *v)
{
	struct sim_config_fee f = { .kind = SIM_CONFIG_COMMISSION_NONE };
	const char *colon = strchr(v, ':');
	const struct fee_kind *k;
	size_t n;

	if (!strcmp(v, "none")) {
		c->fee = f;
		return true;
	}
	k = colon ? fee_kind(v, (size_t)(colon - v)) : NULL;
	if (!k)
		return false;
	v = colon + 1;
	n = strcspn(v, ",");
	f.kind = k->kind;
	if (!rate(k, v, n, 0, &f.rate))
		return false;
	while (v[n] == ',') {
		v += n + 1;
		n = strcspn(v, ",");
		if (!fee_part(k, &f, v, n))
			return false;
	}
	c->fee = f;
	return true;
}

static void put_rate(struct sim_buf *b, const struct sim_config_fee *f,
		     sim_dec v)
{
	sim_buf_dec(b, f->kind == SIM_CONFIG_COMMISSION_RATE ? v * 100 : v, 0);
}

static void get_commission(const struct sim_config *c, struct sim_buf *b)
{
	static const char *const words[] = { "none", "per-share:", "percent:",
					     "per-order:" };
	const struct sim_config_fee *f = &c->fee;

	sim_buf_puts(b, words[f->kind]);
	if (f->kind == SIM_CONFIG_COMMISSION_NONE)
		return;
	put_rate(b, f, f->rate);
	for (int i = 0; i < f->tiers; i++) {
		sim_buf_putc(b, ',');
		sim_buf_dec(b, f->tier[i].from, 0);
		sim_buf_putc(b, '=');
		put_rate(b, f, f->tier[i].rate);
	}
	if (f->has_maker) {
		sim_buf_puts(b, ",maker=");
		put_rate(b, f, f->maker);
	}
	if (f->min) {
		sim_buf_puts(b, ",min=");
		sim_buf_dec(b, f->min, 0);
	}
	if (f->max) {
		sim_buf_puts(b, ",max=");
		sim_buf_dec(b, f->max, 0);
	}
	if (f->max_fraction) {
		sim_buf_puts(b, ",max=");
		sim_buf_dec(b, f->max_fraction * 100, 0);
		sim_buf_putc(b, '%');
	}
}

/* -- the list ------------------------------------------------------------ */

#define FRACTION_TAKES "a fraction from 0 to 1, or 0% to 100%"

static const struct setting {
	struct sim_config_setting row;
	const char *takes;		/* "--cash is ..., not 'x'" */
	bool (*set)(struct sim_config *c, const char *v);
	void (*get)(const struct sim_config *c, struct sim_buf *b);
} settings[] = {
	{ { "cash", "AMOUNT", "initial capital, 1 to 1000000000" },
	  "an amount from 1 to 1000000000",
	  set_cash, get_cash },
	{ { "leverage", "N", "a margin account of N to 1 (1 to 1000); "
			     "maintenance is half the initial margin" },
	  "a number from 1 to 1000",
	  set_leverage, get_leverage },
	{ { "account", "KIND", "cash or margin" },
	  "cash or margin",
	  set_account, get_account },
	{ { "initial-margin", "FRACTION", "of a position's value to open it, "
					  "0.001 to 1 or 0.1% to 100%" },
	  "a fraction from 0.001 to 1, or 0.1% to 100%",
	  set_initial_margin, get_initial_margin },
	{ { "maintenance-long", "FRACTION", "of a long's value to keep it, "
					    "0 to 1" },
	  FRACTION_TAKES,
	  set_maintenance_long, get_maintenance_long },
	{ { "maintenance-short", "FRACTION", "of a short's value to keep it, "
					     "0 to 1" },
	  FRACTION_TAKES,
	  set_maintenance_short, get_maintenance_short },
	{ { "debit-rate", "FRACTION", "interest a year on borrowed cash, "
				      "0 to 1" },
	  FRACTION_TAKES,
	  set_debit_rate, get_debit_rate },
	{ { "borrow-rate", "FRACTION", "fee a year on the value of shorts, "
				       "0 to 1" },
	  FRACTION_TAKES,
	  set_borrow_rate, get_borrow_rate },
	{ { "path", "PATH", "worst, best, ohlc, olhc, adaptive or detail:TF" },
	  "worst, best, ohlc, olhc, adaptive or detail: and an intraday "
	  "timeframe, such as detail:1min",
	  set_path, get_path },
	{ { "semantics", "NAME", "simutrador, backtesting.py or backtrader" },
	  "simutrador, backtesting.py or backtrader",
	  set_semantics, get_semantics },
	{ { "fill", "WHEN", "next-open or close" },
	  "next-open or close",
	  set_fill, get_fill },
	{ { "limit-fill", "RULE", "touch or through:TICKS (1 to 1000)" },
	  "touch or through:TICKS with 1 to 1000 ticks",
	  set_limit_fill, get_limit_fill },
	{ { "slip-out", "BOOL", "yes or no: may slippage leave the bar's "
				"range" },
	  "yes or no",
	  set_slip_out, get_slip_out },
	{ { "fill-synthetic", "BOOL", "yes or no: do synthetic bars match" },
	  "yes or no",
	  set_fill_synthetic, get_fill_synthetic },
	{ { "max-volume-share", "FRACTION", "of a bar's volume that all orders "
					    "may take, above 0 to 1, or off" },
	  "a fraction above 0 and up to 1, or off",
	  set_max_volume_share, get_max_volume_share },
	{ { "slippage", "MODEL", "none, bps:N, ticks:N, spread:BPS, vol:K or "
				 "impact:BPS" },
	  "none or one of bps:N, ticks:N, spread:BPS, vol:K and "
	  "impact:BPS with a number from 0 on, such as bps:5",
	  set_slippage, get_slippage },
	{ { "commission", "MODEL", "none, per-share:R, percent:P, bps:N or "
				   "per-order:X, each with [,min=X][,max=X|P%]"
				   "[,maker=R] and tiers [,FROM=R]" },
	  "none or one of per-share:R, percent:P, bps:N and "
	  "per-order:X, such as per-share:0.005, where [,min=X], [,max=X|P%], "
	  "[,maker=R] and tiers [,FROM=R] may follow",
	  set_commission, get_commission },
};

#define NSETTINGS	((int)(sizeof(settings) / sizeof(settings[0])))

const struct sim_config_setting *sim_config_setting_row(int i)
{
	return i >= 0 && i < NSETTINGS ? &settings[i].row : NULL;
}

static const struct setting *find(const char *name)
{
	for (int i = 0; i < NSETTINGS; i++)
		if (!strcmp(settings[i].row.name, name))
			return &settings[i];
	return NULL;
}

int sim_config_set(struct sim_config *c, const char *name, const char *value,
		   struct sim_err *err)
{
	const struct setting *s = find(name);
	struct sim_config copy = *c;

	if (!s)
		return sim_err_set(err, SIM_E_INVAL, "'%.32s' is not a setting "
				   "of the simulated market", name);
	if (!s->set(&copy, value))
		return bad(name, value, s->takes, err);
	*c = copy;
	return SIM_OK;
}

void sim_config_get(const struct sim_config *c, const char *name,
		    struct sim_buf *out)
{
	const struct setting *s = find(name);

	if (!s)
		SIM_BUG("an unknown setting was asked for");
	s->get(c, out);
}

static bool fee_is_free(const struct sim_config_fee *f)
{
	bool costs = f->rate || f->min || (f->has_maker && f->maker > 0);

	for (int i = 0; i < f->tiers; i++)
		costs |= f->tier[i].rate > 0;
	return f->kind == SIM_CONFIG_COMMISSION_NONE || !costs;
}

sim_dec sim_config_reach(const struct sim_config *c, bool buy, sim_dec limit,
			 sim_dec tick)
{
	sim_dec beyond = c->limit_through * tick, level;

	if (buy)
		return limit - beyond;
	return __builtin_add_overflow(limit, beyond, &level) ? SIM_DEC_MAX
							     : level;
}

bool sim_config_is_free(const struct sim_config *c)
{
	return fee_is_free(&c->fee) && !c->slippage_value;
}
