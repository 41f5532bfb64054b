/* out: the same rows in every format, sorting, limits, nesting, escapes,
 * decimals, narrow terminals.  Not covered: writing errors (output.sh). */
#include "cli/out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../suite.h"

static const struct sim_out_col cols[] = {
	{ "id", SIM_OUT_COL_ID }, { "text", 0 }, { "n.a", 0 }, { "n.b", 0 },
	{ "more", SIM_OUT_COL_WIDE }, { NULL, 0 }
};
static char got[4096];

static void rows(struct sim_out *o)
{
	static const char *const two[] = { "x y", "z" };

	sim_out_list(o, cols);
	sim_out_row(o);
	sim_out_str(o, "id", "b");
	sim_out_str(o, "text", "quo\"te, \ttab");
	sim_out_dec(o, "n.a", 150000000);
	sim_out_int(o, "n.b", -7);
	sim_out_strs(o, "more", two, 2);
	sim_out_row_end(o);
	sim_out_row(o);
	sim_out_str(o, "id", "a");
	sim_out_null(o, "text");
	sim_out_dec(o, "n.a", -25);
	sim_out_bool(o, "more", true);
	sim_out_row_end(o);
	sim_out_end(o);
}

/* What `put` writes under cfg, into got. */
static const char *write_with(struct sim_out_cfg cfg,
			      void (*put)(struct sim_out *))
{
	char path[] = "/tmp/test_out.XXXXXX";
	struct sim_err err = SIM_ERR_INIT;
	struct sim_out *o;
	FILE *f;

	cfg.fd = mkstemp(path);
	ck_assert_int_ge(cfg.fd, 0);
	o = sim_out_new(&cfg);
	put(o);
	ck_assert_int_eq(sim_out_flush(o, &err), SIM_OK);
	sim_out_free(o);
	close(cfg.fd);
	f = fopen(path, "r");
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	fclose(f);
	unlink(path);
	return got;
}

static const struct {
	struct sim_out_cfg cfg;
	const char *want;
} cases[] = {
	{ { .format = SIM_OUT_NDJSON, .limit = -1, .decimals = -1 },
	  "{\"id\":\"b\",\"text\":\"quo\\\"te, \\ttab\",\"n\":{\"a\":1.5,"
	  "\"b\":-7},\"more\":[\"x y\",\"z\"]}\n"
	  "{\"id\":\"a\",\"text\":null,\"n\":{\"a\":-0.00000025},"
	  "\"more\":true}\n" },
	{ { .format = SIM_OUT_CSV, .limit = -1, .decimals = 1,
	    .header = true },
	  "id,text,n.a,n.b,more\n"
	  "b,\"quo\"\"te, \ttab\",1.5,-7,x y; z\n"
	  "a,,-0.00000025,,true\n" },
	{ { .format = SIM_OUT_TSV, .limit = 1, .decimals = -1 },
	  "b\tquo\"te,  tab\t1.5\t-7\tx y; z\n" },
	{ { .format = SIM_OUT_MD, .limit = -1, .decimals = 2,
	    .header = true, .fields = "id,n.a" },
	  "| id | n.a |\n|---|---|\n| b | 1.50 |\n| a | 0.00 |\n" },
	{ { .format = SIM_OUT_NAME, .limit = -1, .decimals = -1,
	    .sort = "id" }, "a\nb\n" },
	{ { .format = SIM_OUT_NAME, .limit = 1, .decimals = -1,
	    .sort = "n.a" }, "a\n" },
	{ { .format = SIM_OUT_NAME, .limit = -1, .decimals = -1,
	    .sort = "-n.b" }, "b\na\n" },
	{ { .format = SIM_OUT_NAME, .limit = -1, .decimals = -1,
	    .sort = "abs(n.a):desc" }, "b\na\n" },
	{ { .format = SIM_OUT_NAME, .limit = -1, .decimals = -1,
	    .sort = "n.b == nil" }, "b\na\n" },
	{ { .format = SIM_OUT_NAME, .limit = -1, .decimals = -1,
	    .where = "n.a == 1.5 and n.b == -7" }, "b\n" },
	{ { .format = SIM_OUT_NAME, .limit = -1, .decimals = -1,
	    .where = "n.b < 9 or more == true" }, "b\na\n" },
	{ { .format = SIM_OUT_NAME, .limit = -1, .decimals = -1,
	    .where = "more == 'x y; z'", .sort = "id" }, "b\n" },
	{ { .format = SIM_OUT_CSV, .limit = 1, .decimals = -1,
	    .where = "text == nil", .fields = "id" }, "a\n" },
	{ { .format = SIM_OUT_JSON, .limit = -1, .decimals = -1,
	    .where = "false" }, "[]\n" },
	{ { .format = SIM_OUT_TABLE, .limit = -1, .decimals = -1,
	    .header = true },
	  "id  text                  n.a  n.b\n"
	  "b   quo\"te, ?tab   1.50000000   -7\n"
	  "a   -             -0.00000025    -\n" },
	{ { .format = SIM_OUT_TABLE, .limit = -1, .decimals = 1, .width = 18 },
	  "b  quo\"..  1.5  -7\na  -       0.0   -\n" },
	{ { .format = SIM_OUT_JSON, .limit = 0, .decimals = -1 }, "[]\n" },
	{ { .format = SIM_OUT_TEMPLATE, .limit = -1, .decimals = -1,
	    .template = "{id:>3}|{text:<8.3}|{n.a:+9.2f}|{n.b:^5}|{more}{{}}"
			"\\t\\n" },
	  "  b|quo     |    +1.50| -7  |x y; z{}\t\n\n"
	  "  a|        |    +0.00|     |true{}\t\n\n" },
	{ { .format = SIM_OUT_TEMPLATE, .limit = 1, .decimals = -1,
	    .template = "{n.b:.2}{n.a:<5}{n.a:3}{id:^4}\\x" },
	  "-7.001.5  1.5 b  \\x\n" },
	{ { .format = SIM_OUT_NDJSON, .limit = 1, .decimals = -1,
	    .fields = "n", .decimal_strings = true },
	  "{\"n\":{\"a\":\"1.5\",\"b\":-7}}\n" },
	{ { .format = SIM_OUT_CSV, .limit = -1, .decimals = -1,
	    .fields = "" }, "id\ntext\nn.a\nn.b\nmore\n" },
};

START_TEST(formats)
{
	ck_assert_str_eq(write_with(cases[_i].cfg, rows), cases[_i].want);
}
END_TEST

static void object(struct sim_out *o)
{
	sim_out_object(o, NULL);
	sim_out_str(o, "a.b.c", "x");
	sim_out_time(o, "a.b.d", SIM_TIME_SEC);
	sim_out_date(o, "a.e", 1);
	sim_out_double(o, "f", 0.1);
	sim_out_end(o);
}

START_TEST(objects)
{
	const struct sim_out_cfg j = { .format = SIM_OUT_NDJSON, .limit = -1,
				       .decimals = -1 };
	const struct sim_out_cfg t = { .format = SIM_OUT_TABLE, .limit = -1,
				       .decimals = 3 };

	ck_assert_str_eq(write_with(j, object),
			 "{\"a\":{\"b\":{\"c\":\"x\",\"d\":"
			 "\"1970-01-01T00:00:01Z\"},\"e\":\"1970-01-02\"},"
			 "\"f\":0.1}\n");
	ck_assert_str_eq(write_with(t, object),
			 "a.b.c  x\na.b.d  1970-01-01T00:00:01Z\n"
			 "a.e    1970-01-02\nf      0.100\n");
}
END_TEST

/* Nothing is put out once an expression met what it cannot use, and the
 * sentence is flush's. */
START_TEST(late_failures)
{
	static const struct sim_out_cfg wrong[] = {
		{ .format = SIM_OUT_NDJSON, .limit = -1, .where = "more > 1" },
		{ .format = SIM_OUT_JSON, .limit = -1, .sort = "text + 1" },
		{ .format = SIM_OUT_TABLE, .limit = -1, .where = "id ^ 2" },
		{ .format = SIM_OUT_CSV, .limit = -1, .where = "gone == 1" },
	};
	char path[] = "/tmp/test_out.XXXXXX";
	struct sim_out_cfg cfg = wrong[_i];
	struct sim_err err = SIM_ERR_INIT;
	struct sim_out *o;

	cfg.fd = mkstemp(path);
	unlink(path);
	o = sim_out_new(&cfg);
	rows(o);
	ck_assert_int_eq(sim_out_flush(o, &err),
			 _i < 3 ? SIM_E_DATA : SIM_E_USAGE);
	ck_assert(strstr(err.msg, _i == 1 ? "--sort" : "--where") != NULL);
	ck_assert(!sim_out_wants_more(o));
	ck_assert_int_eq(lseek(cfg.fd, 0, SEEK_END), 0);
	sim_out_free(o);
	close(cfg.fd);
}
END_TEST

static void object_where(struct sim_out *o)
{
	object(o);
	sim_out_list(o, cols);
	sim_out_end(o);
}

START_TEST(objects_where)
{
	struct sim_out_cfg c = { .format = SIM_OUT_CSV, .limit = -1,
				 .where = "f > 0 and a.e >= '1970-01-02'" };
	struct sim_err err = SIM_ERR_INIT;
	char path[] = "/tmp/test_out.XXXXXX";
	struct sim_out *o;

	ck_assert_str_eq(write_with(c, object),
			 "x,1970-01-01T00:00:01Z,1970-01-02,0.1\n");
	c.where = "f > 1";
	ck_assert_str_eq(write_with(c, object), "");
	/* A list that lacks the field says so. */
	c.fd = mkstemp(path);
	unlink(path);
	o = sim_out_new(&c);
	object_where(o);
	ck_assert_int_eq(sim_out_flush(o, &err), SIM_E_USAGE);
	ck_assert(strstr(err.msg, "no field 'f'") != NULL);
	sim_out_free(o);
	close(c.fd);
}
END_TEST

static void many(struct sim_out *o)
{
	char text[16];

	sim_out_list(o, cols);
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "%d", i);
		sim_out_row(o);
		sim_out_str(o, "id", text);
		sim_out_row_end(o);
	}
	sim_out_end(o);
	ck_assert_int_eq(sim_out_rows(o), 3);
}

START_TEST(limits)
{
	const struct sim_out_cfg down = { .format = SIM_OUT_NAME, .limit = 3,
					  .decimals = -1, .sort = "-id" };
	const struct sim_out_cfg plain = { .format = SIM_OUT_NAME,
					   .limit = 3, .decimals = -1 };

	ck_assert_str_eq(write_with(plain, many), "0\n1\n2\n");
	ck_assert_str_eq(write_with(down, many), "999\n998\n997\n");
}
END_TEST

static const struct {
	const char *text, *says;
} templates[] = {
	{ "{nope}", "'nope'" }, { "{}", "no field ''" },
	{ "a {id", "'id' is not closed" }, { "a } b", "closes" },
	{ "{id:x}", "'x' is not a form" }, { "{id:<}{id:.}", "'.' is not" },
	{ "{id:1000}", "'1000'" }, { "{id:5.1000}", "'5.1000'" },
	{ "{id:<<}", "'<<'" }, { "{id:5 }", "'5 '" }, { "{id:5.2ff}", "ff" },
};

START_TEST(checks)
{
	struct sim_out_cfg cfg = { .fields = "id,nope" };
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_out_check(&cfg, cols, &err), SIM_E_USAGE);
	ck_assert(strstr(err.msg, "'nope'") != NULL);
	cfg = (struct sim_out_cfg){ .sort = "-txt" };
	ck_assert_int_eq(sim_out_check(&cfg, cols, &err), SIM_E_USAGE);
	ck_assert(strstr(err.msg, "did you mean 'text'") != NULL);
	for (size_t i = 0; i < sizeof(templates) / sizeof(*templates); i++) {
		cfg = (struct sim_out_cfg){ .template = templates[i].text };
		ck_assert_int_eq(sim_out_check(&cfg, cols, &err), SIM_E_USAGE);
		ck_assert_msg(strstr(err.msg, templates[i].says) != NULL,
			      "%s: %s", templates[i].text, err.msg);
	}
	cfg = (struct sim_out_cfg){ .template = "{id:<999}}}{{{n.a:+.999f}" };
	ck_assert_int_eq(sim_out_check(&cfg, cols, &err), SIM_OK);
	cfg = (struct sim_out_cfg){ .where = "n.c > 1" };
	ck_assert_int_eq(sim_out_check(&cfg, cols, &err), SIM_E_USAGE);
	ck_assert(strstr(err.msg, "did you mean 'n.a'") != NULL);
	cfg = (struct sim_out_cfg){ .sort = "id:up" };
	ck_assert_int_eq(sim_out_check(&cfg, cols, &err), SIM_E_USAGE);
	cfg = (struct sim_out_cfg){ .sort = "id .. ':up'", .where = "true" };
	ck_assert_int_eq(sim_out_check(&cfg, cols, &err), SIM_OK);
	cfg = (struct sim_out_cfg){ .fields = "text,id", .sort = "-id" };
	ck_assert_int_eq(sim_out_check(&cfg, cols, &err), SIM_OK);
}
END_TEST

/* What `TZ=ZONE date -d @SECONDS` says, to the second. */
static const struct {
	const char *form, *zone;
	sim_time t;
	const char *want;
} stamps[] = {
	{ NULL, NULL, 1705415400 * SIM_TIME_SEC, "2024-01-16T14:30:00Z" },
	{ "rfc3339", "America/New_York", 1705415400 * SIM_TIME_SEC,
	  "2024-01-16T09:30:00-05:00" },
	{ "rfc3339", "America/New_York", 1721136600 * SIM_TIME_SEC,
	  "2024-07-16T09:30:00-04:00" },
	{ NULL, "Asia/Kolkata", 1721136600 * SIM_TIME_SEC + 5 * SIM_TIME_MS,
	  "2024-07-16T19:00:00.005+05:30" },
	{ "local", "Asia/Kolkata", 1721136600 * SIM_TIME_SEC,
	  "2024-07-16 19:00:00" },
	{ "local", NULL, 1721136600 * SIM_TIME_SEC, "2024-07-16 15:30:00" },
	{ NULL, "local", 1721136600 * SIM_TIME_SEC,
	  "2024-07-16T15:30:00+02:00" },
	{ "epoch", "Asia/Kolkata", 1721136600 * SIM_TIME_SEC, "1721136600" },
	{ "epoch", NULL, SIM_TIME_SEC / 4, "0.25" },
	{ "epoch", NULL, -SIM_TIME_SEC / 4, "-0.25" },
	{ "epoch", NULL, -SIM_TIME_SEC * 5 / 4, "-1.25" },
	{ "epoch", NULL, -SIM_TIME_SEC, "-1" },
	{ "epoch_us", NULL, 1500, "1" },
	{ "epoch_us", NULL, -1, "-1" },
	{ "epoch_us", NULL, 1721136600 * SIM_TIME_SEC, "1721136600000000" },
};

START_TEST(times_are_written)
{
	struct sim_out_stamp s;
	char text[SIM_TIME_STRMAX];

	setenv("TZ", "Europe/Berlin", 1);
	ck_assert_int_eq(sim_out_stamp_open(stamps[_i].form, stamps[_i].zone,
					    &s, NULL), 0);
	ck_assert_uint_eq(sim_out_stamp_text(&s, stamps[_i].t, text),
			  strlen(stamps[_i].want));
	ck_assert_str_eq(text, stamps[_i].want);
	ck_assert_int_eq(sim_out_stamp_is_number(&s),
			 !strchr(stamps[_i].want, ':'));
	sim_out_stamp_release(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("out");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, formats, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, objects);
	tcase_add_loop_test(t, times_are_written, 0,
			    sizeof(stamps) / sizeof(stamps[0]));
	tcase_add_loop_test(t, late_failures, 0, 4);
	tcase_add_test(t, objects_where);
	tcase_add_test(t, limits);
	tcase_add_test(t, checks);
	suite_add_tcase(s, t);
	return run_suite(s);
}
