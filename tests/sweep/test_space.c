/* space: values and ranges, their order, samples without repeats, shards that
 * make the whole; what is refused, and in which words. */
#include <stdio.h>
#include <string.h>

#include "suite.h"

#include "sweep/space.h"

static const struct {
	const char *value, *want;	/* joined by blanks */
} values[] = {
	{ "5", "5" }, { "5.50", "5.5" }, { "long", "long" },
	{ "5:20:5", "5 10 15 20" }, { "5:18:5", "5 10 15" },
	{ "1:3", "1 2 3" }, { "0.1:0.3:0.1", "0.1 0.2 0.3" },
	{ "-2:2:2", "-2 0 2" }, { "7:7:1", "7" },
	{ "a,b", "a b" }, { "1,2:6:2,x", "1 2 4 6 x" },
	{ "09:30", "09:30" }, { "cash:0.98", "cash:0.98" },
	{ "09:30:00", "09:30:00" }, { "a:5", "a:5" }, { "9:05", "9:05" },
	{ "5:e", "5:e" }, { "nan", "nan" }, { "nano:5", "nano:5" },
	{ "0.5,5", "0.5 5" }, { "a:b:c", "a:b:c" },
	{ "92233720368:92233720368:1", "92233720368" },
};

START_TEST(reads_values)
{
	struct sim_strategy_param p = { "x", values[_i].value };
	struct sim_space s = SIM_SPACE_INIT;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_buf b = SIM_BUF_INIT(4096);

	ck_assert_msg(!sim_space_parse(&p, 1, &s, &err), "%s", err.msg);
	for (size_t i = 0; i < s.axes[0].n; i++)
		sim_buf_printf(&b, "%s%s", i ? " " : "", s.axes[0].values[i]);
	ck_assert_str_eq(sim_buf_str(&b), values[_i].want);
	ck_assert_uint_eq(s.total, s.axes[0].n);
	sim_buf_release(&b);
	sim_space_release(&s);
}
END_TEST

static const struct {
	const char *value, *part;
} wrong[] = {
	{ "", "empty value" }, { "5,,6", "empty value" },
	{ "5,", "empty value" }, { "5:50:0", "must be above zero" },
	{ "5:50:-5", "must be above zero" }, { "50:5:5", "ends before" },
	{ "5,5", "twice" }, { "1:5,3", "twice" }, { "5,5.0", "twice" },
	{ "0:2000000", "more than 1000000 values" },
	{ "0:1000000", "more than 1000000 values" },
	{ "0:90000000000", "more than 1000000 values" },
	{ "-92233720368:92233720368:0.00000001", "more than 1000000 values" },
	{ "1:", "no range" }, { "1:2:", "no range" }, { ":5", "no range" },
	{ ":", "no range" }, { "::", "no range" }, { "1::2", "no range" },
	{ "1:2:3:4", "no range" }, { "1:nan", "no range" },
	{ "1:NaN:1", "no range" }, { "-inf:inf", "no range" },
	{ "1:99999999999", "no range" }, { "1:1e400", "no range" },
	{ "1:2:1e-9", "no range" }, { "1:2:0.0000000001", "no range" },
	{ "1:--5", "no range" }, { "7,1:", "'1:' is no range" },
};

START_TEST(refuses_values)
{
	struct sim_strategy_param p = { "x", wrong[_i].value };
	struct sim_space s = SIM_SPACE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_space_parse(&p, 1, &s, &err), SIM_E_USAGE);
	ck_assert_msg(strstr(err.msg, wrong[_i].part) &&
		      strstr(err.msg, "parameter x"), "%s", err.msg);
	sim_space_release(&s);
}
END_TEST

START_TEST(refuses_spaces)
{
	static const struct sim_strategy_param twice[] = {
		{ "x", "1" }, { "y", "2" }, { "x", "3" }
	};
	static const struct sim_strategy_param huge[] = {
		{ "x", "1:100000" }, { "y", "1:100000" }
	};
	struct sim_space s = SIM_SPACE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_space_parse(twice, 3, &s, &err), SIM_E_USAGE);
	ck_assert_ptr_nonnull(strstr(err.msg, "given twice"));
	sim_space_release(&s);
	ck_assert_int_eq(sim_space_parse(huge, 2, &s, &err), SIM_E_USAGE);
	ck_assert_ptr_nonnull(strstr(err.msg, "combinations"));
	sim_space_release(&s);
}
END_TEST

static void grid(struct sim_space *s)
{
	static const struct sim_strategy_param p[] = {
		{ "a", "1:7" }, { "b", "x,y" }, { "c", "9" }, { "d", "1:11" }
	};

	*s = (struct sim_space)SIM_SPACE_INIT;
	ck_assert(!sim_space_parse(p, 4, s, NULL));
	ck_assert_uint_eq(s->total, 154);
}

START_TEST(last_varies_fastest)
{
	struct sim_strategy_param p[SIM_RUN_PARAMS_MAX];
	struct sim_space s;

	grid(&s);
	sim_space_params(&s, 12, p);
	ck_assert_str_eq(p[0].value, "1");
	ck_assert_str_eq(p[1].value, "y");
	ck_assert_str_eq(p[2].value, "9");
	ck_assert_str_eq(p[3].value, "2");
	sim_space_params(&s, 153, p);
	ck_assert_str_eq(p[0].value, "7");
	ck_assert_str_eq(p[3].value, "11");
	sim_space_release(&s);
}
END_TEST

/* The place of a point among all. */
static size_t place(const struct sim_space *s, uint64_t k)
{
	size_t at[SIM_RUN_PARAMS_MAX], n = 0;

	sim_space_at(s, k, at);
	for (size_t i = 0; i < s->naxes; i++)
		n = n * s->axes[i].n + at[i];
	return n;
}

START_TEST(samples_differ)
{
	uint64_t n = (uint64_t)_i * 22;
	bool seen[154] = { false };
	struct sim_space s, other;
	size_t same = 0;

	grid(&s);
	grid(&other);
	ck_assert(!sim_space_sample(&s, n, 5, NULL));
	ck_assert(!sim_space_sample(&other, n, 6, NULL));
	for (uint64_t k = 0; k < n; k++) {
		size_t at = place(&s, k);

		ck_assert(!seen[at]);
		seen[at] = true;
		same += at == place(&other, k);
	}
	if (n > 50)
		ck_assert_uint_lt(same, n / 4);
	ck_assert_int_eq(sim_space_sample(&s, 155, 5, NULL), SIM_E_USAGE);
	sim_space_release(&s);
	sim_space_release(&other);
}
END_TEST

START_TEST(shards_make_the_whole)
{
	uint64_t n = (uint64_t)_i;
	unsigned seen[154] = { 0 };
	char text[32];

	for (uint64_t i = 1; i <= n; i++) {
		struct sim_space s;

		grid(&s);
		snprintf(text, sizeof(text), "%u/%u", (unsigned)i,
			 (unsigned)n);
		ck_assert(!sim_space_shard(&s, text, NULL));
		for (uint64_t k = 0; k < sim_space_count(&s); k++)
			seen[sim_space_number(&s, k)]++;
		sim_space_release(&s);
	}
	for (int i = 0; i < 154; i++)
		ck_assert_uint_eq(seen[i], 1);
}
END_TEST

START_TEST(refuses_shards)
{
	static const char *const bad[] = {
		"", "1", "0/2", "3/2", "1/0", "a/2", "1/2/3", "-1/2", " 1/2",
		"1/1000001",
	};
	struct sim_space s = SIM_SPACE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ck_assert_msg(sim_space_shard(&s, bad[i], &err) ==
			      SIM_E_USAGE, "'%s'", bad[i]);
		ck_assert_ptr_nonnull(strstr(err.msg, "--shard"));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("space");
	TCase *tc = tcase_create("space");

	tcase_add_loop_test(tc, reads_values, 0,
			    (int)(sizeof(values) / sizeof(*values)));
	tcase_add_loop_test(tc, refuses_values, 0,
			    (int)(sizeof(wrong) / sizeof(*wrong)));
	tcase_add_test(tc, refuses_spaces);
	tcase_add_test(tc, last_varies_fastest);
	tcase_add_loop_test(tc, samples_differ, 0, 8);
	tcase_add_loop_test(tc, shards_make_the_whole, 1, 6);
	tcase_add_loop_test(tc, shards_make_the_whole, 153, 157);
	tcase_add_test(tc, refuses_shards);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
