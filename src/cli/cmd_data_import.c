/* simutrador data import: a file of bars into the store. */
#include "cli/cli.h"

#include <string.h>

#include "cli/source.h"
#include "run/import.h"
#include "util/buf.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_data_import;

static struct sim_import_opts how;
static bool skip_bad;

static const char *const classes[] = {
#define SIM_ASSET_CLASS(name, text) text,
#include "model/asset_class.def"
#undef SIM_ASSET_CLASS
	NULL
};

static const struct sim_opt opts[] = {
	{ SIM_OPT_STR, "symbol", .arg = "SYMBOL",
	  .help = "what the bars are called", .value = &how.symbol,
	  .flags = SIM_OPT_REQUIRED, .words = SIM_OPT_WORDS_SYMBOL },
	{ SIM_OPT_STR, "timeframe", .arg = "TF",
	  .help = "of the bars, if not what their times say",
	  .value = &how.timeframe, .words = SIM_OPT_WORDS_TIMEFRAME },
	SIM_SOURCE_FILE_OPTS(how),
	{ SIM_OPT_STR, "tick", .arg = "PRICE",
	  .help = "order prices are its multiples", .value = &how.tick },
	{ SIM_OPT_STR, "lot", .arg = "QTY",
	  .help = "quantities are its multiples", .value = &how.lot },
	{ SIM_OPT_STR, "multiplier", .arg = "N",
	  .help = "money per unit of price and quantity",
	  .value = &how.multiplier },
	{ SIM_OPT_STR, "currency", .arg = "CODE", .help = "such as USD",
	  .value = &how.currency },
	{ SIM_OPT_ENUM, "asset-class", .arg = "CLASS",
	  .help = "what the symbol is", .value = &how.asset_class,
	  .choices = classes },
	{ SIM_OPT_FLAG, "replace",
	  .help = "stored bars of other values give way",
	  .value = &how.replace },
	{ SIM_OPT_FLAG, "skip-bad",
	  .help = "leave bad rows out and count them", .value = &skip_bad },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "symbol", SIM_OUT_COL_ID }, { "timeframe", 0 }, { "rows", 0 },
	{ "bars", 0 }, { "first", 0 }, { "last", 0 }, { "added", 0 },
	{ "same", 0 }, { "changed", 0 }, { "skipped", 0 },
	{ "first_bad", 0 }, { "understood", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador data import ACME_daily.csv --symbol ACME",
	"simutrador data import - --symbol BOLT"
	" --map ts=time,o=open,h=high,l=low,c=close,v=volume < BOLT_daily.csv",
	NULL
};

/* "timeframe=1min (sniffed)", one per fact. */
static void put_facts(struct sim_out *o, struct sim_mem_arena *arena,
		      const struct sim_import *imp)
{
	const char *texts[SIM_IMPORT_FACTS];

	for (size_t i = 0; i < imp->nfacts; i++) {
		const struct sim_import_fact *f = &imp->facts[i];
		struct sim_buf b = SIM_BUF_INIT(1024);

		sim_buf_printf(&b, "%s=%s (%s)", f->name, f->value,
			       sim_import_source_text(f->source));
		texts[i] = sim_mem_arena_strdup(arena, sim_buf_str(&b));
		sim_buf_release(&b);
	}
	sim_out_strs(o, "understood", texts, imp->nfacts);
}

static void put(struct sim_cli *cli, const struct sim_import *imp,
		const struct sim_store_merge *m)
{
	const struct sim_bar_series s = sim_import_series(imp);
	struct sim_out *o = cli->out;
	char tf[16];

	sim_out_object(o, cols);
	sim_out_str(o, "symbol", imp->instrument.symbol);
	sim_out_str(o, "timeframe", sim_bar_tf_text(imp->tf, tf));
	sim_out_int(o, "rows", (int64_t)imp->rows.rows);
	sim_out_int(o, "bars", (int64_t)s.n);
	if (s.n) {
		sim_out_time(o, "first", s.ts[0]);
		sim_out_time(o, "last", s.ts[s.n - 1]);
	}
	sim_out_int(o, "added", (int64_t)m->added);
	sim_out_int(o, "same", (int64_t)m->same);
	sim_out_int(o, "changed", (int64_t)m->changed);
	sim_out_int(o, "skipped", (int64_t)imp->rows.skipped);
	if (*imp->rows.first_bad)
		sim_out_str(o, "first_bad", imp->rows.first_bad);
	put_facts(o, cli->arena, imp);
	sim_out_end(o);
}

static void advise(const struct sim_cli *cli, const struct sim_import *imp,
		   const struct sim_store_merge *m)
{
	const char *symbol = imp->instrument.symbol;

	for (size_t i = 0; i < imp->nfacts; i++)
		if (imp->facts[i].option &&
		    imp->facts[i].source == SIM_IMPORT_SNIFFED &&
		    cli->common->verbose)
			sim_cli_note(cli, "%s %s was seen in the file; --%s"
				     " overrides it.", imp->facts[i].name,
				     imp->facts[i].value,
				     imp->facts[i].option);
	if (imp->rows.skipped)
		sim_cli_warn(cli, "%zu bad row%s left out, the first: %s",
			     imp->rows.skipped,
			     imp->rows.skipped == 1 ? " was" : "s were",
			     imp->rows.first_bad);
	if (!m->added && !m->changed)
		sim_cli_note(cli, "Nothing new: all %zu bars of %s were stored"
			     " already.", m->same, symbol);
	else
		sim_cli_note(cli, "Stored %zu bars of %s; simutrador data check"
			     " %s looks them over.", m->added + m->changed,
			     symbol, symbol);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_store_merge m;
	struct sim_import imp;
	struct sim_store *st;
	int rc;

	how.bad = skip_bad ? SIM_BAR_CSV_SKIP : SIM_BAR_CSV_REFUSE;
	if (sim_cli_folder(cli, "calendars", &how.calendar_dir, NULL))
		how.calendar_dir = NULL;
	rc = sim_cli_store(cli, &st, err);
	if (!rc)
		rc = sim_import_store(st, cli->argv[0], &how, &imp, &m, err);
	if (rc)
		return rc;
	put(cli, &imp, &m);
	advise(cli, &imp, &m);
	sim_import_release(&imp);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_data_import = {
	.name = "data import", .summary = "read a file of bars into the store",
	.operands = "FILE|-", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_FILE, .opts = opts, .cols = cols,
	.examples = examples,
	.flags = SIM_CMD_ACTS, .run = run,
};
