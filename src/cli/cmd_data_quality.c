/* simutrador data check and gaps: what is wrong with bars, and what is
 * missing. */
#include "cli/cli.h"

#include "cli/source.h"
#include "market/feed.h"
#include "market/quality.h"
#include "util/buf.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_data_check, sim_cmd_data_gaps;

/* -- check --------------------------------------------------------------- */

static struct sim_import_opts how;
static struct sim_source_want want = { .import = &how };
static bool strict;

static const struct sim_opt check_opts[] = {
	SIM_SOURCE_TF_OPT(want),
	{ SIM_OPT_FLAG, "strict",
	  .help = "fail on what only looks odd too, with status 65",
	  .value = &strict },
	SIM_SOURCE_FILE_OPTS(how),
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col check_cols[] = {
	{ "finding", 0 }, { "severity", 0 }, { "row", 0 }, { "time", 0 },
	{ "text", 0 }, { "fix", SIM_OUT_COL_WIDE }, { NULL, 0 }
};
static const char *const check_examples[] = {
	"simutrador data check ACME",
	"simutrador data check ACME --strict -o table",
	NULL
};

static void add_split(struct sim_buf *b, const struct sim_quality_finding *f)
{
	char day[SIM_TIME_STRMAX];

	sim_time_format_date(f->day, day);
	sim_buf_printf(b, "%s,split,%d", day, f->num);
	if (f->den != 1)
		sim_buf_printf(b, "/%d", f->den);
}

/* How suspected splits are recorded, in the arena; NULL: none.  An import
 * replaces the actions there are, so it has all of them. */
static const char *split_fix(struct sim_cli *cli, const struct sim_source *s,
			     const struct sim_quality *q)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	const char *fix = NULL;
	bool first = true;

	sim_buf_puts(&b, s->nactions ? "add to the file of its actions: " :
		     "printf '");
	for (size_t i = 0; i < q->n; i++) {
		if (!q->items[i].num)
			continue;
		if (!first && s->nactions)
			sim_buf_puts(&b, " and ");
		add_split(&b, &q->items[i]);
		if (!s->nactions)
			sim_buf_puts(&b, "\\n");
		first = false;
	}
	sim_buf_printf(&b, s->nactions ? "; then simutrador data actions"
		       " import %s FILE" : "' | simutrador data actions import"
		       " %s -", s->is_file ? "SYMBOL" : s->instrument.symbol);
	if (!first)
		fix = sim_mem_arena_strdup(cli->arena, sim_buf_str(&b));
	sim_buf_release(&b);
	return fix;
}

static void check_row(struct sim_out *o, const struct sim_quality_finding *f,
		      const char *fix)
{
	sim_out_row(o);
	sim_out_str(o, "finding", sim_quality_text(f->kind));
	sim_out_str(o, "severity", sim_quality_is_error(f->kind) ? "error"
								 : "suspect");
	sim_out_int(o, "row", (int64_t)f->row + 1);
	sim_out_time(o, "time", f->ts);
	sim_out_str(o, "text", f->text);
	if (f->num)
		sim_out_str(o, "fix", fix);
	sim_out_row_end(o);
}

static int verdict(const struct sim_cli *cli, const struct sim_quality *q,
		   size_t bars, struct sim_err *err)
{
	if (q->errors + q->suspects > q->n)
		sim_cli_warn(cli, "%zu findings, of which the first %zu are"
			     " listed", q->errors + q->suspects, q->n);
	sim_cli_note(cli, "%zu bars, %zu errors, %zu suspects.", bars,
		     q->errors, q->suspects);
	if (strict && q->errors + q->suspects)
		return sim_err_set(err, SIM_E_DATA,
				   "%s has %zu errors and %zu suspects",
				   want.name, q->errors, q->suspects);
	return q->errors ? SIM_E_FALSE : SIM_OK;
}

static int run_check(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_source s = SIM_SOURCE_INIT;
	struct sim_quality q;
	const char *fix;
	int rc;

	want.name = cli->argv[0];
	how.bad = SIM_BAR_CSV_KEEP;
	rc = sim_source_open(cli, &want, &s, err);
	if (!rc) {
		sim_quality_check(&s.bars, s.tf, s.cal,
				  (struct sim_adjust_actions){
					s.actions, s.nactions }, &q);
		fix = split_fix(cli, &s, &q);
		sim_out_list(cli->out, check_cols);
		for (size_t i = 0; i < q.n; i++)
			check_row(cli->out, &q.items[i], fix);
		sim_out_end(cli->out);
		if (fix)
			sim_cli_note(cli, "Splits are recorded by: %s", fix);
		rc = verdict(cli, &q, s.bars.n, err);
		sim_quality_release(&q);
	}
	sim_source_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_data_check = {
	.name = "data check",
	.summary = "look for bars that can't be right or look odd",
	.operands = "SYMBOL|FILE", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = check_opts, .cols = check_cols,
	.examples = check_examples, .run = run_check,
};

/* -- gaps ---------------------------------------------------------------- */

static const char *by;
static const char *const by_words[] = { "span", "session", "total", NULL };

static const struct sim_opt gaps_opts[] = {
	SIM_SOURCE_TF_OPT(want),
	SIM_SOURCE_DAYS_OPTS(want),
	{ SIM_OPT_ENUM, "by", .arg = "WHAT", .help = "a row for each",
	  .value = &by, .choices = by_words },
	SIM_SOURCE_FILE_OPTS(how),
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col span_cols[] = {
	{ "date", 0 }, { "from", 0 }, { "to", 0 }, { "bars", 0 }, { NULL, 0 }
};
static const struct sim_out_col session_cols[] = {
	{ "date", SIM_OUT_COL_ID }, { "expected", 0 }, { "actual", 0 },
	{ "missing", 0 }, { NULL, 0 }
};
static const struct sim_out_col total_cols[] = {
	{ "sessions", 0 }, { "expected", 0 }, { "actual", 0 },
	{ "missing", 0 }, { "worst_date", 0 }, { "worst_missing", 0 },
	{ NULL, 0 }
};
static const char *const gaps_examples[] = {
	"simutrador data gaps ACME",
	"simutrador data gaps ACME --by total",
	NULL
};

static void by_span(struct sim_out *o, const struct sim_quality_gaps *g)
{
	sim_out_list(o, span_cols);
	for (size_t i = 0; i < g->nspans; i++) {
		sim_out_row(o);
		sim_out_date(o, "date", g->spans[i].day);
		sim_out_time(o, "from", g->spans[i].from);
		sim_out_time(o, "to", g->spans[i].to);
		sim_out_int(o, "bars", (int64_t)g->spans[i].bars);
		sim_out_row_end(o);
	}
	sim_out_end(o);
}

static int64_t missing_of(const struct sim_quality_session *s)
{
	return (int64_t)s->expected - (int64_t)s->actual;
}

static void by_session(struct sim_out *o, const struct sim_quality_gaps *g)
{
	sim_out_list(o, session_cols);
	for (size_t i = 0; i < g->nsessions; i++) {
		const struct sim_quality_session *s = &g->sessions[i];

		sim_out_row(o);
		sim_out_date(o, "date", s->day);
		sim_out_int(o, "expected", (int64_t)s->expected);
		sim_out_int(o, "actual", (int64_t)s->actual);
		sim_out_int(o, "missing", missing_of(s));
		sim_out_row_end(o);
	}
	sim_out_end(o);
}

static void in_total(struct sim_out *o, const struct sim_quality_gaps *g)
{
	const struct sim_quality_session *worst = NULL;

	for (size_t i = 0; i < g->nsessions; i++)
		if (missing_of(&g->sessions[i]) >
		    (worst ? missing_of(worst) : 0))
			worst = &g->sessions[i];
	sim_out_object(o, total_cols);
	sim_out_int(o, "sessions", (int64_t)g->nsessions);
	sim_out_int(o, "expected", (int64_t)g->expected);
	sim_out_int(o, "actual", (int64_t)g->actual);
	sim_out_int(o, "missing", (int64_t)g->missing);
	if (worst) {
		sim_out_date(o, "worst_date", worst->day);
		sim_out_int(o, "worst_missing", missing_of(worst));
	}
	sim_out_end(o);
}

/* by is one of by_words, or not given. */
static int by_index(void)
{
	for (int i = 1; by && by_words[i]; i++)
		if (by == by_words[i])
			return i;
	return 0;
}

static const struct sim_out_col *gaps_cols_of(void)
{
	static const struct sim_out_col *const cols[] = {
		span_cols, session_cols, total_cols
	};

	return cols[by_index()];
}

static int run_gaps(struct sim_cli *cli, struct sim_err *err)
{
	static void (*const print[])(struct sim_out *,
				     const struct sim_quality_gaps *) = {
		by_span, by_session, in_total
	};
	struct sim_source s = SIM_SOURCE_INIT;
	struct sim_quality_gaps g;
	int rc;

	want.name = cli->argv[0];
	rc = sim_source_open(cli, &want, &s, err);
	if (!rc && s.bars.n)
		rc = sim_feed_check_years(&s.bars, s.cal, err);
	if (!rc) {
		struct sim_quality_range range = { s.from, s.to };

		sim_quality_find_gaps(&s.whole, s.tf, s.cal, range, &g);
		print[by_index()](cli->out, &g);
		sim_cli_note(cli, "%zu of %zu bars are missing in %zu"
			     " sessions.", g.missing, g.expected, g.nsessions);
		sim_quality_gaps_release(&g);
	}
	sim_source_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_data_gaps = {
	.name = "data gaps",
	.summary = "hold bars against the calendar and print what is missing",
	.operands = "SYMBOL|FILE", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = gaps_opts, .cols = span_cols,
	.cols_of = gaps_cols_of, .examples = gaps_examples, .run = run_gaps,
};
