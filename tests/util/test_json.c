/*
 * json: the writer's exact bytes, what the reader accepts and refuses, and
 * that what was written reads back.
 */
#include "../suite.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"

/* -- writer */

static void write_all(struct sim_json *j)
{
	sim_json_object(j, NULL);
	sim_json_str(j, "s", "a\"b\\\n\t\x01/\x7f\xc3\xa9");
	sim_json_strn(j, "n", "ab\0cd", 5);
	sim_json_str(j, "none", NULL);
	sim_json_int(j, "i", INT64_MIN);
	sim_json_dec(j, "d", -123450000);
	sim_json_double(j, "f", 0.1);
	sim_json_double(j, "nan", NAN);
	sim_json_array(j, "list");
	sim_json_bool(j, NULL, true);
	sim_json_bool(j, NULL, false);
	sim_json_object(j, NULL);
	sim_json_end(j);
	sim_json_array(j, NULL);
	sim_json_end(j);
	sim_json_end(j);
	sim_json_time(j, "t", 0);
	sim_json_raw(j, "raw", "[1]", 3);
	sim_json_null(j, "z");
	sim_json_end(j);
}

START_TEST(write_compact)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;

	sim_json_init(&j, &b, false);
	write_all(&j);
	ck_assert_str_eq(sim_buf_str(&b),
		"{\"s\":\"a\\\"b\\\\\\n\\t\\u0001/\x7f\xc3\xa9\","
		"\"n\":\"ab\\u0000cd\",\"none\":null,"
		"\"i\":-9223372036854775808,\"d\":-1.2345,\"f\":0.1,"
		"\"nan\":null,\"list\":[true,false,{},[]],"
		"\"t\":\"1970-01-01T00:00:00Z\",\"raw\":[1],\"z\":null}");
	sim_buf_release(&b);
}
END_TEST

START_TEST(write_pretty)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;

	sim_json_init(&j, &b, true);
	sim_json_object(&j, NULL);
	sim_json_int(&j, "a", 1);
	sim_json_array(&j, "b");
	sim_json_int(&j, NULL, 2);
	sim_json_object(&j, NULL);
	sim_json_end(&j);
	sim_json_end(&j);
	sim_json_end(&j);
	ck_assert_str_eq(sim_buf_str(&b),
			 "{\n  \"a\": 1,\n  \"b\": [\n    2,\n    {}\n  ]\n}");
	sim_buf_release(&b);
}
END_TEST

#define BAD "\xef\xbf\xbd"

START_TEST(write_broken_utf8)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "\xff", BAD },
		{ "a\xc3", "a" BAD },
		{ "\xc0\x80", BAD BAD },		/* overlong */
		{ "\xe0\x80\x80", BAD BAD BAD },
		{ "\xed\xa0\x80", BAD BAD BAD },	/* a surrogate */
		{ "\xf4\x90\x80\x80", BAD BAD BAD BAD },
		{ "\x80z", BAD "z" },
		{ "\xf0\x9f\x93\x88", "\xf0\x9f\x93\x88" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
	};
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json_doc *doc;
	struct sim_json j;

	sim_json_init(&j, &b, false);
	sim_json_str(&j, NULL, rows[_i].in);
	ck_assert_int_eq(sim_json_parse(b.data, b.len, &doc, NULL), 0);
	ck_assert_str_eq(sim_json_as_str(sim_json_root(doc)), rows[_i].want);
	sim_json_free(doc);
	sim_buf_release(&b);
}
END_TEST

START_TEST(writer_misuse_aborts)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;
	int i;

	sim_json_init(&j, &b, false);
	if (_i == 0)
		sim_json_end(&j);
	for (i = 0; i <= SIM_JSON_DEPTH; i++)
		sim_json_array(&j, NULL);
}
END_TEST

/* -- reader */

static struct sim_json_doc *parse(const char *text)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_json_doc *doc = NULL;
	int rc = sim_json_parse(text, strlen(text), &doc, &err);

	ck_assert_msg(rc == 0, "%s: %s", text, err.msg);
	ck_assert_int_eq(err.code, 0);
	return doc;
}

START_TEST(read_shapes)
{
	struct sim_json_doc *doc = parse(
		"{\"z\": [1, \"two\", null, true, 2.5], \"a\": {\"k\": -7},"
		" \"e\": \"\\u20ac\\n\"}");
	const struct sim_json_val *root = sim_json_root(doc), *list;
	const char *key;
	int64_t i;
	double d;
	bool b;

	ck_assert_uint_eq(sim_json_len(root), 3);
	list = sim_json_get(root, "z");
	ck_assert_uint_eq(sim_json_len(list), 5);
	ck_assert(sim_json_as_int(sim_json_at(list, 0), &i) && i == 1);
	ck_assert_str_eq(sim_json_as_str(sim_json_at(list, 1)), "two");
	ck_assert(sim_json_is_null(sim_json_at(list, 2)));
	ck_assert(sim_json_as_bool(sim_json_at(list, 3), &b) && b);
	ck_assert(sim_json_as_double(sim_json_at(list, 4), &d) && d == 2.5);
	ck_assert(sim_json_as_double(sim_json_at(list, 0), &d) && d == 1);
	ck_assert_ptr_null(sim_json_at(list, 5));
	ck_assert(sim_json_as_int(sim_json_get(sim_json_get(root, "a"), "k"),
				  &i) && i == -7);
	ck_assert_str_eq(sim_json_as_str(sim_json_get(root, "e")),
			 "\xe2\x82\xac\n");
	ck_assert_ptr_eq(sim_json_member(root, 0, &key), list);
	ck_assert_str_eq(key, "z");
	sim_json_member(root, 1, &key);
	ck_assert_str_eq(key, "a");
	ck_assert_ptr_null(sim_json_member(root, 3, &key));
	sim_json_free(doc);
}
END_TEST

START_TEST(read_wrong_shapes)
{
	struct sim_json_doc *doc = parse("[\"x\", 1.5, {}]");
	const struct sim_json_val *root = sim_json_root(doc);
	const char *key = "before";
	double d = 9;
	sim_dec v = 9;
	int64_t i = 9;
	bool b = true;

	ck_assert_ptr_null(sim_json_get(root, "x"));
	ck_assert_ptr_null(sim_json_get(NULL, "x"));
	ck_assert_ptr_null(sim_json_at(NULL, 0));
	ck_assert_ptr_null(sim_json_at(sim_json_at(root, 2), 0));
	ck_assert_ptr_null(sim_json_member(root, 0, &key));
	ck_assert_str_eq(key, "before");
	ck_assert_ptr_null(sim_json_as_str(root));
	ck_assert_ptr_null(sim_json_as_str(NULL));
	ck_assert(!sim_json_as_int(sim_json_at(root, 1), &i) && i == 9);
	ck_assert(!sim_json_as_int(NULL, &i));
	ck_assert(!sim_json_as_double(sim_json_at(root, 0), &d) && d == 9);
	ck_assert(!sim_json_as_bool(sim_json_at(root, 0), &b) && b);
	ck_assert(!sim_json_as_dec(sim_json_at(root, 0), &v) && v == 9);
	ck_assert(!sim_json_as_dec(sim_json_at(root, 2), &v) && v == 9);
	ck_assert(!sim_json_as_dec(NULL, &v));
	ck_assert(!sim_json_is_null(NULL));
	ck_assert_uint_eq(sim_json_len(NULL), 0);
	ck_assert_uint_eq(sim_json_len(sim_json_at(root, 0)), 0);
	sim_json_free(doc);
	sim_json_free(NULL);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	sim_dec want;
} decs[] = {
	{ "1", true, SIM_DEC_ONE },
	{ "-0", true, 0 },
	{ "0.1", true, 10000000 },
	{ "\"0.1\"", true, 10000000 },
	{ "-1234.5678", true, -123456780000 },
	{ "92233720368.54775807", true, SIM_DEC_MAX },
	{ "92233720368.54775808", false, 0 },
	{ "12345678901.23456789", true, INT64_C(1234567890123456789) },
	{ "0.000000001", false, 0 },
	{ "1e2", true, 100 * SIM_DEC_ONE },
	{ "1.5e+2", true, 150 * SIM_DEC_ONE },
	{ "1.5E-3", true, 150000 },
	{ "-12345.678e-5", true, -12345678 },
	{ "123e-10", false, 0 },
	{ "1000e-11", true, 1 },
	{ "1e10", true, 10000000000 * SIM_DEC_ONE },
	{ "1e11", false, 0 },
	{ "0e-30", true, 0 },
	{ "1e-300", false, 0 },
	{ "1e300", false, 0 },
	{ "1.25e0", true, 125000000 },
	{ "\"1e2\"", false, 0 },
	{ "\"\"", false, 0 },
	{ "true", false, 0 },
};

START_TEST(read_dec)
{
	struct sim_json_doc *doc = parse(decs[_i].text);
	sim_dec v = 77;
	bool ok = sim_json_as_dec(sim_json_root(doc), &v);

	ck_assert(ok == decs[_i].ok);
	ck_assert_int_eq(v, ok ? decs[_i].want : 77);
	sim_json_free(doc);
}
END_TEST

START_TEST(numbers_keep_their_text)
{
	/* Strings that look like numbers must not shift the others. */
	struct sim_json_doc *doc = parse(
		"{\"1.1\": [-1.00000001, \"7\\\"8\", 2.5e0], \"x-9\": "
		"{\"\\\\\": 3.00000003}, \"y\": [[], {}, true, null, 4, \"5\","
		" 6.00000006]}");
	const struct sim_json_val *root = sim_json_root(doc), *y;
	sim_dec v;

	y = sim_json_get(root, "1.1");
	ck_assert(sim_json_as_dec(sim_json_at(y, 0), &v) && v == -100000001);
	ck_assert(sim_json_as_dec(sim_json_at(y, 2), &v) && v == 250000000);
	y = sim_json_get(sim_json_get(root, "x-9"), "\\");
	ck_assert(sim_json_as_dec(y, &v) && v == 300000003);
	y = sim_json_get(root, "y");
	ck_assert(sim_json_as_dec(sim_json_at(y, 4), &v) && v == 400000000);
	ck_assert(sim_json_as_dec(sim_json_at(y, 6), &v) && v == 600000006);
	sim_json_free(doc);
}
END_TEST

static const struct {
	const char *text, *where;
} bad[] = {
	{ "", "column" },
	{ "{", "column" },
	{ "[1,]", "column" },
	{ "{\"a\":1,}", "column" },
	{ "{\"a\":1,\n\"b\":2,\n\"a\":3}", "line 3" },
	{ "[1] x", "column" },
	{ "[1]\n\n[2]", "line 3" },
	{ "[01]", "column" },
	{ "[+1]", "column" },
	{ "[.5]", "column" },
	{ "[NaN]", "column" },
	{ "[1e400]", "column" },
	{ "[9223372036854775808]", "column" },
	{ "{'a':1}", "column" },
	{ "[\"\n\"]", "line 1" },
	{ "[\"\xff\"]", "column" },
	{ "[\"\\ud800\"]", "column" },
	{ "[\"\\u0000\"]", "column" },
	{ "{\"\\u0000\":1}", "column" },
	{ "// no\n[1]", "line 1" },
	{ "\"abc", "column" },
	{ "nul", "column" },
};

START_TEST(refuse)
{
	struct sim_json_doc *doc = (void *)0x1;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_json_parse(bad[_i].text, strlen(bad[_i].text),
					&doc, &err), SIM_E_DATA);
	ck_assert_ptr_eq(doc, (void *)0x1);
	ck_assert_msg(strstr(err.msg, bad[_i].where) != NULL, "%s: %s",
		      bad[_i].text, err.msg);
	ck_assert_ptr_nonnull(strstr(err.msg, "column"));
	ck_assert_ptr_null(strchr(err.msg, '\n'));
}
END_TEST

/* A NUL is refused wherever it stands. */
START_TEST(nul)
{
	static const char good[] = "{\"a\":[5 ,\"b\"]} ";
	const size_t n = sizeof(good) - 1;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_json_doc *doc;

	ck_assert_int_eq(sim_json_parse(good, n, &doc, &err), 0);
	sim_json_free(doc);
	for (size_t i = 0; i < n; i++) {
		char text[sizeof(good)];

		memcpy(text, good, sizeof(text));
		text[i] = '\0';
		ck_assert_int_eq(sim_json_parse(text, n, &doc, &err),
				 SIM_E_DATA);
		ck_assert_ptr_nonnull(strstr(err.msg, "NUL"));
	}
}
END_TEST

START_TEST(depth)
{
	char text[4 * SIM_JSON_DEPTH];
	struct sim_err err = SIM_ERR_INIT;
	struct sim_json_doc *doc;
	size_t n = SIM_JSON_DEPTH;

	memset(text, '[', n);
	memset(text + n, ']', n);
	ck_assert_int_eq(sim_json_parse(text, 2 * n, &doc, &err), 0);
	sim_json_free(doc);
	n++;
	memset(text, '[', n);
	memset(text + n, ']', n);
	text[3] = '\n';
	ck_assert_int_eq(sim_json_parse(text, 2 * n, &doc, &err), SIM_E_DATA);
	text[3] = '[';
	ck_assert_int_eq(sim_json_parse(text, 2 * n, &doc, &err), SIM_E_DATA);
	ck_assert_str_eq(err.msg, "JSON is nested deeper than 32 levels at "
				  "line 1, column 33");
	/* Brackets in strings do not count. */
	memset(text, '[', sizeof(text));
	text[0] = text[sizeof(text) - 1] = '"';
	ck_assert_int_eq(sim_json_parse(text, sizeof(text), &doc, &err), 0);
	sim_json_free(doc);
}
END_TEST

START_TEST(many_members)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json_doc *doc;
	struct sim_json j;
	const char *key;
	char name[16];
	int64_t v;
	int i;

	sim_json_init(&j, &b, false);
	sim_json_object(&j, NULL);
	for (i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "k%d", i * 7919 % 20000);
		sim_json_int(&j, name, i);
	}
	sim_json_end(&j);
	ck_assert_int_eq(sim_json_parse(b.data, b.len, &doc, NULL), 0);
	for (i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "k%d", i * 7919 % 20000);
		ck_assert(sim_json_as_int(sim_json_member(sim_json_root(doc),
							  (size_t)i, &key),
					  &v));
		ck_assert_int_eq(v, i);
		ck_assert_str_eq(key, name);
	}
	sim_json_free(doc);
	sim_buf_release(&b);
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_test(tc, write_compact);
	tcase_add_test(tc, write_pretty);
	tcase_add_loop_test(tc, write_broken_utf8, 0, 9);
	tcase_add_loop_test_raise_signal(tc, writer_misuse_aborts, SIGABRT, 0,
					 2);
	tcase_add_test(tc, read_shapes);
	tcase_add_test(tc, read_wrong_shapes);
	tcase_add_loop_test(tc, read_dec, 0, N(decs));
	tcase_add_test(tc, numbers_keep_their_text);
	tcase_add_loop_test(tc, refuse, 0, N(bad));
	tcase_add_test(tc, nul);
	tcase_add_test(tc, depth);
	tcase_add_test(tc, many_members);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
