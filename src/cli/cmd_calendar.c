/* simutrador calendar: when markets are open. */
#include "cli/cli.h"

#include <string.h>
#include <time.h>

#include "cli/live.h"
#include "cli/source.h"
#include "market/calendar.h"

extern const struct sim_cmd sim_cmd_calendar_list, sim_cmd_calendar_show,
	sim_cmd_calendar_next;

#define DAYS_MAX	(400 * 366)

/* -- list ---------------------------------------------------------------- */

static const struct sim_out_col list_cols[] = {
	{ "calendar", SIM_OUT_COL_ID }, { "sessions_per_year", 0 },
	{ "problem", 0 }, { NULL, 0 }
};
static const char *const list_examples[] = {
	"simutrador calendar list",
	NULL
};

static void list_row(void *ctx, const char *name, const char *what)
{
	struct sim_cli *cli = ctx;
	struct sim_err why = SIM_ERR_INIT;
	struct sim_calendar *cal;

	(void)what;
	sim_out_row(cli->out);
	sim_out_str(cli->out, "calendar", name);
	if (sim_source_calendar(cli, name, &cal, &why)) {
		sim_out_null(cli->out, "sessions_per_year");
		sim_out_str(cli->out, "problem", why.msg);
	} else {
		sim_out_int(cli->out, "sessions_per_year",
			    sim_calendar_periods(cal));
		sim_calendar_close(cal);
	}
	sim_out_row_end(cli->out);
}

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	(void)err;
	sim_out_list(cli->out, list_cols);
	sim_live_words(cli, SIM_OPT_WORDS_CALENDAR, list_row, cli);
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_calendar_list = {
	.name = "calendar list", .summary = "list the calendars there are",
	.operands = "", .cols = list_cols, .examples = list_examples,
	.run = run_list,
};

/* -- show ---------------------------------------------------------------- */

static const struct sim_out_col show_cols[] = {
	{ "date", SIM_OUT_COL_ID }, { "status", 0 }, { "open", 0 },
	{ "close", 0 }, { "pre_open", SIM_OUT_COL_WIDE },
	{ "post_close", SIM_OUT_COL_WIDE }, { "note", 0 }, { NULL, 0 }
};
static const char *const show_examples[] = {
	"simutrador calendar show XNYS 2024-07-03",
	"simutrador calendar show XNYS 2024-12-20..2025-01-03 -o table",
	NULL
};

static int parse_day(const char *s, size_t n, int64_t *day,
		     struct sim_err *err)
{
	enum sim_time_kind kind;
	sim_time t;

	if (sim_time_parse(s, n, &t, &kind, NULL) || kind != SIM_TIME_DATE)
		return sim_err_set(err, SIM_E_USAGE,
				   "a date is written like 2024-07-03, not"
				   " '%.*s'", (int)n, s);
	*day = sim_time_day_of(t);
	return SIM_OK;
}

/* DATE or DATE..DATE */
static int parse_days(const char *s, int64_t *from, int64_t *to,
		      struct sim_err *err)
{
	const char *dots = strstr(s, "..");
	int rc = parse_day(s, dots ? (size_t)(dots - s) : strlen(s), from, err);

	if (rc)
		return rc;
	*to = *from;
	if (dots)
		rc = parse_day(dots + 2, strlen(dots + 2), to, err);
	if (!rc && (*to < *from || *to - *from > DAYS_MAX))
		return sim_err_set(err, SIM_E_USAGE,
				   "'%s' must run from an earlier to a later"
				   " date, at most 400 years on", s);
	return rc;
}

static void show_row(struct sim_out *o, const struct sim_calendar *cal,
		     int64_t day, bool always)
{
	const char *note = sim_calendar_note(cal, day);
	struct sim_hours s;
	bool is_open = sim_calendar_day(cal, day, &s);

	if (!is_open && !note && !always)
		return;
	sim_out_row(o);
	sim_out_date(o, "date", day);
	sim_out_str(o, "status", !is_open ? "closed" :
		    sim_calendar_is_early(cal, day) ? "early_close" : "open");
	if (is_open) {
		sim_out_time(o, "open", s.open);
		sim_out_time(o, "close", s.close);
		sim_out_time(o, "pre_open", s.pre_open);
		sim_out_time(o, "post_close", s.post_close);
	}
	if (note)
		sim_out_str(o, "note", note);
	sim_out_row_end(o);
}

static int unknown_year(const char *name, const struct sim_calendar *cal,
			int year, struct sim_err *err)
{
	int first, last;

	sim_calendar_years(cal, &first, &last);
	return sim_err_set(err, SIM_E_INVAL, "calendar %s is known from %d to"
			   " %d, not in %d", name, first, last, year);
}

/* Beyond its years a calendar has no sessions, which says nothing. */
static int check_years(const char *name, const struct sim_calendar *cal,
		       const int64_t day[2], struct sim_err *err)
{
	int first, last, year, month, d;

	sim_calendar_years(cal, &first, &last);
	for (int i = 0; i < 2; i++) {
		sim_time_from_days(day[i], &year, &month, &d);
		if (year < first || year > last)
			return unknown_year(name, cal, year, err);
	}
	return SIM_OK;
}

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_calendar *cal;
	int64_t day[2] = { 0, 0 };
	int rc = parse_days(cli->argv[1], &day[0], &day[1], err);

	if (!rc)
		rc = sim_source_calendar(cli, cli->argv[0], &cal, err);
	if (rc)
		return rc;
	rc = check_years(cli->argv[0], cal, day, err);
	if (rc) {
		sim_calendar_close(cal);
		return rc;
	}
	sim_out_list(cli->out, show_cols);
	for (int64_t i = day[0]; i <= day[1]; i++)
		show_row(cli->out, cal, i, day[0] == day[1]);
	sim_out_end(cli->out);
	sim_calendar_close(cal);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_calendar_show = {
	.name = "calendar show", .summary = "print the sessions of some days",
	.operands = "CALENDAR DATE[..DATE]", .min = 2, .max = 2,
	.words = SIM_OPT_WORDS_CALENDAR, .cols = show_cols,
	.examples = show_examples, .run = run_show,
};

/* -- next ---------------------------------------------------------------- */

static struct sim_opt_time next_at;

static const struct sim_opt next_opts[] = {
	{ SIM_OPT_TIME, "at", .arg = "TIME",
	  .help = "count from TIME instead of now", .value = &next_at },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col next_cols[] = {
	{ "calendar", 0 }, { "event", 0 }, { "time", SIM_OUT_COL_ID },
	{ "date", 0 }, { NULL, 0 }
};
static const char *const next_examples[] = {
	"simutrador calendar next XNYS open",
	"simutrador calendar next XNYS close --at 2024-07-03T12:00:00Z",
	NULL
};

static sim_time now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (sim_time)ts.tv_sec * SIM_TIME_SEC + ts.tv_nsec;
}

/* The first session that opens (or closes) after t. */
static bool find_next(const struct sim_calendar *cal, sim_time t, bool is_open,
		      struct sim_hours *s)
{
	if (!sim_calendar_next(cal, t, s))
		return false;
	return !is_open || s->open > t || sim_calendar_next(cal, s->close, s);
}

static int put_next(struct sim_cli *cli, const struct sim_calendar *cal,
		    sim_time t, struct sim_err *err)
{
	bool is_open = !strcmp(cli->argv[1], "open");
	int first, last, year, month, d;
	struct sim_hours s;

	sim_calendar_years(cal, &first, &last);
	sim_time_from_days(sim_time_day_of(t), &year, &month, &d);
	if (year < first)
		return unknown_year(cli->argv[0], cal, year, err);
	if (!find_next(cal, t, is_open, &s))
		return sim_err_set(err, SIM_E_NOENT,
				   "calendar %s ends before the next %s",
				   cli->argv[0], cli->argv[1]);
	sim_out_object(cli->out, next_cols);
	sim_out_str(cli->out, "calendar", sim_calendar_name(cal));
	sim_out_str(cli->out, "event", cli->argv[1]);
	sim_out_time(cli->out, "time", is_open ? s.open : s.close);
	sim_out_date(cli->out, "date", s.day);
	sim_out_end(cli->out);
	return SIM_OK;
}

static int run_next(struct sim_cli *cli, struct sim_err *err)
{
	bool is_open = !strcmp(cli->argv[1], "open");
	sim_time t = next_at.is_set ? next_at.t : now();
	struct sim_calendar *cal;
	int rc;

	if (!is_open && strcmp(cli->argv[1], "close"))
		return sim_err_set(err, SIM_E_USAGE,
				   "calendar next wants open or close, not"
				   " '%s'", cli->argv[1]);
	rc = sim_source_calendar(cli, cli->argv[0], &cal, err);
	if (rc)
		return rc;
	rc = put_next(cli, cal, t, err);
	sim_calendar_close(cal);
	return rc;
}

const struct sim_cmd sim_cmd_calendar_next = {
	.name = "calendar next",
	.summary = "print when a market opens or closes next",
	.operands = "CALENDAR open|close", .min = 2, .max = 2,
	.words = SIM_OPT_WORDS_CALENDAR, .opts = next_opts, .cols = next_cols,
	.examples = next_examples, .run = run_next,
};
