/*
 * run_tool: run a strategy on files and print what came out, for scripts that
 * compute the same on their own.
 *
 * run_tool STRATEGY PRESET [SETTING=VALUE|-PARAM=VALUE|FILE]...
 *
 * Lines: "fill SYMBOL TIME SIDE QTY PRICE COMMISSION", "equity TIME VALUE",
 * "end EQUITY MAX_DRAWDOWN REJECTED", "hash MANIFEST LOG".
 */
#include <stdio.h>
#include <string.h>

#include "run/import.h"
#include "run/run.h"

#define FILES_MAX 32

static struct sim_import imports[FILES_MAX];
static struct sim_run_data data[FILES_MAX];
static struct sim_strategy_param params[16];

static int fail(const struct sim_err *err)
{
	fprintf(stderr, "run_tool: %s\n", err->msg);
	return 1;
}

/* Read one file as symbol S00, S01, ... */
static int add_file(const char *path, uint32_t k, struct sim_err *err)
{
	struct sim_import_opts opts = { .symbol = NULL };
	char symbol[8];
	int rc;

	snprintf(symbol, sizeof(symbol), "S%02u", k);
	opts.symbol = symbol;
	rc = sim_import_read(path, &opts, NULL, &imports[k], err);
	if (rc)
		return rc;
	data[k].instrument = imports[k].instrument;
	data[k].tf = imports[k].tf;
	data[k].bars = sim_import_series(&imports[k]);
	return SIM_OK;
}

static int add_word(struct sim_run_spec *spec, char *word,
		    struct sim_err *err)
{
	char *eq = strchr(word, '=');

	if (!eq)
		return add_file(word, spec->nsyms++, err);
	*eq = '\0';
	if (*word != '-')
		return sim_config_set(&spec->config, word, eq + 1, err);
	params[spec->form.nparams].name = word + 1;
	params[spec->form.nparams++].value = eq + 1;
	return SIM_OK;
}

static void print_result(const struct sim_run_result *r)
{
	char t[SIM_TIME_STRMAX], a[SIM_DEC_STRMAX], b[SIM_DEC_STRMAX];
	char c[SIM_DEC_STRMAX];

	for (size_t i = 0; i < r->nfills; i++) {
		const struct sim_fill *f = &r->fills[i];

		sim_time_format(f->time, t);
		sim_dec_format(f->qty, 0, a);
		sim_dec_format(f->price, 0, b);
		sim_dec_format(f->commission, 0, c);
		printf("fill %s %s %s %s %s %s\n",
		       r->instruments[f->sym].symbol, t,
		       sim_vocab_side_text(f->side), a, b, c);
	}
	for (size_t i = 0; i < r->equity.n; i++) {
		sim_time_format(r->equity.time[i], t);
		sim_dec_format(r->equity.value[i], 0, a);
		printf("equity %s %s\n", t, a);
	}
	sim_dec_format(r->account.equity, 0, a);
	printf("end %s %.17g %u\n", a, r->account.max_drawdown,
	       r->counts.rejected);
	printf("hash %s %s\n", r->manifest_hash, r->log_hash);
}

int main(int argc, char **argv)
{
	struct sim_run_spec spec = SIM_RUN_SPEC_INIT;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	if (argc < 4)
		return 2;
	spec.form.source = argv[1];
	spec.form.params = params;
	spec.data = data;
	if (sim_config_preset(argv[2], &spec.config, &err))
		return fail(&err);
	for (int i = 3; i < argc; i++) {
		if (spec.nsyms == FILES_MAX || spec.form.nparams == 16)
			return 2;
		if (add_word(&spec, argv[i], &err))
			return fail(&err);
	}
	rc = sim_run_execute(&spec, &r, &err);
	if (!rc)
		print_result(&r);
	sim_run_result_release(&r);
	for (uint32_t k = 0; k < spec.nsyms; k++)
		sim_import_release(&imports[k]);
	return rc ? fail(&err) : 0;
}
