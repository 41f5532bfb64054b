/*
 * bar_csv_ndjson: bars as one JSON object a line.
 *
 * Members are found by the names that columns have in CSV; the first line
 * decides which, and how times are written.
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

/* The member that suits a role best. */
static void find_member(const struct sim_json_val *root, int role,
			struct sim_bar_csv_layout *lay)
{
	int best = 1000;
	const char *key;

	for (size_t i = 0; i < sim_json_len(root); i++) {
		int rank;

		if (!sim_json_member(root, i, &key))
			continue;
		rank = sim_bar_csv_role_rank(role, key, strlen(key));
		if (rank < 0 || rank >= best ||
		    strlen(key) >= SIM_BAR_CSV_NAMEMAX)
			continue;
		best = rank;
		lay->col[role] = (int)i;
		snprintf(lay->name[role], sizeof(lay->name[role]), "%s", key);
	}
}

static int check_members(const char *name, const struct sim_json_val *root,
			 struct sim_bar_csv_layout *lay, struct sim_err *err)
{
	struct bar_csv_field f = { "", 0 }, none = { "", 0 };
	char buf[32], quoted[SIM_STR_QUOTEMAX];

	for (int r = 0; r <= SIM_BAR_CSV_CLOSE; r++)
		if (lay->col[r] < 0 && r != SIM_BAR_CSV_CLOCK)
			return sim_err_set(err, SIM_E_DATA, "%.120s: the first "
					   "object has no member for one of "
					   "time, open, high, low and close",
					   name);
	lay->dates = SIM_BAR_CSV_DATES_YMD;
	if (as_text(sim_json_get(root, lay->name[SIM_BAR_CSV_TIME]), buf, &f) &&
	    sim_bar_csv_time_sniff(lay, f, none))
		return SIM_OK;
	sim_str_quote(f.s, f.n, quoted);
	return sim_err_set(err, SIM_E_DATA, "%.120s: %s is not a time; write "
			   "it like 2024-01-31T09:30:00Z", name, quoted);
}

int sim_bar_csv_ndjson_sniff(const char *name, const char *s, const char *e,
			     struct sim_bar_csv_layout *lay,
			     struct sim_err *err)
{
	struct sim_json_doc *doc;
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	lay->format = SIM_BAR_CSV_FORMAT_NDJSON;
	lay->columns = 1;
	if ((size_t)(e - s) > SIM_BAR_CSV_LINE_MAX)
		return sim_err_set(err, SIM_E_DATA, "%.120s: the first line "
				   "has more than %d bytes", name,
				   SIM_BAR_CSV_LINE_MAX);
	if (sim_json_parse(s, (size_t)(e - s), &doc, &why))
		return sim_err_set(err, SIM_E_DATA, "%.120s: the first line is "
				   "not a JSON object: %.200s", name, why.msg);
	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++)
		if (r != SIM_BAR_CSV_CLOCK)
			find_member(sim_json_root(doc), r, lay);
	rc = check_members(name, sim_json_root(doc), lay, err);
	sim_json_free(doc);
	return rc;
}

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
	if (role != SIM_BAR_CSV_VOLUME &&
	    sim_dec_decimals(*out) > c->out->price_decimals)
		c->out->price_decimals = sim_dec_decimals(*out);
	return true;
}

static int read_object(struct bar_csv_ctx *c, const struct sim_json_val *root)
{
	struct bar_csv_field f = { "", 0 }, none = { "", 0 };
	struct sim_err why = SIM_ERR_INIT;
	sim_dec v[5] = { 0, 0, 0, 0, 0 };
	char buf[32];
	sim_time t;
	int rc = SIM_OK;

	if (!as_text(sim_json_get(root, c->lay->name[SIM_BAR_CSV_TIME]), buf,
		     &f))
		return sim_bar_csv_bad(c, SIM_BAR_CSV_TIME, "the time is "
				       "missing");
	if (sim_bar_csv_time(c->lay, f, none, &t, &why))
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
