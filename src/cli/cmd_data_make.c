/* simutrador data resample and gen: bars made from bars, and from a seed. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "cli/bars_out.h"
#include "cli/source.h"
#include "market/gen.h"
#include "market/resample.h"

extern const struct sim_cmd sim_cmd_data_resample, sim_cmd_data_gen;

static const struct sim_out_col merge_cols[] = {
	{ "symbol", SIM_OUT_COL_ID }, { "timeframe", 0 }, { "bars", 0 },
	{ "added", 0 }, { "same", 0 }, { "changed", 0 }, { NULL, 0 }
};

/* Put bars into the store and print what that changed. */
static int keep(struct sim_cli *cli, const struct sim_instrument *ins,
		struct sim_bar_tf tf, const struct sim_bar_series *bars,
		bool replace, struct sim_err *err)
{
	struct sim_store_merge m = { .replace = replace };
	struct sim_store *st;
	char text[16];
	int rc = sim_cli_store(cli, &st, err);

	if (!rc)
		rc = sim_store_merge(st, ins, tf, bars, &m, err);
	if (rc)
		return rc;
	sim_out_object(cli->out, merge_cols);
	sim_out_str(cli->out, "symbol", ins->symbol);
	sim_out_str(cli->out, "timeframe", sim_bar_tf_text(tf, text));
	sim_out_int(cli->out, "bars", (int64_t)bars->n);
	sim_out_int(cli->out, "added", (int64_t)m.added);
	sim_out_int(cli->out, "same", (int64_t)m.same);
	sim_out_int(cli->out, "changed", (int64_t)m.changed);
	sim_out_end(cli->out);
	sim_cli_note(cli, "Look with simutrador data show %s --timeframe %s.",
		     ins->symbol, text);
	return SIM_OK;
}

/* -- resample ------------------------------------------------------------ */

static struct sim_import_opts file_how;
static struct sim_source_want want = { .import = &file_how };
static bool save, replace;
static const char *session;
static const char *const session_words[] = { "regular", "extended", NULL };

static const struct sim_opt resample_opts[] = {
	{ SIM_OPT_TF, "timeframe", .arg = "TF",
	  .help = "resample this one, where several are stored",
	  .value = &want.tf },
	SIM_SOURCE_DAYS_OPTS(want),
	{ SIM_OPT_ENUM, "adjust", .arg = "VIEW",
	  .help = "prices as they traded, or adjusted",
	  .value = &want.adjust, .choices = sim_source_adjusts },
	{ SIM_OPT_ENUM, "session", .arg = "HOURS", .help = "which hours count",
	  .value = &session, .choices = session_words },
	{ SIM_OPT_FLAG, "save", .help = "put the bars into the store",
	  .value = &save },
	{ SIM_OPT_FLAG, "replace",
	  .help = "with --save: stored bars of other values give way",
	  .value = &replace },
	SIM_SOURCE_FILE_OPTS(file_how),
	{ .kind = SIM_OPT_END }
};
static const char *const resample_examples[] = {
	"simutrador data resample ACME weekly -o table --limit 5",
	"simutrador data resample ACME weekly --save",
	NULL
};

static const struct sim_out_col *resample_cols_of(void)
{
	return save ? merge_cols : sim_bars_out_cols;
}

/* Before anything is opened. */
static int check_view(struct sim_err *err)
{
	if (save && want.adjust && strcmp(want.adjust, "raw"))
		return sim_err_set(err, SIM_E_USAGE,
				   "--save stores raw prices only, so it can't"
				   " stand with --adjust %s", want.adjust);
	if (replace && !save)
		return sim_err_set(err, SIM_E_USAGE,
				   "--replace says what --save may do; add"
				   " --save, or leave it out");
	return SIM_OK;
}

static int check_save(const struct sim_source *s, struct sim_err *err)
{
	if (save && s->is_file)
		return sim_err_set(err, SIM_E_USAGE,
				   "--save needs a symbol of the store; import"
				   " %s first", want.name);
	return SIM_OK;
}

static int resample(struct sim_cli *cli, struct sim_source *s,
		    struct sim_bar_table *out, struct sim_err *err)
{
	struct sim_resample how = {
		.from = s->tf, .cal = s->cal,
		.extended = session && !strcmp(session, "extended"),
	};
	struct sim_bar_series bars;
	size_t dropped = 0;
	int rc = sim_bar_tf_parse(cli->argv[1], &how.to, err);

	if (!rc)
		rc = check_save(s, err);
	if (!rc)
		rc = sim_resample_series(&s->bars, &how, out, &dropped, err);
	if (rc)
		return rc;
	if (dropped)
		sim_cli_warn(cli, "%zu bars outside of the %s session were left"
			     " out", dropped, session ? session : "regular");
	bars = sim_bar_table_view(out);
	if (save)
		return keep(cli, &s->instrument, how.to, &bars, replace, err);
	sim_bars_out_list(cli->out, &bars);
	return SIM_OK;
}

static int run_resample(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_bar_table out = SIM_BAR_TABLE_INIT;
	struct sim_source s = SIM_SOURCE_INIT;
	int rc = check_view(err);

	want.name = cli->argv[0];
	if (!rc)
		rc = sim_source_open(cli, &want, &s, err);
	if (!rc)
		rc = resample(cli, &s, &out, err);
	sim_bar_table_release(&out);
	sim_source_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_data_resample = {
	.name = "data resample", .summary = "make coarser bars of finer ones",
	.operands = "SYMBOL|FILE TIMEFRAME", .min = 2, .max = 2,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = resample_opts,
	.cols = sim_bars_out_cols, .cols_of = resample_cols_of,
	.examples = resample_examples, .run = run_resample,
};

/* -- gen ----------------------------------------------------------------- */

static struct {
	const char *calendar, *file;
	struct sim_opt_tf tf;
	struct sim_opt_time from, to;
	int64_t seed;
	sim_dec start, tick, drift, volatility, jump_rate, jump_size, volume;
	bool replace;
} g = {
	.seed = 1, .start = 100 * SIM_DEC_ONE, .tick = SIM_DEC_ONE / 100,
	.drift = 8 * SIM_DEC_ONE, .volatility = 20 * SIM_DEC_ONE,
	.jump_rate = 4 * SIM_DEC_ONE, .jump_size = 3 * SIM_DEC_ONE,
	.volume = 1000000 * SIM_DEC_ONE,
};

static const struct sim_opt gen_opts[] = {
	{ SIM_OPT_TIME, "from", .arg = "DATE", .help = "first exchange day",
	  .value = &g.from, .flags = SIM_OPT_REQUIRED | SIM_OPT_FROM },
	{ SIM_OPT_TIME, "to", .arg = "DATE", .help = "last exchange day",
	  .value = &g.to, .flags = SIM_OPT_REQUIRED | SIM_OPT_TO },
	{ SIM_OPT_TF, "timeframe", .arg = "TF", .help = "of the bars, or 1min",
	  .value = &g.tf, .setting = "timeframe" },
	{ SIM_OPT_STR, "calendar", .arg = "CALENDAR",
	  .help = "when there are bars, or XNYS", .value = &g.calendar,
	  .words = SIM_OPT_WORDS_CALENDAR },
	{ SIM_OPT_INT, "seed", .arg = "N",
	  .help = "the same seed gives the same bytes", .value = &g.seed,
	  .lo = 0, .hi = INT64_MAX },
	{ SIM_OPT_DEC, "start", .arg = "PRICE",
	  .help = "price to start from, or 100", .value = &g.start,
	  .lo = 1, .hi = INT64_C(100000000000000000) },
	{ SIM_OPT_DEC, "tick", .arg = "PRICE",
	  .help = "prices are its multiples, or 0.01", .value = &g.tick,
	  .lo = 1, .hi = INT64_C(100000000000000) },
	{ SIM_OPT_DEC, "drift", .arg = "PERCENT",
	  .help = "rise of the price in a year, or 8", .value = &g.drift,
	  .lo = -SIM_DEC_ONE * 1000, .hi = SIM_DEC_ONE * 1000 },
	{ SIM_OPT_DEC, "volatility", .arg = "PERCENT",
	  .help = "in a year, or 20", .value = &g.volatility, .lo = 0,
	  .hi = SIM_DEC_ONE * 1000 },
	{ SIM_OPT_DEC, "jump-rate", .arg = "N", .help = "jumps a year, or 4",
	  .value = &g.jump_rate, .lo = 0, .hi = SIM_DEC_ONE * 100000 },
	{ SIM_OPT_DEC, "jump-size", .arg = "PERCENT",
	  .help = "standard deviation of a jump, or 3", .value = &g.jump_size,
	  .lo = 0, .hi = SIM_DEC_ONE * 100 },
	{ SIM_OPT_DEC, "volume", .arg = "N",
	  .help = "mean of a session, or 1000000; 0: none",
	  .value = &g.volume, .lo = 0, .hi = INT64_C(1000000000000000000) },
	{ SIM_OPT_PATH, "file", .letter = 'f', .arg = "FILE",
	  .help = "write CSV to FILE (- is stdout) and store nothing",
	  .value = &g.file },
	{ SIM_OPT_FLAG, "replace",
	  .help = "stored bars of other values give way",
	  .value = &g.replace },
	{ .kind = SIM_OPT_END }
};
static const char *const gen_examples[] = {
	"simutrador data gen WALK --from 2023-01-01 --to 2023-03-31 --seed 7",
	"simutrador data gen COIN --from 2024-01-01 --to 2024-01-07"
	" --calendar 24/7 --timeframe 1h --file -",
	NULL
};

static double percent(sim_dec v)
{
	return sim_dec_to_double(v) / 100;
}

static int fill_in(struct sim_gen *p, const struct sim_calendar *cal,
		   const char *symbol, struct sim_err *err)
{
	if (g.from.kind != SIM_TIME_DATE || g.to.kind != SIM_TIME_DATE)
		return sim_err_set(err, SIM_E_USAGE,
				   "--from and --to are dates such as"
				   " 2024-01-31, without a time");
	sim_gen_defaults(p);
	p->cal = cal;
	p->symbol = symbol;
	p->from = sim_time_day_of(g.from.t);
	p->to = sim_time_day_of(g.to.t);
	p->seed = (uint64_t)g.seed;
	p->start = g.start;
	p->tick = g.tick;
	p->drift = percent(g.drift);
	p->volatility = percent(g.volatility);
	p->jump_rate = sim_dec_to_double(g.jump_rate);
	p->jump_size = percent(g.jump_size);
	p->volume = sim_dec_to_double(g.volume);
	if (g.tf.is_set)
		p->tf = g.tf.tf;
	return SIM_OK;
}

/* An instrument whose rules fit the calendar. */
static struct sim_instrument instrument(const char *symbol,
					const char *calendar)
{
	struct sim_instrument ins = {
		.tick_size = g.tick, .lot_size = SIM_DEC_ONE,
		.multiplier = SIM_DEC_ONE, .currency = "USD",
		.asset_class = SIM_ASSET_CLASS_EQUITY,
	};

	if (!strcmp(calendar, "24/7"))
		ins.asset_class = SIM_ASSET_CLASS_CRYPTO;
	else if (!strcmp(calendar, "24/5"))
		ins.asset_class = SIM_ASSET_CLASS_FX;
	if (ins.asset_class == SIM_ASSET_CLASS_CRYPTO)
		ins.lot_size = 1;
	snprintf(ins.symbol, sizeof(ins.symbol), "%s", symbol);
	snprintf(ins.calendar, sizeof(ins.calendar), "%s", calendar);
	return ins;
}

static int put_bars(struct sim_cli *cli, const struct sim_gen *p,
		    const char *calendar, const struct sim_bar_table *t,
		    struct sim_err *err)
{
	const struct sim_instrument ins = instrument(p->symbol, calendar);
	const struct sim_bar_series bars = sim_bar_table_view(t);
	int rc;

	if (!g.file)
		return keep(cli, &ins, p->tf, &bars, g.replace, err);
	if (!strcmp(g.file, "-")) {
		sim_bars_out_csv(cli->out, &bars);
		return SIM_OK;
	}
	rc = sim_bars_out_file(g.file, &bars, err);
	if (!rc)
		sim_cli_note(cli, "Wrote %zu bars to %s.", bars.n, g.file);
	return rc;
}

static int run_gen(struct sim_cli *cli, struct sim_err *err)
{
	const char *name = g.calendar ? g.calendar : "XNYS";
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_calendar *cal = NULL;
	struct sim_gen p;
	int rc = sim_instrument_check_symbol(cli->argv[0], err);

	if (!rc && g.file && g.replace)
		rc = sim_err_set(err, SIM_E_USAGE,
				 "--file stores nothing that --replace could"
				 " replace; leave one of them out");
	if (!rc)
		rc = sim_source_calendar(cli, name, &cal, err);
	if (!rc)
		rc = fill_in(&p, cal, cli->argv[0], err);
	if (!rc)
		rc = sim_gen_bars(&p, &t, err);
	if (!rc)
		rc = put_bars(cli, &p, sim_calendar_name(cal), &t, err);
	sim_bar_table_release(&t);
	sim_calendar_close(cal);
	return rc;
}

const struct sim_cmd sim_cmd_data_gen = {
	.name = "data gen", .summary = "make synthetic bars from a seed",
	.operands = "SYMBOL", .min = 1, .max = 1, .opts = gen_opts,
	.cols = merge_cols, .examples = gen_examples, .run = run_gen,
};
