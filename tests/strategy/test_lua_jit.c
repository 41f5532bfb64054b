/* The examples decide the same whether LuaJIT compiles or interprets, on the
 * bundled sample. */
#include <stdio.h>
#include <string.h>

#include "run/import.h"
#include "run/run.h"
#include "script/lua_state.h"
#include "suite.h"
#include "util/file.h"

static const struct {
	const char *script, *data;
} rows[] = {
	{ "sma-cross", "ACME_1min" }, { "rsi-reversion", "BOLT_daily" },
	{ "turtle", "ACME_daily" }, { "bollinger", "CRUX_daily" },
	{ "dip", "BOLT_daily" }, { "two-frames", "ACME_1min" },
	{ "opening-range", "ACME_1min" }, { "volatility-target", "ACME_daily" },
	{ "grid", "CRUX_daily" }, { "rotation", "ACME_daily" },
};

static void run_once(const char *script, const struct sim_run_data *data,
		     bool jit, char hash[SIM_SHA256_HEX])
{
	struct sim_run_spec spec = SIM_RUN_SPEC_INIT;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_err err = SIM_ERR_INIT;
	char path[1024];

	snprintf(path, sizeof(path), "%s/examples/%s.lua",
		 getenv("top_srcdir"), script);
	ck_assert_msg(!sim_file_read(path, 1 << 20, &text, &err), "%s",
		      err.msg);
	ck_assert_int_eq(sim_config_preset("us-equity", &spec.config, &err),
			 0);
	spec.data = data;
	spec.nsyms = 1;
	spec.band = false;
	spec.form.kind = SIM_FORM_LUA;
	spec.form.source = path;
	spec.form.text = sim_buf_str(&text);
	spec.form.len = text.len;
	sim_lua_state_jit(jit);
	ck_assert_msg(!sim_run_execute(&spec, &r, &err), "%s", err.msg);
	sim_lua_state_jit(true);
	ck_assert_uint_gt(r.nfills, 3);
	memcpy(hash, r.log_hash, SIM_SHA256_HEX);
	sim_run_result_release(&r);
	sim_buf_release(&text);
}

START_TEST(decides_the_same)
{
	struct sim_import im = { 0 };
	struct sim_import_opts opts = { .symbol = "S" };
	struct sim_run_data data = { 0 };
	struct sim_err err = SIM_ERR_INIT;
	char path[1024], compiled[SIM_SHA256_HEX], not[SIM_SHA256_HEX];

	ck_assert_ptr_nonnull(getenv("top_srcdir"));
	snprintf(path, sizeof(path), "%s/data/%s.csv", getenv("top_srcdir"),
		 rows[_i].data);
	ck_assert_msg(!sim_import_read(path, &opts, NULL, &im, &err), "%s",
		      err.msg);
	data.instrument = im.instrument;
	data.tf = im.tf;
	data.bars = sim_import_series(&im);
	run_once(rows[_i].script, &data, true, compiled);
	run_once(rows[_i].script, &data, false, not);
	ck_assert_str_eq(compiled, not);
	sim_import_release(&im);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lua_jit");
	TCase *c = tcase_create("examples");

	tcase_add_loop_test(c, decides_the_same, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(s, c);
	return run_suite(s);
}
