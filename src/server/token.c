/*
 * token: form and claims checked by our own strict reader, the signature by
 * libjwt, and nothing of a token believed before that.
 */
#include "server/token.h"

#include <errno.h>
#include <fcntl.h>
#include <jwt.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/scope.h"
#include "util/file.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/secret.h"

#define KEY_BYTES	32		/* of a key that is made here */
#define FILE_MAX	1024
#define EXP_MAX		INT64_C(9000000000)	/* in the year 2255 */

struct key {
	size_t len;			/* 0: there is none */
	unsigned char bytes[SIM_TOKEN_SECRET_MAX];
};

/* Never changed once others see it. */
struct ring {
	struct key current, before;
	sim_time before_until;
	struct ring *next;		/* the one it took the place of */
};

struct sim_token {
	_Atomic(struct ring *) ring;
};

static const struct {
	int close, http;
	const char *reason;
} statuses[] = {
#define SIM_TOKEN(id, close, http, reason) { close, http, reason },
#include "server/token.def"
#undef SIM_TOKEN
};

int sim_token_close_code(enum sim_token_status s)
{
	return statuses[s].close;
}

int sim_token_http(enum sim_token_status s)
{
	return statuses[s].http;
}

const char *sim_token_reason(enum sim_token_status s)
{
	return statuses[s].reason;
}

/* --- keys ------------------------------------------------------------- */

/* The text of a public key is no secret, though it is long enough for one. */
static int key_from_secret(const char *s, struct key *k, struct sim_err *err)
{
	size_t n = strlen(s);

	if (n < SIM_TOKEN_SECRET_MIN || n > SIM_TOKEN_SECRET_MAX)
		return sim_err_set(err, SIM_E_CONFIG, "JWT_SECRET_KEY is %zu"
				   " bytes long; it takes %d to %d random ones,"
				   " or leave it unset to have a key file made",
				   n, SIM_TOKEN_SECRET_MIN,
				   SIM_TOKEN_SECRET_MAX);
	if (!strncmp(s, "-----BEGIN", 10))
		return sim_err_set(err, SIM_E_CONFIG, "JWT_SECRET_KEY is the"
				   " text of a certificate or key pair; it"
				   " takes %d or more random bytes",
				   SIM_TOKEN_SECRET_MIN);
	memcpy(k->bytes, s, n);
	k->len = n;
	return SIM_OK;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* One line of the file; moves on to the next. */
static bool key_from_line(const char **s, struct key *k)
{
	const char *p = *s;

	for (int i = 0; i < KEY_BYTES; i++, p += 2) {
		int hi = hex_digit(p[0]), lo = hi < 0 ? -1 : hex_digit(p[1]);

		if (lo < 0)
			return false;
		k->bytes[i] = (unsigned char)(hi << 4 | lo);
	}
	if (*p == '\n')
		p++;
	else if (*p)
		return false;
	k->len = KEY_BYTES;
	*s = p;
	return true;
}

/* Is it ours alone? */
static int check_owner(int fd, const char *path, struct sim_err *err)
{
	struct stat sb;

	if (fstat(fd, &sb))
		return sim_err_set(err, SIM_E_IO, "%s can't be looked at: %s",
				   path, strerror(errno));
	if (!S_ISREG(sb.st_mode))
		return sim_err_set(err, SIM_E_CONFIG, "%s is no file; name one"
				   " for the key of tokens", path);
	if (sb.st_uid != geteuid() && sb.st_uid != 0)
		return sim_err_set(err, SIM_E_CONFIG, "%s belongs to another"
				   " user (%lu); its key can't be trusted",
				   path,
				   (unsigned long)sb.st_uid);
	if (sb.st_mode & 077)
		return sim_err_set(err, SIM_E_CONFIG, "%s can be read by others"
				   " (mode %03o); run chmod 600 on it, and if"
				   " others may have read it remove it to have"
				   " a new key made", path,
				   (unsigned)sb.st_mode & 0777);
	return SIM_OK;
}

/* The file's text into buf; SIM_E_NOENT without touching err. */
static int read_text(const char *path, char buf[FILE_MAX], struct sim_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0 && errno == ENOENT)
		return SIM_E_NOENT;
	if (fd < 0)
		return sim_err_set(err, SIM_E_IO, "%s can't be read: %s", path,
				   strerror(errno));
	rc = check_owner(fd, path, err);
	while (!rc && len < FILE_MAX - 1) {
		n = read(fd, buf + len, FILE_MAX - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (!rc && n < 0)
		rc = sim_err_set(err, SIM_E_IO, "%s can't be read: %s", path,
				 strerror(errno));
	close(fd);
	buf[len] = '\0';
	return rc;
}

static int write_key(const char *path, struct sim_err *err)
{
	char line[2 * KEY_BYTES + 2];
	int rc;

	sim_secret_hex(line, KEY_BYTES);
	memcpy(line + 2 * KEY_BYTES, "\n", 2);
	rc = sim_file_write(path, line, 2 * KEY_BYTES + 1, 0600, err);
	sim_secret_wipe(line, sizeof(line));
	return rc;
}

/* Two servers that start at once agree on one key. */
static int make_file(const char *path, char buf[FILE_MAX], struct sim_err *err)
{
	int fd, rc = sim_file_lock_beside(path, &fd, err);

	if (rc)
		return rc;
	rc = read_text(path, buf, err);
	if (rc == SIM_E_NOENT)
		rc = write_key(path, err);
	if (!rc)
		rc = read_text(path, buf, err);
	sim_file_unlock(fd);
	if (rc == SIM_E_NOENT)
		return sim_err_set(err, SIM_E_IO, "%s was made and is gone;"
				   " leave it where it is", path);
	return rc;
}

static int keys_from_file(const char *path, struct ring *r, struct sim_err *err)
{
	char buf[FILE_MAX];
	const char *s = buf;
	int rc = read_text(path, buf, err);

	if (rc == SIM_E_NOENT)
		rc = make_file(path, buf, err);
	if (rc)
		return rc;
	if (!key_from_line(&s, &r->current) ||
	    (*s && (!key_from_line(&s, &r->before) || *s)))
		rc = sim_err_set(err, SIM_E_CONFIG, "%s holds no key of tokens"
				 " (a line of %d hex digits, and perhaps one of"
				 " the key before); remove it to have one made",
				 path, 2 * KEY_BYTES);
	sim_secret_wipe(buf, sizeof(buf));
	return rc;
}

static void ring_free(struct ring *r)
{
	if (!r)
		return;
	sim_secret_wipe(r, sizeof(*r));
	sim_mem_free(r);
}

static int ring_load(const struct sim_token_source *src, struct ring **out,
		     struct sim_err *err)
{
	struct ring *r = sim_mem_zalloc(sizeof(*r));
	int rc;

	if (src->secret)
		rc = key_from_secret(src->secret, &r->current, err);
	else
		rc = keys_from_file(src->file, r, err);
	if (rc) {
		ring_free(r);
		return rc;
	}
	r->before_until = src->now + SIM_TOKEN_LIFE_SEC * SIM_TIME_SEC;
	*out = r;
	return SIM_OK;
}

int sim_token_load(const struct sim_token_source *src, struct sim_token **out,
		   struct sim_err *err)
{
	struct ring *r;
	struct sim_token *t;
	int rc = ring_load(src, &r, err);

	if (rc)
		return rc;
	t = sim_mem_zalloc(sizeof(*t));
	atomic_init(&t->ring, r);
	*out = t;
	return SIM_OK;
}

static bool same_key(const struct key *a, const struct key *b)
{
	return a->len == b->len && sim_secret_equal(a->bytes, b->bytes, a->len);
}

/* Old rings stay until the end, since a thread may still read one; only a key
 * that did change makes a new one. */
int sim_token_reload(struct sim_token *t, const struct sim_token_source *src,
		     struct sim_err *err)
{
	struct ring *old = atomic_load(&t->ring), *r;
	int rc = ring_load(src, &r, err);

	if (rc)
		return rc;
	if (same_key(&r->current, &old->current)) {
		ring_free(r);
		return SIM_OK;
	}
	r->before = old->current;
	r->next = old;
	atomic_store(&t->ring, r);
	return SIM_OK;
}

void sim_token_free(struct sim_token *t)
{
	struct ring *next;

	if (!t)
		return;
	for (struct ring *r = atomic_load(&t->ring); r; r = next) {
		next = r->next;
		ring_free(r);
	}
	sim_mem_free(t);
}

/* --- issue ------------------------------------------------------------ */

/* What is left of all scopes. */
static void put_scope(struct sim_json *j, unsigned withheld)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_scope_put(&b, SIM_SCOPE_ALL & ~withheld);
	sim_json_str(j, "scope", sim_buf_str(&b));
	sim_buf_release(&b);
}

static void put_claims(struct sim_buf *out, const struct sim_token_claims *c)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "iss", SIM_TOKEN_ISSUER);
	sim_json_str(&j, "aud", SIM_TOKEN_AUDIENCE);
	sim_json_str(&j, "sub", c->user);
	sim_json_str(&j, "user_id", c->user);
	sim_json_str(&j, "plan", sim_plan_names[c->plan]);
	sim_json_int(&j, "iat", c->issued / SIM_TIME_SEC);
	sim_json_int(&j, "exp", c->expires / SIM_TIME_SEC);
	sim_json_str(&j, "jti", c->jti);
	sim_json_str(&j, "typ", "access");
	if (c->withheld)
		put_scope(&j, c->withheld);
	sim_json_object(&j, "rate_limits");
	for (int i = 0; i < SIM_PLAN_LIMIT__COUNT; i++)
		sim_json_int(&j, sim_plan_limit_key(i),
			     sim_plan_limit(c->plan, (enum sim_plan_limit)i));
	sim_json_end(&j);
	sim_json_end(&j);
}

static char *sign(const char *claims, const struct key *k)
{
	jwt_t *jwt = NULL;
	char *text = NULL, *copy;

	if (k->len < SIM_TOKEN_SECRET_MIN)
		SIM_BUG("a token signed with a short key");
	if (!jwt_new(&jwt) && !jwt_add_grants_json(jwt, claims) &&
	    !jwt_set_alg(jwt, JWT_ALG_HS256, k->bytes, (int)k->len))
		text = jwt_encode_str(jwt);
	jwt_free(jwt);
	if (!text)
		return NULL;
	copy = sim_mem_strdup(text);
	sim_secret_wipe(text, strlen(text));
	free(text);
	return copy;
}

int sim_token_issue(const struct sim_token *t, sim_time now,
		    struct sim_token_claims *c, char **text,
		    struct sim_err *err)
{
	const struct ring *r = atomic_load(&t->ring);
	struct sim_token_claims made = *c;
	struct sim_buf claims = SIM_BUF_INIT(SIM_TOKEN_TEXT_MAX);
	char random[33], *signed_text;

	sim_secret_hex(random, 16);
	snprintf(made.jti, sizeof(made.jti), "%s.%s", c->key, random);
	made.issued = now - now % SIM_TIME_SEC;
	made.expires = made.issued + SIM_TOKEN_LIFE_SEC * SIM_TIME_SEC;
	put_claims(&claims, &made);
	signed_text = sign(sim_buf_str(&claims), &r->current);
	sim_buf_release(&claims);
	if (!signed_text)
		return sim_err_set(err, SIM_E_BUG, "a token can't be made for"
				   " user %s; look for a lack of memory",
				   c->user);
	*c = made;
	*text = signed_text;
	return SIM_OK;
}

void sim_token_forget(char *text)
{
	if (!text)
		return;
	sim_secret_wipe(text, strlen(text));
	sim_mem_free(text);
}

/* --- verify ----------------------------------------------------------- */

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* base64url without padding, and in the one way each text can be written. */
static bool unbase64(const char *s, size_t n, char *out, size_t *len)
{
	unsigned acc = 0, bits = 0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		int v = sextet(s[i]);

		if (v < 0)
			return false;
		acc = (acc << 6 | (unsigned)v) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[at++] = (char)(acc >> bits & 0xff);
		}
	}
	*len = at;
	return n % 4 != 1 && !(acc & ((1U << bits) - 1));
}

static struct sim_json_doc *part_json(const char *s, size_t n)
{
	char raw[SIM_TOKEN_TEXT_MAX];
	struct sim_json_doc *doc;
	size_t len;

	if (!unbase64(s, n, raw, &len) || sim_json_parse(raw, len, &doc, NULL))
		return NULL;
	if (sim_json_is_object(sim_json_root(doc)))
		return doc;
	sim_json_free(doc);
	return NULL;
}

static bool is_text(const struct sim_json_val *v, const char *want)
{
	const char *s = sim_json_as_str(v);

	return s && !strcmp(s, want);
}

/* A header of ours says the algorithm and perhaps the type; anything more
 * (crit, kid, jku, jwk, ...) asks for something that isn't done. */
static bool header_is_ours(const char *s, size_t n)
{
	struct sim_json_doc *doc = part_json(s, n);
	const struct sim_json_val *root, *typ;
	bool ok;

	if (!doc)
		return false;
	root = sim_json_root(doc);
	typ = sim_json_get(root, "typ");
	ok = is_text(sim_json_get(root, "alg"), "HS256") &&
		(!typ || is_text(typ, "JWT")) &&
		sim_json_len(root) == 1 + (size_t)!!typ;
	sim_json_free(doc);
	return ok;
}

/* libjwt takes any token for good when it gets no key, and any algorithm the
 * token names. */
static bool key_fits(const char *text, const struct key *k)
{
	jwt_t *jwt = NULL;
	bool ok;

	if (k->len < SIM_TOKEN_SECRET_MIN)
		return false;
	ok = !jwt_decode(&jwt, text, k->bytes, (int)k->len) &&
		jwt_get_alg(jwt) == JWT_ALG_HS256;
	jwt_free(jwt);
	return ok;
}

static bool signature_is_ours(const struct ring *r, const char *text,
			      sim_time now)
{
	return key_fits(text, &r->current) ||
		(now < r->before_until && key_fits(text, &r->before));
}

/* An id goes to logs and tables, so nothing but what stands for itself. */
static bool id_copy(const struct sim_json_val *v, char *out, size_t size)
{
	const char *s = sim_json_as_str(v);
	size_t n = s ? strlen(s) : 0;

	if (!n || n >= size)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\')
			return false;
	memcpy(out, s, n + 1);
	return true;
}

/* A claim in whole seconds; `absent` when there is none. */
static bool claim_time(const struct sim_json_val *root, const char *name,
		       sim_time absent, sim_time *out)
{
	const struct sim_json_val *v = sim_json_get(root, name);
	int64_t sec;

	*out = absent;
	if (!v)
		return absent != SIM_TIME_NONE;
	if (!sim_json_as_int(v, &sec) || sec < 0 || sec > EXP_MAX)
		return false;
	*out = sec * SIM_TIME_SEC;
	return true;
}

static bool claim_jti(const struct sim_json_val *root,
		      struct sim_token_claims *c)
{
	const struct sim_json_val *v = sim_json_get(root, "jti");
	const char *dot;

	c->jti[0] = c->key[0] = '\0';
	if (!v)
		return true;
	if (!id_copy(v, c->jti, sizeof(c->jti)))
		return false;
	dot = strchr(c->jti, '.');
	if (dot && (size_t)(dot - c->jti) < sizeof(c->key)) {
		memcpy(c->key, c->jti, (size_t)(dot - c->jti));
		c->key[dot - c->jti] = '\0';
	}
	return true;
}

static bool claim_user(const struct sim_json_val *root,
		       struct sim_token_claims *c)
{
	const struct sim_json_val *id = sim_json_get(root, "user_id");

	return id_copy(sim_json_get(root, "sub"), c->user, sizeof(c->user)) &&
		(!id || is_text(id, c->user));
}

static bool claim_plan(const struct sim_json_val *root,
		       struct sim_token_claims *c)
{
	const char *plan = sim_json_as_str(sim_json_get(root, "plan"));

	return plan && !sim_plan_parse(plan, &c->plan, NULL);
}

/* A token without the claim has every scope. */
static bool claim_scope(const struct sim_json_val *root,
			struct sim_token_claims *c)
{
	const struct sim_json_val *v = sim_json_get(root, "scope");
	const char *s = sim_json_as_str(v);
	unsigned scopes;

	if (!v)
		return true;
	if (!s || sim_scope_parse(s, &scopes, NULL))
		return false;
	c->withheld = SIM_SCOPE_ALL & ~scopes;
	return true;
}

static enum sim_token_status judge(const struct sim_json_val *root,
				   sim_time now, struct sim_token_claims *c)
{
	const struct sim_json_val *typ = sim_json_get(root, "typ");
	sim_time soon = now + SIM_TOKEN_LEEWAY_SEC * SIM_TIME_SEC, nbf;

	if (!is_text(sim_json_get(root, "iss"), SIM_TOKEN_ISSUER) ||
	    !is_text(sim_json_get(root, "aud"), SIM_TOKEN_AUDIENCE) ||
	    !claim_time(root, "exp", SIM_TIME_NONE, &c->expires) ||
	    !claim_time(root, "iat", 0, &c->issued) ||
	    !claim_time(root, "nbf", 0, &nbf) ||
	    !claim_user(root, c) || !claim_plan(root, c) ||
	    !claim_jti(root, c) || !claim_scope(root, c))
		return SIM_TOKEN_INVALID;
	if (c->expires <= now)
		return SIM_TOKEN_EXPIRED;
	if (nbf > soon || c->issued > soon || (typ && !is_text(typ, "access")))
		return SIM_TOKEN_REFUSED;
	return SIM_TOKEN_OK;
}

static enum sim_token_status verify_text(const struct sim_token *t,
					 const char *text, sim_time now,
					 struct sim_token_claims *out)
{
	const char *body = strchr(text, '.'), *end;
	struct sim_token_claims c;
	struct sim_json_doc *doc;
	enum sim_token_status s;

	end = body ? strchr(body + 1, '.') : NULL;
	/* The library writes a byte behind an empty part. */
	if (!end || end == body + 1 || strchr(end + 1, '.') ||
	    !header_is_ours(text, (size_t)(body - text)) ||
	    !signature_is_ours(atomic_load(&t->ring), text, now))
		return SIM_TOKEN_INVALID;
	doc = part_json(body + 1, (size_t)(end - body - 1));
	if (!doc)
		return SIM_TOKEN_INVALID;
	memset(&c, 0, sizeof(c));
	s = judge(sim_json_root(doc), now, &c);
	sim_json_free(doc);
	if (s == SIM_TOKEN_OK || s == SIM_TOKEN_EXPIRED)
		*out = c;
	return s;
}

bool sim_token_is_blank(const char *text, size_t n)
{
	size_t blank = 0;

	while (text && blank < n && (text[blank] == ' ' || text[blank] == '\t'))
		blank++;
	return !text || blank == n;
}

enum sim_token_status sim_token_verify(const struct sim_token *t,
				       const char *text, size_t n,
				       sim_time now,
				       struct sim_token_claims *out)
{
	char copy[SIM_TOKEN_TEXT_MAX + 1];
	enum sim_token_status s;

	if (sim_token_is_blank(text, n))
		return SIM_TOKEN_MISSING;
	if (n > SIM_TOKEN_TEXT_MAX || memchr(text, '\0', n))
		return SIM_TOKEN_INVALID;
	memcpy(copy, text, n);
	copy[n] = '\0';
	s = verify_text(t, copy, now, out);
	sim_secret_wipe(copy, n);
	return s;
}
