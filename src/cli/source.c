/* source: finds bars by name, cuts them to a range and adjusts them. */
#include "cli/source.h"

#include <string.h>
#include <sys/stat.h>

#include "market/adjust.h"
#include "util/mem.h"

#define LOOK_DAYS	400	/* how far the next session may be */

const char *const sim_source_adjusts[] = {
	"raw", "split", "total-return", NULL
};
const char *const sim_source_formats[] = {
#define SIM_BAR_CSV_FORMAT(name, text, what) text,
#include "market/bar_csv_format.def"
#undef SIM_BAR_CSV_FORMAT
	NULL
};
const char *const sim_source_stamps[] = { "start", "end", NULL };

bool sim_source_is_file(const char *name)
{
	struct stat sb;

	return !strcmp(name, "-") || (!stat(name, &sb) && !S_ISDIR(sb.st_mode));
}

int sim_source_calendar(struct sim_cli *cli, const char *name,
			struct sim_calendar **cal, struct sim_err *err)
{
	const char *dir;

	/* The built-in ones need no folder. */
	if (sim_cli_folder(cli, "calendars", &dir, NULL))
		dir = NULL;
	return sim_calendar_open(name, dir, cal, err);
}

/* -- the store ----------------------------------------------------------- */

/* A word that no symbol is called by habit. */
static bool looks_like_file(const char *name)
{
	static const char *const ends[] = {
		".csv", ".txt", ".tsv", ".gz", ".json", ".ndjson"
	};
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t k = strlen(ends[i]);

		if (n > k && !strcmp(name + n - k, ends[i]))
			return true;
	}
	return strchr(name, '/') != NULL;
}

/* The only timeframe of a symbol, or an error that lists them. */
static int only_tf(const struct sim_store *st, const char *symbol,
		   struct sim_bar_tf *tf, struct sim_err *err)
{
	struct sim_store_entry *list;
	char text[16], names[200] = "";
	size_t n, found = 0;
	int rc = sim_store_list(st, &list, &n, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].instrument.symbol, symbol))
			continue;
		*tf = list[i].tf;
		if (found++)
			strncat(names, ", ", sizeof(names) - strlen(names) - 1);
		strncat(names, sim_bar_tf_text(*tf, text),
			sizeof(names) - strlen(names) - 1);
	}
	sim_mem_free(list);
	if (found > 1)
		return sim_err_set(err, SIM_E_INVAL,
				   "%s is stored as %s; choose one with"
				   " --timeframe", symbol, names);
	if (!found && looks_like_file(symbol))
		return sim_err_set(err, SIM_E_NOENT,
				   "there is no file %s, and no symbol of that"
				   " name is stored", symbol);
	if (!found)
		return sim_err_set(err, SIM_E_NOENT,
				   "%s is not in the store; import it with"
				   " simutrador data import FILE --symbol %s",
				   symbol, symbol);
	return SIM_OK;
}

/* How a file is read says nothing about bars that are stored. */
static int check_no_file(const struct sim_source_want *want,
			 struct sim_err *err)
{
	const struct sim_import_opts none = { .symbol = NULL };
	const struct sim_import_opts *o = want->import ? want->import : &none;
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "format", o->format }, { "map", o->map },
		{ "dates", o->dates }, { "tz", o->tz },
		{ "stamp", o->stamp }, { "scale", o->scale },
		{ "calendar", o->calendar },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].value)
			return sim_err_set(err, SIM_E_USAGE,
					   "--%s says how a file is read, and"
					   " there is no file '%.80s'; leave it"
					   " out for a symbol of the store%s",
					   rows[i].name, want->name,
					   strcmp(rows[i].name, "tz") ? "" :
					   ", or choose the zone of what is"
					   " printed by SIMUTRADOR_TZ");
	return SIM_OK;
}

static int open_stored(struct sim_cli *cli, const struct sim_source_want *want,
		       struct sim_source *s, struct sim_err *err)
{
	struct sim_bar_tf tf = want->tf.tf;
	struct sim_store *st;
	int rc = check_no_file(want, err);

	if (!rc)
		rc = sim_instrument_check_symbol(want->name, err);
	if (!rc)
		rc = sim_cli_store(cli, &st, err);
	if (!rc && !want->tf.is_set)
		rc = only_tf(st, want->name, &tf, err);
	if (!rc)
		rc = sim_store_bars_open(st, want->name, tf, &s->stored, err);
	if (!rc)
		rc = sim_store_actions_get(st, want->name, &s->own_actions,
					   &s->nactions, err);
	if (rc)
		return rc;
	s->actions = s->own_actions;
	s->tf = tf;
	s->whole = sim_store_bars_series(s->stored);
	s->instrument = *sim_store_bars_instrument(s->stored);
	s->hash = sim_store_bars_hash(s->stored);
	return SIM_OK;
}

/* -- a file -------------------------------------------------------------- */

/* The file's name without folder and ending, as far as a symbol can be it. */
static void symbol_of(const char *path, char symbol[SIM_INSTRUMENT_SYMBOL])
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t n = strcspn(base, ".");

	n = n < SIM_INSTRUMENT_SYMBOL ? n : SIM_INSTRUMENT_SYMBOL - 1;
	memcpy(symbol, base, n);
	symbol[n] = '\0';
	if (sim_instrument_check_symbol(symbol, NULL))
		memcpy(symbol, "FILE", 5);
}

static int open_file(struct sim_cli *cli, const struct sim_source_want *want,
		     struct sim_source *s, struct sim_err *err)
{
	struct sim_import_opts opts = { .symbol = NULL };
	char symbol[SIM_INSTRUMENT_SYMBOL], tf[16];
	int rc;

	if (want->import)
		opts = *want->import;
	symbol_of(want->name, symbol);
	opts.symbol = want->symbol ? want->symbol : symbol;
	if (want->tf.is_set)
		opts.timeframe = sim_bar_tf_text(want->tf.tf, tf);
	if (sim_cli_folder(cli, "calendars", &opts.calendar_dir, NULL))
		opts.calendar_dir = NULL;
	rc = sim_import_read(want->name, &opts, NULL, &s->imp, err);
	if (rc)
		return rc;
	s->is_file = true;
	s->tf = s->imp.tf;
	s->whole = sim_import_series(&s->imp);
	s->instrument = s->imp.instrument;
	return SIM_OK;
}

/* -- range and view ------------------------------------------------------ */

/* When trading of the first session from `day` on begins; false when the
 * calendar has none soon. */
static bool day_begin(const struct sim_calendar *cal, int64_t day, sim_time *t)
{
	struct sim_hours s;

	for (int i = 0; i < LOOK_DAYS; i++) {
		if (sim_calendar_day(cal, day + i, &s)) {
			*t = s.pre_open;
			return true;
		}
	}
	return false;
}

static void cut(const struct sim_source_want *want, struct sim_source *s)
{
	sim_time from = INT64_MIN + 1, to = SIM_TIME_MAX;
	const struct sim_opt_time *f = &want->from, *t = &want->to;

	if (f->is_set && f->kind == SIM_TIME_DATE) {
		if (!day_begin(s->cal, sim_time_day_of(f->t), &from))
			from = f->t;
	} else if (f->is_set) {
		from = f->t;
	}
	if (t->is_set && t->kind == SIM_TIME_DATE) {
		if (!day_begin(s->cal, sim_time_day_of(t->t) + 1, &to))
			to = t->t + SIM_TIME_DAY;
	} else if (t->is_set) {
		to = t->t;
	}
	if (f->is_set || t->is_set)
		s->bars = sim_bar_range(&s->bars, from, to);
	s->from = from;
	s->to = to;
}

void sim_source_unadjusted(const struct sim_cli *cli, const char *symbol,
			   bool is_file, const char *view)
{
	if (is_file)
		sim_cli_warn(cli, "the splits and dividends of %s are not in "
			     "its file, so --adjust %s changes nothing; import "
			     "it, and its actions", symbol, view);
	else
		sim_cli_warn(cli, "no split or dividend of %s is recorded, so "
			     "--adjust %s changes nothing; data actions "
			     "import records them", symbol, view);
}

static int adjust(const struct sim_cli *cli,
		  const struct sim_source_want *want, struct sim_source *s,
		  struct sim_err *err)
{
	struct sim_adjust_actions a = { s->actions, s->nactions };
	enum sim_adjust_mode mode = SIM_ADJUST_RAW;
	int rc;

	if (want->adjust && !sim_adjust_parse(want->adjust, &mode))
		SIM_BUG("--adjust");
	s->bars = s->whole;
	if (mode == SIM_ADJUST_RAW)
		return SIM_OK;
	if (!s->nactions)
		sim_source_unadjusted(cli, s->instrument.symbol, s->is_file,
				      want->adjust);
	rc = sim_adjust_series(&s->whole, a, mode, s->cal, &s->adjusted, err);
	if (!rc)
		s->bars = sim_bar_table_view(&s->adjusted);
	return rc;
}

int sim_source_open(struct sim_cli *cli, const struct sim_source_want *want,
		    struct sim_source *s, struct sim_err *err)
{
	bool is_file = want->kind == SIM_SOURCE_FILE ||
		       (want->kind == SIM_SOURCE_GUESS &&
			sim_source_is_file(want->name));
	int rc;

	if (want->from.is_set && want->to.is_set && want->from.t > want->to.t)
		return sim_err_set(err, SIM_E_USAGE,
				   "--from is after --to; exchange them");
	rc = is_file ? open_file(cli, want, s, err)
		     : open_stored(cli, want, s, err);

	if (want->whole && !rc) {
		s->bars = s->whole;
		return SIM_OK;
	}
	if (!rc)
		rc = sim_source_calendar(cli, s->instrument.calendar, &s->cal,
					 err);
	if (!rc)
		rc = adjust(cli, want, s, err);
	if (!rc)
		cut(want, s);
	return rc;
}

void sim_source_release(struct sim_source *s)
{
	sim_store_bars_close(s->stored);
	if (s->is_file)
		sim_import_release(&s->imp);
	sim_bar_table_release(&s->adjusted);
	sim_mem_free(s->own_actions);
	if (s->cal)
		sim_calendar_close(s->cal);
	*s = (struct sim_source)SIM_SOURCE_INIT;
}
