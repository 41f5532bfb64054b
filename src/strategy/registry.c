/* registry: parameters from text to values, and strategies by name. */
#include "strategy/registry.h"

#include <stdio.h>
#include <string.h>

#include "strategy/builtin.h"
#include "util/sha256.h"
#include "util/str.h"

static const struct sim_builtin_row *const rows[] = {
#define SIM_BUILTIN(row) &sim_##row,
#include "strategy/builtin.def"
#undef SIM_BUILTIN
};
#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

enum shared {
#define SIM_SHARED(id, name, kind, def, min, max, help) SHARED_##id,
#include "strategy/shared.def"
#undef SIM_SHARED
	SHARED__COUNT
};
static const struct sim_registry_param shared[] = {
#define SIM_SHARED(id, name, kind, def, min, max, help) \
	{ name, SIM_REGISTRY_##kind, def, min, max, help },
#include "strategy/shared.def"
#undef SIM_SHARED
};

static const char *const size_kinds[] = {
	[SIM_TRADE_SIZE_PERCENT] = "percent",
	[SIM_TRADE_SIZE_QTY] = "qty",
	[SIM_TRADE_SIZE_NOTIONAL] = "notional",
	[SIM_TRADE_SIZE_CASH] = "cash",
	[SIM_TRADE_SIZE_SLEEVE] = "sleeve",
};
#define SIZES ((int)(sizeof(size_kinds) / sizeof(size_kinds[0])))
/* Most that a size of a kind may say. */
static const int64_t size_max[] = {
	[SIM_TRADE_SIZE_PERCENT] = 10000, [SIM_TRADE_SIZE_QTY] = 10000000000,
	[SIM_TRADE_SIZE_NOTIONAL] = 10000000000, [SIM_TRADE_SIZE_CASH] = 100,
	[SIM_TRADE_SIZE_SLEEVE] = 100,
};

const struct sim_registry_row *sim_registry_row(int i)
{
	return i >= 0 && i < ROWS ? &rows[i]->pub : NULL;
}

const struct sim_registry_param *sim_registry_shared(int i)
{
	return i >= 0 && i < SHARED__COUNT ? &shared[i] : NULL;
}

static int find_row(const char *name, const struct sim_builtin_row **row,
		    struct sim_err *err)
{
	const char *names[ROWS + 1];
	const char *near;

	for (int i = 0; i < ROWS; i++) {
		names[i] = rows[i]->pub.name;
		if (!strcmp(name, names[i])) {
			*row = rows[i];
			return SIM_OK;
		}
	}
	names[ROWS] = NULL;
	near = sim_str_near(name, names);
	if (near)
		return sim_err_set(err, SIM_E_NOENT, "there is no strategy "
				   "'%.40s'; did you mean %s", name, near);
	return sim_err_set(err, SIM_E_NOENT, "there is no strategy '%.40s'; "
			   "strategy list shows those there are, and the "
			   "examples, which strategy new --like copies", name);
}

int sim_registry_find(const char *name, const struct sim_registry_row **row,
		      struct sim_err *err)
{
	const struct sim_builtin_row *r;
	int rc = find_row(name, &r, err);

	if (!rc)
		*row = &r->pub;
	return rc;
}

static const struct sim_registry_param *
param_at(const struct sim_builtin_row *row, int i)
{
	if (i < row->pub.nparams)
		return &row->pub.params[i];
	return sim_registry_shared(i - row->pub.nparams);
}

static int bad_value(const struct sim_registry_param *p, const char *value,
		     const char *want, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_INVAL, "parameter %s is '%.40s'; it "
			   "must be %s", p->name, value, want);
}

static int bad_range(const struct sim_registry_param *p, const char *value,
		     struct sim_err *err)
{
	return sim_err_set(err, SIM_E_INVAL, "parameter %s is '%.40s'; it must "
			   "be a %s from %s to %s", p->name, value,
			   p->kind == SIM_REGISTRY_INT ? "whole number" :
			   "number", p->min, p->max);
}

static sim_dec limit_of(const char *text)
{
	sim_dec d = 0;

	if (sim_dec_parse(text, strlen(text), &d, NULL))
		SIM_BUG("a limit in a parameter table is not a number");
	return d;
}

static int parse_number(const struct sim_registry_param *p, const char *value,
			int64_t *out, char text[SIM_BUILTIN_TEXT],
			struct sim_err *err)
{
	sim_dec d;

	if (sim_dec_parse(value, strlen(value), &d, NULL) ||
	    d < limit_of(p->min) || d > limit_of(p->max) ||
	    (p->kind == SIM_REGISTRY_INT && d % SIM_DEC_ONE))
		return bad_range(p, value, err);
	sim_dec_format(d, 0, text);
	*out = p->kind == SIM_REGISTRY_INT ? d / SIM_DEC_ONE : d;
	return SIM_OK;
}

static int parse_word(const struct sim_registry_param *p, const char *value,
		      int64_t *out, char text[SIM_BUILTIN_TEXT],
		      struct sim_err *err)
{
	const char *s = p->min;
	size_t len = strlen(value);

	for (int64_t i = 0; *s; i++) {
		size_t n = strcspn(s, "|");

		if (n == len && !memcmp(s, value, n)) {
			*out = i;
			snprintf(text, SIM_BUILTIN_TEXT, "%s", value);
			return SIM_OK;
		}
		s += n + (s[n] == '|');
	}
	return sim_err_set(err, SIM_E_INVAL, "parameter %s is '%.40s'; it must "
			   "be one of %s", p->name, value, p->min);
}

static int parse_size(struct sim_trade *t, const struct sim_registry_param *p,
		      const char *value, char text[SIM_BUILTIN_TEXT],
		      struct sim_err *err)
{
	const char *colon = strchr(value, ':');
	char num[SIM_DEC_STRMAX];
	sim_dec d;

	for (int k = 0; colon && k < SIZES; k++) {
		size_t n = strlen(size_kinds[k]);

		if ((size_t)(colon - value) != n ||
		    memcmp(value, size_kinds[k], n))
			continue;
		if (sim_dec_parse(colon + 1, strlen(colon + 1), &d, NULL) ||
		    d <= 0 || d / SIM_DEC_ONE > size_max[k])
			break;
		t->size_kind = (enum sim_trade_size)k;
		t->size = d;
		sim_dec_format(d, 0, num);
		snprintf(text, SIM_BUILTIN_TEXT, "%s:%s", size_kinds[k], num);
		return SIM_OK;
	}
	return bad_value(p, value, "percent:N, qty:N, notional:N, cash:F or "
			 "sleeve:F with a positive number", err);
}

static int set_value(struct sim_builtin *b, int i, const char *value,
		     struct sim_err *err)
{
	const struct sim_registry_param *p = param_at(b->row, i);

	switch (p->kind) {
	case SIM_REGISTRY_INT:
	case SIM_REGISTRY_DEC:
		return parse_number(p, value, &b->value[i], b->text[i], err);
	case SIM_REGISTRY_WORD:
		return parse_word(p, value, &b->value[i], b->text[i], err);
	case SIM_REGISTRY_SIZE:
		return parse_size(&b->trade, p, value, b->text[i], err);
	}
	SIM_BUG("a parameter of no kind");
}

static int unknown_param(const struct sim_builtin_row *row, const char *name,
			 struct sim_err *err)
{
	const char *names[SIM_REGISTRY_PARAMS_MAX + 1];
	const struct sim_registry_param *p;
	const char *near;
	int n = 0;

	for (; (p = param_at(row, n)); n++)
		names[n] = p->name;
	names[n] = NULL;
	near = sim_str_near(name, names);
	if (near)
		return sim_err_set(err, SIM_E_INVAL, "%s has no parameter "
				   "'%.40s'; did you mean %s", row->pub.name,
				   name, near);
	return sim_err_set(err, SIM_E_INVAL, "%s has no parameter '%.40s'; "
			   "simutrador strategy show %s lists them",
			   row->pub.name, name, row->pub.name);
}

static int index_of(const struct sim_builtin_row *row, const char *name)
{
	const struct sim_registry_param *p;

	for (int i = 0; (p = param_at(row, i)); i++) {
		if (!strcmp(name, p->name))
			return i;
	}
	return -1;
}

static int set_given(struct sim_builtin *b, const struct sim_strategy_param *p,
		     size_t n, struct sim_err *err)
{
	bool seen[SIM_REGISTRY_PARAMS_MAX] = { false };

	for (size_t k = 0; k < n; k++) {
		int i = index_of(b->row, p[k].name), rc;

		if (i < 0)
			return unknown_param(b->row, p[k].name, err);
		if (seen[i])
			return sim_err_set(err, SIM_E_INVAL, "parameter %s is "
					   "given twice; give it once",
					   p[k].name);
		seen[i] = true;
		rc = set_value(b, i, p[k].value, err);
		if (rc)
			return rc;
	}
	return b->row->check ? b->row->check(b, err) : SIM_OK;
}

static int check_trade(const struct sim_builtin *b, struct sim_err *err)
{
	if (b->trade.trail && b->trade.stop_loss)
		return sim_err_set(err, SIM_E_INVAL, "stop_loss and trail are "
				   "both given; a position has one stop, so "
				   "choose one of them");
	return SIM_OK;
}

static void take_shared(struct sim_builtin *b)
{
	const int64_t *v = b->value + b->row->pub.nparams;

	b->trade.side = (enum sim_trade_side)v[SHARED_SIDE];
	b->trade.take_profit = v[SHARED_TAKE_PROFIT];
	b->trade.stop_loss = v[SHARED_STOP_LOSS];
	b->trade.trail = v[SHARED_TRAIL];
}

/* What decides is the version of the row: raised with every change. */
static void set_hash(const struct sim_builtin_row *row, char hash[65])
{
	char text[96];
	uint8_t h[SIM_SHA256_SIZE];
	int n = snprintf(text, sizeof(text), "simutrador built-in %s %d\n",
			 row->pub.name, row->version);

	sim_sha256_of(text, (size_t)n, h);
	sim_sha256_hex(h, hash);
}

int sim_registry_new(const char *name, const struct sim_strategy_param *p,
		     size_t n, struct sim_strategy *out, struct sim_err *err)
{
	const struct sim_builtin_row *row;
	struct sim_builtin *b;
	int rc = find_row(name, &row, err);

	if (rc)
		return rc;
	b = sim_mem_zalloc(sizeof(*b));
	b->row = row;
	for (int i = 0; param_at(row, i); i++) {
		if (set_value(b, i, param_at(row, i)->def, err))
			SIM_BUG("a default in a parameter table is refused");
	}
	rc = set_given(b, p, n, err);
	take_shared(b);
	if (!rc)
		rc = check_trade(b, err);
	if (rc) {
		sim_builtin_free(b);
		return rc;
	}
	out->ops = &row->ops;
	out->self = b;
	set_hash(row, out->hash);
	return SIM_OK;
}

bool sim_registry_value(void *self, int i, struct sim_strategy_param *out)
{
	const struct sim_builtin *b = self;
	const struct sim_registry_param *p = param_at(b->row, i);

	if (!p)
		return false;
	out->name = p->name;
	out->value = b->text[i];
	return true;
}
