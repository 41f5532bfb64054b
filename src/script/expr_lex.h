/* expr_lex: the words of an expression, one at a time, and where they stand. */
#ifndef SIM_EXPR_LEX_H
#define SIM_EXPR_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

enum sim_expr_lex_kind {
	SIM_EXPR_LEX_END,
	SIM_EXPR_LEX_NAME,	/* sharpe, period.from */
	SIM_EXPR_LEX_NUM,	/* 12, 0.5, 1e6 */
	SIM_EXPR_LEX_TEXT,	/* 'AAPL' or "AAPL", with its quotes */
	SIM_EXPR_LEX_DURATION,	/* 30m */
	SIM_EXPR_LEX_OP		/* an operator, a word such as `and`, or ( ) */
};

struct sim_expr_lex {
	const char *what, *text;	/* for messages; the expression */
	enum sim_expr_lex_kind kind;	/* the word under the eye */
	const char *at;
	size_t len;
};

/*
 * Look at the first word.
 * Errors: as sim_expr_lex_next(), and SIM_E_USAGE when the text is empty or
 *         longer than SIM_EXPR_TEXT_MAX.
 */
int sim_expr_lex_start(struct sim_expr_lex *l, const char *what,
		       const char *text, struct sim_err *err) SIM_MUST_CHECK;
/* Look at the next word.  Errors: SIM_E_USAGE no word starts like that. */
int sim_expr_lex_next(struct sim_expr_lex *l, struct sim_err *err)
	SIM_MUST_CHECK;
/* SIM_E_USAGE when the name under the eye is a word of Lua's statements; a
 * field may be called so. */
int sim_expr_lex_refuse(const struct sim_expr_lex *l, struct sim_err *err)
	SIM_MUST_CHECK;
/* Is the word under the eye this one? */
bool sim_expr_lex_is(const struct sim_expr_lex *l, const char *op);

/* SIM_E_USAGE with the option, the expression, the place of the word under
 * the eye and the sentence of fmt. */
int sim_expr_lex_fail(const struct sim_expr_lex *l, struct sim_err *err,
		      const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
