/*
 * simutrador portfolio journal: what happened to the money, as a journal that
 * hledger and ledger read.
 *
 * Units stand at average cost: what leaves a position leaves at its cost, and
 * the rest of the price is income.  Each transaction sums to zero, and the
 * last one asserts the cash that the account says.
 */
#include "cli/cli.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/saved.h"
#include "run/log.h"

extern const struct sim_cmd sim_cmd_portfolio_journal;

static const char *const forms[] = { "hledger", NULL };
static const char *form = "hledger";

static const struct sim_opt opts[] = {
	{ SIM_OPT_ENUM, "as", .arg = "FORM",
	  .help = "for which program (default hledger)", .value = &form,
	  .choices = forms },
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador portfolio journal last >journal.ledger &&"
	" head -3 journal.ledger",
	NULL
};

struct journal {
	struct sim_out *out;
	const struct sim_run_result *r;
	const char *currency;
	sim_dec *held;			/* by symbol */
};

/* -- lines ----------------------------------------------------------------- */

static void put_date(struct journal *j, sim_time t)
{
	char text[SIM_TIME_STRMAX];

	sim_time_format(t, text);
	sim_out_printf(j->out, "\n%.10s ", text);
}

/* A commodity, in quotes where it isn't letters alone. */
static void put_symbol(struct journal *j, const char *symbol)
{
	const char *s = symbol;

	while (isalpha((unsigned char)*s))
		s++;
	sim_out_printf(j->out, *s ? "\"%s\"" : "%s", symbol);
}

static void put_money(struct journal *j, const char *account, sim_dec v)
{
	char text[SIM_DEC_STRMAX];

	if (!v)
		return;
	sim_dec_format(v, 2, text);
	sim_out_printf(j->out, "    %-34s  %s %s\n", account, text,
		       j->currency);
}

/* Units, and what they cost in all. */
static void put_units(struct journal *j, const char *symbol, sim_dec qty,
		      sim_dec cost)
{
	char text[SIM_DEC_STRMAX], account[64];

	snprintf(account, sizeof(account), "assets:positions:%s", symbol);
	sim_dec_format(qty, 0, text);
	sim_out_printf(j->out, "    %-34s  %s ", account, text);
	put_symbol(j, symbol);
	sim_dec_format(cost < 0 ? -cost : cost, 2, text);
	sim_out_printf(j->out, " @@ %s %s\n", text, j->currency);
}

/* -- events ---------------------------------------------------------------- */

static int put_fill(struct journal *j, const struct sim_log_line *l,
		    struct sim_err *err)
{
	const struct sim_fill *f = &l->fill;
	const struct sim_instrument *ins = &j->r->instruments[l->ev.sym];
	bool is_buy = f->side == SIM_SIDE_BUY;
	sim_dec value;

	if (!sim_dec_mul3(f->qty, f->price, ins->multiplier, &value))
		return sim_err_set(err, SIM_E_OVERFLOW, "fill %u is worth more "
				   "than an amount can be",
				   (unsigned)l->ev.fill_id);
	value = is_buy ? -value : value;	/* cash that comes */
	put_date(j, l->ev.time);
	sim_out_printf(j->out, "%s %s | order %u, %s\n",
		       sim_vocab_side_text(f->side), ins->symbol,
		       (unsigned)f->order,
		       sim_vocab_fill_reason_text(f->reason));
	put_units(j, ins->symbol, is_buy ? f->qty : -f->qty,
		  f->realized - value);
	put_money(j, "expenses:commission", f->commission);
	put_money(j, "income:realized", -f->realized);
	put_money(j, "assets:cash", value - f->commission);
	return SIM_OK;
}

static void put_income(struct journal *j, const struct sim_log_line *l,
		       const char *what, const char *account)
{
	const char *symbol = l->ev.sym < j->r->nsyms ?
		j->r->instruments[l->ev.sym].symbol : "";

	put_date(j, l->ev.time);
	sim_out_printf(j->out, "%s%s%s\n", what, *symbol ? " " : "", symbol);
	put_money(j, account, -l->ev.c);
	put_money(j, "assets:cash", l->ev.c);
}

/* More units, or fewer, at the same cost. */
static void put_split(struct journal *j, const struct sim_log_line *l)
{
	const char *symbol = j->r->instruments[l->ev.sym].symbol;

	put_date(j, l->ev.time);
	sim_out_printf(j->out, "split %s\n", symbol);
	put_units(j, symbol, l->ev.c - j->held[l->ev.sym], 0);
	put_money(j, "income:cash in lieu", -l->ev.d);
	put_money(j, "assets:cash", l->ev.d);
}

static int put_event(struct journal *j, const struct sim_log_line *l,
		     struct sim_err *err)
{
	bool moves = l->ev.type == SIM_EVENT_TYPE_FILL ||
		l->ev.type == SIM_EVENT_TYPE_SPLIT;
	int rc = SIM_OK;

	if (moves && l->ev.sym >= j->r->nsyms)
		return sim_err_set(err, SIM_E_DATA, "event %" PRIu64 " of the "
				   "log is about no symbol", l->ev.seq);
	switch (l->ev.type) {
	case SIM_EVENT_TYPE_FILL:
		rc = put_fill(j, l, err);
		break;
	case SIM_EVENT_TYPE_SPLIT:
		put_split(j, l);
		break;
	case SIM_EVENT_TYPE_DIVIDEND:
		put_income(j, l, "dividend", "income:dividends");
		break;
	case SIM_EVENT_TYPE_INTEREST:
		put_income(j, l, "interest", l->ev.c < 0 ?
			   "expenses:interest" : "income:interest");
		break;
	case SIM_EVENT_TYPE_BORROW_FEE:
		put_income(j, l, "borrow fee", "expenses:borrowing");
		break;
	default:
		break;
	}
	if (moves)
		j->held[l->ev.sym] = l->ev.c;
	return rc;
}

/* -- the whole ------------------------------------------------------------- */

static void put_ends(struct journal *j, bool is_last)
{
	const struct sim_account *a = &j->r->account;
	char text[SIM_DEC_STRMAX];

	put_date(j, is_last ? j->r->last : j->r->first);
	if (!is_last) {
		sim_out_puts(j->out, "opening\n");
		put_money(j, "assets:cash", a->initial);
		put_money(j, "equity:opening", -a->initial);
		return;
	}
	sim_dec_format(a->cash, 2, text);
	sim_out_printf(j->out, "as it stands\n    %-34s  0 %s = %s %s\n",
		       "assets:cash", j->currency, text, j->currency);
}

static int put_journal(struct sim_cli *cli, const struct sim_folder *f,
		       struct sim_err *err)
{
	const struct sim_run_result *r = &f->result;
	struct journal j = {
		.out = cli->out, .r = r,
		.currency = r->nsyms ? r->instruments[0].currency : "USD",
	};
	struct sim_log_reader reader;
	struct sim_log_line line;
	int rc = sim_log_open(&reader, sim_buf_str(&r->log), r->log.len,
			      r->instruments, r->nsyms, err);

	if (rc)
		return rc;
	j.held = sim_mem_arena_alloc(cli->arena, (r->nsyms + 1) *
				     sizeof(*j.held));
	sim_out_printf(j.out, "; %s: %s\n", f->id, r->strategy);
	put_ends(&j, false);
	while (!rc && (rc = sim_log_next(&reader, &line, err)) == 1)
		rc = put_event(&j, &line, err);
	if (!rc)
		put_ends(&j, true);
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_folder *f;
	int rc = sim_saved_open_either(cli, cli->argc ? cli->argv[0] : NULL,
				       &f, err);

	if (rc)
		return rc;
	rc = put_journal(cli, f, err);
	sim_folder_close(f);
	return rc;
}

const struct sim_cmd sim_cmd_portfolio_journal = {
	.name = "portfolio journal",
	.summary = "print what happened to the money, for hledger",
	.operands = "[RUN|SESSION]", .max = 1, .words = SIM_OPT_WORDS_EITHER,
	.opts = opts, .examples = examples, .flags = SIM_CMD_PLAIN,
	.run = run,
};
