/* cli: the command table holds what the rest relies on: names, groups, equal
 * arity of equal options, letters, settings that exist, house style of texts.
 * And where command words are found.  Not covered: what commands do. */
#include "cli/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../suite.h"

#define GIVEN_BITS	64	/* rows a table may have: given is a mask */

static const struct sim_opt *same_name(const struct sim_opt *o)
{
	const struct sim_opt *p = sim_opt_find(sim_cli_opts, o->name,
					       strlen(o->name));

	for (const struct sim_cmd *const *c = sim_cli_table; *c && !p; c++)
		p = sim_opt_find((*c)->opts, o->name, strlen(o->name));
	return p;
}

static void check_text(const char *s, const char *where)
{
	size_t n = strlen(s);

	ck_assert_msg(n && s[n - 1] != '.' && s[n - 1] != '\n', "%s: '%s'",
		      where, s);
	ck_assert_msg(!isupper((unsigned char)s[0]) ||
		      isupper((unsigned char)s[1]) ||
		      !strncmp(s, "Sharpe", 6), "%s: '%s'", where, s);
}

static void check_option(const struct sim_opt *o, const char *where)
{
	const struct sim_opt *first = same_name(o);

	check_text(o->help, where);
	ck_assert_msg(o->value != NULL, "%s --%s", where, o->name);
	ck_assert_msg(!o->arg == !sim_opt_has_value(o), "%s --%s", where,
		      o->name);
	ck_assert_msg(sim_opt_has_value(o) == sim_opt_has_value(first),
		      "%s --%s takes a value here and none elsewhere", where,
		      o->name);
	/* Those of another kind are for completion alone. */
	ck_assert_msg(o->kind != SIM_OPT_ENUM || o->choices != NULL,
		      "%s --%s", where, o->name);
	ck_assert_msg(o->letter == first->letter, "%s -%c", where, o->letter);
	if (o->setting)
		ck_assert_int_ge(sim_settings_find(o->setting), 0);
	for (const char *p = o->name; *p; p++)
		ck_assert(islower((unsigned char)*p) || *p == '-');
}

/* Names that commands have in a sense of their own, which their pages say: how
 * a file is read, and expressions over a sweep's points or a run's metrics. */
static bool has_two_senses(const char *name)
{
	return !strcmp(name, "format") || !strcmp(name, "local") ||
	       !strcmp(name, "tz") || !strcmp(name, "where") ||
	       !strcmp(name, "fail-if");
}

static void check_options(const struct sim_opt *opts, const char *where)
{
	int n = 0;

	for (; opts && opts[n].kind != SIM_OPT_END; n++) {
		check_option(&opts[n], where);
		ck_assert_ptr_eq(sim_opt_find(opts, opts[n].name,
					      strlen(opts[n].name)), &opts[n]);
		if (opts != sim_cli_opts && !has_two_senses(opts[n].name))
			ck_assert_msg(!sim_opt_find(sim_cli_opts, opts[n].name,
						    strlen(opts[n].name)),
				      "%s --%s is common too", where,
				      opts[n].name);
	}
	ck_assert_int_le(n, GIVEN_BITS);
}

START_TEST(table)
{
	check_options(sim_cli_opts, "common");
	for (const struct sim_cmd *const *c = sim_cli_table; *c; c++) {
		char word[32] = "";
		size_t n = strcspn((*c)->name, " ");

		memcpy(word, (*c)->name, n);
		ck_assert_msg(!(*c)->name[n] == !sim_cli_group(word), "%s",
			      (*c)->name);
		ck_assert_ptr_eq(sim_cli_find(word, (*c)->name[n]
					      ? (*c)->name + n + 1 : NULL), *c);
		check_text((*c)->summary, (*c)->name);
		ck_assert((*c)->run && (*c)->operands);
		ck_assert_msg(!*(*c)->operands == ((*c)->max == 0), "%s",
			      (*c)->name);
		ck_assert((*c)->max < 0 || (*c)->min <= (*c)->max);
		check_options((*c)->opts, (*c)->name);
	}
}
END_TEST

static const struct {
	const char *line, *first, *second;
} lines[] = {
	{ "data list", "data", "list" },
	{ "-o json data list", "data", "list" },
	{ "-ojson data --limit 5 list", "data", "list" },
	{ "--limit=5 data -q list x", "data", "list" },
	{ "-qv data list", "data", "list" },
	{ "-qo json data list", "data", "list" },
	{ "data --symbol X import", "data", "import" },
	{ "--fields data", "", "" },
	{ "--fields -q data", "data", "" },
	{ "--bogus data list", "data", "list" },
	{ "report - -- list", "report", "-" },
	{ "report -- list", "report", "list" },
	{ "-- data list", "data", "list" },
	{ "data -- --limit", "data", "--limit" },
	{ "", "", "" },
};

START_TEST(words)
{
	char copy[128], *argv[16], *save = NULL;
	int argc = 0, at[2];

	snprintf(copy, sizeof(copy), "%s", lines[_i].line);
	for (char *w = strtok_r(copy, " ", &save); w;
	     w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	sim_cli_words(argc, argv, at);
	ck_assert_str_eq(at[0] < 0 ? "" : argv[at[0]], lines[_i].first);
	ck_assert_str_eq(at[1] < 0 ? "" : argv[at[1]], lines[_i].second);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli");
	TCase *t = tcase_create("all");

	tcase_add_test(t, table);
	tcase_add_loop_test(t, words, 0, sizeof(lines) / sizeof(lines[0]));
	suite_add_tcase(s, t);
	return run_suite(s);
}
