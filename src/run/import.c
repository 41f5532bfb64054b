/*
 * import: parse, infer, stamp, merge.
 *
 * Order matters: times are read in their zone first, then the timeframe shows,
 * then the calendar, and only then can days be stamped at their session.
 */
#include "run/import.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "market/infer.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/str.h"

#define UNPACKED_MAX	((size_t)4 << 30)	/* from gzip or a pipe */

static const char *const source_text[] = {
	[SIM_IMPORT_SNIFFED] = "sniffed", [SIM_IMPORT_GIVEN] = "given",
	[SIM_IMPORT_STORED] = "stored", [SIM_IMPORT_DEFAULT] = "default",
};

const char *sim_import_source_text(enum sim_import_source s)
{
	return source_text[s];
}

/* Everything one import needs on its way. */
struct work {
	const struct sim_import_opts *opts;
	const struct sim_instrument *known;
	struct sim_import *imp;
	struct sim_err *err;
	const char *name;		/* of the file in messages */
	struct sim_file_map map;
	struct sim_buf buf;
	const char *text;
	size_t len;
	struct sim_tz *tz;
	struct sim_calendar *cal;
	bool stamp_end;
};

__attribute__((format(printf, 5, 6)))
static void fact(struct sim_import *imp, const char *name, const char *option,
		 enum sim_import_source source, const char *fmt, ...)
{
	struct sim_import_fact *f;
	va_list ap;

	if (imp->nfacts == SIM_IMPORT_FACTS)
		SIM_BUG("more facts than there is room for");
	f = &imp->facts[imp->nfacts++];
	f->name = name;
	f->option = option;
	f->source = source;
	va_start(ap, fmt);
	vsnprintf(f->value, sizeof(f->value), fmt, ap);
	va_end(ap);
}

/* ---- the text ----------------------------------------------------------- */

static int read_text(struct work *w, const char *path)
{
	struct stat st;
	bool pipe = !strcmp(path, "-");
	int rc;

	w->name = sim_file_called(path);
	if (!pipe && !stat(path, &st) && S_ISREG(st.st_mode)) {
		rc = sim_file_map(path, &w->map, w->err);
		if (rc)
			return rc;
		w->text = w->map.data;
		w->len = w->map.len;
		if (w->len < 2 || memcmp(w->text, "\x1f\x8b", 2))
			return SIM_OK;
	}
	rc = sim_file_read(path, UNPACKED_MAX, &w->buf, w->err);
	w->text = sim_buf_str(&w->buf);
	w->len = w->buf.len;
	return rc;
}

/* ---- options ------------------------------------------------------------ */

static int csv_opts(struct work *w, struct sim_bar_csv_opts *o)
{
	int rc = SIM_OK;

	if (w->opts->format)
		rc = sim_bar_csv_format_parse(w->opts->format, &o->format,
					      w->err);
	if (!rc && w->opts->scale)
		rc = sim_str_int(w->opts->scale, "--scale", 1, 100000000,
				 &o->scale, w->err);
	if (!rc && w->opts->dates)
		rc = sim_bar_csv_dates_parse(w->opts->dates, &o->dates, w->err);
	o->has_dates = w->opts->dates != NULL;
	o->map = w->opts->map;
	return rc;
}

static int stamp_option(struct work *w)
{
	const char *s = w->opts->stamp;

	if (!s || !strcmp(s, "start"))
		return SIM_OK;
	if (strcmp(s, "end"))
		return sim_err_set(w->err, SIM_E_INVAL, "--stamp is '%.32s'; "
				   "use start or end", s);
	w->stamp_end = true;
	return SIM_OK;
}

static int zone_option(struct work *w)
{
	if (!w->opts->tz)
		return SIM_OK;
	if (w->imp->layout.kind == SIM_TIME_ZONED)
		return sim_err_set(w->err, SIM_E_INVAL, "--tz %.48s: the times "
				   "in %.120s carry their own zone; leave the "
				   "option away", w->opts->tz, w->name);
	if (!sim_tz_open(w->opts->tz, &w->tz, w->err))
		return SIM_OK;
	sim_err_prefix(w->err, "--tz");
	if (w->err)
		w->err->code = SIM_E_INVAL;
	return SIM_E_INVAL;
}

/* One value of the instrument and where it may come from. */
struct choice {
	const char *name, *option;
	const char *given;		/* NULL: not given */
	bool known;			/* *out holds what is stored */
	enum sim_import_source otherwise; /* whose value *out holds otherwise */
};

static int choose_dec(struct work *w, const struct choice *c, sim_dec *out)
{
	enum sim_import_source by = c->known ? SIM_IMPORT_STORED
					     : c->otherwise;
	struct sim_err why = SIM_ERR_INIT;
	char text[SIM_DEC_STRMAX];

	if (c->given) {
		by = SIM_IMPORT_GIVEN;
		if (sim_dec_parse(c->given, strlen(c->given), out, &why))
			return sim_err_set(w->err, SIM_E_INVAL, "%s: %s",
					   c->option, why.msg);
		if (*out <= 0)
			return sim_err_set(w->err, SIM_E_INVAL, "%s is "
					   "'%.32s'; it must be above zero",
					   c->option, c->given);
	}
	sim_dec_format(*out, 0, text);
	fact(w->imp, c->name, c->option, by, "%s", text);
	return SIM_OK;
}

static int choose_calendar(struct work *w, const struct sim_bar_series *s)
{
	struct sim_instrument *ins = &w->imp->instrument;
	const char *name = sim_infer_calendar(s, w->imp->tf);
	enum sim_import_source by = SIM_IMPORT_SNIFFED;

	if (w->opts->calendar) {
		name = w->opts->calendar;
		by = SIM_IMPORT_GIVEN;
	} else if (w->known) {
		name = w->known->calendar;
		by = SIM_IMPORT_STORED;
	}
	if (strlen(name) >= sizeof(ins->calendar))
		return sim_err_set(w->err, SIM_E_INVAL, "--calendar '%.32s' is "
				   "longer than %zu characters", name,
				   sizeof(ins->calendar) - 1);
	snprintf(ins->calendar, sizeof(ins->calendar), "%s", name);
	fact(w->imp, "calendar", "--calendar", by, "%s", name);
	return sim_calendar_open(name, w->opts->calendar_dir, &w->cal, w->err);
}

static int choose_class(struct work *w)
{
	struct sim_instrument *ins = &w->imp->instrument;
	enum sim_import_source by = SIM_IMPORT_STORED;

	if (w->opts->asset_class) {
		by = SIM_IMPORT_GIVEN;
		if (!sim_vocab_asset_class_parse(w->opts->asset_class,
						 &ins->asset_class))
			return sim_err_set(w->err, SIM_E_INVAL, "'%.32s' is "
					   "not an asset class; use equity, "
					   "etf, fx, crypto, future or cfd",
					   w->opts->asset_class);
	} else if (!w->known) {
		by = SIM_IMPORT_SNIFFED;
		ins->asset_class = sim_infer_class(ins->calendar,
						   ins->tick_size);
	}
	fact(w->imp, "asset class", "--asset-class", by, "%s",
	     sim_vocab_asset_class_text(ins->asset_class));
	return SIM_OK;
}

static int choose_currency(struct work *w)
{
	struct sim_instrument *ins = &w->imp->instrument;
	const char *c = w->opts->currency;
	enum sim_import_source by = SIM_IMPORT_GIVEN;

	if (!c) {
		by = w->known ? SIM_IMPORT_STORED : SIM_IMPORT_DEFAULT;
		c = w->known ? w->known->currency : "USD";
	}
	if (strlen(c) != 3 || strspn(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		return sim_err_set(w->err, SIM_E_INVAL, "'%.32s' is not a "
				   "currency; use its three letters, as in USD",
				   c);
	memcpy(ins->currency, c, 4);
	fact(w->imp, "currency", "--currency", by, "%s", c);
	return SIM_OK;
}

static int choose_timeframe(struct work *w, const struct sim_bar_series *s)
{
	enum sim_import_source by = SIM_IMPORT_SNIFFED;
	struct sim_import *imp = w->imp;
	char text[16];
	int rc = SIM_OK;

	if (w->opts->timeframe) {
		by = SIM_IMPORT_GIVEN;
		rc = sim_bar_tf_parse(w->opts->timeframe, &imp->tf, w->err);
	} else if (s->n == 1 && imp->layout.kind == SIM_TIME_DATE) {
		imp->tf = (struct sim_bar_tf){ SIM_BAR_TF_DAY, SIM_TIME_DAY };
	} else {
		rc = sim_infer_timeframe(s, &imp->tf, w->err);
		if (rc)
			sim_err_prefix(w->err, "%.120s", w->name);
	}
	if (rc)
		return rc;
	if (imp->layout.kind == SIM_TIME_DATE &&
	    imp->tf.unit == SIM_BAR_TF_INTRADAY)
		return sim_err_set(w->err, SIM_E_INVAL, "%.120s has dates "
				   "without a time of day, which can't be %s "
				   "bars; use --timeframe daily or weekly",
				   w->name, sim_bar_tf_text(imp->tf, text));
	fact(imp, "timeframe", "--timeframe", by, "%s",
	     sim_bar_tf_text(imp->tf, text));
	return SIM_OK;
}

/* ---- stamps ------------------------------------------------------------- */

/* A row that turned out bad once its timeframe and calendar were known. */
static int bad_row(struct work *w, size_t row, const char *why)
{
	struct sim_bar_csv_result *r = &w->imp->rows;
	const struct sim_bar_csv_layout *l = &w->imp->layout;
	const char *name = l->name[SIM_BAR_CSV_TIME];
	struct sim_err e = SIM_ERR_INIT;

	sim_err_set(&e, SIM_E_DATA, "%.120s, line %zu, column %d (%s): %s",
		    w->name, sim_bar_csv_line_of(r, row),
		    l->col[SIM_BAR_CSV_TIME] + 1, name[0] ? name : "time", why);
	if (w->opts->bad != SIM_BAR_CSV_SKIP)
		return sim_err_set(w->err, SIM_E_DATA, "%.400s; correct it, or "
				   "import the file with --skip-bad, which "
				   "leaves such rows out", e.msg);
	if (!r->skipped++)
		memcpy(r->first_bad, e.msg, sizeof(e.msg));
	return SIM_OK;
}

static bool all_midnight(const struct sim_bar_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->ts[i] % SIM_TIME_DAY)
			return false;
	return true;
}

/* Whether the bar before one at t was cut there: regular hours begin or end. */
static bool is_cut(const struct work *w, sim_time t)
{
	struct sim_hours h;
	int64_t day;

	return sim_calendar_day_of(w->cal, t, &day) &&
	       sim_calendar_day(w->cal, day, &h) &&
	       (t == h.open || t == h.close);
}

/* The start of an intraday bar, or why it can't be. */
static bool stamp_intraday(const struct work *w, sim_time *t, sim_time prev,
			   char why[160])
{
	char a[SIM_TIME_STRMAX], b[SIM_TIME_STRMAX], tf[16];
	sim_time apart;

	if (w->stamp_end)
		*t -= w->imp->tf.span;
	if (prev == SIM_TIME_NONE || w->opts->bad == SIM_BAR_CSV_KEEP ||
	    __builtin_sub_overflow(*t, prev, &apart) ||
	    apart >= w->imp->tf.span || (apart > 0 && is_cut(w, *t)))
		return true;
	sim_time_format(*t, a);
	sim_time_format(prev, b);
	snprintf(why, 160, "the %s bar of %s begins before that of %s ends",
		 sim_bar_tf_text(w->imp->tf, tf), a, b);
	return false;
}

/* The session's open of a daily or weekly bar, or why there is none. */
static bool stamp_day(const struct work *w, bool instant, sim_time *t,
		      sim_time prev, char why[160])
{
	char day_text[SIM_TIME_STRMAX];
	sim_time from = *t, open;
	int64_t day;

	/* A date is its own day; a clock's reading may say where one ends. */
	if (w->imp->layout.kind == SIM_TIME_NAIVE && w->tz)
		from += sim_tz_offset(w->tz, *t) * SIM_TIME_SEC;
	if (w->imp->layout.kind != SIM_TIME_DATE && w->stamp_end)
		from--;
	if (!sim_infer_session(w->cal, w->imp->tf, from, instant, &open,
			       &day)) {
		sim_time_format_date(day, day_text);
		snprintf(why, 160, "%s is closed on %s, or its calendar "
			 "doesn't reach there (--calendar names another)",
			 w->imp->instrument.calendar, day_text);
		return w->opts->bad == SIM_BAR_CSV_KEEP;
	}
	*t = open;
	if (prev == SIM_TIME_NONE || open > prev ||
	    w->opts->bad == SIM_BAR_CSV_KEEP)
		return true;
	sim_time_format_date(day, day_text);
	snprintf(why, 160, "%s falls into the session of the row before",
		 day_text);
	return false;
}

static void move_row(struct sim_bar_table *t, size_t from, size_t to)
{
	t->open[to] = t->open[from];
	t->high[to] = t->high[from];
	t->low[to] = t->low[from];
	t->close[to] = t->close[from];
	t->volume[to] = t->volume[from];
	t->flags[to] = t->flags[from];
}

static int stamp_rows(struct work *w)
{
	struct sim_bar_table *t = &w->imp->rows.bars;
	struct sim_bar_series all;
	bool intraday = w->imp->tf.unit == SIM_BAR_TF_INTRADAY;
	bool instant = w->imp->layout.kind == SIM_TIME_ZONED &&
		       !all_midnight(t);
	sim_time prev = SIM_TIME_NONE;
	size_t kept = 0;
	char why[160];

	for (size_t i = 0; i < t->n; i++) {
		sim_time ts = t->ts[i];
		bool fine = intraday
			  ? stamp_intraday(w, &ts, prev, why)
			  : stamp_day(w, instant, &ts, prev, why);
		int rc = fine ? SIM_OK : bad_row(w, i, why);

		if (rc)
			return rc;
		if (!fine)
			continue;
		t->ts[kept] = prev = ts;
		if (kept != i)
			move_row(t, i, kept);
		kept++;
	}
	t->n = kept;
	if (!kept)
		return sim_err_set(w->err, SIM_E_DATA, "every row is bad; %s",
				   w->imp->rows.first_bad);
	all = sim_bar_table_view(t);
	t->gap = sim_bar_gap(&all);
	return SIM_OK;
}

/* ---- facts about the text ----------------------------------------------- */

static void column_facts(struct work *w)
{
	const struct sim_bar_csv_layout *l = &w->imp->layout;
	char text[160] = "";
	size_t n = 0;

	for (int r = 0; r < SIM_BAR_CSV_ADJUSTED; r++) {
		const char *key = sim_bar_csv_roles[r].key;

		if (l->col[r] < 0 || n > 100)
			continue;
		if (l->name[r][0])
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "%s%s=%.14s", n ? "," : "",
					      key, l->name[r]);
		else
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "%s%s=%d", n ? "," : "", key,
					      l->col[r] + 1);
	}
	fact(w->imp, "columns", "--map", w->opts->map ? SIM_IMPORT_GIVEN
						      : SIM_IMPORT_SNIFFED,
	     "%s", text);
	if (l->col[SIM_BAR_CSV_ADJUSTED] >= 0)
		fact(w->imp, "adjusted close", NULL, SIM_IMPORT_SNIFFED,
		     "%s, ignored: the other prices are taken as they are",
		     l->name[SIM_BAR_CSV_ADJUSTED]);
}

static const char *delim_text(char c)
{
	switch (c) {
	case ',':
		return "comma";
	case ';':
		return "semicolon";
	case '\t':
		return "tab";
	case '|':
		return "bar";
	default:
		return "none";
	}
}

static void text_facts(struct work *w)
{
	const struct sim_bar_csv_layout *l = &w->imp->layout;
	struct sim_import *imp = w->imp;
	int64_t scale = 1;

	for (int i = 0; i < l->shift; i++)
		scale *= 10;
	fact(imp, "format", "--format", w->opts->format &&
	     strcmp(w->opts->format, "auto") ? SIM_IMPORT_GIVEN
					     : SIM_IMPORT_SNIFFED,
	     "%s", sim_bar_csv_format_text(l->format));
	if (l->format != SIM_BAR_CSV_FORMAT_NDJSON) {
		fact(imp, "delimiter", NULL, SIM_IMPORT_SNIFFED, "%s",
		     delim_text(l->delim));
		fact(imp, "header", NULL, SIM_IMPORT_SNIFFED, "%s",
		     l->has_header ? "yes" : "no");
	}
	column_facts(w);
	if (w->opts->dates || l->dates != SIM_BAR_CSV_DATES_YMD)
		fact(imp, "dates", "--dates", w->opts->dates ?
		     SIM_IMPORT_GIVEN : SIM_IMPORT_SNIFFED, "%s",
		     sim_bar_csv_dates_words[l->dates]);
	fact(imp, "scale", "--scale", w->opts->scale ? SIM_IMPORT_GIVEN
						     : SIM_IMPORT_SNIFFED,
	     "%" PRId64, scale);
	if (l->newest_first)
		fact(imp, "order", NULL, SIM_IMPORT_SNIFFED,
		     "newest first, turned round");
}

static void time_facts(struct work *w)
{
	struct sim_import *imp = w->imp;

	if (imp->layout.kind == SIM_TIME_ZONED)
		fact(imp, "time zone", NULL, SIM_IMPORT_SNIFFED,
		     "as each time says");
	else if (imp->tf.unit != SIM_BAR_TF_INTRADAY)
		fact(imp, "time zone", NULL, SIM_IMPORT_SNIFFED,
		     "none: dates are exchange days");
	else
		fact(imp, "time zone", "--tz", w->opts->tz ? SIM_IMPORT_GIVEN
							   : SIM_IMPORT_DEFAULT,
		     "%.48s", w->opts->tz ? w->opts->tz : "UTC");
	fact(imp, "stamp", "--stamp", w->opts->stamp ? SIM_IMPORT_GIVEN
						     : SIM_IMPORT_DEFAULT,
	     "%s", w->stamp_end ? "end" : "start");
}

/* ---- together ----------------------------------------------------------- */

static int parse_text(struct work *w)
{
	struct sim_bar_csv_opts o = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_input in = { w->name, w->text, w->len, NULL,
					w->opts->bad, false };
	int rc = csv_opts(w, &o);

	if (!rc)
		rc = stamp_option(w);
	if (!rc)
		rc = sim_bar_csv_sniff(w->name, w->text, w->len, &o,
				       &w->imp->layout, w->err);
	if (!rc)
		rc = zone_option(w);
	if (rc)
		return rc;
	in.tz = w->tz;
	text_facts(w);
	return sim_bar_csv_parse(&in, &w->imp->layout, &w->imp->rows, w->err);
}

static int infer_instrument(struct work *w, const struct sim_bar_series *s)
{
	const struct sim_import_opts *o = w->opts;
	struct sim_instrument *ins = &w->imp->instrument;
	bool known = w->known != NULL;
	const struct choice tick = { "tick size", "--tick", o->tick, known,
				     SIM_IMPORT_SNIFFED };
	const struct choice lot = { "lot size", "--lot", o->lot, known,
				    SIM_IMPORT_SNIFFED };
	const struct choice mult = { "multiplier", "--multiplier",
				     o->multiplier, known, SIM_IMPORT_DEFAULT };
	int rc;

	if (!known) {
		ins->tick_size = sim_infer_tick(s, w->imp->rows.price_decimals);
		ins->lot_size = sim_infer_lot(s);
		ins->multiplier = SIM_DEC_ONE;
	}
	rc = choose_dec(w, &tick, &ins->tick_size);
	if (!rc)
		rc = choose_dec(w, &lot, &ins->lot_size);
	if (!rc)
		rc = choose_dec(w, &mult, &ins->multiplier);
	if (!rc)
		rc = choose_currency(w);
	return rc ? rc : choose_class(w);
}

static int understand(struct work *w)
{
	struct sim_instrument *ins = &w->imp->instrument;
	struct sim_bar_series s;
	int rc = sim_instrument_check_symbol(w->opts->symbol, w->err);

	if (rc)
		return rc;
	if (w->known)
		*ins = *w->known;
	snprintf(ins->symbol, sizeof(ins->symbol), "%s", w->opts->symbol);
	rc = parse_text(w);
	if (rc)
		return rc;
	s = sim_bar_table_view(&w->imp->rows.bars);
	rc = choose_timeframe(w, &s);
	if (rc)
		return rc;
	time_facts(w);
	rc = choose_calendar(w, &s);
	if (!rc)
		rc = infer_instrument(w, &s);
	return rc ? rc : stamp_rows(w);
}

int sim_import_read(const char *path, const struct sim_import_opts *opts,
		    const struct sim_instrument *known,
		    struct sim_import *out, struct sim_err *err)
{
	struct sim_import imp = { .rows = SIM_BAR_CSV_RESULT_INIT };
	struct work w = { .opts = opts, .known = known, .imp = &imp,
			  .err = err, .buf = SIM_BUF_INIT(UNPACKED_MAX) };
	int rc = read_text(&w, path);

	if (!rc)
		rc = understand(&w);
	if (w.map.data)
		sim_file_unmap(&w.map);
	sim_buf_release(&w.buf);
	sim_tz_close(w.tz);
	sim_calendar_close(w.cal);
	if (rc)
		sim_import_release(&imp);
	else
		*out = imp;
	return rc;
}

void sim_import_release(struct sim_import *imp)
{
	sim_bar_csv_release(&imp->rows);
}

struct sim_bar_series sim_import_series(const struct sim_import *imp)
{
	return sim_bar_table_view(&imp->rows.bars);
}

int sim_import_store(struct sim_store *st, const char *path,
		     const struct sim_import_opts *opts,
		     struct sim_import *out, struct sim_store_merge *m,
		     struct sim_err *err)
{
	struct sim_instrument stored;
	bool known = !sim_store_instrument(st, opts->symbol, &stored, NULL);
	struct sim_store_merge merge;
	struct sim_import imp;
	struct sim_bar_series s;
	int rc = sim_import_read(path, opts, known ? &stored : NULL, &imp, err);

	if (rc)
		return rc;
	s = sim_import_series(&imp);
	merge.replace = opts->replace;
	rc = sim_store_merge(st, &imp.instrument, imp.tf, &s, &merge, err);
	if (rc) {
		sim_import_release(&imp);
		return rc;
	}
	*out = imp;
	*m = merge;
	return SIM_OK;
}
