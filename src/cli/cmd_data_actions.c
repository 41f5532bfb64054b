/* simutrador data actions: splits and dividends of a stored symbol. */
#include "cli/cli.h"

#include <string.h>

#include "cli/source.h"
#include "market/actions.h"
#include "util/file.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_data_actions;

#define FILE_MAX	((size_t)64 << 20)

static const char *format, *calendar;
static const char *const verbs[] = { "list", "import", "rm", NULL };
static const char *const formats[] = { "auto", "lean", "plain", NULL };

static const struct sim_opt opts[] = {
	{ SIM_OPT_ENUM, "format", .arg = "FORMAT",
	  .help = "what the file that is read is, not how the result is"
		  " written", .value = &format,
	  .choices = formats },
	{ SIM_OPT_STR, "calendar", .arg = "CALENDAR",
	  .help = "whose sessions ex-dates are, for a symbol without bars",
	  .value = &calendar, .words = SIM_OPT_WORDS_CALENDAR },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "date", 0 }, { "type", 0 }, { "new", 0 }, { "old", 0 },
	{ "cash", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador data actions list ACME",
	"printf '2022-06-10,split,10\\n' |"
	" simutrador data actions import ACME -",
	NULL
};

static void put_row(struct sim_out *o, const struct sim_action *a)
{
	bool is_split = a->type == SIM_ACTION_SPLIT;

	sim_out_row(o);
	sim_out_date(o, "date", a->day);
	sim_out_str(o, "type", is_split ? "split" : "dividend");
	if (is_split) {
		sim_out_int(o, "new", a->num);
		sim_out_int(o, "old", a->den);
	} else {
		sim_out_dec(o, "cash", a->cash);
	}
	sim_out_row_end(o);
}

static void put_rows(struct sim_out *o, const struct sim_action *a, size_t n)
{
	sim_out_list(o, cols);
	for (size_t i = 0; i < n; i++)
		put_row(o, &a[i]);
	sim_out_end(o);
}

static int run_list(struct sim_cli *cli, struct sim_store *st,
		    struct sim_err *err)
{
	struct sim_action *a = NULL;
	size_t n = 0;
	int rc = sim_store_actions_get(st, cli->argv[1], &a, &n, err);
	struct sim_instrument ins;

	/* No actions is an answer only about a symbol that is there. */
	if (!rc && !n)
		rc = sim_store_instrument(st, cli->argv[1], &ins, err);
	if (!rc)
		put_rows(cli->out, a, n);
	sim_mem_free(a);
	return rc;
}

/* The calendar of the stored bars decides, unless --calendar does. */
static int open_calendar(struct sim_cli *cli, struct sim_store *st,
			 struct sim_calendar **cal, struct sim_err *err)
{
	struct sim_instrument ins;
	const char *name = calendar;
	int rc;

	if (!name) {
		rc = sim_store_instrument(st, cli->argv[1], &ins, err);
		if (rc)
			return rc;
		name = ins.calendar;
	}
	return sim_source_calendar(cli, name, cal, err);
}

static enum sim_actions_format format_of(void)
{
	for (int i = 0; format && formats[i]; i++)
		if (format == formats[i])
			return (enum sim_actions_format)i;
	return SIM_ACTIONS_AUTO;
}

static int parse_file(const char *path, const struct sim_calendar *cal,
		      struct sim_action **a, size_t *n, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(FILE_MAX + 1);
	enum sim_actions_format f = format_of();
	int rc = sim_file_read(path, FILE_MAX, &b, err);

	if (!rc) {
		struct sim_actions_text text = { sim_buf_str(&b), b.len };

		rc = sim_actions_parse(text, &f, cal, a, n, err);
		if (rc)
			sim_err_prefix(err, "%s", sim_file_called(path));
	}
	sim_buf_release(&b);
	return rc;
}

static int run_import(struct sim_cli *cli, struct sim_store *st,
		      struct sim_err *err)
{
	struct sim_calendar *cal = NULL;
	struct sim_action *a = NULL;
	size_t n = 0;
	int rc;

	if (cli->argc < 3)
		return sim_err_set(err, SIM_E_USAGE,
				   "data actions import needs SYMBOL and"
				   " FILE|-");
	rc = open_calendar(cli, st, &cal, err);
	if (!rc)
		rc = parse_file(cli->argv[2], cal, &a, &n, err);
	if (!rc)
		rc = sim_store_actions_put(st, cli->argv[1], a, n, err);
	if (!rc) {
		put_rows(cli->out, a, n);
		sim_cli_note(cli, "%s now has %zu actions.", cli->argv[1], n);
	}
	sim_mem_free(a);
	sim_calendar_close(cal);
	return rc;
}

static int run_rm(struct sim_cli *cli, struct sim_store *st,
		  struct sim_err *err)
{
	int rc = sim_store_find(st, cli->argv[1], NULL, err);

	if (!rc)
		rc = sim_cli_confirm(cli, err, "Remove the actions of %s",
				     cli->argv[1]);
	if (!rc)
		rc = sim_store_actions_put(st, cli->argv[1], NULL, 0, err);
	if (!rc)
		put_rows(cli->out, NULL, 0);
	return rc;
}

/* What only a file that is read needs. */
static int check_no_file(const struct sim_cli *cli, struct sim_err *err)
{
	if (!strcmp(cli->argv[0], "import"))
		return SIM_OK;
	if (cli->argc > 2)
		return sim_err_set(err, SIM_E_USAGE,
				   "data actions %.16s reads no file; leave"
				   " '%.80s' out", cli->argv[0], cli->argv[2]);
	if (format || calendar)
		return sim_err_set(err, SIM_E_USAGE,
				   "--%s says how a file is read, and data"
				   " actions %.16s reads none; leave it out",
				   format ? "format" : "calendar",
				   cli->argv[0]);
	return SIM_OK;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	static int (*const by_verb[])(struct sim_cli *, struct sim_store *,
				      struct sim_err *) = {
		run_list, run_import, run_rm
	};
	struct sim_store *st;
	int i = 0, rc = sim_instrument_check_symbol(cli->argv[1], err);

	if (rc)
		return rc;
	while (verbs[i] && strcmp(verbs[i], cli->argv[0]))
		i++;
	if (!verbs[i])
		return sim_err_set(err, SIM_E_USAGE,
				   "data actions can list, import or rm, not"
				   " '%s'", cli->argv[0]);
	rc = check_no_file(cli, err);
	if (!rc)
		rc = sim_cli_store(cli, &st, err);
	return rc ? rc : by_verb[i](cli, st, err);
}

const struct sim_cmd sim_cmd_data_actions = {
	.name = "data actions", .summary = "splits and dividends of a symbol",
	.operands = "list|import|rm SYMBOL [FILE|-]", .min = 2, .max = 3,
	.choices = verbs, .opts = opts, .cols = cols, .examples = examples,
	.run = run,
};
