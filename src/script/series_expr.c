/*
 * series_expr: every call of an indicator becomes a stream and a statement
 * before the expression, in the order of their closing parentheses:
 *
 *   close > sma(rsi(close,14),5)
 *
 *   local f0=... local s0=push(0,f0) local s1=push(1,s0) return f0 > s1
 *
 * so one call a bar feeds all of them once, and `and` skips none.
 */
#include "script/series_expr.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lua.h>

#include "script/expr_lua.h"
#include "ta/ta.h"
#include "util/mem.h"

#define BACK_MAX	SIM_TA_PERIODMAX
#define PRICES		5

static const char *const prices[PRICES] = {
	"open", "high", "low", "close", "volume"
};

/* One call site at work. */
struct stream {
	/* Push its value at the new bar; the arguments start at index 2. */
	int (*feed)(struct sim_series_expr *e, struct stream *s, lua_State *L);
	bool is_event;			/* false while there is no new bar */
	const struct sim_ta_row *row;
	double options[SIM_TA_OPTIONS];
	struct sim_ta_stream *ta;
	int output;
	double *ring;			/* the last n values */
	size_t n, at;
	int way;			/* crosses: 1 up, -1 down, 0 either */
	double diff;			/* a - b a bar ago */
	sim_time span, slot;		/* every */
	double last;
};

struct sim_series_expr {
	struct sim_expr_parse parse;
	struct sim_expr_parse_series series;
	char *text, *what;
	const char **names;		/* prices, then the host's */
	struct lua_State *lua;
	struct stream *streams;
	size_t nstreams, streams_cap;
	int warmup;
	bool is_every;			/* every(...), and nothing else */
	bool is_new;			/* there is a new bar */
	sim_time ts;
	double price[PRICES];
};

/* -- streams ------------------------------------------------------------- */

static int give(lua_State *L, double v)
{
	if (isnan(v))
		lua_pushnil(L);
	else
		lua_pushnumber(L, v);
	return 1;
}

/* The argument at index i: nil is NaN, which streams take for missing. */
static double argument(lua_State *L, const char *user, int i)
{
	if (lua_isnil(L, i))
		return NAN;
	if (lua_type(L, i) != LUA_TNUMBER)
		sim_expr_lua_error(L, "%s takes numbers, and what it got is "
				   "none", user);
	return lua_tonumber(L, i);
}

static int price_index(const char *name)
{
	for (int i = 0; i < PRICES; i++)
		if (!strcmp(prices[i], name))
			return i;
	return -1;
}

static int feed_ta(struct sim_series_expr *e, struct stream *s, lua_State *L)
{
	double in[SIM_TA_INPUTS], out[SIM_TA_OUTPUTS];
	int next = 2;

	for (int i = 0; i < s->row->n_inputs; i++) {
		int k = price_index(s->row->inputs[i]);

		in[i] = k >= 0 ? e->price[k]
			       : argument(L, s->row->name, next++);
	}
	sim_ta_push(s->ta, in, out);
	s->last = out[s->output];
	return give(L, s->last);
}

static int feed_back(struct sim_series_expr *e, struct stream *s, lua_State *L)
{
	double v = argument(L, "[ ]", 2);

	(void)e;
	s->last = s->ring[s->at];
	s->ring[s->at] = v;
	s->at = (s->at + 1) % s->n;
	return give(L, s->last);
}

static int feed_cross(struct sim_series_expr *e, struct stream *s,
		      lua_State *L)
{
	double now = argument(L, "crosses", 2) - argument(L, "crosses", 3);
	bool up = s->diff <= 0 && now > 0, down = s->diff >= 0 && now < 0;

	(void)e;
	s->diff = now;
	lua_pushboolean(L, (up && s->way >= 0) || (down && s->way <= 0));
	return 1;
}

/* Is the bar the first in its slot? */
static bool enters_slot(struct stream *s, sim_time ts)
{
	sim_time slot = ts / s->span - (ts % s->span < 0);
	bool is_new = slot != s->slot;

	s->slot = slot;
	return is_new;
}

static int feed_every(struct sim_series_expr *e, struct stream *s,
		      lua_State *L)
{
	lua_pushboolean(L, enters_slot(s, e->ts));
	return 1;
}

/* What the translation calls: push(stream, values). */
static int push(lua_State *L)
{
	struct sim_series_expr *e =
		*(void **)lua_touserdata(L, lua_upvalueindex(1));
	struct stream *s = &e->streams[lua_tointeger(L, 1)];

	if (e->is_new)
		return s->feed(e, s, L);
	if (s->is_event)
		lua_pushboolean(L, 0);
	else
		give(L, s->last);
	return 1;
}

static void forget(struct stream *s)
{
	sim_ta_free(s->ta);
	s->ta = NULL;
	if (s->row && sim_ta_new(s->row, s->options, &s->ta, NULL))
		SIM_BUG("options that were allowed are no longer");
	for (size_t i = 0; i < s->n; i++)
		s->ring[i] = NAN;
	s->at = 0;
	s->slot = INT64_MIN;
	s->last = s->diff = NAN;
}

/* -- translation --------------------------------------------------------- */

static struct sim_series_expr *owner(const struct sim_expr_parse *p)
{
	return p->series->ctx;
}

static int word_len(const struct sim_expr_parse *p)
{
	return p->lex.len > 40 ? 40 : (int)p->lex.len;
}

/*
 * Make a stream: its statement goes before the expression, and the part
 * becomes the name of its result.
 */
static int add(struct sim_expr_parse *p, const struct stream *s,
	       struct sim_expr_parse_part *part, struct sim_err *err)
{
	struct sim_series_expr *e = owner(p);
	char *args = sim_expr_parse_take(p, part->start);
	int rc = sim_expr_parse_room(p, err);

	if (!rc) {
		SIM_MEM_GROW(e->streams, e->streams_cap, e->nstreams + 1);
		e->streams[e->nstreams] = *s;
		sim_buf_printf(&p->pre, "local s%zu=push(%zu%s%s) ",
			       e->nstreams, e->nstreams, *args ? "," : "",
			       args);
		sim_buf_printf(&p->out, "s%zu", e->nstreams);
		p->nseries = ++e->nstreams;
	}
	part->varies = true;
	sim_mem_free(args);
	return rc;
}

/* One series that a call takes. */
static int series(struct sim_expr_parse *p, const char *user,
		  struct sim_expr_parse_part *part, struct sim_err *err)
{
	struct sim_expr_lex at = p->lex;
	struct sim_expr_parse_part a;

	if (p->out.len > part->start)
		sim_buf_putc(&p->out, ',');
	if (sim_expr_parse_part(p, &a, err) ||
	    sim_expr_parse_number(p, &a, user, err))
		return SIM_E_USAGE;
	part->varies |= a.varies;
	part->warm = a.warm > part->warm ? a.warm : part->warm;
	if (a.varies)
		return SIM_OK;
	p->lex = at;
	return sim_expr_lex_fail(&p->lex, err, "%s takes a series here, as in "
				 "%s(close, ...), and this never changes",
				 user, user);
}

static int option(struct sim_expr_parse *p, const struct sim_ta_row *row,
		  int i, double *v, struct sim_err *err)
{
	bool minus = sim_expr_lex_is(&p->lex, "-");
	sim_dec d;

	if (i >= row->n_options)
		return sim_expr_lex_fail(&p->lex, err, "%s takes %d number%s, "
					 "so '%.*s' is too much", row->name,
					 row->n_options,
					 row->n_options == 1 ? "" : "s",
					 word_len(p), p->lex.at);
	if (minus && sim_expr_lex_next(&p->lex, err))
		return SIM_E_USAGE;
	if (p->lex.kind != SIM_EXPR_LEX_NUM ||
	    sim_dec_parse(p->lex.at, p->lex.len, &d, NULL))
		return sim_expr_lex_fail(&p->lex, err, "the %s of %s is a "
					 "number such as %g",
					 row->options[i].name, row->name,
					 row->options[i].def);
	*v = sim_dec_to_double(minus ? -d : d);
	return sim_expr_lex_next(&p->lex, err);
}

/* The series a row reads that are no prices, then its options, then ")". */
static int indicator_values(struct sim_expr_parse *p, struct stream *s,
			    struct sim_expr_parse_part *part,
			    struct sim_err *err)
{
	int given = 0, options = 0, rc = SIM_OK;

	for (int i = 0; !rc && i < s->row->n_inputs; i++) {
		if (price_index(s->row->inputs[i]) >= 0)
			continue;
		if (given++)
			rc = sim_expr_parse_comma(p, err);
		if (!rc && sim_expr_lex_is(&p->lex, ")"))
			return sim_expr_lex_fail(&p->lex, err, "%s takes a "
						 "series, as in %s(close)",
						 s->row->name, s->row->name);
		if (!rc)
			rc = series(p, s->row->name, part, err);
	}
	while (!rc && !sim_expr_lex_is(&p->lex, ")")) {
		if (given++)
			rc = sim_expr_parse_comma(p, err);
		if (!rc)
			rc = option(p, s->row, options, &s->options[options],
				    err);
		options++;
	}
	return rc ? rc : sim_expr_lex_next(&p->lex, err);
}

static void outputs_text(const struct sim_ta_row *row, char *buf, size_t size)
{
	struct sim_buf b = SIM_BUF_INIT(size - 1);

	for (int i = 0; i < row->n_outputs; i++)
		sim_buf_printf(&b, "%s.%s", !i ? "" : i + 1 < row->n_outputs
			       ? ", " : " or ", row->outputs[i]);
	memcpy(buf, sim_buf_str(&b), b.len + 1);
	sim_buf_release(&b);
}

/* .signal; without it the only output, or the one called as the row. */
static int output(struct sim_expr_parse *p, struct stream *s,
		  struct sim_err *err)
{
	char all[128], name[64];

	s->output = s->row->n_outputs == 1 ? 0
		  : sim_ta_output(s->row, s->row->name);
	outputs_text(s->row, all, sizeof(all));
	if (!sim_expr_lex_is(&p->lex, ".")) {
		if (s->output >= 0)
			return SIM_OK;
		return sim_expr_lex_fail(&p->lex, err, "%s has several values;"
					 " write %s after it", s->row->name,
					 all);
	}
	if (sim_expr_lex_next(&p->lex, err))
		return SIM_E_USAGE;
	snprintf(name, sizeof(name), "%.*s", word_len(p), p->lex.at);
	s->output = sim_ta_output(s->row, name);
	if (s->output < 0)
		return sim_expr_lex_fail(&p->lex, err, "%s has no '%s'; it has"
					 " %s", s->row->name, name, all);
	return sim_expr_lex_next(&p->lex, err);
}

static int call_indicator(struct sim_expr_parse *p,
			  const struct sim_ta_row *row,
			  struct sim_expr_parse_part *part,
			  struct sim_err *err)
{
	struct stream s = { .feed = feed_ta, .row = row };
	struct sim_err why = SIM_ERR_INIT;

	for (int i = 0; i < row->n_options; i++)
		s.options[i] = row->options[i].def;
	if (indicator_values(p, &s, part, err))
		return SIM_E_USAGE;
	if (sim_ta_check(row, s.options, &why))
		return sim_expr_lex_fail(&p->lex, err, "%s", why.msg);
	if (output(p, &s, err))
		return SIM_E_USAGE;
	part->type = SIM_EXPR_PARSE_NUM;
	part->warm += sim_ta_lookback(row, s.options);
	return add(p, &s, part, err);
}

static int call_cross(struct sim_expr_parse *p, int way, const char *name,
		      struct sim_expr_parse_part *part, struct sim_err *err)
{
	struct stream s = { .feed = feed_cross, .is_event = true, .way = way };
	struct sim_expr_parse_part a;
	bool varies;

	if (sim_expr_parse_part(p, &a, err) ||
	    sim_expr_parse_number(p, &a, name, err) ||
	    sim_expr_parse_expect(p, ",", "what crosses", err))
		return SIM_E_USAGE;
	varies = a.varies;
	part->warm = a.warm;
	sim_buf_putc(&p->out, ',');
	if (sim_expr_parse_part(p, &a, err) ||
	    sim_expr_parse_number(p, &a, name, err))
		return SIM_E_USAGE;
	part->warm = 1 + (a.warm > part->warm ? a.warm : part->warm);
	part->type = SIM_EXPR_PARSE_BOOL;
	if (!varies && !a.varies)
		return sim_expr_lex_fail(&p->lex, err, "%s compares series, "
					 "and neither of these changes", name);
	if (sim_expr_parse_expect(p, ")", "what is crossed", err))
		return SIM_E_USAGE;
	return add(p, &s, part, err);
}

static int call_every(struct sim_expr_parse *p, int way, const char *name,
		      struct sim_expr_parse_part *part, struct sim_err *err)
{
	struct stream s = { .feed = feed_every, .is_event = true };
	char text[32];
	struct sim_bar_tf tf;

	(void)way;
	(void)name;
	snprintf(text, sizeof(text), "%.*s", word_len(p), p->lex.at);
	if (p->lex.kind != SIM_EXPR_LEX_DURATION ||
	    sim_bar_tf_parse(text, &tf, NULL))
		return sim_expr_lex_fail(&p->lex, err, "every takes a duration"
					 " such as 30m or 4h below a day, 1d"
					 " or 1w");
	s.span = tf.span;
	part->type = SIM_EXPR_PARSE_BOOL;
	if (sim_expr_lex_next(&p->lex, err) ||
	    sim_expr_parse_expect(p, ")", "a duration", err))
		return SIM_E_USAGE;
	return add(p, &s, part, err);
}

static const struct {
	const char *name, *signature;
	int (*call)(struct sim_expr_parse *p, int way, const char *name,
		    struct sim_expr_parse_part *part, struct sim_err *err);
	int way;
} functions[] = {
	{ "crosses", "crosses(a, b)", call_cross, 0 },
	{ "crosses_above", "crosses_above(a, b)", call_cross, 1 },
	{ "crosses_below", "crosses_below(a, b)", call_cross, -1 },
	{ "every", "every(duration)", call_every, 0 },
};
#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

const char *sim_series_expr_function(int i)
{
	return i >= 0 && (size_t)i < FUNCTIONS ? functions[i].signature : NULL;
}

static const char *callable(size_t i)
{
	const struct sim_ta_row *rows;
	size_t n;

	if (i < FUNCTIONS)
		return functions[i].name;
	rows = sim_ta_rows(&n);
	return i - FUNCTIONS < n ? rows[i - FUNCTIONS].name : NULL;
}

static int call(struct sim_expr_parse *p, const char *name, bool *known,
		struct sim_expr_parse_part *part, struct sim_err *err)
{
	const struct sim_ta_row *row = sim_ta_lookup(name);

	*known = true;
	for (size_t i = 0; i < FUNCTIONS; i++)
		if (!strcmp(functions[i].name, name))
			return functions[i].call(p, functions[i].way, name,
						 part, err);
	*known = row != NULL;
	return row ? call_indicator(p, row, part, err) : SIM_OK;
}

static int back(struct sim_expr_parse *p, struct sim_expr_parse_part *part,
		struct sim_err *err)
{
	struct stream s = { .feed = feed_back };
	sim_dec d;

	if (sim_expr_lex_is(&p->lex, "-"))
		return sim_expr_lex_fail(&p->lex, err, "[ ] looks back only: "
					 "close[1] is the bar before");
	if (p->lex.kind != SIM_EXPR_LEX_NUM ||
	    sim_dec_parse(p->lex.at, p->lex.len, &d, NULL) ||
	    d % SIM_DEC_ONE || d / SIM_DEC_ONE > BACK_MAX)
		return sim_expr_lex_fail(&p->lex, err, "[ ] takes a whole "
					 "number of bars from 0 to %d, as in "
					 "close[1]", BACK_MAX);
	if (sim_expr_parse_number(p, part, "[ ]", err) ||
	    sim_expr_lex_next(&p->lex, err) ||
	    sim_expr_parse_expect(p, "]", "a number of bars", err))
		return SIM_E_USAGE;
	s.n = (size_t)(d / SIM_DEC_ONE);
	if (!s.n)
		return SIM_OK;
	s.ring = sim_mem_array(s.n, sizeof(*s.ring));
	part->type = SIM_EXPR_PARSE_NUM;
	part->warm += (int)s.n;
	if (!add(p, &s, part, err))
		return SIM_OK;
	sim_mem_free(s.ring);
	return SIM_E_USAGE;
}

/* -- the expression ------------------------------------------------------ */

int sim_series_expr_compile(const char *text, const char *what,
			    const char *const *host, size_t n,
			    struct sim_series_expr **out, struct sim_err *err)
{
	struct sim_series_expr *e = sim_mem_zalloc(sizeof(*e));
	struct sim_expr_parse_part part;
	int rc;

	e->series = (struct sim_expr_parse_series){ call, back, callable, e };
	e->names = sim_mem_array(PRICES + n, sizeof(*e->names));
	memcpy(e->names, prices, sizeof(prices));
	for (size_t i = 0; i < n; i++)
		e->names[PRICES + i] = host[i];
	e->parse.names = e->names;
	e->parse.n = PRICES + n;
	e->parse.series = &e->series;
	e->text = sim_mem_strdup(text);
	e->what = sim_mem_strdup(what);
	rc = sim_expr_parse(&e->parse, e->what, e->text, &part, err);
	if (!rc)
		rc = sim_expr_lua_new(&e->parse, push, e, &e->lua, err);
	if (rc) {
		sim_series_expr_free(e);
		return rc;
	}
	e->warmup = part.warm;
	e->is_every = e->nstreams == 1 && e->streams[0].feed == feed_every &&
		      !strcmp(sim_buf_str(&e->parse.out), "s0");
	sim_series_expr_reset(e);
	*out = e;
	return SIM_OK;
}

void sim_series_expr_free(struct sim_series_expr *e)
{
	if (!e)
		return;
	sim_expr_lua_free(e->lua);
	for (size_t i = 0; i < e->nstreams; i++) {
		sim_ta_free(e->streams[i].ta);
		sim_mem_free(e->streams[i].ring);
	}
	sim_mem_free(e->streams);
	sim_expr_parse_release(&e->parse);
	sim_mem_free(e->names);
	sim_mem_free(e->text);
	sim_mem_free(e->what);
	sim_mem_free(e);
}

void sim_series_expr_reset(struct sim_series_expr *e)
{
	for (size_t i = 0; i < e->nstreams; i++)
		forget(&e->streams[i]);
	for (int i = 0; i < PRICES; i++)
		e->price[i] = NAN;
}

bool sim_series_expr_uses(const struct sim_series_expr *e, size_t i)
{
	for (size_t k = 0; k < e->parse.nslots; k++)
		if (e->parse.slot[k] == PRICES + i)
			return true;
	return false;
}

int sim_series_expr_warmup(const struct sim_series_expr *e)
{
	return e->warmup;
}

static void take_bar(struct sim_series_expr *e, const struct sim_bar *bar)
{
	const sim_dec v[PRICES] = {
		bar->open, bar->high, bar->low, bar->close, bar->volume
	};

	e->ts = bar->ts;
	for (int i = 0; i < PRICES; i++)
		e->price[i] = sim_dec_to_double(v[i]);
}

int sim_series_expr_feed(struct sim_series_expr *e, const struct sim_bar *bar,
			 const struct sim_expr_value *host,
			 struct sim_expr_value *out, struct sim_err *err)
{
	struct sim_expr_value v = { .type = SIM_EXPR_NUM };

	if (e->is_every) {
		*out = (struct sim_expr_value){
			.type = SIM_EXPR_BOOL,
			.b = bar && enters_slot(&e->streams[0], bar->ts),
		};
		return SIM_OK;
	}
	e->is_new = bar != NULL;
	if (bar)
		take_bar(e, bar);
	sim_expr_lua_begin(e->lua);
	for (size_t i = 0; i < e->parse.nslots; i++) {
		size_t k = e->parse.slot[i];

		if (k < PRICES)
			v.num = e->price[k];
		sim_expr_lua_value(e->lua, k < PRICES ? &v
						      : &host[k - PRICES]);
	}
	return sim_expr_lua_run(e->lua, &e->parse, out, err);
}

int sim_series_expr_test(struct sim_series_expr *e, const struct sim_bar *bar,
			 const struct sim_expr_value *host, bool *out,
			 struct sim_err *err)
{
	struct sim_expr_value v;
	int rc = sim_series_expr_feed(e, bar, host, &v, err);

	if (!rc)
		*out = sim_expr_lua_truth(&v);
	return rc;
}
