/*
 * expr_tool: evaluates the expressions of stdin, one a line, over the record
 * that expr_random.py knows too, and prints a value a line: nil, true, n and a
 * number exactly in hexadecimal, or t and a text; "!" and a sentence when it is
 * refused.
 */
#include <stdio.h>
#include <string.h>

#include "script/expr.h"

static const char *const names[] = {
	"a", "b", "c", "half", "none", "gone", "yes", "no", "s", "t"
};
static const struct sim_expr_value values[] = {
	{ SIM_EXPR_NUM, false, 3, NULL }, { SIM_EXPR_NUM, false, -7.25, NULL },
	{ SIM_EXPR_NUM, false, 1e6, NULL }, { SIM_EXPR_NUM, false, 0.5, NULL },
	{ SIM_EXPR_NIL, false, 0, NULL }, { SIM_EXPR_NIL, false, 0, NULL },
	{ SIM_EXPR_BOOL, true, 0, NULL }, { SIM_EXPR_BOOL, false, 0, NULL },
	{ SIM_EXPR_STR, false, 0, "AAPL" }, { SIM_EXPR_STR, false, 0, "b-x" },
};

static void field(void *ctx, size_t i, struct sim_expr_value *out)
{
	(void)ctx;
	*out = values[i];
}

static void print(const struct sim_expr_value *v)
{
	switch (v->type) {
	case SIM_EXPR_NIL:
		puts("nil");
		break;
	case SIM_EXPR_BOOL:
		puts(v->b ? "true" : "false");
		break;
	case SIM_EXPR_NUM:
		printf("n %a\n", v->num);
		break;
	case SIM_EXPR_STR:
		printf("t %s\n", v->str);
		break;
	}
}

int main(void)
{
	const struct sim_expr_record r = { NULL, field };
	static char line[8192];

	while (fgets(line, sizeof(line), stdin)) {
		struct sim_err err = SIM_ERR_INIT;
		struct sim_expr *e = NULL;
		struct sim_expr_value v;

		line[strcspn(line, "\n")] = '\0';
		if (sim_expr_compile(line, "x", names, 10, &e, &err) ||
		    sim_expr_eval(e, &r, &v, &err))
			printf("! %s\n", err.msg);
		else
			print(&v);
		sim_expr_free(e);
	}
	return 0;
}
