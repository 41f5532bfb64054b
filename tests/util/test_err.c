/* err: messages, prefixes and the status table. */
#include "../suite.h"

#include <string.h>

#include "util/err.h"

START_TEST(set_and_prefix)
{
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_err_set(&err, SIM_E_DATA, "%d is odd", 3),
			 SIM_E_DATA);
	ck_assert_int_eq(err.code, SIM_E_DATA);
	ck_assert_str_eq(err.msg, "3 is odd");
	sim_err_prefix(&err, "line %d", 7);
	ck_assert_str_eq(err.msg, "line 7: 3 is odd");
	ck_assert_int_eq(sim_err_set(NULL, SIM_E_IO, "unheard"), SIM_E_IO);
	sim_err_prefix(NULL, "unheard");
}
END_TEST

START_TEST(long_messages_are_cut)
{
	struct sim_err err = SIM_ERR_INIT;
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	sim_err_set(&err, SIM_E_DATA, "%s", text);
	ck_assert_uint_eq(strlen(err.msg), sizeof(err.msg) - 1);
	sim_err_prefix(&err, "%s", text);
	ck_assert_uint_eq(strlen(err.msg), sizeof(err.msg) - 1);
}
END_TEST

/* What was typed may hold anything; a message is one line all the same. */
START_TEST(messages_are_one_line)
{
	struct sim_err err = SIM_ERR_INIT;
	char text[600];

	sim_err_set(&err, SIM_E_DATA, "no '%s'", "a\nb\x1b[2J\x7f\t\xc3\xa4");
	ck_assert_str_eq(err.msg,
			 "no 'a\\x0ab\\x1b[2J\\x7f\\x09\xc3\xa4'");
	sim_err_prefix(&err, "%s", "x\r");
	ck_assert_str_eq(err.msg, "x\\x0d: no 'a\\x0ab\\x1b[2J\\x7f\\x09"
			 "\xc3\xa4'");
	memset(text, '\n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	sim_err_set(&err, SIM_E_DATA, "%s", text);
	ck_assert_uint_lt(strlen(err.msg), sizeof(err.msg));
	ck_assert_uint_gt(strlen(err.msg), sizeof(err.msg) - 8);
	ck_assert_ptr_null(strchr(err.msg, '\n'));
	ck_assert_uint_eq(strlen(err.msg) % 4, 0);
}
END_TEST

/* What a server said besides goes with the sentence, and ends with it. */
START_TEST(what_a_server_said)
{
	struct sim_err err = SIM_ERR_INIT;
	char text[2000];

	sim_err_set(&err, SIM_E_AGAIN, "busy");
	sim_err_add(&err, 6001, "{\"a\":1}");
	ck_assert_str_eq(err.msg, "busy; wait for 7 s");
	ck_assert_int_eq(sim_err_retry_sec(&err), 7);
	ck_assert_str_eq(err.details, "{\"a\":1}");
	sim_err_prefix(&err, "x");
	ck_assert_str_eq(err.msg, "x: busy; wait for 7 s");
	ck_assert_int_eq(err.retry_ms, 6001);
	sim_err_set(&err, SIM_E_IO, "other");
	ck_assert_int_eq(err.retry_ms, 0);
	ck_assert_str_eq(err.details, "");
	sim_err_add(&err, -1, NULL);
	ck_assert_str_eq(err.msg, "other");
	ck_assert_int_eq(sim_err_retry_sec(&err), 0);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	sim_err_set(&err, SIM_E_AGAIN, "%s", text);
	sim_err_add(&err, INT64_MAX, text);
	ck_assert_ptr_nonnull(strstr(err.msg,
				     "x; wait for 9223372036854776 s"));
	ck_assert_str_eq(err.details, "");
	sim_err_add(NULL, 1, "{}");
}
END_TEST

START_TEST(statuses)
{
	static const struct {
		int code, exit_status;
		const char *wire;
	} rows[] = {
		{ SIM_OK, 0, "OK" },
		{ SIM_E_USAGE, 64, "USAGE" },
		{ SIM_E_DATA, 65, "VALIDATION_ERROR" },
		{ SIM_E_NOENT, 66, "NOT_FOUND" },
		{ SIM_E_REPRO, 84, "NOT_REPRODUCIBLE" },
		{ SIM_E_TERM, 143, "TERMINATED" },
		{ 1, 70, "INTERNAL_ERROR" },	/* no status of ours */
		{ -1000, 70, "INTERNAL_ERROR" },
	};

	ck_assert_int_eq(sim_err_exit(rows[_i].code), rows[_i].exit_status);
	ck_assert_str_eq(sim_err_wire(rows[_i].code), rows[_i].wire);
	ck_assert_uint_gt(strlen(sim_err_text(rows[_i].code)), 0);
}
END_TEST

START_TEST(codes_are_negative_and_apart)
{
	int code;

	for (code = 0; code > -SIM_N__COUNT; code--)
		ck_assert_ptr_eq(strchr(sim_err_wire(code), ' '), NULL);
	ck_assert_int_lt(SIM_E_FALSE, 0);
	ck_assert_int_lt(SIM_E_OVERFLOW, SIM_E_FALSE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("err");
	TCase *tc = tcase_create("err");

	tcase_add_test(tc, set_and_prefix);
	tcase_add_test(tc, long_messages_are_cut);
	tcase_add_test(tc, messages_are_one_line);
	tcase_add_test(tc, what_a_server_said);
	tcase_add_loop_test(tc, statuses, 0, 8);
	tcase_add_test(tc, codes_are_negative_and_apart);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
