/*
 * route_key: a user's own API keys.
 *
 * A key's text is told once.  What another has is answered as what isn't
 * there, and no key gives more than the one it was made with.
 */
#include "server/route_priv.h"

#include <string.h>

#include "util/mem.h"
#include "util/secret.h"

#define DAYS		365		/* that a key lasts, unless told */
#define DAYS_MOST	3650
#define GRACE_SEC	86400		/* that a rotated one stays good */
#define GRACE_MOST	(30 * 86400)

static void put_end(struct sim_json *j, const char *name, sim_time t)
{
	if (t == SIM_TIME_MAX)
		sim_json_null(j, name);
	else
		sim_json_time(j, name, t);
}

static void put_key(struct sim_json *j, const struct sim_apikey *k,
		    sim_time now)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_json_str(j, "key_id", k->id);
	sim_json_str(j, "name", k->name);
	sim_json_str(j, "hint", k->hint);
	sim_scope_put(&b, k->scopes);
	sim_json_str(j, "scopes", sim_buf_str(&b));
	sim_buf_release(&b);
	sim_json_time(j, "created_at", k->created);
	put_end(j, "expires_at", k->expires);
	put_end(j, "revoked_at", k->revoked);
	sim_json_str(j, "state", k->revoked < SIM_TIME_MAX ? "revoked" :
		     k->expires <= now ? "expired" : "live");
}

int sim_route_do_keys(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_apikey *list = NULL;
	struct sim_json j;
	size_t n = 0;
	int rc = sim_apikey_list(w->db, w->user.id, &list, &n, err);

	if (rc)
		return rc;
	sim_route_begin(w, &j);
	sim_json_array(&j, "keys");
	for (size_t i = 0; i < n; i++) {
		sim_json_object(&j, NULL);
		put_key(&j, &list[i], w->now);
		sim_json_end(&j);
	}
	sim_json_end(&j);
	sim_json_end(&j);
	sim_mem_free(list);
	return SIM_OK;
}

/* With its text. */
static void put_new(struct sim_route_work *w, const struct sim_apikey *k,
		    char text[SIM_APIKEY_TEXT])
{
	struct sim_json j;

	sim_route_begin(w, &j);
	put_key(&j, k, w->now);
	sim_json_str(&j, "api_key", text);
	sim_json_end(&j);
	sim_secret_wipe(text, SIM_APIKEY_TEXT);
}

/* Those of the one who asks, at most. */
static int set_scopes(const struct sim_route_work *w, const char *text,
		      unsigned *scopes, struct sim_err *err)
{
	unsigned most = SIM_SCOPE_ALL & ~w->who.withheld;
	int rc;

	if (w->user.role != SIM_USER_ROLE_ADMIN)
		most &= ~(unsigned)SIM_SCOPE_ADMIN;
	*scopes = most & (SIM_SCOPE_SIMULATE | SIM_SCOPE_READ);
	rc = text[0] ? sim_scope_parse(text, scopes, err) : SIM_OK;
	if (!rc && (*scopes & ~most))
		rc = sim_err_set(err, SIM_E_RISK, "a key can't be for more than"
				 " the one who makes it; leave scopes out");
	return rc;
}

static int store_key(struct sim_route_work *w, struct sim_apikey *k,
		     char text[SIM_APIKEY_TEXT], struct sim_err *err)
{
	struct sim_route_letter letter = { .kind = SIM_OUTBOX_KEY_CREATED,
					   .name = w->user.name };
	const struct sim_db_by by = sim_route_by(w);
	struct sim_person p;
	int rc = sim_person_get(w->db, w->user.id, &p, err);

	letter.to = p.email;
	if (!rc)
		rc = sim_apikey_insert(w->db, &by, k, text, err);
	return rc ? rc : sim_route_post(w, &letter, err);
}

int sim_route_do_key_create(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_apikey k = { .name = "" };
	char scopes[64] = "", text[SIM_APIKEY_TEXT];
	int64_t days = DAYS;
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "name", true, k.name, sizeof(k.name) },
		{ SIM_ROUTE_STR, "scopes", false, scopes, sizeof(scopes) },
		{ SIM_ROUTE_INT, "expires_in_days", false, &days, 0 },
	};
	int rc = sim_route_fields(w, fields, 3, err);

	if (!rc)
		rc = set_scopes(w, scopes, &k.scopes, err);
	if (!rc && (days < 1 || days > DAYS_MOST))
		rc = sim_err_set(err, SIM_E_INVAL, "expires_in_days is from 1 "
				 "to %d", DAYS_MOST);
	if (!rc)
		rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	k.expires = w->now + days * 86400 * SIM_TIME_SEC;
	memcpy(k.user, w->user.id, sizeof(k.user));
	rc = sim_db_end(w->db, store_key(w, &k, text, err), err);
	if (!rc)
		put_new(w, &k, text);
	return rc;
}

int sim_route_do_key_rotate(struct sim_route_work *w, struct sim_err *err)
{
	const struct sim_db_by by = sim_route_by(w);
	char text[SIM_APIKEY_TEXT];
	int64_t grace = GRACE_SEC;
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_INT, "grace_sec", false, &grace, 0 },
	};
	struct sim_apikey k = { .name = "" };
	int rc = sim_route_fields(w, fields, 1, err);

	if (!rc && (grace < 0 || grace > GRACE_MOST))
		rc = sim_err_set(err, SIM_E_INVAL, "grace_sec is from 0 to %d",
				 GRACE_MOST);
	if (!rc)
		rc = sim_apikey_get(w->db, w->user.id, w->id, &k, err);
	if (!rc && (k.scopes & w->who.withheld))
		rc = sim_err_set(err, SIM_E_RISK, "this key is for more than "
				 "the one that asks; use one with its scopes");
	if (!rc)
		rc = sim_apikey_rotate(w->db, &by, w->now + grace *
				       SIM_TIME_SEC, &k, text, err);
	if (rc)
		return rc;
	if (!grace)
		sim_route_revoke(w->r, w->id);
	put_new(w, &k, text);
	return SIM_OK;
}

int sim_route_do_key_revoke(struct sim_route_work *w, struct sim_err *err)
{
	const struct sim_db_by by = sim_route_by(w);
	struct sim_apikey k;
	struct sim_json j;
	int rc;

	rc = sim_apikey_get(w->db, w->user.id, w->id, &k, err);
	if (!rc)
		rc = sim_apikey_revoke(w->db, &by, &k, err);
	if (rc)
		return rc;
	sim_route_revoke(w->r, k.id);
	sim_route_begin(w, &j);
	put_key(&j, &k, w->now);
	sim_json_end(&j);
	return SIM_OK;
}
