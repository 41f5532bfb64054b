/* opt: every kind of option, where options may stand, what is refused and in
 * which words.  Not covered: settings standing in (output.sh). */
#include "cli/opt.h"

#include <stdio.h>
#include <string.h>

#include "../suite.h"

static struct {
	bool flag;
	int count;
	const char *str, *path, *word;
	int64_t i;
	sim_dec d;
	struct sim_opt_time t;
	struct sim_opt_tf tf;
	struct sim_opt_list list, params;
	bool common;
} v;

static const char *const words[] = { "red", "green", NULL };
static const struct sim_opt common[] = {
	{ SIM_OPT_FLAG, "common", .letter = 'c', .help = "x",
	  .value = &v.common },
	{ .kind = SIM_OPT_END }
};
static const struct sim_opt own[] = {
	{ SIM_OPT_FLAG, "flag", .letter = 'f', .help = "x", .value = &v.flag },
	{ SIM_OPT_COUNT, "count", .letter = 'v', .help = "x",
	  .value = &v.count },
	{ SIM_OPT_STR, "str", .letter = 's', .arg = "S", .help = "x",
	  .value = &v.str, .flags = SIM_OPT_REQUIRED },
	{ SIM_OPT_STR, "maybe", .arg = "S", .help = "x", .value = &v.path,
	  .flags = SIM_OPT_EMPTY },
	{ SIM_OPT_ENUM, "word", .arg = "W", .help = "x", .value = &v.word,
	  .choices = words },
	{ SIM_OPT_INT, "int", .arg = "N", .help = "x", .value = &v.i,
	  .lo = 1, .hi = 9 },
	{ SIM_OPT_DEC, "dec", .arg = "N", .help = "x", .value = &v.d,
	  .lo = 0, .hi = SIM_DEC_ONE },
	{ SIM_OPT_TIME, "time", .arg = "T", .help = "x", .value = &v.t },
	{ SIM_OPT_TF, "tf", .arg = "TF", .help = "x", .value = &v.tf },
	{ SIM_OPT_LIST, "list", .arg = "A,B", .help = "x", .value = &v.list },
	{ SIM_OPT_PARAM, "param", .letter = 'p', .arg = "N=V", .help = "x",
	  .value = &v.params },
	{ .kind = SIM_OPT_END }
};

static struct sim_opt_line line;
static struct sim_err err;
static char *operands[16], copy[256];

/* Parse a line of blank-separated words. */
static int parse(const char *text)
{
	char *argv[16], *save = NULL;
	int argc = 0;

	sim_opt_list_release(&v.list);
	sim_opt_list_release(&v.params);
	memset(&v, 0, sizeof(v));
	memset(&err, 0, sizeof(err));
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *w = strtok_r(copy, " ", &save); w;
	     w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	line = (struct sim_opt_line){ .common = common, .own = own,
				      .operands = operands };
	return sim_opt_parse(&line, argc, argv, &err);
}

START_TEST(good)
{
	ck_assert_int_eq(parse("a --flag b --str=x -vv -c c"), SIM_OK);
	ck_assert(v.flag && v.common && v.count == 2);
	ck_assert_str_eq(v.str, "x");
	ck_assert_int_eq(line.noperands, 3);
	ck_assert_str_eq(operands[2], "c");
	ck_assert_int_eq(parse("-sx -fcv - -- --flag"), SIM_OK);
	ck_assert(v.flag && v.common && v.count == 1);
	ck_assert_int_eq(line.noperands, 2);
	ck_assert_str_eq(operands[0], "-");
	ck_assert_str_eq(operands[1], "--flag");
	ck_assert_int_eq(parse("--int 9 --dec 0.5 --word green"), SIM_OK);
	ck_assert(v.i == 9 && v.d == SIM_DEC_ONE / 2);
	ck_assert_ptr_eq(v.word, words[1]);
	ck_assert_int_eq(parse("--time 2024-01-31 --tf 5min"), SIM_OK);
	ck_assert(v.t.is_set && v.t.kind == SIM_TIME_DATE);
	ck_assert(v.tf.is_set && v.tf.tf.span == 5 * SIM_TIME_MIN);
	ck_assert_int_eq(parse("--list a,b --list c -p x=1 -p y=2"), SIM_OK);
	ck_assert(v.list.n == 3 && v.params.n == 2);
	ck_assert_str_eq(v.list.v[2], "c");
	ck_assert_str_eq(v.params.v[1], "y=2");
	ck_assert_int_eq(parse("--flag=off --maybe --flag"), SIM_OK);
	ck_assert(v.flag);
	ck_assert_str_eq(v.path, "");
	ck_assert_int_eq(parse("--maybe x"), SIM_OK);
	ck_assert_str_eq(v.path, "x");
}
END_TEST

static const struct {
	const char *text, *says;
} refused[] = {
	{ "--flg", "did you mean '--flag'" },
	{ "--nothing-like-it", "--help lists them" },
	{ "-Z", "there is no option '-Z'" },
	{ "--str", "--str needs a value" },
	{ "--str=", "--str needs a value" },
	{ "-s", "-s needs a value" },
	{ "--int 0", "--int" },
	{ "--int 10", "--int" },
	{ "--int 5x", "--int" },
	{ "--int 99999999999999999999", "--int" },
	{ "--dec 1.1", "from 0 to 1, not 1.1" },
	{ "--dec 1e3", "not '1e3'" },
	{ "--dec -1", "from 0 to 1, not -1" },
	{ "--word gren", "did you mean 'green'" },
	{ "--word GREEN", "red or green" },
	{ "--time soon", "not 'soon'" },
	{ "--time 2024-13-01", "not '2024-13-01'" },
	{ "--tf 7parsecs", "--tf" },
	{ "--list a,,b", "without empty items" },
	{ "-p x", "NAME=VALUE" },
	{ "-p =1", "NAME=VALUE" },
	{ "-p x=", "NAME=VALUE" },
	{ "--flag=maybe", "on or off" },
	{ "--count=2", "takes no value" },
	{ "--fla", "there is no option '--fla'" },
};

START_TEST(bad)
{
	ck_assert_int_eq(parse(refused[_i].text), SIM_E_USAGE);
	ck_assert_int_eq(err.code, SIM_E_USAGE);
	ck_assert_msg(strstr(err.msg, refused[_i].says) != NULL,
		      "'%s' says: %s", refused[_i].text, err.msg);
}
END_TEST

/* The first fault is told, but what comes after it still counts. */
START_TEST(goes_on)
{
	ck_assert_int_eq(parse("--bogus --int 99 --str x"), SIM_E_USAGE);
	ck_assert(strstr(err.msg, "--bogus") != NULL);
	ck_assert_str_eq(v.str, "x");
	ck_assert_int_eq(sim_opt_check_required(&line, &err), SIM_OK);
	ck_assert_int_eq(parse("a"), SIM_OK);
	ck_assert_int_eq(sim_opt_check_required(&line, &err), SIM_E_USAGE);
	ck_assert(strstr(err.msg, "--str S is missing") != NULL);
	sim_opt_list_release(&v.list);
	sim_opt_list_release(&v.params);
}
END_TEST

/* What was not given and is spoken of. */
START_TEST(meant)
{
	const struct sim_opt *o;

	ck_assert_int_eq(parse("--int 9"), SIM_OK);
	o = sim_opt_meant(&line, "--str is 'x', not that");
	ck_assert(o && !strcmp(o->name, "str"));
	o = sim_opt_meant(&line, "--list: an empty one");
	ck_assert(o && !strcmp(o->name, "list"));
	ck_assert_ptr_null(sim_opt_meant(&line, "--int is 9"));
	ck_assert_ptr_null(sim_opt_meant(&line, "--strange is 9"));
	ck_assert_ptr_null(sim_opt_meant(&line, "str is 9"));
	ck_assert_ptr_null(sim_opt_meant(&line, ""));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("opt");
	TCase *t = tcase_create("all");

	tcase_add_test(t, good);
	tcase_add_loop_test(t, bad, 0, sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(t, goes_on);
	tcase_add_test(t, meant);
	suite_add_tcase(s, t);
	return run_suite(s);
}
