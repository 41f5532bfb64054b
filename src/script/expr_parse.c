/*
 * expr_parse: reads by precedence climbing and writes Lua as it goes; the two
 * have the same operators, so a word becomes a word and only ^ and the series
 * need their text moved.
 */
#include "script/expr_parse.h"

#include <string.h>

#include "script/expr_lua.h"
#include "util/mem.h"
#include "util/str.h"

#define NEAR_MAX	1024		/* names among which the nearest is */
#define UNARY		8		/* how strongly not and - bind */

enum class { LOGIC, COMPARE, EQUAL, CONCAT, ARITH, POWER };

/*
 * Lua's operators, how strongly they bind on either side, and some that C
 * people write.  Comparison is a call because Lua's knows no nil, and ^ is one
 * because Lua's asks the C library.
 */
static const struct op {
	const char *text, *lua;
	int left, right;
	enum class class;
} ops[] = {
	{ "or", "or", 1, 1, LOGIC },	{ "||", "or", 1, 1, LOGIC },
	{ "and", "and", 2, 2, LOGIC },	{ "&&", "and", 2, 2, LOGIC },
	{ "<", "c_lt(", 3, 3, COMPARE }, { "<=", "c_le(", 3, 3, COMPARE },
	{ ">", "c_gt(", 3, 3, COMPARE }, { ">=", "c_ge(", 3, 3, COMPARE },
	{ "==", "==", 3, 3, EQUAL },	{ "~=", "~=", 3, 3, EQUAL },
	{ "!=", "~=", 3, 3, EQUAL },	{ "..", "..", 5, 4, CONCAT },
	{ "+", "+", 6, 6, ARITH },	{ "-", "-", 6, 6, ARITH },
	{ "*", "*", 7, 7, ARITH },	{ "/", "/", 7, 7, ARITH },
	{ "%", "%", 7, 7, ARITH },	{ "^", "g_pow(", 10, 9, POWER },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const type_words[] = {
	[SIM_EXPR_PARSE_TEXT] = "a text", [SIM_EXPR_PARSE_BOOL] = "a truth",
};

static int fail_end(struct sim_expr_parse *p, const char *missing,
		    struct sim_err *err)
{
	if (p->lex.kind == SIM_EXPR_LEX_END)
		return sim_expr_lex_fail(&p->lex, err, "%s is missing at the "
					 "end", missing);
	return sim_expr_lex_fail(&p->lex, err, "%s is missing before '%.*s'",
				 missing,
				 p->lex.len > 40 ? 40 : (int)p->lex.len,
				 p->lex.at);
}

int sim_expr_parse_expect(struct sim_expr_parse *p, const char *op,
			  const char *after, struct sim_err *err)
{
	if (sim_expr_lex_is(&p->lex, op))
		return sim_expr_lex_next(&p->lex, err);
	if (p->lex.kind == SIM_EXPR_LEX_END)
		return sim_expr_lex_fail(&p->lex, err, "'%s' is missing at "
					 "the end, after %s", op, after);
	return sim_expr_lex_fail(&p->lex, err, "'%s' is expected after %s, "
				 "not '%.*s'", op, after,
				 p->lex.len > 40 ? 40 : (int)p->lex.len,
				 p->lex.at);
}

int sim_expr_parse_comma(struct sim_expr_parse *p, struct sim_err *err)
{
	if (sim_expr_lex_is(&p->lex, ","))
		return sim_expr_lex_next(&p->lex, err);
	return fail_end(p, "',' or ')'", err);
}

int sim_expr_parse_number(const struct sim_expr_parse *p,
			  const struct sim_expr_parse_part *part,
			  const char *user, struct sim_err *err)
{
	const char *is = type_words[part->type % COUNT(type_words)];

	if (part->type != SIM_EXPR_PARSE_TEXT &&
	    part->type != SIM_EXPR_PARSE_BOOL)
		return SIM_OK;
	return sim_expr_lex_fail(&p->lex, err, "%s needs numbers, and what "
				 "stands before this is %s", user, is);
}

int sim_expr_parse_room(const struct sim_expr_parse *p, struct sim_err *err)
{
	if (p->nslots + p->nseries < SIM_EXPR_PARSE_SLOTS)
		return SIM_OK;
	return sim_expr_lex_fail(&p->lex, err, "more than %d fields and "
				 "series in one expression",
				 SIM_EXPR_PARSE_SLOTS);
}

char *sim_expr_parse_take(struct sim_expr_parse *p, size_t start)
{
	char *s = sim_mem_strndup(sim_buf_str(&p->out) + start,
				  p->out.len - start);

	p->out.len = start;
	return s;
}

static int deeper(struct sim_expr_parse *p, struct sim_err *err)
{
	if (++p->depth <= SIM_EXPR_PARSE_DEPTH)
		return SIM_OK;
	return sim_expr_lex_fail(&p->lex, err, "this is nested more than %d "
				 "deep", SIM_EXPR_PARSE_DEPTH);
}

/* -- names --------------------------------------------------------------- */

static const char *nearest(const struct sim_expr_parse *p, const char *name,
			   bool call)
{
	const char *list[NEAR_MAX + 1], *f;
	size_t n = 0;

	for (size_t i = 0; !call && i < p->n && n < NEAR_MAX; i++)
		list[n++] = p->names[i];
	for (int i = 0; call && n < NEAR_MAX &&
	     (f = sim_expr_lua_row(i) ? sim_expr_lua_row(i)->name : NULL); i++)
		list[n++] = f;
	for (size_t i = 0; call && p->series && n < NEAR_MAX &&
	     (f = p->series->callable(i)); i++)
		list[n++] = f;
	list[n] = NULL;
	return sim_str_near(name, list);
}

static int unknown(struct sim_expr_parse *p, const char *name, bool call,
		   struct sim_err *err)
{
	const char *near = nearest(p, name, call);
	const char *kind = call ? "function" : "field";

	if (sim_expr_lex_refuse(&p->lex, err))
		return SIM_E_USAGE;
	if (near)
		return sim_expr_lex_fail(&p->lex, err, "there is no %s '%.40s'"
					 "; did you mean '%s'?", kind, name,
					 near);
	if (!call && nearest(p, name, true))
		return sim_expr_lex_fail(&p->lex, err, "'%.40s' is a function "
					 "and needs its values in ( )", name);
	return sim_expr_lex_fail(&p->lex, err, "there is no %s '%.40s'; see "
				 "simutrador-expressions(7)", kind, name);
}

/* The local that holds names[i]. */
static int slot_of(struct sim_expr_parse *p, size_t i, size_t *slot,
		   struct sim_err *err)
{
	for (*slot = 0; *slot < p->nslots; ++*slot)
		if (p->slot[*slot] == i)
			return SIM_OK;
	if (sim_expr_parse_room(p, err))
		return SIM_E_USAGE;
	SIM_MEM_GROW(p->slot, p->slots_cap, p->nslots + 1);
	p->slot[p->nslots++] = i;
	return SIM_OK;
}

static int field(struct sim_expr_parse *p, const char *name,
		 const struct sim_expr_lex *at,
		 struct sim_expr_parse_part *part, struct sim_err *err)
{
	struct sim_expr_lex here = p->lex;
	size_t i = 0, slot;

	while (i < p->n && strcmp(p->names[i], name))
		i++;
	p->lex = *at;
	if (i == p->n)
		return unknown(p, name, false, err);
	if (slot_of(p, i, &slot, err))
		return SIM_E_USAGE;
	p->lex = here;
	part->type = SIM_EXPR_PARSE_ANY;
	part->varies = true;
	sim_buf_printf(&p->out, "f%zu", slot);
	return SIM_OK;
}

/* -- calls --------------------------------------------------------------- */

static int check_argument(struct sim_expr_parse *p,
			  const struct sim_expr_lua_row *f,
			  const struct sim_expr_parse_part *a,
			  struct sim_err *err)
{
	bool wants_text = f->takes == SIM_EXPR_PARSE_TEXT;

	if (!wants_text)
		return sim_expr_parse_number(p, a, f->signature, err);
	if (a->type != SIM_EXPR_PARSE_NUM && a->type != SIM_EXPR_PARSE_BOOL)
		return SIM_OK;
	return sim_expr_lex_fail(&p->lex, err, "%s needs texts, and what "
				 "stands before this is none", f->signature);
}

static int arguments(struct sim_expr_parse *p, const struct sim_expr_lua_row *f,
		     struct sim_expr_parse_part *part, int *n,
		     struct sim_err *err)
{
	struct sim_expr_parse_part a;

	for (*n = 0; !sim_expr_lex_is(&p->lex, ")"); ++*n) {
		if (*n && sim_expr_parse_comma(p, err))
			return SIM_E_USAGE;
		if (*n)
			sim_buf_putc(&p->out, ',');
		if (sim_expr_parse_part(p, &a, err) ||
		    check_argument(p, f, &a, err))
			return SIM_E_USAGE;
		part->warm = a.warm > part->warm ? a.warm : part->warm;
		part->varies |= a.varies;
	}
	return SIM_OK;
}

static int call_function(struct sim_expr_parse *p,
			 const struct sim_expr_lua_row *f,
			 struct sim_expr_parse_part *part, struct sim_err *err)
{
	int n;

	sim_buf_printf(&p->out, "g_%s(", f->name);
	if (arguments(p, f, part, &n, err))
		return SIM_E_USAGE;
	if (n < f->min || n > f->max)
		return sim_expr_lex_fail(&p->lex, err, "%s got %d value%s",
					 f->signature, n, n == 1 ? "" : "s");
	sim_buf_putc(&p->out, ')');
	part->type = f->gives;
	return sim_expr_parse_expect(p, ")", f->signature, err);
}

static int call(struct sim_expr_parse *p, const char *name,
		const struct sim_expr_lex *at,
		struct sim_expr_parse_part *part, struct sim_err *err)
{
	const struct sim_expr_lua_row *f = sim_expr_lua_find(name);
	bool known = false;
	int rc;

	if (deeper(p, err) || sim_expr_lex_next(&p->lex, err))
		return SIM_E_USAGE;
	if (f) {
		rc = call_function(p, f, part, err);
	} else {
		rc = p->series ? p->series->call(p, name, &known, part, err)
			       : SIM_OK;
		if (!rc && !known) {
			p->lex = *at;
			rc = unknown(p, name, true, err);
		}
	}
	p->depth--;
	return rc;
}

static int name_or_call(struct sim_expr_parse *p,
			struct sim_expr_parse_part *part, struct sim_err *err)
{
	struct sim_expr_lex at = p->lex;
	char *name = sim_mem_strndup(at.at, at.len);
	int rc = sim_expr_lex_next(&p->lex, err);

	if (!rc)
		rc = sim_expr_lex_is(&p->lex, "(")
			? call(p, name, &at, part, err)
			: field(p, name, &at, part, err);
	sim_mem_free(name);
	return rc;
}

/* -- values -------------------------------------------------------------- */

/* A text as Lua reads it, every byte by its number. */
static int text(struct sim_expr_parse *p, struct sim_expr_parse_part *part,
		struct sim_err *err)
{
	const char *s = p->lex.at + 1, *end = p->lex.at + p->lex.len - 1;

	sim_buf_putc(&p->out, '"');
	for (; s < end; s++) {
		if (*s == '\\' && *++s != '\\' && *s != '\'' && *s != '"')
			return sim_expr_lex_fail(&p->lex, err, "'\\%c' is not "
						 "there; a \\ stands before "
						 "\\, ' or \" alone",
						 *s > ' ' && *s <= '~' ? *s
								       : '?');
		sim_buf_printf(&p->out, "\\%03u", (unsigned char)*s);
	}
	sim_buf_putc(&p->out, '"');
	part->type = SIM_EXPR_PARSE_TEXT;
	return sim_expr_lex_next(&p->lex, err);
}

static int constant(struct sim_expr_parse *p, struct sim_expr_parse_part *part,
		    struct sim_err *err)
{
	part->type = p->lex.kind == SIM_EXPR_LEX_NUM ? SIM_EXPR_PARSE_NUM
		   : *p->lex.at == 'n' ? SIM_EXPR_PARSE_NIL
				       : SIM_EXPR_PARSE_BOOL;
	sim_buf_add(&p->out, p->lex.at, p->lex.len);
	return sim_expr_lex_next(&p->lex, err);
}

static int parenthesis(struct sim_expr_parse *p,
		       struct sim_expr_parse_part *part, struct sim_err *err)
{
	struct sim_expr_parse_part in;
	int rc;

	sim_buf_putc(&p->out, '(');
	if (sim_expr_lex_next(&p->lex, err) ||
	    sim_expr_parse_part(p, &in, err))
		return SIM_E_USAGE;
	rc = sim_expr_parse_expect(p, ")", "what ( opened", err);
	sim_buf_putc(&p->out, ')');
	part->type = in.type;
	part->varies = in.varies;
	part->warm = in.warm;
	return rc;
}

static int value(struct sim_expr_parse *p, struct sim_expr_parse_part *part,
		 struct sim_err *err)
{
	switch (p->lex.kind) {
	case SIM_EXPR_LEX_NAME:
		return name_or_call(p, part, err);
	case SIM_EXPR_LEX_NUM:
		return constant(p, part, err);
	case SIM_EXPR_LEX_TEXT:
		return text(p, part, err);
	case SIM_EXPR_LEX_DURATION:
		return sim_expr_lex_fail(&p->lex, err, "a duration stands in "
					 "every(30m) alone");
	case SIM_EXPR_LEX_OP:
		if (sim_expr_lex_is(&p->lex, "("))
			return parenthesis(p, part, err);
		if (sim_expr_lex_is(&p->lex, "true") ||
		    sim_expr_lex_is(&p->lex, "false") ||
		    sim_expr_lex_is(&p->lex, "nil"))
			return constant(p, part, err);
		break;
	case SIM_EXPR_LEX_END:
		break;
	}
	return fail_end(p, "a value", err);
}

static int value_and_past(struct sim_expr_parse *p,
			  struct sim_expr_parse_part *part,
			  struct sim_err *err)
{
	part->start = p->out.len;
	part->warm = 0;
	part->varies = false;
	if (value(p, part, err))
		return SIM_E_USAGE;
	while (sim_expr_lex_is(&p->lex, "[")) {
		if (!p->series)
			return sim_expr_lex_fail(&p->lex, err, "a field has "
						 "no parts in [ ]");
		if (sim_expr_lex_next(&p->lex, err) ||
		    p->series->back(p, part, err))
			return SIM_E_USAGE;
	}
	if (!sim_expr_lex_is(&p->lex, "."))
		return SIM_OK;
	return sim_expr_lex_fail(&p->lex, err, "nothing has parts here; write "
				 ".. to join texts");
}

/* -- operators ----------------------------------------------------------- */

static int binary(struct sim_expr_parse *p, int limit,
		  struct sim_expr_parse_part *part, struct sim_err *err);

static int unary(struct sim_expr_parse *p, struct sim_expr_parse_part *part,
		 struct sim_err *err)
{
	bool minus = sim_expr_lex_is(&p->lex, "-");
	size_t start = p->out.len;
	int rc;

	if (!minus && !sim_expr_lex_is(&p->lex, "not") &&
	    !sim_expr_lex_is(&p->lex, "!"))
		return value_and_past(p, part, err);
	sim_buf_puts(&p->out, minus ? " - " : " not ");
	if (deeper(p, err) || sim_expr_lex_next(&p->lex, err))
		return SIM_E_USAGE;
	rc = binary(p, UNARY, part, err);
	if (!rc && minus)
		rc = sim_expr_parse_number(p, part, "-", err);
	part->start = start;
	part->type = minus ? SIM_EXPR_PARSE_NUM : SIM_EXPR_PARSE_BOOL;
	p->depth--;
	return rc;
}

static const struct op *op_here(const struct sim_expr_parse *p)
{
	for (size_t i = 0; i < COUNT(ops); i++)
		if (sim_expr_lex_is(&p->lex, ops[i].text))
			return &ops[i];
	return NULL;
}

static int check_side(const struct sim_expr_parse *p, const struct op *op,
		      const struct sim_expr_parse_part *side,
		      struct sim_err *err)
{
	bool is_truth = side->type == SIM_EXPR_PARSE_BOOL;

	if (op->class == ARITH || op->class == POWER)
		return sim_expr_parse_number(p, side, op->text, err);
	if (op->class == COMPARE && is_truth)
		return sim_expr_lex_fail(&p->lex, err, "%s cannot compare a "
					 "truth; write a < b and b < c for "
					 "a < b < c", op->text);
	if (op->class == CONCAT && is_truth)
		return sim_expr_lex_fail(&p->lex, err, ".. joins texts and "
					 "numbers, not a truth");
	return SIM_OK;
}

static bool differ(enum sim_expr_parse_type a, enum sim_expr_parse_type b)
{
	return (a == SIM_EXPR_PARSE_NUM && b == SIM_EXPR_PARSE_TEXT) ||
	       (b == SIM_EXPR_PARSE_NUM && a == SIM_EXPR_PARSE_TEXT);
}

static int combine(const struct sim_expr_parse *p, const struct op *op,
		   struct sim_expr_parse_part *a,
		   const struct sim_expr_parse_part *b, struct sim_err *err)
{
	static const enum sim_expr_parse_type gives[] = {
		[COMPARE] = SIM_EXPR_PARSE_BOOL, [EQUAL] = SIM_EXPR_PARSE_BOOL,
		[CONCAT] = SIM_EXPR_PARSE_TEXT, [ARITH] = SIM_EXPR_PARSE_NUM,
		[POWER] = SIM_EXPR_PARSE_NUM, [LOGIC] = SIM_EXPR_PARSE_ANY,
	};

	if (check_side(p, op, b, err))
		return SIM_E_USAGE;
	if (op->class == COMPARE && differ(a->type, b->type))
		return sim_expr_lex_fail(&p->lex, err, "%s cannot compare a "
					 "number with a text", op->text);
	a->warm = b->warm > a->warm ? b->warm : a->warm;
	a->varies |= b->varies;
	if (op->class != LOGIC || a->type != b->type)
		a->type = gives[op->class];
	return SIM_OK;
}

/* The part so far becomes the first value of a call. */
static void wrap(struct sim_expr_parse *p, size_t start, const char *with)
{
	char *s = sim_expr_parse_take(p, start);

	sim_buf_puts(&p->out, with);
	sim_buf_puts(&p->out, s);
	sim_mem_free(s);
}

/* op and what follows it. */
static int right_side(struct sim_expr_parse *p, const struct op *op,
		      struct sim_expr_parse_part *part, struct sim_err *err)
{
	bool nests = op->left > op->right;	/* a..(b..(c..d)) */
	bool calls = op->lua[strlen(op->lua) - 1] == '(';
	struct sim_expr_parse_part b;
	int rc;

	if (check_side(p, op, part, err) || sim_expr_lex_next(&p->lex, err) ||
	    (nests && deeper(p, err)))
		return SIM_E_USAGE;
	if (calls)
		wrap(p, part->start, op->lua);
	sim_buf_printf(&p->out, " %s ", calls ? "," : op->lua);
	rc = binary(p, op->right, &b, err);
	p->depth -= nests;
	if (!rc)
		rc = combine(p, op, part, &b, err);
	if (calls)
		sim_buf_putc(&p->out, ')');
	return rc;
}

static int binary(struct sim_expr_parse *p, int limit,
		  struct sim_expr_parse_part *part, struct sim_err *err)
{
	const struct op *op;
	int rc = unary(p, part, err);

	while (!rc && (op = op_here(p)) && op->left > limit)
		rc = right_side(p, op, part, err);
	return rc;
}

int sim_expr_parse_part(struct sim_expr_parse *p,
			struct sim_expr_parse_part *part, struct sim_err *err)
{
	int rc = deeper(p, err);

	if (!rc)
		rc = binary(p, 0, part, err);
	p->depth--;
	return rc;
}

int sim_expr_parse(struct sim_expr_parse *p, const char *what,
		   const char *src, struct sim_expr_parse_part *part,
		   struct sim_err *err)
{
	p->out = p->pre = (struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	if (sim_expr_lex_start(&p->lex, what, src, err) ||
	    sim_expr_parse_part(p, part, err))
		return SIM_E_USAGE;
	if (p->lex.kind == SIM_EXPR_LEX_END)
		return SIM_OK;
	return sim_expr_lex_fail(&p->lex, err, "an operator such as and, + or "
				 "== is expected before '%.*s'",
				 p->lex.len > 40 ? 40 : (int)p->lex.len,
				 p->lex.at);
}

void sim_expr_parse_release(struct sim_expr_parse *p)
{
	sim_mem_free(p->slot);
	sim_buf_release(&p->out);
	sim_buf_release(&p->pre);
}
