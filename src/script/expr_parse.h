/*
 * expr_parse: the grammar of expressions, and their translation to Lua.
 *
 * What passes is one Lua expression over the locals f0, f1, ... (the fields it
 * reads, in the order first read), s0, s1, ... (series) and the functions of
 * expr_lua.h; nothing in it can jump back, so it takes at most as many steps
 * as it has words.  Precedence is Lua's.  Types are followed as far as they
 * are known without the record, so that what can never work is refused early.
 */
#ifndef SIM_EXPR_PARSE_H
#define SIM_EXPR_PARSE_H

#include "script/expr_lex.h"
#include "util/buf.h"

#define SIM_EXPR_PARSE_DEPTH	60	/* parentheses, calls, not, .. and ^ */
#define SIM_EXPR_PARSE_SLOTS	150	/* fields and series together */

enum sim_expr_parse_type {
	SIM_EXPR_PARSE_ANY,		/* known when it runs */
	SIM_EXPR_PARSE_NUM,
	SIM_EXPR_PARSE_TEXT,
	SIM_EXPR_PARSE_BOOL,
	SIM_EXPR_PARSE_NIL
};

/* What is known of a part. */
struct sim_expr_parse_part {
	enum sim_expr_parse_type type;
	bool varies;			/* reads a field or a series */
	int warm;			/* bars until it has a value */
	size_t start;			/* of its translation in `out` */
};

struct sim_expr_parse;

/* What series add; NULL where there are none. */
struct sim_expr_parse_series {
	/*
	 * A call of `name`, which is no function of expr_lua.h; the word
	 * under the eye is what follows "(".
	 * Gives: *known false when it is none of series either, else *part,
	 *        with the word after ")" under the eye.
	 */
	int (*call)(struct sim_expr_parse *p, const char *name, bool *known,
		    struct sim_expr_parse_part *part, struct sim_err *err);
	/* part[n]; the word under the eye is what follows "[". */
	int (*back)(struct sim_expr_parse *p, struct sim_expr_parse_part *part,
		    struct sim_err *err);
	/* The i-th name that can be called, NULL past the last. */
	const char *(*callable)(size_t i);
	void *ctx;
};

struct sim_expr_parse {
	struct sim_expr_lex lex;
	const char *const *names;	/* fields that can be read */
	size_t n;
	size_t *slot;			/* names[slot[i]] is f<i> */
	size_t nslots, nseries, slots_cap;
	int depth;
	struct sim_buf out;		/* the expression */
	struct sim_buf pre;		/* statements that come before it */
	const struct sim_expr_parse_series *series;
};

/*
 * Translate a whole expression.
 *
 * Takes:  p with names, n and series set, all else zero.
 * Gives:  p->out, p->pre and the slots; *part.  p is released by
 *         sim_expr_parse_release(), after failures too.
 * Errors: SIM_E_USAGE with the place and what to write instead.
 */
int sim_expr_parse(struct sim_expr_parse *p, const char *what,
		   const char *text, struct sim_expr_parse_part *part,
		   struct sim_err *err) SIM_MUST_CHECK;
void sim_expr_parse_release(struct sim_expr_parse *p);

/* For series: one part of an expression; one word that must stand here; the
 * comma between the values of a call. */
int sim_expr_parse_part(struct sim_expr_parse *p,
			struct sim_expr_parse_part *part, struct sim_err *err)
	SIM_MUST_CHECK;
int sim_expr_parse_expect(struct sim_expr_parse *p, const char *op,
			  const char *after, struct sim_err *err)
	SIM_MUST_CHECK;
int sim_expr_parse_comma(struct sim_expr_parse *p, struct sim_err *err)
	SIM_MUST_CHECK;
/* SIM_E_USAGE when a part is surely no number. */
int sim_expr_parse_number(const struct sim_expr_parse *p,
			  const struct sim_expr_parse_part *part,
			  const char *user, struct sim_err *err)
	SIM_MUST_CHECK;
/* SIM_E_USAGE when one more slot is one too many. */
int sim_expr_parse_room(const struct sim_expr_parse *p, struct sim_err *err)
	SIM_MUST_CHECK;
/* The translation from part->start on leaves `out`; the caller frees it. */
char *sim_expr_parse_take(struct sim_expr_parse *p, size_t start);

#endif
