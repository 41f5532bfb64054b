/* expr: one translated expression, the fields it reads and the state it runs
 * in. */
#include "script/expr.h"

#include "script/expr_lua.h"
#include "util/mem.h"

struct sim_expr {
	struct sim_expr_parse parse;
	char *text, *what;
	struct lua_State *lua;
};

int sim_expr_compile(const char *text, const char *what,
		     const char *const *names, size_t n,
		     struct sim_expr **out, struct sim_err *err)
{
	struct sim_expr *e = sim_mem_zalloc(sizeof(*e));
	struct sim_expr_parse_part part;
	int rc;

	e->parse.names = names;
	e->parse.n = n;
	e->text = sim_mem_strdup(text);
	e->what = sim_mem_strdup(what);
	rc = sim_expr_parse(&e->parse, e->what, e->text, &part, err);
	if (!rc)
		rc = sim_expr_lua_new(&e->parse, NULL, NULL, &e->lua, err);
	if (rc) {
		sim_expr_free(e);
		return rc;
	}
	*out = e;
	return SIM_OK;
}

void sim_expr_free(struct sim_expr *e)
{
	if (!e)
		return;
	sim_expr_lua_free(e->lua);
	sim_expr_parse_release(&e->parse);
	sim_mem_free(e->text);
	sim_mem_free(e->what);
	sim_mem_free(e);
}

bool sim_expr_uses(const struct sim_expr *e, size_t i)
{
	for (size_t k = 0; k < e->parse.nslots; k++)
		if (e->parse.slot[k] == i)
			return true;
	return false;
}

int sim_expr_eval(struct sim_expr *e, const struct sim_expr_record *r,
		  struct sim_expr_value *out, struct sim_err *err)
{
	struct sim_expr_value v;

	sim_expr_lua_begin(e->lua);
	for (size_t i = 0; i < e->parse.nslots; i++) {
		v = (struct sim_expr_value){ .type = SIM_EXPR_NIL };
		r->field(r->ctx, e->parse.slot[i], &v);
		sim_expr_lua_value(e->lua, &v);
	}
	return sim_expr_lua_run(e->lua, &e->parse, out, err);
}

int sim_expr_test(struct sim_expr *e, const struct sim_expr_record *r,
		  bool *out, struct sim_err *err)
{
	struct sim_expr_value v;
	int rc = sim_expr_eval(e, r, &v, err);

	if (!rc)
		*out = sim_expr_lua_truth(&v);
	return rc;
}

const char *sim_expr_function(int i)
{
	const struct sim_expr_lua_row *f = sim_expr_lua_row(i);

	return f ? f->signature : NULL;
}
