/*
 * bar_csv_ndjson: bars as one JSON object a line.
 *
 * Members are found by the names that columns have in CSV, unless --map names
 * them; the first line decides which, and how times are written.  A volume may
 * be there from a later line on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "market/bar_csv_priv.h"
#include "util/json.h"
#include "util/str.h"

/* A string's content, or a whole number's digits in buf. */
static bool as_text(const struct sim_json_val *v, char buf[32],
		    struct bar_csv_field *f)
{
	const char *s = sim_json_as_str(v);
	int64_t i;

	if (s) {
		*f = (struct bar_csv_field){ s, strlen(s) };
		return true;
	}
	if (!sim_json_as_int(v, &i))
		return false;
	snprintf(buf, 32, "%" PRId64, i);
	*f = (struct bar_csv_field){ buf, strlen(buf) };
	return true;
}

/* The date or time and, when it has a member of its own, the time of day;
 * false: the first is missing. */
static bool time_fields(const struct sim_bar_csv_layout *lay,
			const struct sim_json_val *root, char buf[2][32],
			struct bar_csv_field f[2])
{
	static const int role[] = { SIM_BAR_CSV_TIME, SIM_BAR_CSV_CLOCK };

	for (int i = 0; i < 2; i++) {
		f[i] = (struct bar_csv_field){ "", 0 };
		if (lay->col[role[i]] >= 0 &&
		    !as_text(sim_json_get(root, lay->name[role[i]]), buf[i],
			     &f[i]))
			return false;
	}
	return true;
}

/* ---- the first line ----------------------------------------------------- */

static bool is_taken(const struct sim_bar_csv_layout *lay, const char *key)
{
	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++)
		if (lay->col[r] >= 0 && !strcmp(lay->name[r], key))
			return true;
	return false;
}

static void take(struct sim_bar_csv_layout *lay, int role, int member,
		 const char *key)
{
	lay->col[role] = member;
	snprintf(lay->name[role], sizeof(lay->name[role]), "%s", key);
}

/* The member that suits a role best, of those that no role has. */
static void find_member(const struct sim_json_val *root, int role,
			struct sim_bar_csv_layout *lay)
{
	int best = 1000, member = -1;
	const char *key, *name = NULL;

	for (size_t i = 0; i < sim_json_len(root); i++) {
		int rank;

		if (!sim_json_member(root, i, &key))
			continue;
		rank = sim_bar_csv_role_rank(role, key, strlen(key));
		if (rank < 0 || rank >= best || is_taken(lay, key) ||
		    strlen(key) >= SIM_BAR_CSV_NAMEMAX)
			continue;
		best = rank;
		member = (int)i;
		name = key;
	}
	if (name)
		take(lay, role, member, name);
}

/* What an object is of, for --map. */
struct first {
	const char *name;		/* of the file */
	const struct sim_json_val *root;
};

static int map_member(const struct bar_csv_map *m, int role, const char *what,
		      struct sim_err *err)
{
	const struct first *first = m->ctx;
	const char *key;

	for (size_t i = 0; i < sim_json_len(first->root); i++) {
		if (!sim_json_member(first->root, i, &key) ||
		    strcmp(key, what) || strlen(key) >= SIM_BAR_CSV_NAMEMAX)
			continue;
		take(m->lay, role, (int)i, key);
		return SIM_OK;
	}
	return sim_err_set(err, SIM_E_DATA, "%.120s: the first object has no "
			   "member '%.48s'; name one that it has",
			   first->name, what);
}

static int find_members(const struct first *first, const char *map,
			struct sim_bar_csv_layout *lay, struct sim_err *err)
{
	const struct bar_csv_map m = { map_member, first, lay };
	const struct sim_json_val *clock;
	struct bar_csv_field f;
	char buf[32];
	int rc = map ? sim_bar_csv_map(map, &m, err) : SIM_OK;

	if (rc)
		return rc;
	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++)
		if (lay->col[r] < 0)
			find_member(first->root, r, lay);
	clock = sim_json_get(first->root, lay->name[SIM_BAR_CSV_CLOCK]);
	if (!as_text(clock, buf, &f) || !sim_bar_csv_time_is_clock(f, true))
		lay->col[SIM_BAR_CSV_CLOCK] = -1;
	return SIM_OK;
}

static int check_members(const struct first *first,
			 struct sim_bar_csv_layout *lay, struct sim_err *err)
{
	char buf[2][32], quoted[SIM_STR_QUOTEMAX];
	struct bar_csv_field f[2];

	for (int r = 0; r <= SIM_BAR_CSV_CLOSE; r++)
		if (lay->col[r] < 0 && r != SIM_BAR_CSV_CLOCK)
			return sim_err_set(err, SIM_E_DATA, "%.120s: the first "
					   "object has no member for the %s; "
					   "name it with --map %s=NAME",
					   first->name,
					   sim_bar_csv_roles[r].text,
					   sim_bar_csv_roles[r].key);
	if (time_fields(lay, first->root, buf, f) &&
	    sim_bar_csv_time_sniff(lay, f[0], f[1]))
		return SIM_OK;
	/* A whole time beside which the time of day stands once more. */
	f[1].n = 0;
	lay->col[SIM_BAR_CSV_CLOCK] = -1;
	if (sim_bar_csv_time_sniff(lay, f[0], f[1]))
		return SIM_OK;
	sim_str_quote(f[0].s, f[0].n, quoted);
	return sim_err_set(err, SIM_E_DATA, "%.120s: %s is not a time; write "
			   "it like 2024-01-31T09:30:00Z", first->name, quoted);
}

int sim_bar_csv_ndjson_sniff(const char *name, struct bar_csv_field line,
			     const struct sim_bar_csv_opts *opts,
			     struct sim_bar_csv_layout *lay,
			     struct sim_err *err)
{
	struct sim_json_doc *doc;
	struct sim_err why = SIM_ERR_INIT;
	struct first first = { name, NULL };
	int rc;

	lay->format = SIM_BAR_CSV_FORMAT_NDJSON;
	lay->columns = 1;
	if (line.n > SIM_BAR_CSV_LINE_MAX)
		return sim_err_set(err, SIM_E_DATA, "%.120s: the first line "
				   "has more than %d bytes", name,
				   SIM_BAR_CSV_LINE_MAX);
	if (sim_json_parse(line.s, line.n, &doc, &why))
		return sim_err_set(err, SIM_E_DATA, "%.120s: the first line is "
				   "not a JSON object: %.200s", name, why.msg);
	first.root = sim_json_root(doc);
	lay->dates = opts->dates;	/* year first where nothing is said */
	rc = find_members(&first, opts->map, lay, err);
	if (!rc)
		rc = check_members(&first, lay, err);
	sim_json_free(doc);
	return rc;
}

void sim_bar_csv_ndjson_volume(struct bar_csv_field line,
			       struct sim_bar_csv_layout *lay)
{
	struct sim_json_doc *doc;

	if (line.n > SIM_BAR_CSV_LINE_MAX ||
	    sim_json_parse(line.s, line.n, &doc, NULL))
		return;
	find_member(sim_json_root(doc), SIM_BAR_CSV_VOLUME, lay);
	sim_json_free(doc);
}

bool sim_bar_csv_ndjson_time(const struct sim_bar_csv_layout *lay,
			     struct bar_csv_field line, sim_time *t)
{
	struct bar_csv_field f[2];
	struct sim_json_doc *doc;
	char buf[2][32];
	bool ok;

	if (line.n > SIM_BAR_CSV_LINE_MAX ||
	    sim_json_parse(line.s, line.n, &doc, NULL))
		return false;
	ok = time_fields(lay, sim_json_root(doc), buf, f) &&
	     !sim_bar_csv_time(lay, f[0], f[1], t, NULL);
	sim_json_free(doc);
	return ok;
}

/* ---- rows --------------------------------------------------------------- */

static bool read_price(struct bar_csv_ctx *c, int role,
		       const struct sim_json_val *root, sim_dec *out, int *rc)
{
	const struct sim_json_val *v = sim_json_get(root, c->lay->name[role]);

	if (!v && role == SIM_BAR_CSV_VOLUME)
		return true;
	if (!v || !sim_json_as_dec(v, out)) {
		*rc = sim_bar_csv_bad(c, role, "the %s is missing or not a "
				      "number of at most eight decimals",
				      c->lay->name[role]);
		return false;
	}
	if (role == SIM_BAR_CSV_VOLUME)
		return true;
	if (*out % c->divisor) {
		*rc = sim_bar_csv_bad(c, role, "the %s divided by the scale "
				      "has more than eight decimals",
				      c->lay->name[role]);
		return false;
	}
	*out /= c->divisor;
	if (sim_dec_decimals(*out) > c->out->price_decimals)
		c->out->price_decimals = sim_dec_decimals(*out);
	return true;
}

static int read_object(struct bar_csv_ctx *c, const struct sim_json_val *root)
{
	struct bar_csv_field f[2];
	struct sim_err why = SIM_ERR_INIT;
	sim_dec v[5] = { 0, 0, 0, 0, 0 };
	char buf[2][32];
	sim_time t;
	int rc = SIM_OK;

	if (!time_fields(c->lay, root, buf, f))
		return sim_bar_csv_bad(c, SIM_BAR_CSV_TIME, "the time is "
				       "missing");
	if (sim_bar_csv_time(c->lay, f[0], f[1], &t, &why))
		return sim_bar_csv_bad(c, SIM_BAR_CSV_TIME, "%.200s", why.msg);
	if (c->in->tz && c->lay->kind == SIM_TIME_NAIVE)
		rc = sim_bar_csv_resolve(c, &t);
	if (rc || t == SIM_TIME_NONE)
		return rc;
	for (int i = 0; i < 5; i++) {
		int role = SIM_BAR_CSV_OPEN + i;

		if (c->lay->col[role] >= 0 &&
		    !read_price(c, role, root, &v[i], &rc))
			return rc;
	}
	return sim_bar_csv_row(c, t, v);
}

int sim_bar_csv_ndjson(struct bar_csv_ctx *c, const char *s, const char *e)
{
	struct sim_json_doc *doc;
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	if (sim_json_parse(s, (size_t)(e - s), &doc, &why))
		return sim_bar_csv_bad(c, -1, "not a JSON object: %.200s",
				       why.msg);
	rc = read_object(c, sim_json_root(doc));
	sim_json_free(doc);
	return rc;
}
