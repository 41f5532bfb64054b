/*
 * bar_csv_sniff: what a text is, from its first 200 rows.
 *
 * Delimiter, header, columns, times, scale and order are found one after the
 * other; a caller's options come before what is found.  Nothing is guessed
 * that the rows don't show: a date that may be read day or month first is an
 * error.
 */
#include <stdio.h>
#include <string.h>

#include "market/bar_csv_priv.h"
#include "util/mem.h"
#include "util/str.h"

#define SAMPLE_MAX	200

struct line {
	const char *s, *e;
	size_t number;
};

struct sample {
	const char *name;		/* of the file */
	struct line line[SAMPLE_MAX];
	size_t n;
	size_t header;			/* 1 when line[0] is one */
	size_t model;			/* a row that looks as rows do */
	struct bar_csv_field head[SIM_BAR_CSV_COLUMNS_MAX];
	int head_columns;
	bool split;			/* its first name is of two columns */
};

static bool is_blank(const char *s, const char *e)
{
	while (s < e && (*s == ' ' || *s == '\t'))
		s++;
	return s == e;
}

static void take_lines(const char *text, size_t len, struct sample *sm)
{
	const char *s = text, *end = text + len;
	size_t number = 1;

	if (len >= 3 && !memcmp(s, "\xef\xbb\xbf", 3))
		s += 3;
	for (; s < end && sm->n < SAMPLE_MAX; number++) {
		const char *e = memchr(s, '\n', (size_t)(end - s));
		const char *next = e ? e + 1 : end;

		e = e ? e : end;
		if (e > s && e[-1] == '\r')
			e--;
		if (!is_blank(s, e))
			sm->line[sm->n++] = (struct line){ s, e, number };
		s = next;
	}
}

/* ---- delimiter and header ----------------------------------------------- */

/* How many columns most rows have under a delimiter. */
static int columns_under(const struct sample *sm, char delim)
{
	struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX];
	size_t seen[SIM_BAR_CSV_COLUMNS_MAX + 1] = { 0 };
	int best = 0;

	for (size_t i = sm->n > 1; i < sm->n; i++) {
		int k = sim_bar_csv_split(sm->line[i].s, sm->line[i].e, delim,
					  f);

		if (k > 0 && k <= SIM_BAR_CSV_COLUMNS_MAX)
			seen[k]++;
	}
	for (int k = 1; k <= SIM_BAR_CSV_COLUMNS_MAX; k++)
		if (seen[k] && seen[k] >= seen[best])
			best = k;
	return best;
}

static int find_delim(const struct sample *sm, struct sim_bar_csv_layout *lay,
		      struct sim_err *err)
{
	static const char tries[] = ",;\t|";
	char quoted[SIM_STR_QUOTEMAX];

	for (int i = 0; tries[i]; i++) {
		int n = columns_under(sm, tries[i]);

		if (n <= lay->columns)
			continue;
		lay->columns = n;
		lay->delim = tries[i];
	}
	if (lay->columns >= 5 && lay->columns <= SIM_BAR_CSV_COLUMNS_MAX)
		return SIM_OK;
	sim_str_quote(sm->line[0].s, (size_t)(sm->line[0].e - sm->line[0].s),
		      quoted);
	return sim_err_set(err, SIM_E_DATA, "%.120s is not a table of bars: "
			   "its rows, as %s, don't have 5 to %d columns with "
			   ", ; | or a tab between", sm->name, quoted,
			   SIM_BAR_CSV_COLUMNS_MAX);
}

static bool is_number(struct bar_csv_field f)
{
	sim_dec v;

	return !sim_dec_parse(f.s, f.n, &v, NULL);
}

static bool is_time(struct bar_csv_field f)
{
	struct sim_bar_csv_layout try = { .dates = SIM_BAR_CSV_DATES_YMD };
	struct bar_csv_field none = { f.s, 0 };

	if (sim_bar_csv_time_sniff(&try, f, none))
		return true;
	try.dates = SIM_BAR_CSV_DATES_DMY;
	if (sim_bar_csv_time_sniff(&try, f, none))
		return true;
	try.dates = SIM_BAR_CSV_DATES_MDY;
	return sim_bar_csv_time_sniff(&try, f, none);
}

/* A first line of five names or more, none of them a number or a time. */
static void find_header(struct sample *sm, struct sim_bar_csv_layout *lay)
{
	int n = sim_bar_csv_split(sm->line[0].s, sm->line[0].e, lay->delim,
				  sm->head);
	int names = 0;

	if (n > SIM_BAR_CSV_COLUMNS_MAX)
		n = SIM_BAR_CSV_COLUMNS_MAX;
	for (int i = 0; i < n; i++) {
		names += sm->head[i].n > 0;
		if (is_number(sm->head[i]) || is_time(sm->head[i]))
			n = 0;
	}
	if (n < 5 || !names)
		n = 0;
	lay->has_header = n > 0;
	sm->header = n > 0;
	sm->head_columns = n;
}

/* ---- columns ------------------------------------------------------------ */

/* The best column for a role among those not taken. */
static int column_for(const struct sample *sm, int role, const bool *taken)
{
	int best = -1, best_rank = 1000;

	for (int i = 0; i < sm->head_columns; i++) {
		int rank = sim_bar_csv_role_rank(role, sm->head[i].s,
						 sm->head[i].n);

		if (!sm->head[i].n && !i && role == SIM_BAR_CSV_TIME)
			rank = 500;
		if (rank < 0 || taken[i] || rank >= best_rank)
			continue;
		best = i;
		best_rank = rank;
	}
	return best;
}

static size_t model_line(const struct sample *sm)
{
	return sm->line[sm->header + sm->model].number;
}

static int data_fields(const struct sample *sm, size_t row, char delim,
		       struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX])
{
	const struct line *l = &sm->line[sm->header + row];

	return sim_bar_csv_split(l->s, l->e, delim, f);
}

/*
 * The first row of the usual width with a time and the most numbers, so that a
 * bad row at the top decides nothing.
 */
static void find_model(struct sample *sm, const struct sim_bar_csv_layout *lay)
{
	struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX];
	int most = 0;

	for (size_t i = 0; i + sm->header < sm->n; i++) {
		int times = 0, numbers = 0;

		if (data_fields(sm, i, lay->delim, f) != lay->columns)
			continue;
		for (int k = 0; k < lay->columns; k++) {
			times += is_time(f[k]);
			numbers += is_number(f[k]);
		}
		if (!times || numbers <= most)
			continue;
		most = numbers;
		sm->model = i;
	}
}

static void by_header(const struct sample *sm, struct sim_bar_csv_layout *lay,
		      const struct bar_csv_field *f, int n)
{
	bool taken[SIM_BAR_CSV_COLUMNS_MAX] = { false };

	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++)
		if (lay->col[r] >= 0)		/* by --map */
			taken[lay->col[r] - (sm->split && lay->col[r])] = true;
	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++) {
		int i = lay->col[r] < 0 ? column_for(sm, r, taken) : -1;

		if (i < 0)
			continue;
		lay->col[r] = i + (sm->split && i);
		taken[i] = true;
	}
	if (sm->split)
		lay->col[SIM_BAR_CSV_CLOCK] = 1;
	lay->columns = sm->head_columns + sm->split;
	int clock = lay->col[SIM_BAR_CSV_CLOCK];

	if (clock >= 0 &&
	    (clock >= n || !sim_bar_csv_time_is_clock(f[clock], true)))
		lay->col[SIM_BAR_CSV_CLOCK] = -1;
}

static void by_position(struct sim_bar_csv_layout *lay,
			const struct bar_csv_field *f, int n)
{
	int i = 0;

	while (i < n && !is_time(f[i]))
		i++;
	if (i >= n)
		return;
	lay->col[SIM_BAR_CSV_TIME] = i++;
	if (i < n && sim_bar_csv_time_is_clock(f[i], false))
		lay->col[SIM_BAR_CSV_CLOCK] = i++;
	for (int r = SIM_BAR_CSV_OPEN; r <= SIM_BAR_CSV_VOLUME; r++, i++)
		if (i < n && is_number(f[i]))
			lay->col[r] = i;
}

/* ---- --map -------------------------------------------------------------- */

static int map_role(const char *key, struct sim_err *err)
{
	if (!strcmp(key, "date"))
		return SIM_BAR_CSV_TIME;
	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++)
		if (!strcmp(key, sim_bar_csv_roles[r].key))
			return r;
	return sim_err_set(err, SIM_E_INVAL, "--map: '%.32s' is not a column "
			   "of bars; use ts=, time=, o=, h=, l=, c= and v=",
			   key);
}

/* One KEY=COLUMN, which is cut up; seen: the roles before it. */
static int map_part(char *part, const struct bar_csv_map *m,
		    bool seen[SIM_BAR_CSV__ROLES], struct sim_err *err)
{
	char *what = strchr(part, '=');
	int role;

	if (!what)
		return sim_err_set(err, SIM_E_INVAL, "--map: '%.48s' is not "
				   "KEY=COLUMN, as in ts=Date", part);
	*what++ = '\0';
	role = map_role(part, err);
	if (role < 0)
		return role;
	if (seen[role])
		return sim_err_set(err, SIM_E_INVAL, "--map names the column "
				   "of the %s twice; leave one of them out",
				   sim_bar_csv_roles[role].text);
	seen[role] = true;
	return m->column(m, role, what, err);
}

int sim_bar_csv_map(const char *text, const struct bar_csv_map *m,
		    struct sim_err *err)
{
	char *copy = sim_mem_strdup(text), *rest = copy, *part;
	bool seen[SIM_BAR_CSV__ROLES] = { false };
	int rc = SIM_OK;

	while (!rc && (part = sim_str_sep(&rest, ',')))
		rc = map_part(part, m, seen, err);
	sim_mem_free(copy);
	return rc;
}

static int map_column(const struct bar_csv_map *m, int role, const char *what,
		      struct sim_err *err)
{
	const struct sample *sm = m->ctx;
	int64_t k;

	for (int i = 0; i < sm->head_columns; i++) {
		if (sm->head[i].n != strlen(what) ||
		    memcmp(sm->head[i].s, what, sm->head[i].n))
			continue;
		m->lay->col[role] = i + (sm->split && i);
		return SIM_OK;
	}
	if (!sim_str_int(what, "column", 1, m->lay->columns, &k, NULL)) {
		m->lay->col[role] = (int)k - 1;
		return SIM_OK;
	}
	return sim_err_set(err, SIM_E_DATA, "%.120s has no column '%.48s'; "
			   "name one of its header or a number from 1 to %d",
			   sm->name, what, m->lay->columns);
}

/* ---- times, scale, order ------------------------------------------------ */

static struct bar_csv_field clock_of(const struct sim_bar_csv_layout *lay,
				     const struct bar_csv_field *f)
{
	struct bar_csv_field none = { f[0].s, 0 };
	int col = lay->col[SIM_BAR_CSV_CLOCK];

	return col < 0 ? none : f[col];
}

/* How many rows of the sample read as times under an order of dates. */
static size_t times_under(const struct sample *sm,
			  const struct sim_bar_csv_layout *lay,
			  enum sim_bar_csv_dates dates)
{
	struct sim_bar_csv_layout try = *lay;
	struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX];
	size_t good = 0;

	try.dates = dates;
	for (size_t i = 0; i + sm->header < sm->n; i++) {
		if (data_fields(sm, i, lay->delim, f) != lay->columns)
			continue;
		good += sim_bar_csv_time_sniff(&try,
					       f[lay->col[SIM_BAR_CSV_TIME]],
					       clock_of(lay, f));
	}
	return good;
}

static int find_dates(const struct sample *sm,
		      const struct sim_bar_csv_opts *opts,
		      struct sim_bar_csv_layout *lay,
		      const struct bar_csv_field *f, struct sim_err *err)
{
	size_t good[SIM_BAR_CSV_DATES__COUNT];
	char quoted[SIM_STR_QUOTEMAX];
	struct bar_csv_field t = f[lay->col[SIM_BAR_CSV_TIME]];

	for (int i = 0; i < SIM_BAR_CSV_DATES__COUNT; i++)
		good[i] = times_under(sm, lay, (enum sim_bar_csv_dates)i);
	sim_str_quote(t.s, t.n, quoted);
	if (opts->has_dates)
		lay->dates = opts->dates;
	else if (good[0])
		lay->dates = SIM_BAR_CSV_DATES_YMD;
	else if (memchr(t.s, '.', t.n) && good[SIM_BAR_CSV_DATES_DMY])
		lay->dates = SIM_BAR_CSV_DATES_DMY;
	else if (good[1] == good[2] && good[1])
		return sim_err_set(err, SIM_E_DATA, "%.120s: dates like %s can "
				   "be read day first or month first; say "
				   "which with --dates dmy or --dates mdy",
				   sm->name, quoted);
	else
		lay->dates = good[1] > good[2] ? SIM_BAR_CSV_DATES_DMY
					       : SIM_BAR_CSV_DATES_MDY;
	if (good[lay->dates] &&
	    sim_bar_csv_time_sniff(lay, t, clock_of(lay, f)))
		return SIM_OK;
	return sim_err_set(err, SIM_E_DATA, "%.120s, line %zu: %s in column %d "
			   "is not a time; name the column of times with --map "
			   "ts=NAME", sm->name, model_line(sm),
			   quoted, lay->col[SIM_BAR_CSV_TIME] + 1);
}

static struct bar_csv_field whole_line(const struct line *l)
{
	return (struct bar_csv_field){ l->s, (size_t)(l->e - l->s) };
}

static bool row_time(const struct sample *sm, size_t row,
		     const struct sim_bar_csv_layout *lay, sim_time *t)
{
	struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX];

	if (lay->format == SIM_BAR_CSV_FORMAT_NDJSON)
		return sim_bar_csv_ndjson_time(lay, whole_line(&sm->line[row]),
					       t);
	return data_fields(sm, row, lay->delim, f) == lay->columns &&
	       !sim_bar_csv_time(lay, f[lay->col[SIM_BAR_CSV_TIME]],
				 clock_of(lay, f), t, NULL);
}

static void find_order(const struct sample *sm, struct sim_bar_csv_layout *lay)
{
	size_t up = 0, down = 0;
	sim_time last = SIM_TIME_NONE, t;

	for (size_t i = 0; i + sm->header < sm->n; i++) {
		if (!row_time(sm, i, lay, &t))
			continue;
		up += last != SIM_TIME_NONE && t > last;
		down += last != SIM_TIME_NONE && t < last;
		last = t;
	}
	lay->newest_first = down > up;
}

/* Eight digits, a blank, HH:MM and whole prices without a header. */
static bool looks_lean(const struct sample *sm,
		       const struct sim_bar_csv_layout *lay)
{
	struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX];
	bool seen = false;

	if (lay->has_header || lay->col[SIM_BAR_CSV_CLOCK] >= 0 || lay->epoch)
		return false;
	for (size_t i = 0; i < sm->n; i++) {
		struct bar_csv_field t;

		/* What isn't a row at all, the parser will name. */
		if (data_fields(sm, i, lay->delim, f) != lay->columns)
			continue;
		t = f[lay->col[SIM_BAR_CSV_TIME]];
		if (t.n != 14 || t.s[8] != ' ' || t.s[11] != ':')
			continue;
		for (int r = SIM_BAR_CSV_OPEN; r <= SIM_BAR_CSV_CLOSE; r++)
			if (memchr(f[lay->col[r]].s, '.', f[lay->col[r]].n))
				return false;
		seen = true;
	}
	return seen;
}

static int find_scale(const struct sim_bar_csv_opts *opts,
		      struct sim_bar_csv_layout *lay, struct sim_err *err)
{
	int64_t scale = opts->scale;

	if (!scale)
		scale = lay->format == SIM_BAR_CSV_FORMAT_LEAN ? 10000 : 1;
	for (lay->shift = 0; scale > 1 && scale % 10 == 0; scale /= 10)
		lay->shift++;
	if (scale == 1 && lay->shift <= SIM_DEC_SCALE)
		return SIM_OK;
	return sim_err_set(err, SIM_E_INVAL, "--scale must be 1, 10, 100 .. "
			   "100000000: what the prices in the file were "
			   "multiplied with");
}

static void find_format(const struct sample *sm,
			const struct sim_bar_csv_opts *opts,
			struct sim_bar_csv_layout *lay)
{
	lay->format = opts->format;
	if (opts->format == SIM_BAR_CSV_FORMAT_AUTO && looks_lean(sm, lay))
		lay->format = SIM_BAR_CSV_FORMAT_LEAN;
	else if (opts->format == SIM_BAR_CSV_FORMAT_AUTO)
		lay->format = lay->col[SIM_BAR_CSV_ADJUSTED] >= 0
			    ? SIM_BAR_CSV_FORMAT_YAHOO
			    : SIM_BAR_CSV_FORMAT_GENERIC;
}

/* ---- together ----------------------------------------------------------- */

static int check_columns(const struct sample *sm,
			 const struct sim_bar_csv_layout *lay, int n,
			 struct sim_err *err)
{
	char quoted[SIM_STR_QUOTEMAX];
	const struct line *l = &sm->line[0];

	sim_str_quote(l->s, (size_t)(l->e - l->s), quoted);
	for (int r = 0; r <= SIM_BAR_CSV_CLOSE; r++) {
		if (r == SIM_BAR_CSV_CLOCK)
			continue;
		if (lay->col[r] < 0)
			return sim_err_set(err, SIM_E_DATA, "%.120s: no column "
					   "for the %s was found in %s; name "
					   "it with --map %s=NAME", sm->name,
					   sim_bar_csv_roles[r].text, quoted,
					   sim_bar_csv_roles[r].key);
	}
	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++)
		if (lay->col[r] >= n || lay->col[r] >= lay->columns)
			return sim_err_set(err, SIM_E_DATA, "%.120s, line %zu: "
					   "%d columns where %d were expected",
					   sm->name,
					   model_line(sm), n,
					   lay->columns);
	return SIM_OK;
}

static void name_columns(const struct sample *sm,
			 struct sim_bar_csv_layout *lay)
{
	int extra = lay->columns - sm->head_columns;

	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++) {
		int i = lay->col[r] - (lay->col[r] > 0 ? extra : 0);

		/* A clock under the date's header has no name of its own. */
		if (lay->has_header && lay->col[r] >= 0 && i >= 0 &&
		    i < sm->head_columns && !(r == SIM_BAR_CSV_CLOCK && extra))
			snprintf(lay->name[r], sizeof(lay->name[r]), "%.*s",
				 (int)(sm->head[i].n > 40 ? 40 : sm->head[i].n),
				 sm->head[i].s);
	}
}

static int sniff_table(struct sample *sm, const struct sim_bar_csv_opts *opts,
		       struct sim_bar_csv_layout *lay, struct sim_err *err)
{
	const struct bar_csv_map map = { map_column, sm, lay };
	struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX];
	int n, rc = find_delim(sm, lay, err);

	if (rc)
		return rc;
	find_header(sm, lay);
	if (sm->header == sm->n)
		return sim_err_set(err, SIM_E_DATA, "%.120s holds a header and "
				   "no rows; a file of bars has one a line",
				   sm->name);
	find_model(sm, lay);
	n = data_fields(sm, sm->model, lay->delim, f);
	/* A header "Date" over both the date and the time. */
	sm->split = lay->has_header && n == sm->head_columns + 1 &&
		    sim_bar_csv_time_is_clock(f[1], false);
	if (opts->map)
		rc = sim_bar_csv_map(opts->map, &map, err);
	if (!rc && n > SIM_BAR_CSV_COLUMNS_MAX)
		rc = sim_err_set(err, SIM_E_DATA, "%.120s has more than %d "
				 "columns", sm->name, SIM_BAR_CSV_COLUMNS_MAX);
	if (!rc && lay->has_header && n > 1)
		by_header(sm, lay, f, n);
	else if (!rc && !opts->map)
		by_position(lay, f, n < lay->columns ? n : lay->columns);
	if (!rc)
		rc = check_columns(sm, lay, n, err);
	if (rc)
		return rc;
	name_columns(sm, lay);
	rc = find_dates(sm, opts, lay, f, err);
	if (rc)
		return rc;
	find_format(sm, opts, lay);
	return find_scale(opts, lay, err);
}

static int sniff_objects(const struct sample *sm,
			 const struct sim_bar_csv_opts *opts,
			 struct sim_bar_csv_layout *lay, struct sim_err *err)
{
	int rc = sim_bar_csv_ndjson_sniff(sm->name, whole_line(&sm->line[0]),
					  opts, lay, err);

	if (rc)
		return rc;
	for (size_t i = 1; i < sm->n && lay->col[SIM_BAR_CSV_VOLUME] < 0; i++)
		sim_bar_csv_ndjson_volume(whole_line(&sm->line[i]), lay);
	return find_scale(opts, lay, err);
}

static void set_start(const char *text, const struct sample *sm,
		      struct sim_bar_csv_layout *lay)
{
	const struct line *l = &sm->line[sm->header];

	lay->start = (size_t)(l->s - text);
	lay->first_line = l->number;
}

int sim_bar_csv_sniff(const char *name, const char *text, size_t len,
		      const struct sim_bar_csv_opts *opts,
		      struct sim_bar_csv_layout *out, struct sim_err *err)
{
	struct sim_bar_csv_layout lay;
	struct sample *sm;
	int rc;

	if (memchr(text, '\0', len < 4096 ? len : 4096))
		return sim_err_set(err, SIM_E_DATA, "%.120s is not text; bars "
				   "are read from CSV or NDJSON", name);
	sm = sim_mem_zalloc(sizeof(*sm));
	sm->name = name;
	take_lines(text, len, sm);
	memset(&lay, 0, sizeof(lay));
	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++)
		lay.col[r] = -1;
	if (!sm->n)
		rc = sim_err_set(err, SIM_E_DATA, "%.120s is empty; a file of "
				 "bars has one a line", name);
	else if (opts->format == SIM_BAR_CSV_FORMAT_NDJSON ||
		 (opts->format == SIM_BAR_CSV_FORMAT_AUTO &&
		  *sm->line[0].s == '{'))
		rc = sniff_objects(sm, opts, &lay, err);
	else
		rc = sniff_table(sm, opts, &lay, err);
	if (!rc) {
		find_order(sm, &lay);
		set_start(text, sm, &lay);
		*out = lay;
	}
	sim_mem_free(sm);
	return rc;
}
