/*
 * expr: Lua expressions over the fields of a record: --where, --fail-if,
 * --sort, --maximize.
 *
 * Compiled once, evaluated many times.  An expression sees the record's fields
 * by name, `and or not`, arithmetic, comparison, `..`, and the functions of
 * sim_expr_function(); nothing else.  It cannot loop; a field that the record
 * does not have is an error with the nearest name when compiled against a
 * list of names.  A field without a value is nil; comparing nil gives false.
 * An expression belongs to the thread that compiled it.
 */
#ifndef SIM_EXPR_H
#define SIM_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

#define SIM_EXPR_TEXT_MAX 4096		/* bytes */

enum sim_expr_type {
	SIM_EXPR_NIL, SIM_EXPR_BOOL, SIM_EXPR_NUM, SIM_EXPR_STR
};
struct sim_expr_value {
	enum sim_expr_type type;
	bool b;
	double num;
	const char *str;		/* NUL-terminated; borrowed */
};

/* What an expression is evaluated over. */
struct sim_expr_record {
	void *ctx;
	/* The value of field `i` of the names it was compiled with. */
	void (*field)(void *ctx, size_t i, struct sim_expr_value *out);
};

struct sim_expr;

/*
 * Compile.
 *
 * Takes:  what names the option for messages ("--where"); names[n] are the
 *         fields a record has, borrowed until the expression is freed.
 * Gives:  *out, freed by sim_expr_free().
 * Errors: SIM_E_USAGE with the expression, the place and what is wrong.
 */
int sim_expr_compile(const char *text, const char *what,
		     const char *const *names, size_t n,
		     struct sim_expr **out, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_expr_free(struct sim_expr *e);	/* NULL is fine */

/* Does it read field i? */
bool sim_expr_uses(const struct sim_expr *e, size_t i);

/*
 * Evaluate.  A string in *out lives until the next evaluation.
 * Errors: SIM_E_DATA arithmetic on what is no number, with the field.
 */
int sim_expr_eval(struct sim_expr *e, const struct sim_expr_record *r,
		  struct sim_expr_value *out, struct sim_err *err)
	SIM_MUST_CHECK;

/* Evaluate to a truth: nil and false are false, all else is true. */
int sim_expr_test(struct sim_expr *e, const struct sim_expr_record *r,
		  bool *out, struct sim_err *err) SIM_MUST_CHECK;

/* The i-th function an expression may call ("abs(x)"), NULL past the last. */
const char *sim_expr_function(int i);

#endif
