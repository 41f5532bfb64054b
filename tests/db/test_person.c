/* Accounts, logins, requests that wait, lockouts and the outbox. */
#define _GNU_SOURCE
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/person.h"
#include "db/apikey.h"
#include "db/audit.h"
#include "db/lockout.h"
#include "db/signin.h"
#include "db/outbox.h"
#include "db/pending.h"
#include "suite.h"
#include "util/file.h"
#include "util/mem.h"

#define NOW INT64_C(1700000000000000000)
#define SEC SIM_TIME_SEC

static char dir[] = "/tmp/test_person.XXXXXX";
static char path[64], key[64];
static struct sim_err err;
static struct sim_db *db;
static struct sim_user ann, bob;
static struct sim_seal_source seal;
static const struct sim_db_by by = { "local", NOW, NULL };

#define OK(call) do { \
	int rc_ = (call); \
	ck_assert_msg(!rc_, "%s: %d %s", #call, rc_, err.msg); \
} while (0)
#define IS(call, code) ck_assert_int_eq(call, code)

static struct sim_user add(const char *name)
{
	struct sim_user u = { .plan = SIM_PLAN_FREE };

	snprintf(u.name, sizeof(u.name), "%s", name);
	OK(sim_user_add(db, &by, &u, &err));
	return u;
}

static void setup(void)
{
	memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.db", dir);
	snprintf(key, sizeof(key), "%s/seal.key", dir);
	seal = (struct sim_seal_source){ key, true };
	err = (struct sim_err)SIM_ERR_INIT;
	OK(sim_db_open(path, true, &db, &err));
	ann = add("ann");
	bob = add("bob");
}

static void teardown(void)
{
	sim_db_close(db);
	OK(sim_file_remove_tree(dir, &err));
}

static void begin(void)
{
	OK(sim_db_begin(db, &err));
}

static void end(void)
{
	OK(sim_db_end(db, 0, &err));
}

/* The whole file, and its journal, hold no such bytes. */
static bool is_in_files(const void *p, size_t n)
{
	static const char *const ends[] = { "", "-wal" };
	char name[80];
	bool found = false;

	for (int i = 0; i < 2; i++) {
		struct sim_file_map m;

		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		if (sim_file_map(name, &m, NULL))
			continue;
		found |= memmem(m.data, m.len, p, n) != NULL;
		sim_file_unmap(&m);
	}
	return found;
}

/* -- accounts -------------------------------------------------------------- */

START_TEST(emails)
{
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{ "a@b.c", 0 }, { "ann+x@mail.example.org", 0 },
		{ "", SIM_E_INVAL }, { "ann", SIM_E_INVAL },
		{ "@b.c", SIM_E_INVAL }, { "a@b", SIM_E_INVAL },
		{ "a@.c", SIM_E_INVAL }, { "a@b.", SIM_E_INVAL },
		{ "a@b.c.", SIM_E_INVAL }, { "a@b@c.d", SIM_E_INVAL },
		{ "a b@c.d", SIM_E_INVAL }, { "a@b.c\n", SIM_E_INVAL },
		{ "a@b.c\r\nBcc: x@y.z", SIM_E_INVAL },
		{ "<a@b.c>", SIM_E_INVAL }, { "a,b@c.d", SIM_E_INVAL },
		{ "\xc3\xa4@b.c", SIM_E_INVAL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		IS(sim_person_check_email(rows[i].text, &err), rows[i].rc);
}
END_TEST

START_TEST(accounts)
{
	struct sim_person a, b;
	struct sim_user u;

	OK(sim_person_get(db, ann.id, &a, &err));
	ck_assert_str_eq(a.email, "");
	snprintf(a.email, sizeof(a.email), "Ann@Example.org");
	snprintf(a.full_name, sizeof(a.full_name), "Ann \xc3\x84");
	OK(sim_person_put(db, ann.id, &a, &err));
	OK(sim_person_find(db, "ann@example.ORG", &u, &b, &err));
	ck_assert_str_eq(u.id, ann.id);
	ck_assert_str_eq(b.full_name, a.full_name);
	OK(sim_person_find(db, "ANN", &u, &b, &err));
	ck_assert_str_eq(u.id, ann.id);
	IS(sim_person_find(db, "nobody", &u, &b, &err), SIM_E_NOENT);
	IS(sim_person_put(db, bob.id, &a, &err), SIM_E_STATE);
	a.email[0] = '\0';
	OK(sim_person_put(db, bob.id, &a, &err));
	OK(sim_person_put(db, ann.id, &a, &err));
	IS(sim_person_find(db, "ann@example.org", &u, &b, &err),
	   SIM_E_NOENT);
}
END_TEST

START_TEST(seeds)
{
	unsigned char seed[SIM_TOTP_SEED], back[SIM_TOTP_SEED];
	struct sim_person a, b;
	int64_t n = 0;
	struct sim_seal *ring;

	sim_secret_random(seed, sizeof(seed));
	OK(sim_person_get(db, ann.id, &a, &err));
	OK(sim_person_close_seed(&seal, ann.id, seed, &a, &err));
	a.is_totp_on = true;
	OK(sim_person_put(db, ann.id, &a, &err));
	OK(sim_person_get(db, ann.id, &b, &err));
	OK(sim_person_open_seed(&seal, ann.id, &b, back, &err));
	ck_assert_mem_eq(seed, back, sizeof(seed));
	ck_assert(!is_in_files(seed, sizeof(seed)));
	/* In another's row it is nothing. */
	IS(sim_person_open_seed(&seal, bob.id, &b, back, &err), SIM_E_DATA);
	OK(sim_seal_renew(key, &err));
	OK(sim_seal_load(&seal, &ring, &err));
	begin();
	OK(sim_person_reseal(db, ring, &n, &err));
	end();
	ck_assert_int_eq(n, 1);
	begin();
	OK(sim_person_reseal(db, ring, &n, &err));
	end();
	ck_assert_int_eq(n, 1);
	sim_seal_free(ring);
	OK(sim_seal_forget(key, &err));
	OK(sim_person_get(db, ann.id, &a, &err));
	OK(sim_person_open_seed(&seal, ann.id, &a, back, &err));
	ck_assert_mem_eq(seed, back, sizeof(seed));
	IS(sim_person_open_seed(&seal, ann.id, &b, back, &err),
	   SIM_E_CONFIG);
	/* Without the key file: no, and none is made. */
	ck_assert_int_eq(unlink(key), 0);
	IS(sim_person_open_seed(&seal, ann.id, &a, back, &err),
	   SIM_E_CONFIG);
	ck_assert_int_ne(access(key, F_OK), 0);
}
END_TEST

START_TEST(recovery_codes)
{
	char codes[SIM_PERSON_CODES][SIM_PERSON_CODE];
	int64_t n = 0;

	begin();
	OK(sim_person_codes_make(db, ann.id, codes, &err));
	end();
	OK(sim_person_codes_left(db, ann.id, &n, &err));
	ck_assert_int_eq(n, SIM_PERSON_CODES);
	ck_assert(!is_in_files(codes[3], strlen(codes[3])));
	IS(sim_person_code_use(db, bob.id, codes[3], &err), SIM_E_AUTH);
	OK(sim_person_code_use(db, ann.id, codes[3], &err));
	IS(sim_person_code_use(db, ann.id, codes[3], &err), SIM_E_AUTH);
	IS(sim_person_code_use(db, ann.id, "", &err), SIM_E_AUTH);
	OK(sim_person_codes_left(db, ann.id, &n, &err));
	ck_assert_int_eq(n, SIM_PERSON_CODES - 1);
	OK(sim_person_codes_make(db, ann.id, NULL, &err));
	IS(sim_person_code_use(db, ann.id, codes[4], &err), SIM_E_AUTH);
}
END_TEST

/* -- logins ---------------------------------------------------------------- */

static struct sim_signin login(const struct sim_user *u, sim_time now,
			      char *text)
{
	const struct sim_db_by then = { u->id, now, NULL };
	struct sim_signin l = { .device = "test", .address = "192.0.2.1" };

	memcpy(l.user, u->id, sizeof(l.user));
	begin();
	OK(sim_signin_begin(db, &then, &l, text, &err));
	end();
	return l;
}

static int refresh(const char *old, sim_time now, char *text)
{
	struct sim_signin l;
	int rc;

	begin();
	rc = sim_signin_refresh(db, old, now, &l, text, &err);
	end();
	return rc;
}

START_TEST(refresh_tokens)
{
	char a[SIM_SIGNIN_REFRESH], b[SIM_SIGNIN_REFRESH];
	char c[SIM_SIGNIN_REFRESH];
	char other[SIM_SIGNIN_REFRESH];
	struct sim_signin l = login(&ann, NOW, a), got;

	login(&ann, NOW, other);
	ck_assert(!is_in_files(a, strlen(a)));
	OK(refresh(a, NOW + SEC, b));
	ck_assert_str_ne(a, b);
	OK(refresh(b, NOW + 2 * SEC, c));
	OK(sim_signin_get(db, ann.id, l.id, NOW + 2 * SEC, &got, &err));
	IS(sim_signin_get(db, bob.id, l.id, NOW, &got, &err), SIM_E_NOENT);
	/* One that was used comes again: all of that login is over. */
	IS(refresh(a, NOW + 3 * SEC, b), SIM_E_STATE);
	IS(refresh(c, NOW + 3 * SEC, b), SIM_E_AUTH);
	IS(refresh(a, NOW + 3 * SEC, b), SIM_E_AUTH);
	IS(sim_signin_get(db, ann.id, l.id, NOW + 3 * SEC, &got, &err),
	   SIM_E_NOENT);
	/* And of no other. */
	OK(refresh(other, NOW + 4 * SEC, b));
	IS(refresh("rt_", NOW, b), SIM_E_AUTH);
	IS(refresh("", NOW, b), SIM_E_AUTH);
}
END_TEST

START_TEST(login_ends)
{
	char text[SIM_SIGNIN_REFRESH], next[SIM_SIGNIN_REFRESH];
	sim_time t = NOW, last = NOW + SIM_SIGNIN_LIFE_SEC * SEC;

	login(&ann, NOW, text);
	IS(refresh(text, NOW + SIM_SIGNIN_IDLE_SEC * SEC, next), SIM_E_AUTH);
	/* Used each six days: until the thirtieth, and not a moment more. */
	for (t += 6 * 86400 * SEC; t < last; t += 6 * 86400 * SEC) {
		OK(refresh(text, t, next));
		memcpy(text, next, sizeof(text));
	}
	ck_assert_int_eq(t, last);
	OK(refresh(text, last - 1, next));
	IS(refresh(next, last, text), SIM_E_AUTH);
}
END_TEST

static int count_ends(void *ctx, const struct sim_audit_entry *e,
		      struct sim_err *why)
{
	(void)why;
	if (!strcmp(e->action, "login.end")) {
		ck_assert_str_eq(e->actor, ann.id);
		ck_assert_str_eq(e->subject, ctx);
		ck_assert_str_eq(e->detail, "too many logins");
		*(char *)ctx = '\0';
	}
	return SIM_OK;
}

START_TEST(many_logins)
{
	char oldest[SIM_SIGNIN_ID];
	char text[SIM_SIGNIN_REFRESH], first[SIM_SIGNIN_REFRESH];
	struct sim_signin *list, l;
	int64_t count = 0;
	size_t n;

	l = login(&ann, NOW, first);
	memcpy(oldest, l.id, sizeof(oldest));
	for (int i = 1; i < SIM_SIGNIN_MAX; i++)
		l = login(&ann, NOW + i, text);
	OK(sim_signin_list(db, ann.id, NOW + 60, &list, &n, &err));
	sim_mem_free(list);
	ck_assert_uint_eq(n, SIM_SIGNIN_MAX);
	login(&ann, NOW + 100, text);
	OK(sim_signin_list(db, ann.id, NOW + 101, &list, &n, &err));
	ck_assert_uint_eq(n, SIM_SIGNIN_MAX);
	ck_assert_int_eq(list[0].created, NOW + 100);
	sim_mem_free(list);
	OK(sim_audit_each(db, 0, 0, count_ends, oldest, &err));
	ck_assert_str_eq(oldest, "");
	IS(refresh(first, NOW + 101, text), SIM_E_AUTH);
	OK(sim_signin_ended(db, NOW + 90, NOW + 101, &list, &n, &err));
	ck_assert_uint_eq(n, 1);
	sim_mem_free(list);
	begin();
	OK(sim_signin_end(db, bob.id, l.id, NOW + 102, &count, &err));
	ck_assert_int_eq(count, 0);
	OK(sim_signin_end_all(db, ann.id, l.id, NOW + 102, &count, &err));
	ck_assert_int_eq(count, SIM_SIGNIN_MAX - 1);
	OK(sim_signin_end(db, ann.id, l.id, NOW + 102, &count, &err));
	ck_assert_int_eq(count, 1);
	end();
	OK(sim_signin_forget(db, NOW + SEC, &err));
	OK(sim_signin_ended(db, 0, NOW + SEC, &list, &n, &err));
	ck_assert_uint_eq(n, 0);
	sim_mem_free(list);
}
END_TEST

/* A clock that is set back brings nothing to life again. */
START_TEST(set_back)
{
	const struct sim_db_by earlier = { "local", NOW - 3600 * SEC, NULL };
	char text[SIM_SIGNIN_REFRESH], next[SIM_SIGNIN_REFRESH];
	struct sim_signin l = login(&ann, NOW, text), got, *logins;
	struct sim_apikey k = { .name = "k", .scopes = SIM_SCOPE_ALL,
				.expires = NOW + 86400 * SEC }, *keys;
	char secret[SIM_APIKEY_TEXT];
	struct sim_user u;
	int64_t count;
	size_t n;

	memcpy(k.user, ann.id, sizeof(k.user));
	OK(sim_apikey_create(db, &by, &k, secret, &err));
	OK(sim_apikey_revoke(db, &by, &k, &err));
	begin();
	OK(sim_signin_end(db, ann.id, l.id, NOW, &count, &err));
	end();
	IS(sim_apikey_check(db, secret, earlier.now, &u, &k, &err), SIM_E_AUTH);
	IS(sim_apikey_is_live(db, ann.id, k.id, earlier.now, &err),
	   SIM_E_AUTH);
	IS(sim_apikey_rotate(db, &earlier, NOW, &k, secret, &err), SIM_E_STATE);
	IS(refresh(text, earlier.now, next), SIM_E_AUTH);
	IS(sim_signin_get(db, ann.id, l.id, earlier.now, &got, &err),
	   SIM_E_NOENT);
	/* And who starts now finds them among what has ended. */
	OK(sim_apikey_ended(db, earlier.now - SEC, earlier.now, &keys, &n,
			    &err));
	ck_assert_uint_eq(n, 1);
	sim_mem_free(keys);
	OK(sim_signin_ended(db, earlier.now - SEC, earlier.now, &logins, &n,
			    &err));
	ck_assert_uint_eq(n, 1);
	sim_mem_free(logins);
}
END_TEST

/* Rotating is no way to more keys than a user may have. */
START_TEST(rotated_often)
{
	struct sim_apikey k = { .name = "k", .scopes = SIM_SCOPE_ALL,
				.expires = NOW + 86400 * SEC }, asked;
	char secret[SIM_APIKEY_TEXT];

	memcpy(k.user, ann.id, sizeof(k.user));
	OK(sim_apikey_create(db, &by, &k, secret, &err));
	for (int i = 1; i < SIM_APIKEY_MAX; i++) {
		asked = k;
		OK(sim_apikey_rotate(db, &by, NOW + 3600 * SEC, &asked, secret,
				     &err));
	}
	asked = k;
	IS(sim_apikey_rotate(db, &by, NOW + 3600 * SEC, &asked, secret, &err),
	   SIM_E_STATE);
	ck_assert_str_eq(asked.id, k.id);
	/* In the place of one, without a grace period. */
	OK(sim_apikey_rotate(db, &by, NOW, &asked, secret, &err));
}
END_TEST

/* Those that ended long ago are forgotten, so that no list is endless. */
START_TEST(many_dead_keys)
{
	struct sim_apikey k = { .name = "k", .scopes = SIM_SCOPE_ALL,
				.expires = NOW + 86400 * SEC }, *list;
	char more[600], secret[SIM_APIKEY_TEXT];
	sqlite3 *h;
	size_t n;

	memcpy(k.user, ann.id, sizeof(k.user));
	OK(sim_apikey_create(db, &by, &k, secret, &err));
	snprintf(more, sizeof(more), "WITH RECURSIVE c(i) AS (SELECT 1 UNION"
		 " ALL SELECT i + 1 FROM c WHERE i < 1200) INSERT INTO api_key"
		 " (id, user, name, hash, hint, created, expires, revoked)"
		 " SELECT printf('k_%%020x', i), '%s', 'old', randomblob(32),"
		 " 'sk_00000', 1, iif(i %% 2, i, 5000), iif(i %% 2, 5000, i)"
		 " FROM c", ann.id);
	ck_assert_int_eq(sqlite3_open(path, &h), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(h, more, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(h);
	OK(sim_apikey_create(db, &by, &k, secret, &err));
	OK(sim_apikey_list(db, ann.id, &list, &n, &err));
	ck_assert_uint_eq(n, SIM_APIKEY_KEPT + 2);
	ck_assert_str_eq(list[0].id, "k_000000000000000000c9");
	ck_assert(sim_apikey_good(&list[n - 1], NOW));
	ck_assert(sim_apikey_good(&list[n - 2], NOW));
	sim_mem_free(list);
}
END_TEST

/* Two administrators at once: each changes what it names. */
START_TEST(changed_by_two)
{
	struct sim_user a = ann, b = ann;

	a.is_disabled = true;
	b.plan = SIM_PLAN_ENTERPRISE;
	OK(sim_user_change(db, &by, SIM_USER_DISABLED, &a, &err));
	OK(sim_user_change(db, &by, SIM_USER_PLAN, &b, &err));
	ck_assert(b.is_disabled);
	OK(sim_user_find(db, ann.id, &a, &err));
	ck_assert(a.is_disabled);
	ck_assert_int_eq(a.plan, SIM_PLAN_ENTERPRISE);
}
END_TEST

START_TEST(disabled)
{
	char text[SIM_SIGNIN_REFRESH], next[SIM_SIGNIN_REFRESH];

	login(&ann, NOW - 1, text);
	ann.is_disabled = true;
	OK(sim_user_change(db, &by, SIM_USER_ALL, &ann, &err));
	IS(refresh(text, NOW + 1, next), SIM_E_AUTH);
}
END_TEST

/* -- requests -------------------------------------------------------------- */

static int use(enum sim_pending_purpose purpose, const char *id,
	       const char *code, sim_time now)
{
	struct sim_pending p = { .purpose = purpose };
	int rc;

	begin();
	rc = sim_pending_use(db, id, code, now, &p, &err);
	end();
	return rc;
}

START_TEST(requests)
{
	struct sim_pending p = { .purpose = SIM_PENDING_RESET,
				 .email = "ann@example.org" };
	char id[SIM_PENDING_ID], code[SIM_PENDING_CODE];
	char other[SIM_PENDING_ID], more[SIM_PENDING_CODE];
	sim_time end_at = NOW + SIM_PENDING_LIFE_SEC * SEC;

	memcpy(p.user, ann.id, sizeof(p.user));
	sim_pending_new_id(id);
	sim_pending_new_id(other);
	begin();
	OK(sim_pending_add(db, &p, NOW, id, code, &err));
	end();
	ck_assert(!is_in_files(code, strlen(code)));
	ck_assert(!is_in_files(id, strlen(id)));
	IS(use(SIM_PENDING_RESET, id, "00000-00000", NOW), SIM_E_AUTH);
	IS(use(SIM_PENDING_RESET, id, "", NOW), SIM_E_AUTH);
	IS(use(SIM_PENDING_RESET, other, code, NOW), SIM_E_AUTH);
	IS(use(SIM_PENDING_EMAIL, id, code, NOW), SIM_E_AUTH);
	IS(use(SIM_PENDING_RESET, id, code, end_at), SIM_E_AUTH);
	OK(use(SIM_PENDING_RESET, id, code, end_at - 1));
	IS(use(SIM_PENDING_RESET, id, code, NOW), SIM_E_AUTH);
	/* A newer one voids the one before. */
	begin();
	OK(sim_pending_add(db, &p, NOW, id, code, &err));
	OK(sim_pending_add(db, &p, NOW, other, more, &err));
	end();
	IS(use(SIM_PENDING_RESET, id, code, NOW), SIM_E_AUTH);
	IS(use(SIM_PENDING_RESET, other, code, NOW), SIM_E_AUTH);
	OK(use(SIM_PENDING_RESET, other, more, NOW));
}
END_TEST

/* -- lockout --------------------------------------------------------------- */

static int64_t try(const char *who, sim_time now)
{
	sim_time until = 0;

	OK(sim_lockout_try(db, who, now, &until, &err));
	return until == SIM_TIME_NONE ? -1 : (until - now) / SEC;
}

START_TEST(lockout)
{
	static const int64_t pauses[] = { 60, 120, 240, 480, 900, 900 };
	sim_time t = NOW;

	for (int i = 0; i < SIM_LOCKOUT_FREE; i++)
		ck_assert_int_eq(try("ann", t), -1);
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		ck_assert_int_eq(try("ann", t), pauses[i]);
		ck_assert_int_eq(try("ANN", t + SEC), pauses[i] - 1);
		t += pauses[i] * SEC;
		ck_assert_int_eq(try("ann", t - 1), 0);
		/* What is refused makes the pause no longer. */
		ck_assert_int_eq(try("ann", t), -1);
	}
	/* Another's is its own; nobody's is as somebody's. */
	ck_assert_int_eq(try("bob", t), -1);
	for (int i = 0; i < SIM_LOCKOUT_FREE; i++)
		ck_assert_int_eq(try("nobody", t), -1);
	ck_assert_int_eq(try("nobody", t), 60);
	/* It is forgotten a quarter of an hour after the pause. */
	ck_assert_int_eq(try("nobody", t + (60 + 899) * SEC), -1);
	ck_assert_int_eq(try("nobody", t + (60 + 899) * SEC), 120);
	t += (60 + 899 + 120 + 900) * SEC;
	for (int i = 0; i < SIM_LOCKOUT_FREE; i++)
		ck_assert_int_eq(try("nobody", t), -1);
	ck_assert_int_eq(try("nobody", t), 60);
	OK(sim_lockout_clear(db, "Nobody", &err));
	ck_assert_int_eq(try("nobody", t), -1);
	OK(sim_lockout_forget(db, t + 3600 * SEC, &err));
	ck_assert_int_eq(try("bob", t), -1);
	/* Two at once, the earlier counted second: no pause. */
	ck_assert_int_eq(try("eve", t), -1);
	ck_assert_int_eq(try("eve", t - 1), -1);
	/* A clock that is set back makes no pause of an hour, and gives no
	 * five tries more. */
	for (int i = 1; i < SIM_LOCKOUT_FREE; i++)
		ck_assert_int_eq(try("bob", t), -1);
	ck_assert_int_eq(try("bob", t), 60);
	t -= 3600 * SEC;
	ck_assert_int_eq(try("bob", t), -1);
	ck_assert_int_eq(try("bob", t), 120);
}
END_TEST

/* By name and account: -1 it may be made, -2 it is shut, else the seconds. */
static int64_t try_both(const char *name, const char *account, sim_time now)
{
	const struct sim_lockout_pair who = { name, account };
	sim_time until = 0;
	bool is_shut;

	OK(sim_lockout_try_both(db, &who, now, &until, &is_shut, &err));
	if (until == SIM_TIME_NONE)
		return is_shut ? -2 : -1;
	return (until - now) / SEC;
}

/* The names of one account are counted together, and told apart. */
START_TEST(lockout_of_both)
{
	sim_time t = NOW;

	for (int i = 0; i < SIM_LOCKOUT_FREE; i++)
		ck_assert_int_eq(try_both(i % 2 ? "n" : "m", "a", t), -1);
	for (int i = 0; i < SIM_LOCKOUT_FREE - 2; i++)
		ck_assert_int_eq(try_both("n", "a", t), -2);
	ck_assert_int_eq(try_both("n", "a", t), 60);
	ck_assert_int_eq(try_both("m", "a", t), -2);
	ck_assert_int_eq(try("a", t), 60);
	ck_assert_int_eq(try_both("m", "a", t + 60 * SEC - 1), -2);
	ck_assert_int_eq(try_both("m", "a", t + 60 * SEC - 1), 60);
	ck_assert_int_eq(try_both("n", "a", t + 60 * SEC), -1);
	ck_assert_int_eq(try("a", t + 60 * SEC), 120);
	/* Refused by the name, it isn't counted for the account. */
	ck_assert_int_eq(try_both("n", "b", t + 60 * SEC), 120);
	for (int i = 0; i < SIM_LOCKOUT_FREE; i++)
		ck_assert_int_eq(try("b", t), -1);
}
END_TEST

/* -- scopes and keys ------------------------------------------------------- */

START_TEST(scopes)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	unsigned s = 99;

	OK(sim_scope_parse("read, simulate", &s, &err));
	ck_assert_uint_eq(s, SIM_SCOPE_READ | SIM_SCOPE_SIMULATE);
	IS(sim_scope_parse("reader", &s, &err), SIM_E_INVAL);
	IS(sim_scope_parse(" ,", &s, &err), SIM_E_INVAL);
	sim_scope_put(&b, SIM_SCOPE_ALL);
	ck_assert_str_eq(sim_buf_str(&b), "simulate read account admin");
	sim_buf_release(&b);
}
END_TEST

START_TEST(anothers_key)
{
	struct sim_apikey k = { .name = "x", .scopes = SIM_SCOPE_READ,
				.expires = SIM_TIME_MAX }, asked;
	char text[SIM_APIKEY_TEXT], next[SIM_APIKEY_TEXT];
	struct sim_user u;

	memcpy(k.user, ann.id, sizeof(k.user));
	OK(sim_apikey_create(db, &by, &k, text, &err));
	asked = k;
	memcpy(asked.user, bob.id, sizeof(asked.user));
	IS(sim_apikey_rotate(db, &by, NOW, &asked, next, &err), SIM_E_NOENT);
	IS(sim_apikey_revoke(db, &by, &asked, &err), SIM_E_NOENT);
	OK(sim_apikey_is_live(db, ann.id, k.id, NOW, &err));
	IS(sim_apikey_is_live(db, bob.id, k.id, NOW, &err), SIM_E_AUTH);
	asked = k;
	OK(sim_apikey_rotate(db, &by, NOW + 9, &asked, next, &err));
	ck_assert_uint_eq(asked.scopes, SIM_SCOPE_READ);
	OK(sim_apikey_check(db, next, NOW, &u, &k, &err));
	ck_assert_uint_eq(k.scopes, SIM_SCOPE_READ);
	k.scopes = 0;
	IS(sim_apikey_create(db, &by, &k, text, &err), SIM_E_INVAL);
}
END_TEST

/* -- outbox ---------------------------------------------------------------- */

static void post(const char *template, sim_time expires)
{
	struct sim_outbox_mail m = { .recipient = "ann@example.org",
		.args = "{\"code\":\"abcde-fghjk\"}", .expires = expires };

	snprintf(m.template, sizeof(m.template), "%s", template);
	begin();
	OK(sim_outbox_add(db, &seal, &m, NOW, &err));
	end();
}

START_TEST(outbox)
{
	struct sim_outbox_mail m;
	struct sim_outbox_stats s;
	char id[SIM_OUTBOX_ID];
	sim_time at;

	IS(sim_outbox_take(db, &seal, NOW, &m, &err), 0);
	post("verify", NOW + 600 * SEC);
	post("late", NOW + 5);
	ck_assert(!is_in_files("abcde-fghjk", 11));
	IS(sim_outbox_take(db, &seal, NOW - 1, &m, &err), 0);
	IS(sim_outbox_take(db, &seal, NOW, &m, &err), 1);
	ck_assert_str_eq(m.template, "verify");
	ck_assert_str_eq(m.args, "{\"code\":\"abcde-fghjk\"}");
	ck_assert(!m.was_sending && m.attempts == 1);
	memcpy(id, m.message_id, sizeof(id));
	OK(sim_outbox_again(db, m.id, NOW + 10, "no route", &err));
	/* The other's time is over before it was tried. */
	IS(sim_outbox_take(db, &seal, NOW + 5, &m, &err), 0);
	OK(sim_outbox_next(db, &at, &err));
	ck_assert_int_eq(at, NOW + 10);
	IS(sim_outbox_take(db, &seal, NOW + 10, &m, &err), 1);
	ck_assert_str_eq(m.message_id, id);
	ck_assert_int_eq(m.attempts, 2);
	/* The process ends there; the next finds it. */
	IS(sim_outbox_take(db, &seal, NOW + 10, &m, &err), 1);
	ck_assert(m.was_sending);
	OK(sim_outbox_sent(db, m.id, NOW, &err));
	IS(sim_outbox_take(db, &seal, NOW + 99, &m, &err), 0);
	OK(sim_outbox_stats(db, &s, &err));
	ck_assert(s.waiting == 0 && s.sent == 1 && s.failed == 1);
	OK(sim_outbox_next(db, &at, &err));
	ck_assert_int_eq(at, SIM_TIME_MAX);
	OK(sim_outbox_forget(db, NOW + 1, &err));
	OK(sim_outbox_stats(db, &s, &err));
	ck_assert(s.sent == 0 && s.failed == 0);
}
END_TEST

START_TEST(outbox_keys)
{
	struct sim_outbox_mail m;
	struct sim_outbox_stats s;
	struct sim_seal *ring;
	int64_t n = 0;

	post("one", NOW + SEC);
	OK(sim_seal_renew(key, &err));
	OK(sim_seal_load(&seal, &ring, &err));
	begin();
	OK(sim_outbox_reseal(db, ring, &n, &err));
	end();
	sim_seal_free(ring);
	ck_assert_int_eq(n, 1);
	OK(sim_seal_forget(key, &err));
	IS(sim_outbox_take(db, &seal, NOW, &m, &err), 1);
	OK(sim_outbox_sent(db, m.id, NOW, &err));
	/* One that no key opens is given up, and not in the way. */
	post("two", NOW + SEC);
	ck_assert_int_eq(unlink(key), 0);
	post("three", NOW + SEC);
	IS(sim_outbox_take(db, &seal, NOW, &m, &err), SIM_E_CONFIG);
	IS(sim_outbox_take(db, &seal, NOW, &m, &err), 1);
	ck_assert_str_eq(m.template, "three");
	OK(sim_outbox_stats(db, &s, &err));
	ck_assert_int_eq(s.failed, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("account");
	TCase *t = tcase_create("account");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, emails);
	tcase_add_test(t, accounts);
	tcase_add_test(t, seeds);
	tcase_add_test(t, recovery_codes);
	tcase_add_test(t, refresh_tokens);
	tcase_add_test(t, login_ends);
	tcase_add_test(t, many_logins);
	tcase_add_test(t, set_back);
	tcase_add_test(t, rotated_often);
	tcase_add_test(t, many_dead_keys);
	tcase_add_test(t, changed_by_two);
	tcase_add_test(t, disabled);
	tcase_add_test(t, requests);
	tcase_add_test(t, lockout);
	tcase_add_test(t, lockout_of_both);
	tcase_add_test(t, scopes);
	tcase_add_test(t, anothers_key);
	tcase_add_test(t, outbox);
	tcase_add_test(t, outbox_keys);
	suite_add_tcase(s, t);
	return run_suite(s);
}
