/*
 * Expressions over a record: values, nil, precedence, and a sentence for every
 * wrong one.  Covers expr.c, expr_lex.c, expr_parse.c and expr_lua.c; random
 * expressions against an evaluator of another language are expr_random.py's.
 */
#include <stdio.h>
#include <string.h>

#include "suite.h"

#include "script/expr.h"
#include "util/mem.h"

enum { SHARPE, TRADES, SYMBOL, FROM, LOST, WON, PNL, END, RETURN };

static const char *const names[] = {
	"sharpe", "trades", "symbol", "period.from", "lost", "won", "pnl",
	"end", "return"
};
#define NAMES (sizeof(names) / sizeof(names[0]))

static void field(void *ctx, size_t i, struct sim_expr_value *out)
{
	static const struct sim_expr_value values[] = {
		[SHARPE] = { SIM_EXPR_NUM, false, 1.5, NULL },
		[TRADES] = { SIM_EXPR_NUM, false, 120, NULL },
		[SYMBOL] = { SIM_EXPR_STR, false, 0, "AAPL" },
		[FROM] = { SIM_EXPR_STR, false, 0, "2024-01-02" },
		[LOST] = { SIM_EXPR_NIL, false, 0, NULL },
		[WON] = { SIM_EXPR_BOOL, true, 0, NULL },
		[PNL] = { SIM_EXPR_NUM, false, -7.25, NULL },
		[END] = { SIM_EXPR_NUM, false, 3, NULL },
		[RETURN] = { SIM_EXPR_NUM, false, 0.25, NULL },
	};

	++*(int *)ctx;
	*out = values[i];
}

/* The value as text: nil, true, 1.5, 'AAPL'. */
static const char *value_text(const struct sim_expr_value *v, char buf[128])
{
	if (v->type == SIM_EXPR_NIL)
		return "nil";
	if (v->type == SIM_EXPR_BOOL)
		return v->b ? "true" : "false";
	if (v->type == SIM_EXPR_NUM)
		snprintf(buf, 128, "%.17g", v->num);
	else
		snprintf(buf, 128, "'%s'", v->str);
	return buf;
}

static const struct {
	const char *text, *gives;
} good[] = {
	{ "sharpe > 1 and trades >= 100", "true" },
	{ "sharpe > 1 && trades >= 100", "true" },
	{ "sharpe > 2 || !(trades < 100)", "true" },
	{ "sharpe != 1.5", "false" },
	{ "sharpe ~= 1.5", "false" },
	{ "sharpe == 1.5", "true" },
	{ "not won", "false" },
	{ "!won", "false" },
	{ "not lost", "true" },
	{ "won", "true" },
	{ "lost", "nil" },
	{ "sharpe", "1.5" },
	{ "symbol", "'AAPL'" },
	{ "end + 1", "4" },
	{ "return > 0.2", "true" },
	{ "symbol == 'AAPL'", "true" },
	{ "symbol == \"AAPL\"", "true" },
	{ "symbol < 'B' and symbol >= 'A'", "true" },
	{ "period.from >= '2024'", "true" },
	{ "symbol .. '-' .. trades", "'AAPL-120'" },
	{ "'it\\'s \\\\ \\\"'", "'it's \\ \"'" },
	{ "1 + 2 * 3", "7" },
	{ "(1 + 2) * 3", "9" },
	{ "2 ^ 3 ^ 2", "512" },
	{ "-2 ^ 2", "-4" },
	{ "2 ^ -1", "0.5" },
	{ "2 * 3 ^ 2 * 2", "36" },
	{ "3 ^ 2", "9" },
	{ "(-2) ^ 3", "-8" },
	{ "(-8) ^ 0.5", "nil" },
	{ "10 - 3 - 2", "5" },
	{ "100 / 10 / 2", "5" },
	{ "7 % 3", "1" },
	{ "-7 % 3", "2" },
	{ "7 % -3", "-2" },
	{ "- - 3", "3" },
	{ "-(-3)", "3" },
	{ "not not won", "true" },
	{ "!!won", "true" },
	{ "1 / 0 > 1e308", "true" },
	{ "0 / 0", "nil" },
	{ ".5 + 1.", "1.5" },
	{ "1e3", "1000" },
	{ "1E-2", "0.01" },
	{ "1..2", "'12'" },
	{ "true and false", "false" },
	{ "false or nil", "nil" },
	{ "lost or 5", "5" },
	{ "won and 1 or 2", "1" },
	{ "lost > 1", "false" },
	{ "lost < 1", "false" },
	{ "lost <= lost", "false" },
	{ "1 >= lost", "false" },
	{ "lost == nil", "true" },
	{ "lost ~= 1", "true" },
	{ "sharpe == nil", "false" },
	{ "lost + 1", "nil" },
	{ "1 - lost", "nil" },
	{ "lost * 2 > 0", "false" },
	{ "-lost", "nil" },
	{ "lost ^ 2", "nil" },
	{ "lost % 2", "nil" },
	{ "2 / lost", "nil" },
	{ "lost .. 'x'", "nil" },
	{ "symbol + lost", "nil" },
	{ "not (lost > 1)", "true" },
	{ "abs(pnl)", "7.25" },
	{ "abs(lost)", "nil" },
	{ "floor(pnl)", "-8" },
	{ "ceil(pnl)", "-7" },
	{ "round(pnl)", "-7" },
	{ "round(2.5)", "3" },
	{ "sign(pnl) .. sign(0) .. sign(9)", "'-101'" },
	{ "sqrt(16)", "4" },
	{ "sqrt(-1)", "nil" },
	{ "log(1)", "0" },
	{ "log(0) < -1e308", "true" },
	{ "log(-1)", "nil" },
	{ "exp(0)", "1" },
	{ "pow(2, 10)", "1024" },
	{ "pow(4, 0.5)", "2" },
	{ "max(1, 3, 2)", "3" },
	{ "min(pnl, 1)", "-7.25" },
	{ "max(1, lost)", "nil" },
	{ "max(sharpe)", "1.5" },
	{ "len(symbol)", "4" },
	{ "lower(symbol)", "'aapl'" },
	{ "upper('x1\303\244')", "'X1\303\244'" },
	{ "contains(symbol, 'AP')", "true" },
	{ "contains(symbol, 'ap')", "false" },
	{ "contains(symbol, '')", "true" },
	{ "starts_with(symbol, 'AA')", "true" },
	{ "starts_with(symbol, 'AAPLX')", "false" },
	{ "ends_with(symbol, 'PL')", "true" },
	{ "ends_with(lost, 'PL')", "nil" },
	{ "sharpe\n\t>\r1", "true" },
	{ "'a' == 1", "false" },
	{ "won == true", "true" },
};

static struct sim_expr *compiled(const char *text, struct sim_err *err)
{
	struct sim_expr *e = NULL;

	if (sim_expr_compile(text, "--where", names, NAMES, &e, err))
		return NULL;
	return e;
}

START_TEST(values)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_expr *e = compiled(good[_i].text, &err);
	struct sim_expr_value v;
	char buf[128];
	int calls = 0;

	ck_assert_msg(e != NULL, "%s: %s", good[_i].text, err.msg);
	for (int round = 0; round < 2; round++) {
		const struct sim_expr_record r = { &calls, field };

		ck_assert_msg(!sim_expr_eval(e, &r, &v, &err), "%s: %s",
			      good[_i].text, err.msg);
		ck_assert_msg(!strcmp(value_text(&v, buf), good[_i].gives),
			      "%s gives %s, not %s", good[_i].text,
			      value_text(&v, buf), good[_i].gives);
	}
	ck_assert_int_eq(err.code, 0);
	sim_expr_free(e);
}
END_TEST

/* Wrong ones, and what their sentence holds. */
static const struct {
	const char *text, *says;
} bad[] = {
	{ "", "is empty; write one such as" },
	{ "  \n", "is empty" },
	{ "sharpe >", "a value is missing at the end" },
	{ "> 1", "a value is missing before '>'" },
	{ "sharpe > > 1", "a value is missing before '>'" },
	{ "(sharpe > 1", "')' is missing at the end" },
	{ "sharpe > 1)", "an operator such as and, + or == is expected" },
	{ "shrpe > 1", "there is no field 'shrpe'; did you mean 'sharpe'?" },
	{ "xyzzy > 1", "there is no field 'xyzzy'" },
	{ "period.form > 1", "did you mean 'period.from'?" },
	{ "sharpe = 1", "write == to compare" },
	{ "sharpe 1", "an operator such as and" },
	{ "sharpe trades", "before 'trades'" },
	{ "1 < sharpe < 2", "write a < b and b < c" },
	{ "symbol:rep(9)", "methods are not there" },
	{ "('x'):rep(1e9)", "methods are not there" },
	{ "sharpe.x > 1", "there is no field 'sharpe.x'" },
	{ "(sharpe).x", "nothing has parts here" },
	{ "symbol[1]", "a field has no parts in [ ]" },
	{ "#symbol > 3", "write len(x)" },
	{ "trades // 2", "write floor(a / b)" },
	{ "trades << 2", "there are no bit operations" },
	{ "trades & 2", "write and" },
	{ "trades | 2", "write or" },
	{ "sharpe > 1;", "without ; at its end" },
	{ "{1}", "tables are not there" },
	{ "...", "there are no arguments" },
	{ "sharpe ? 1 : 2", "write a and b or c" },
	{ "function() return 1 end", "no function bodies" },
	{ "while true do end", "no loops" },
	{ "for", "no loops" },
	{ "return sharpe", "before 'sharpe'" },
	{ "repeat sharpe", "no loops" },
	{ "local x", "no variables of its own" },
	{ "if sharpe then", "no statements" },
	{ "os.exit(1)", "there is no function 'os.exit'" },
	{ "print(1)", "there is no function 'print'" },
	{ "load('x')", "there is no function 'load'" },
	{ "string.rep('x', 9)", "there is no function 'string.rep'" },
	{ "_G", "there is no field '_G'" },
	{ "f0", "there is no field 'f0'" },
	{ "g_abs(1)", "there is no function 'g_abs'" },
	{ "abss(1)", "did you mean 'abs'?" },
	{ "abs", "needs its values in ( )" },
	{ "abs()", "abs(x) got 0 values" },
	{ "abs(1, 2)", "abs(x) got 2 values" },
	{ "abs(1", "',' or ')' is missing at the end" },
	{ "abs(1 2)", "',' or ')' is missing before" },
	{ "abs(,1)", "a value is missing before ','" },
	{ "abs('x')", "abs(x) needs numbers" },
	{ "lower(1)", "lower(text) needs texts" },
	{ "sharpe(1)", "there is no function 'sharpe'" },
	{ "'x' + 1", "+ needs numbers" },
	{ "1 + 'x'", "+ needs numbers" },
	{ "(sharpe > 1) * 2", "* needs numbers" },
	{ "-'x'", "- needs numbers" },
	{ "1 < 'x'", "cannot compare a number with a text" },
	{ "true < 1", "cannot compare a truth" },
	{ "'x' .. true", ".. joins texts and numbers" },
	{ "'abc", "has no closing '" },
	{ "\"abc'", "has no closing \"" },
	{ "'a\\n'", "'\\n' is not there" },
	{ "12abc", "neither a number such as 1.5 nor a duration" },
	{ "0x10", "neither a number" },
	{ "1e", "neither a number" },
	{ "30m", "a duration stands in every(30m) alone" },
	{ "1 -- 2", "write - (-x)" },
	{ "sharpe > -5%", "a value is missing at the end" },
	{ "sharpe @ 1", "\"@\" means nothing" },
	{ "sharpe > 1 \xff", "means nothing" },
	{ "sharpe ~ 1", "means nothing" },
	{ "sharpe and", "a value is missing at the end" },
	{ "and", "a value is missing before 'and'" },
	{ "rsi(close,14)", "there is no function 'rsi'" },
	{ "()", "a value is missing before ')'" },
	{ "goto", "no loops" },
};

START_TEST(wrong)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_expr *e = (struct sim_expr *)&err;
	struct sim_expr *before = e;

	ck_assert_msg(sim_expr_compile(bad[_i].text, "--where", names, NAMES,
				       &e, &err) == SIM_E_USAGE,
		      "'%s' passes", bad[_i].text);
	ck_assert_msg(strstr(err.msg, bad[_i].says) != NULL,
		      "'%s': '%s' does not say '%s'", bad[_i].text, err.msg,
		      bad[_i].says);
	ck_assert_msg(!strncmp(err.msg, "--where", 7), "%s", err.msg);
	ck_assert_ptr_eq(e, before);
	ck_assert_int_eq(err.code, SIM_E_USAGE);
	ck_assert_ptr_null(strchr(err.msg, '\n'));
	ck_assert_int_ne(err.msg[strlen(err.msg) - 1], '.');
}
END_TEST

/* Wrong only once the record is known. */
static const struct {
	const char *text, *says;
} late[] = {
	{ "symbol + 1", "arithmetic needs numbers, and symbol is a text" },
	{ "1 * won", "arithmetic needs numbers, and won is a truth" },
	{ "symbol > 1", "a text and a number cannot be compared" },
	{ "won < 1", "cannot be compared" },
	{ "won <= won", "a truth and a truth cannot be compared" },
	{ "won .. 'x'", ".. joins texts and numbers, and won is a truth" },
	{ "-symbol", "arithmetic needs numbers, and symbol is a text" },
	{ "-(symbol)", "arithmetic needs numbers" },
	{ "abs(symbol)", "abs(x) needs numbers, not a text" },
	{ "max(1, won)", "max(x, ...) needs numbers, not a truth" },
	{ "symbol ^ 2", "pow(x, y) needs numbers, not a text" },
	{ "len(sharpe)", "len(text) needs texts, not a number" },
	{ "contains(symbol, won)", "needs texts, not a truth" },
};

START_TEST(wrong_values)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_expr *e = compiled(late[_i].text, &err);
	int calls = 0;
	const struct sim_expr_record r = { &calls, field };
	struct sim_expr_value v = { .num = 42 };

	ck_assert_msg(e != NULL, "%s: %s", late[_i].text, err.msg);
	ck_assert_int_eq(sim_expr_eval(e, &r, &v, &err), SIM_E_DATA);
	ck_assert_msg(strstr(err.msg, late[_i].says) != NULL,
		      "'%s': '%s' does not say '%s'", late[_i].text, err.msg,
		      late[_i].says);
	ck_assert_double_eq(v.num, 42);
	ck_assert_int_eq(sim_expr_eval(e, &r, &v, &err), SIM_E_DATA);
	sim_expr_free(e);
}
END_TEST

/* n times `piece` between `before` and `after`. */
static char *repeated(const char *before, const char *piece, size_t n,
		      const char *after)
{
	size_t a = strlen(before), b = strlen(piece), c = strlen(after);
	char *s = sim_mem_alloc(a + n * b + c + 1);

	memcpy(s, before, a);
	for (size_t i = 0; i < n; i++)
		memcpy(s + a + i * b, piece, b);
	memcpy(s + a + n * b, after, c + 1);
	return s;
}

static const struct {
	const char *before, *piece;
	size_t n;
	const char *after, *says;	/* NULL: passes */
} sizes[] = {
	{ "", "(", 50, "1", "')' is missing" },
	{ "", "(", 2000, "1", "nested more than" },
	{ "", "not ", 50, "won", NULL },
	{ "", "not ", 1000, "won", "nested more than" },
	{ "", "- ", 2000, "1", "nested more than" },
	{ "1", "+1", 2000, "", NULL },
	{ "1", "-1*2", 1000, "", NULL },
	{ "won", " and won", 500, "", NULL },
	{ "lost", " or lost", 500, "", NULL },
	{ "sharpe > 1", " and sharpe > 1", 270, "", NULL },
	{ "1", "..1", 40, "", NULL },
	{ "1", "..1", 1000, "", "nested more than" },
	{ "1", "^1", 1000, "", "nested more than" },
	{ "", "abs(", 1000, "1", "nested more than" },
	{ "1", "==1", 1300, "", NULL },
	{ "'", "x", 4000, "'", NULL },
	{ "'", "x", 4095, "'", "at most 4096" },
	{ "max(1", ",1", 31, ")", NULL },
	{ "max(1", ",1", 32, ")", "got 33 values" },
};

START_TEST(size_limits)
{
	struct sim_err err = SIM_ERR_INIT;
	char *text = repeated(sizes[_i].before, sizes[_i].piece, sizes[_i].n,
			      sizes[_i].after);
	struct sim_expr *e = compiled(text, &err);
	int calls = 0;
	const struct sim_expr_record r = { &calls, field };
	struct sim_expr_value v;

	ck_assert_msg(!e == !!sizes[_i].says, "%.60s: %s", text, err.msg);
	if (e)
		ck_assert_int_eq(sim_expr_eval(e, &r, &v, &err), 0);
	else
		ck_assert_msg(strstr(err.msg, sizes[_i].says) != NULL, "%s",
			      err.msg);
	sim_expr_free(e);
	sim_mem_free(text);
}
END_TEST

START_TEST(many_fields)
{
	static char text[300][8];
	const char *list[300];
	char all[4096] = "f_0";
	struct sim_err err = SIM_ERR_INIT;
	struct sim_expr *e = NULL;

	for (int i = 0; i < 300; i++) {
		snprintf(text[i], sizeof(text[i]), "f_%d", i);
		list[i] = text[i];
	}
	for (int i = 1; i < 150; i++)
		snprintf(all + strlen(all), 16, "+f_%d", i);
	ck_assert_int_eq(sim_expr_compile(all, "x", list, 300, &e, &err), 0);
	ck_assert(sim_expr_uses(e, 149) && !sim_expr_uses(e, 150));
	sim_expr_free(e);
	snprintf(all + strlen(all), 16, "+f_299");
	ck_assert_int_eq(sim_expr_compile(all, "x", list, 300, &e, &err),
			 SIM_E_USAGE);
	ck_assert_ptr_nonnull(strstr(err.msg, "more than 150 fields"));
}
END_TEST

/* Only what is read is asked for, once, and truth is Lua's. */
START_TEST(reads_and_truth)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_expr *e = compiled("sharpe > 9 and trades > sharpe", &err);
	int calls = 0;
	const struct sim_expr_record r = { &calls, field };
	bool yes = true;

	ck_assert(sim_expr_uses(e, SHARPE) && sim_expr_uses(e, TRADES));
	ck_assert(!sim_expr_uses(e, SYMBOL));
	ck_assert(!sim_expr_test(e, &r, &yes, &err) && !yes);
	ck_assert_int_eq(calls, 2);
	sim_expr_free(e);
	e = compiled("0", &err);
	ck_assert(!sim_expr_test(e, &r, &yes, &err) && yes);
	sim_expr_free(e);
	e = compiled("lost", &err);
	ck_assert(!sim_expr_test(e, &r, &yes, &err) && !yes);
	sim_expr_free(e);
	sim_expr_free(NULL);
}
END_TEST

START_TEST(functions)
{
	char text[64];
	struct sim_err err;
	struct sim_expr *e;
	int n = 0;

	for (const char *f; (f = sim_expr_function(n)); n++) {
		size_t len = strcspn(f, "(");

		snprintf(text, sizeof(text), "%.*s(lost%s)", (int)len, f,
			 strchr(f, ',') ? ", lost" : "");
		e = compiled(text, &err);
		ck_assert_msg(e != NULL, "%s", text);
		sim_expr_free(e);
	}
	ck_assert_int_ge(n, 15);
	ck_assert_ptr_null(sim_expr_function(-1));
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("expr");
	TCase *tc = tcase_create("expr");

	tcase_add_loop_test(tc, values, 0, COUNT(good));
	tcase_add_loop_test(tc, wrong, 0, COUNT(bad));
	tcase_add_loop_test(tc, wrong_values, 0, COUNT(late));
	tcase_add_loop_test(tc, size_limits, 0, COUNT(sizes));
	tcase_add_test(tc, many_fields);
	tcase_add_test(tc, reads_and_truth);
	tcase_add_test(tc, functions);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
