/* simutrador order buy, sell, place: orders to a session. */
#include "cli/cli.h"

#include <string.h>

#include "cli/order_send.h"
#include "cli/order_text.h"
#include "util/file.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_order_buy, sim_cmd_order_sell,
	sim_cmd_order_place;

static struct {
	const char *session, *tif, *take_profit, *stop_loss, *trail;
	const char *expire_at, *client_id, *oco_with, *file;
	bool reduce_only, dry_run, atomic, size_at_fill;
} ask;

static const char *const tifs[] = {
#define SIM_TIF(name, text, fix, aliases) text,
#include "model/tif.def"
#undef SIM_TIF
	NULL
};

#define DRY_RUN_OPT { SIM_OPT_FLAG, "dry-run", \
	.help = "say what it would cost, and send nothing", \
	.value = &ask.dry_run }

static const struct sim_opt opts[] = {
	SIM_SESS_OPT(ask.session),
	{ SIM_OPT_ENUM, "tif", .arg = "TIF", .help = "how long it is good"
	  " (default day)", .value = &ask.tif, .choices = tifs },
	{ SIM_OPT_STR, "expire-at", .arg = "TIME", .help = "end of gtd",
	  .value = &ask.expire_at },
	{ SIM_OPT_STR, "take-profit", .arg = "PRICE",
	  .help = "a limit that closes it", .value = &ask.take_profit },
	{ SIM_OPT_STR, "stop-loss", .arg = "PRICE",
	  .help = "a stop that closes it", .value = &ask.stop_loss },
	{ SIM_OPT_STR, "stop-loss-trail", .arg = "DISTANCE",
	  .help = "the same, trailing by money or N%", .value = &ask.trail },
	{ SIM_OPT_STR, "oco-with", .arg = "ORDER",
	  .help = "an open order: one cancels the other",
	  .value = &ask.oco_with, .words = SIM_OPT_WORDS_ORDER },
	{ SIM_OPT_FLAG, "reduce-only",
	  .help = "never open or turn a position", .value = &ask.reduce_only },
	{ SIM_OPT_FLAG, "size-at-fill",
	  .help = "compute N%, $N or all from the price it fills at",
	  .value = &ask.size_at_fill },
	{ SIM_OPT_STR, "client-id", .arg = "ID",
	  .help = "what it is called; without it a name is made up",
	  .value = &ask.client_id },
	DRY_RUN_OPT,
	{ .kind = SIM_OPT_END }
};

/* -- one order ------------------------------------------------------------- */

static int set_options(struct sim_message_order *o, struct sim_err *err)
{
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "order_id", ask.client_id }, { "time_in_force", ask.tif },
		{ "expire_at", ask.expire_at },
		{ "take_profit", ask.take_profit },
		{ "stop_loss", ask.stop_loss },
		{ "bracket_trail", ask.trail }, { "oco_with", ask.oco_with },
		{ "reduce_only", ask.reduce_only ? "true" : NULL },
		{ "size_at", ask.size_at_fill ? "fill" : NULL },
	};
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].value)
			rc = sim_order_text_set(o, rows[i].name, rows[i].value,
						err);
	return rc;
}

static int order(struct sim_cli *cli, const char *side, struct sim_err *err)
{
	struct sim_message_order o = { .order_id = NULL };
	const struct sim_order_send send = {
		.session = ask.session, .orders = &o, .n = 1,
		.dry_run = ask.dry_run,
	};
	int rc = sim_order_text_set(&o, "symbol", cli->argv[0], err);

	if (!rc)
		rc = sim_order_text_set(&o, "side", side, err);
	if (!rc)
		rc = sim_order_text_set(&o, "quantity", cli->argv[1], err);
	if (!rc)
		rc = sim_order_text_words(&o, cli->argc - 2, cli->argv + 2,
					  err);
	if (!rc)
		rc = set_options(&o, err);
	sim_order_text_infer(&o);
	return rc ? rc : sim_order_send_batch(cli, &send, err);
}

static const char *const buy_examples[] = {
	"simutrador order buy ACME 10 --dry-run",
	"simutrador order buy ACME 50% limit 79.5 --tif gtc --stop-loss 70"
	" --take-profit 95",
	NULL
};

static int run_buy(struct sim_cli *cli, struct sim_err *err)
{
	return order(cli, "buy", err);
}

const struct sim_cmd sim_cmd_order_buy = {
	.name = "order buy", .summary = "buy in a session",
	.operands = "SYMBOL QUANTITY [TYPE [PRICE...]]", .min = 2, .max = 5,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = opts,
	.cols = sim_order_send_cols, .examples = buy_examples,
	.flags = SIM_CMD_ACTS, .run = run_buy,
};

static const char *const sell_examples[] = {
	"simutrador order sell ACME 10 stop 70",
	NULL
};

static int run_sell(struct sim_cli *cli, struct sim_err *err)
{
	return order(cli, "sell", err);
}

const struct sim_cmd sim_cmd_order_sell = {
	.name = "order sell", .summary = "sell in a session",
	.operands = "SYMBOL QUANTITY [TYPE [PRICE...]]", .min = 2, .max = 5,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = opts,
	.cols = sim_order_send_cols, .examples = sell_examples,
	.flags = SIM_CMD_ACTS, .run = run_sell,
};

/* -- many ------------------------------------------------------------------ */

static const struct sim_opt place_opts[] = {
	{ SIM_OPT_PATH, "file", .letter = 'f', .arg = "FILE",
	  .help = "orders, NDJSON or CSV (- is stdin)", .value = &ask.file,
	  .flags = SIM_OPT_REQUIRED, .words = SIM_OPT_WORDS_FILE },
	SIM_SESS_OPT(ask.session),
	{ SIM_OPT_FLAG, "atomic", .help = "all of them, or none",
	  .value = &ask.atomic },
	DRY_RUN_OPT,
	{ .kind = SIM_OPT_END }
};
static const char *const place_examples[] = {
	"printf 'symbol,side,quantity,limit\\nACME,buy,10,70\\n' |"
	" simutrador order place -f - --atomic",
	NULL
};

static int run_place(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_ORDER_TEXT_BYTES + 1);
	struct sim_order_send send = {
		.session = ask.session, .atomic = ask.atomic,
		.dry_run = ask.dry_run,
	};
	struct sim_order_text_file f = {
		.name = sim_file_called(ask.file),
		.arena = cli->arena,
	};
	int rc = sim_file_read(ask.file, SIM_ORDER_TEXT_BYTES, &b, err);

	sim_buf_putc(&b, '\n');
	f.text = b.data;
	f.len = b.len;
	if (!rc)
		rc = sim_order_text_read(&f, &send.orders, &send.n, err);
	if (!rc)
		rc = sim_order_send_batch(cli, &send, err);
	sim_buf_release(&b);
	return rc;
}

const struct sim_cmd sim_cmd_order_place = {
	.name = "order place", .summary = "place the orders of a file",
	.operands = "", .opts = place_opts, .cols = sim_order_send_cols,
	.examples = place_examples, .flags = SIM_CMD_ACTS, .run = run_place,
};
