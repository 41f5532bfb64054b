/* simutrador data list, show, export, hash, rm: what the store holds. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/bars_out.h"
#include "cli/source.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_data_list, sim_cmd_data_show,
	sim_cmd_data_export, sim_cmd_data_hash, sim_cmd_data_rm;

/* -- list ---------------------------------------------------------------- */

static const struct sim_out_col list_cols[] = {
	{ "symbol", SIM_OUT_COL_ID }, { "timeframe", 0 }, { "bars", 0 },
	{ "first", 0 }, { "last", 0 }, { "calendar", 0 },
	{ "asset_class", SIM_OUT_COL_WIDE }, { "tick_size", SIM_OUT_COL_WIDE },
	{ "lot_size", SIM_OUT_COL_WIDE }, { "multiplier", SIM_OUT_COL_WIDE },
	{ "currency", SIM_OUT_COL_WIDE }, { "hash", SIM_OUT_COL_WIDE },
	{ "problem", 0 }, { NULL, 0 }
};
static const char *const list_examples[] = {
	"simutrador data list",
	"simutrador data list -o wide --sort -bars",
	NULL
};

static void list_instrument(struct sim_out *o, const struct sim_instrument *i)
{
	sim_out_str(o, "calendar", i->calendar);
	sim_out_str(o, "asset_class",
		    sim_vocab_asset_class_text(i->asset_class));
	sim_out_dec(o, "tick_size", i->tick_size);
	sim_out_dec(o, "lot_size", i->lot_size);
	sim_out_dec(o, "multiplier", i->multiplier);
	sim_out_str(o, "currency", i->currency);
}

static void list_row(struct sim_out *o, const struct sim_store_entry *e)
{
	char tf[16], hex[SIM_SHA256_HEX];

	sim_out_row(o);
	sim_out_str(o, "symbol", e->instrument.symbol);
	sim_out_str(o, "timeframe", sim_bar_tf_text(e->tf, tf));
	if (*e->problem) {
		sim_out_str(o, "problem", e->problem);
	} else {
		sim_out_int(o, "bars", (int64_t)e->bars);
		if (e->bars) {
			sim_out_time(o, "first", e->first);
			sim_out_time(o, "last", e->last);
		}
		list_instrument(o, &e->instrument);
		sim_sha256_hex(e->hash, hex);
		sim_out_str(o, "hash", hex);
	}
	sim_out_row_end(o);
}

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_store_entry *list;
	const char *name = cli->argc ? cli->argv[0] : NULL;
	struct sim_store *st;
	size_t n, m = 0;
	int rc = sim_cli_store(cli, &st, err);

	if (!rc && name)
		rc = sim_instrument_check_symbol(name, err);
	if (!rc)
		rc = sim_store_list(st, &list, &n, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		if (!name || !strcmp(name, list[i].instrument.symbol))
			list[m++] = list[i];
	if (name && !m)
		rc = sim_store_find(st, name, NULL, err);
	if (!rc) {
		sim_out_list(cli->out, list_cols);
		for (size_t i = 0; i < m; i++)
			list_row(cli->out, &list[i]);
		sim_out_end(cli->out);
	}
	sim_mem_free(list);
	if (rc)
		return rc;
	if (!n)
		sim_cli_note(cli, "The store is empty; simutrador data import"
				  " FILE --symbol SYMBOL fills it.");
	return SIM_OK;
}

const struct sim_cmd sim_cmd_data_list = {
	.name = "data list", .summary = "list what is stored",
	.operands = "[SYMBOL]", .max = 1, .words = SIM_OPT_WORDS_SYMBOL,
	.cols = list_cols, .examples = list_examples, .run = run_list,
};

/* -- show and export ----------------------------------------------------- */

static struct sim_import_opts how;
static struct sim_source_want want = { .import = &how };
static const char *export_file;

#define WANT_ROWS \
	SIM_SOURCE_TF_OPT(want), \
	SIM_SOURCE_DAYS_OPTS(want), \
	{ SIM_OPT_ENUM, "adjust", .arg = "VIEW", \
	  .help = "prices as they traded, or adjusted", \
	  .value = &want.adjust, .choices = sim_source_adjusts }, \
	SIM_SOURCE_FILE_OPTS(how)

static const struct sim_opt show_opts[] = {
	WANT_ROWS,
	{ .kind = SIM_OPT_END }
};
static const char *const show_examples[] = {
	"simutrador data show ACME --limit 5 -o table",
	"simutrador data show ACME --from 2023-01-03 --to 2023-01-05 -o csv",
	NULL
};

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_source s = SIM_SOURCE_INIT;
	int rc;

	want.name = cli->argv[0];
	rc = sim_source_open(cli, &want, &s, err);
	if (!rc)
		sim_bars_out_list(cli->out, &s.bars);
	sim_source_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_data_show = {
	.name = "data show", .summary = "print bars",
	.operands = "SYMBOL|FILE", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = show_opts,
	.cols = sim_bars_out_cols, .examples = show_examples, .run = run_show,
};

static const struct sim_opt export_opts[] = {
	WANT_ROWS,
	{ SIM_OPT_PATH, "file", .letter = 'f', .arg = "FILE",
	  .help = "write FILE, whole or not at all, instead of stdout",
	  .value = &export_file },
	{ .kind = SIM_OPT_END }
};
static const char *const export_examples[] = {
	"simutrador data export ACME --file acme.csv",
	"simutrador data export ACME --adjust total-return -o ndjson",
	NULL
};

/* Whether other rows, columns or looks than the plain file's are wanted. */
static bool has_wishes(const struct sim_cli_common *c)
{
	return c->fields || c->where || c->fail_if || c->sort ||
	       c->no_header || c->limit >= 0 || c->is_styled;
}

static int run_export(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_source s = SIM_SOURCE_INIT;
	int rc;

	if (export_file && !strcmp(export_file, "-"))
		export_file = NULL;
	if (export_file && has_wishes(cli->common))
		return sim_err_set(err, SIM_E_USAGE,
				   "--file writes whole plain CSV; redirect the"
				   " output for other rows, columns, formats or"
				   " looks of numbers and times");
	want.name = cli->argv[0];
	rc = sim_source_open(cli, &want, &s, err);
	if (!rc && export_file)
		rc = sim_bars_out_file(export_file, &s.bars, err);
	else if (!rc && (cli->common->output || has_wishes(cli->common)))
		sim_bars_out_list(cli->out, &s.bars);
	else if (!rc)
		sim_bars_out_csv(cli->out, &s.bars);
	if (!rc && export_file)
		sim_cli_note(cli, "Wrote %zu bars to %s.", s.bars.n,
			     export_file);
	sim_source_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_data_export = {
	.name = "data export",
	.summary = "write bars as CSV, or with -o as else",
	.operands = "SYMBOL|FILE", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = export_opts,
	.cols = sim_bars_out_cols, .examples = export_examples,
	.flags = SIM_CMD_CSV, .run = run_export,
};

/* -- hash ---------------------------------------------------------------- */

static const struct sim_opt hash_opts[] = {
	SIM_SOURCE_TF_OPT(want),
	SIM_SOURCE_FILE_OPTS(how),
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col hash_cols[] = {
	{ "symbol", SIM_OUT_COL_ID }, { "timeframe", 0 }, { "bars", 0 },
	{ "hash", 0 }, { "ok", 0 }, { "bad_chunk", 0 }, { NULL, 0 }
};
static const char *const hash_examples[] = {
	"simutrador data hash ACME",
	NULL
};

static int hash_stored(struct sim_out *o, struct sim_source *s,
		       struct sim_err *err)
{
	size_t chunk = 0;
	int rc = sim_store_bars_verify(s->stored, &chunk, err);

	sim_out_bool(o, "ok", !rc);
	if (rc == SIM_E_FALSE)
		sim_out_int(o, "bad_chunk", (int64_t)chunk);
	return rc;
}

static int run_hash(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_source s = SIM_SOURCE_INIT;
	uint8_t hash[SIM_SHA256_SIZE];
	char tf[16], hex[SIM_SHA256_HEX];
	int rc;

	want.name = cli->argv[0];
	want.whole = true;
	rc = sim_source_open(cli, &want, &s, err);
	if (!rc) {
		sim_store_hash(&s.instrument, s.tf, &s.whole, NULL, hash);
		sim_sha256_hex(hash, hex);
		sim_out_object(cli->out, hash_cols);
		sim_out_str(cli->out, "symbol", s.instrument.symbol);
		sim_out_str(cli->out, "timeframe", sim_bar_tf_text(s.tf, tf));
		sim_out_int(cli->out, "bars", (int64_t)s.whole.n);
		sim_out_str(cli->out, "hash", hex);
		if (s.stored)
			rc = hash_stored(cli->out, &s, err);
		sim_out_end(cli->out);
	}
	sim_source_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_data_hash = {
	.name = "data hash",
	.summary = "recompute the content hash of a series and check it",
	.operands = "SYMBOL|FILE", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = hash_opts, .cols = hash_cols,
	.examples = hash_examples, .run = run_hash,
};

/* -- rm ------------------------------------------------------------------ */

static struct sim_opt_tf rm_tf;

static const struct sim_opt rm_opts[] = {
	{ SIM_OPT_TF, "timeframe", .arg = "TF",
	  .help = "only this timeframe, not the symbol whole",
	  .value = &rm_tf },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col rm_cols[] = {
	{ "symbol", SIM_OUT_COL_ID }, { "timeframe", 0 }, { "removed", 0 },
	{ NULL, 0 }
};
static const char *const rm_examples[] = {
	"simutrador data rm ACME --yes",
	NULL
};

static int run_rm(struct sim_cli *cli, struct sim_err *err)
{
	const char *symbol = cli->argv[0];
	struct sim_store *st;
	char tf[16];
	int rc = sim_instrument_check_symbol(symbol, err);

	if (!rc)
		rc = sim_cli_store(cli, &st, err);
	if (!rc)
		rc = sim_store_find(st, symbol,
				    rm_tf.is_set ? &rm_tf.tf : NULL, err);
	if (!rc)
		rc = sim_cli_confirm(cli, err, "Remove %s%s%s from the store",
				     symbol, rm_tf.is_set ? " " : "",
				     rm_tf.is_set ? sim_bar_tf_text(rm_tf.tf,
								    tf) : "");
	if (!rc)
		rc = sim_store_remove(st, symbol,
				      rm_tf.is_set ? &rm_tf.tf : NULL, err);
	if (rc)
		return rc;
	sim_out_object(cli->out, rm_cols);
	sim_out_str(cli->out, "symbol", symbol);
	if (rm_tf.is_set)
		sim_out_str(cli->out, "timeframe",
			    sim_bar_tf_text(rm_tf.tf, tf));
	sim_out_bool(cli->out, "removed", true);
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_data_rm = {
	.name = "data rm", .summary = "remove a symbol, or one timeframe of it",
	.operands = "SYMBOL", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = rm_opts, .cols = rm_cols,
	.examples = rm_examples,
	.flags = SIM_CMD_ACTS, .run = run_rm,
};
