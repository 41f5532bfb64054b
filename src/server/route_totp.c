/*
 * route_totp: the second factor: made, put to use, given up.
 *
 * A seed counts from when a code of it was shown, and is given up only with
 * the password and a code.
 */
#include "server/route_priv.h"

#include <stdio.h>
#include <string.h>

#include "db/lockout.h"
#include "server/password.h"
#include "util/mem.h"
#include "util/secret.h"

#define ISSUER "simutrador"

static int is_on(struct sim_err *err)
{
	return sim_err_set(err, SIM_E_STATE, "there is a second factor "
			   "already; disable it first");
}

static void put_seed(struct sim_route_work *w,
		     const unsigned char seed[SIM_TOTP_SEED])
{
	struct sim_buf url = SIM_BUF_INIT(SIM_BUF_MAX);
	char text[SIM_TOTP_TEXT];
	struct sim_json j;

	sim_totp_text(seed, text);
	sim_buf_puts(&url, "otpauth://totp/" ISSUER ":");
	for (const char *s = w->user.name; *s; s++) {
		if (*s == '@' || *s == '+')
			sim_buf_printf(&url, "%%%02X", (unsigned)*s);
		else
			sim_buf_putc(&url, *s);
	}
	sim_buf_printf(&url, "?secret=%s&issuer=" ISSUER "&algorithm=SHA1"
		       "&digits=6&period=%d", text, SIM_TOTP_SEC);
	sim_route_begin(w, &j);
	sim_json_str(&j, "secret", text);
	sim_json_str(&j, "otpauth_url", sim_buf_str(&url));
	sim_json_int(&j, "digits", 6);
	sim_json_int(&j, "period_sec", SIM_TOTP_SEC);
	sim_json_end(&j);
	sim_secret_wipe(url.data, url.len);
	sim_buf_release(&url);
	sim_secret_wipe(text, sizeof(text));
}

/* In the transaction: the key file is read there, so that it is the one in
 * use when keys are replaced. */
static int store_seed(struct sim_route_work *w,
		      const unsigned char seed[SIM_TOTP_SEED],
		      struct sim_err *err)
{
	struct sim_person p;
	int rc = sim_person_get(w->db, w->user.id, &p, err);

	if (!rc && p.is_totp_on)
		rc = is_on(err);
	if (!rc)
		rc = sim_person_close_seed(&w->r->env.seal, w->user.id, seed,
					   &p, err);
	p.totp_step = 0;
	if (!rc)
		rc = sim_person_put(w->db, w->user.id, &p, err);
	return rc ? rc : sim_route_note(w, SIM_AUDIT_TOTP_SETUP, w->user.id, "",
					err);
}

int sim_route_do_totp_setup(struct sim_route_work *w, struct sim_err *err)
{
	char password[SIM_PASSWORD_MAX] = "";
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "password", true, password,
		  sizeof(password) },
	};
	unsigned char seed[SIM_TOTP_SEED];
	int rc = sim_route_fields(w, fields, 1, err);
	bool is_right = !rc && sim_route_password_is(w, password, &rc, err);

	sim_secret_wipe(password, sizeof(password));
	if (!is_right)
		return rc;
	sim_secret_random(seed, sizeof(seed));
	rc = sim_db_begin(w->db, err);
	if (!rc)
		rc = sim_db_end(w->db, store_seed(w, seed, err), err);
	if (!rc)
		put_seed(w, seed);
	sim_secret_wipe(seed, sizeof(seed));
	return rc;
}

/* -- in use ---------------------------------------------------------------- */

struct enabling {
	char code[16];
	char codes[SIM_PERSON_CODES][SIM_PERSON_CODE];
	struct sim_route_ended ended;
};

static int tell(struct sim_route_work *w, const struct sim_person *p,
		enum sim_outbox_letter kind, struct sim_err *err)
{
	const struct sim_route_letter letter = { .kind = kind, .to = p->email,
						 .name = w->user.name };

	return sim_route_post(w, &letter, err);
}

/* In the transaction. */
static int enable(struct sim_route_work *w, struct enabling *x,
		  struct sim_err *err)
{
	const struct sim_route_second second = { .recovery = "" };
	struct sim_route_second given = second;
	struct sim_person p;
	int rc = sim_person_get(w->db, w->user.id, &p, err);

	if (!rc && p.is_totp_on)
		rc = is_on(err);
	if (!rc && !p.has_seed)
		rc = sim_err_set(err, SIM_E_STATE, "there is no second factor "
				 "yet; set it up first");
	if (rc)
		return rc;
	memcpy(given.totp, x->code, sizeof(given.totp));
	p.is_totp_on = true;
	rc = sim_route_second_factor(w, w->user.id, &p, &given, err);
	if (!rc)
		rc = sim_person_codes_make(w->db, w->user.id, x->codes, err);
	if (!rc)
		rc = sim_route_end_all(w, w->user.id, w->who.key, &x->ended,
				       err);
	if (!rc)
		rc = sim_route_note(w, SIM_AUDIT_TOTP_ENABLE, w->user.id, "",
				    err);
	return rc ? rc : tell(w, &p, SIM_OUTBOX_TOTP_ENABLED, err);
}

static void put_codes(struct sim_route_work *w, const struct enabling *x)
{
	struct sim_json j;

	sim_route_begin(w, &j);
	sim_json_str(&j, "status", "enabled");
	sim_json_array(&j, "recovery_codes");
	for (int i = 0; i < SIM_PERSON_CODES; i++)
		sim_json_str(&j, NULL, x->codes[i]);
	sim_json_end(&j);
	sim_json_int(&j, "ended", x->ended.count);
	sim_json_end(&j);
}

static int try_enable(struct sim_route_work *w, struct enabling *x,
		      struct sim_err *err)
{
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "totp_code", true, x->code, sizeof(x->code) },
	};
	char name[SIM_USER_ID + 4];
	int rc = sim_route_fields(w, fields, 1, err);

	sim_route_try_name(w->user.id, name);
	if (!rc && !x->code[0])
		rc = sim_err_set(err, SIM_E_INVAL, "totp_code is empty; give "
				 "six digits");
	if (rc || !sim_route_may_try(w, name, &rc, err))
		return rc;
	rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = enable(w, x, err);
	if (!rc)
		rc = sim_lockout_clear(w->db, name, err);
	rc = sim_db_end(w->db, rc, err);
	sim_route_end_done(w, &x->ended, rc);
	if (!rc)
		put_codes(w, x);
	return rc;
}

int sim_route_do_totp_enable(struct sim_route_work *w, struct sim_err *err)
{
	struct enabling *x = sim_mem_zalloc(sizeof(*x));
	int rc = try_enable(w, x, err);

	sim_secret_wipe(x, sizeof(*x));
	sim_mem_free(x);
	return rc;
}

/* -- given up -------------------------------------------------------------- */

/* In the transaction. */
static int disable(struct sim_route_work *w,
		   const struct sim_route_second *second,
		   struct sim_route_ended *ended, struct sim_err *err)
{
	struct sim_person p;
	int rc = sim_person_get(w->db, w->user.id, &p, err);

	if (!rc && !p.is_totp_on)
		rc = sim_err_set(err, SIM_E_STATE, "there is no second factor; "
				 "there is nothing to disable");
	if (!rc)
		rc = sim_route_second_factor(w, w->user.id, &p, second, err);
	if (rc)
		return rc;
	p.is_totp_on = p.has_seed = false;
	p.totp_step = 0;
	rc = sim_person_put(w->db, w->user.id, &p, err);
	if (!rc)
		rc = sim_person_codes_make(w->db, w->user.id, NULL, err);
	if (!rc)
		rc = sim_route_end_all(w, w->user.id, w->who.key, ended, err);
	if (!rc)
		rc = sim_route_note(w, SIM_AUDIT_TOTP_DISABLE, w->user.id, "",
				    err);
	return rc ? rc : tell(w, &p, SIM_OUTBOX_TOTP_DISABLED, err);
}

/* The password is counted as a try of its own; and once more with the code,
 * until that was right. */
int sim_route_do_totp_disable(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_route_second second = { .totp = "" };
	char password[SIM_PASSWORD_MAX] = "", name[SIM_USER_ID + 4];
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "password", true, password,
		  sizeof(password) },
		{ SIM_ROUTE_STR, "totp_code", false, second.totp,
		  sizeof(second.totp) },
		{ SIM_ROUTE_STR, "recovery_code", false, second.recovery,
		  sizeof(second.recovery) },
	};
	struct sim_route_ended ended = { .count = 0 };
	struct sim_json j;
	int rc = sim_route_fields(w, fields, 3, err);
	bool is_right;

	snprintf(name, sizeof(name), "2f:%s", w->user.id);
	is_right = !rc && sim_route_may_try(w, name, &rc, err) &&
		sim_route_password_is(w, password, &rc, err);
	sim_secret_wipe(password, sizeof(password));
	if (!is_right)
		return rc;
	rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = disable(w, &second, &ended, err);
	if (!rc)
		rc = sim_lockout_clear(w->db, name, err);
	rc = sim_db_end(w->db, rc, err);
	sim_route_end_done(w, &ended, rc);
	if (rc)
		return rc;
	sim_route_begin(w, &j);
	sim_json_str(&j, "status", "disabled");
	sim_json_int(&j, "ended", ended.count);
	sim_json_end(&j);
	return SIM_OK;
}
