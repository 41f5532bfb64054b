/* credentials: a JSON file of entries; their texts are a table. */
#include "client/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/sha256.h"

static const struct text {
	const char *key;
	size_t at, size;
} texts[] = {
#define TEXT(key, member) { key, \
	offsetof(struct sim_credentials_entry, member), \
	sizeof(((struct sim_credentials_entry *)0)->member) }
	TEXT("server", server), TEXT("profile", profile), TEXT("mark", mark),
	TEXT("user_id", user), TEXT("plan", plan), TEXT("api_key", api_key),
	TEXT("access_token", token), TEXT("refresh_token", refresh),
#undef TEXT
};
#define TEXTS (sizeof(texts) / sizeof(texts[0]))

void sim_credentials_mark(const char *api_key, char mark[SIM_CREDENTIALS_MARK])
{
	uint8_t hash[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX];

	sim_sha256_of(api_key, strlen(api_key), hash);
	sim_sha256_hex(hash, hex);
	memcpy(mark, hex, SIM_CREDENTIALS_MARK - 1);
	mark[SIM_CREDENTIALS_MARK - 1] = '\0';
	sim_secret_wipe(hex, sizeof(hex));
}

void sim_credentials_release(struct sim_credentials *c)
{
	if (c->v)
		sim_secret_wipe(c->v, c->cap * sizeof(*c->v));
	sim_mem_free(c->v);
	*c = (struct sim_credentials)SIM_CREDENTIALS_INIT;
}

struct sim_credentials_entry *
sim_credentials_find(const struct sim_credentials *c, const char *server,
		     const char *profile, const char *mark)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].server, server) &&
		    !strcmp(c->v[i].profile, profile) &&
		    !strcmp(c->v[i].mark, mark))
			return &c->v[i];
	return NULL;
}

/* One more, zeroed; what was moved is wiped. */
static struct sim_credentials_entry *add(struct sim_credentials *c)
{
	struct sim_credentials_entry *v;
	size_t cap = c->cap ? 2 * c->cap : 4;

	if (c->n == c->cap) {
		v = sim_mem_array(cap, sizeof(*v));
		if (c->n)
			memcpy(v, c->v, c->n * sizeof(*v));
		if (c->v)
			sim_secret_wipe(c->v, c->cap * sizeof(*v));
		sim_mem_free(c->v);
		c->v = v;
		c->cap = cap;
	}
	return &c->v[c->n++];
}

struct sim_credentials_entry *
sim_credentials_need(struct sim_credentials *c, const char *server,
		     const char *profile, const char *mark)
{
	struct sim_credentials_entry *e =
		sim_credentials_find(c, server, profile, mark);

	if (e)
		return e;
	e = add(c);
	snprintf(e->server, sizeof(e->server), "%s", server);
	snprintf(e->profile, sizeof(e->profile), "%s", profile);
	snprintf(e->mark, sizeof(e->mark), "%s", mark);
	return e;
}

const struct sim_credentials_entry *
sim_credentials_current(const struct sim_credentials *c, const char *profile)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].is_current && !strcmp(c->v[i].profile, profile))
			return &c->v[i];
	return NULL;
}

void sim_credentials_choose(struct sim_credentials *c,
			    struct sim_credentials_entry *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].profile, e->profile))
			c->v[i].is_current = &c->v[i] == e;
}

/* -- reading ------------------------------------------------------------- */

static int check_owner(const char *path, const struct stat *st,
		       struct sim_err *err)
{
	unsigned mode = (unsigned)st->st_mode & 07777;

	if (!S_ISREG(st->st_mode))
		return sim_err_set(err, SIM_E_CONFIG, "%s is no plain file;"
				   " move it away and log in again", path);
	if (st->st_uid != geteuid())
		return sim_err_set(err, SIM_E_CONFIG,
				   "%s belongs to another user (%lu); move it"
				   " away and log in again", path,
				   (unsigned long)st->st_uid);
	if (mode & 077)
		return sim_err_set(err, SIM_E_CONFIG,
				   "%s holds keys and others can read it (mode"
				   " %04o); chmod 600 it, and revoke what they"
				   " may have seen", path, mode);
	return SIM_OK;
}

/* Through one descriptor, so that what was checked is what is read. */
static int read_all(const char *path, struct sim_buf *b, struct sim_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
	struct stat st;
	ssize_t n = 1;
	char *p;

	if (fd < 0 && errno == ENOENT)
		return SIM_OK;
	if (fd < 0 || fstat(fd, &st)) {
		if (fd >= 0)
			close(fd);
		return sim_err_set(err, SIM_E_CONFIG, "%s can't be read (%s);"
				   " move it away and log in again", path,
				   strerror(errno));
	}
	rc = check_owner(path, &st, err);
	while (!rc && n > 0 && (p = sim_buf_reserve(b, 4096))) {
		n = read(fd, p, 4096);
		b->len += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	if (!rc && n)
		rc = sim_err_set(err, SIM_E_CONFIG, "%s can't be read, or has"
				 " more than %d bytes; move it away and log in"
				 " again", path, SIM_CREDENTIALS_FILE_MAX);
	return rc;
}

static bool take(const struct sim_json_val *o, struct sim_credentials_entry *e)
{
	const struct sim_json_val *at = sim_json_get(o, "expires_at");
	int64_t sec = 0;

	for (size_t i = 0; i < TEXTS; i++) {
		const char *s = sim_json_as_str(sim_json_get(o, texts[i].key));

		if (s && strlen(s) >= texts[i].size)
			return false;
		if (s)
			memcpy((char *)e + texts[i].at, s, strlen(s) + 1);
	}
	if (at && (!sim_json_as_int(at, &sec) || sec < 0 ||
		   sec > SIM_TIME_MAX / SIM_TIME_SEC))
		return false;
	e->expires = sec * SIM_TIME_SEC;
	sim_json_as_bool(sim_json_get(o, "is_current"), &e->is_current);
	return *e->server;
}

static bool take_all(const struct sim_json_val *root,
		     struct sim_credentials *c)
{
	const struct sim_json_val *list = sim_json_get(root, "logins");

	if (!sim_json_is_list(list) || sim_json_len(list) > SIM_CREDENTIALS_MAX)
		return false;
	for (size_t i = 0; i < sim_json_len(list); i++)
		if (!take(sim_json_at(list, i), add(c)))
			return false;
	return true;
}

int sim_credentials_load(const char *path, struct sim_credentials *c,
			 struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_CREDENTIALS_FILE_MAX + 1);
	struct sim_credentials got = SIM_CREDENTIALS_INIT;
	struct sim_json_doc *doc = NULL;
	int rc = read_all(path, &b, err);

	if (!rc && b.len &&
	    (sim_json_parse(b.data, b.len, &doc, NULL) ||
	     !take_all(sim_json_root(doc), &got)))
		rc = sim_err_set(err, SIM_E_CONFIG, "%s is damaged; remove it"
				 " and log in again", path);
	sim_json_free(doc);
	if (b.data)
		sim_secret_wipe(b.data, b.len);
	sim_buf_release(&b);
	if (rc)
		sim_credentials_release(&got);
	else
		*c = got;
	return rc;
}

/* -- writing ------------------------------------------------------------- */

static void put(struct sim_json *j, const struct sim_credentials_entry *e)
{
	sim_json_object(j, NULL);
	for (size_t i = 0; i < TEXTS; i++) {
		const char *s = (const char *)e + texts[i].at;

		if (*s)
			sim_json_str(j, texts[i].key, s);
	}
	sim_json_int(j, "expires_at", e->expires / SIM_TIME_SEC);
	if (e->is_current)
		sim_json_bool(j, "is_current", true);
	sim_json_end(j);
}

int sim_credentials_save(const char *path, const struct sim_credentials *c,
			 struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_CREDENTIALS_FILE_MAX);
	struct sim_json j;
	int rc = SIM_OK;

	if (!c->n) {
		if (unlink(path) && errno != ENOENT)
			rc = sim_err_set(err, SIM_E_IO, "%s can't be removed"
					 " (%s)", path, strerror(errno));
		return rc;
	}
	if (c->n > SIM_CREDENTIALS_MAX)
		return sim_err_set(err, SIM_E_INVAL, "%s has %d logins, which"
				   " is the most; auth logout removes one",
				   path, SIM_CREDENTIALS_MAX);
	sim_json_init(&j, &b, true);
	sim_json_object(&j, NULL);
	sim_json_array(&j, "logins");
	for (size_t i = 0; i < c->n; i++)
		put(&j, &c->v[i]);
	sim_json_end(&j);
	sim_json_end(&j);
	sim_buf_putc(&b, '\n');
	if (b.overflow)
		rc = sim_err_set(err, SIM_E_INVAL, "%s would have more than %d"
				 " bytes; auth logout removes logins", path,
				 SIM_CREDENTIALS_FILE_MAX);
	else
		rc = sim_file_write(path, b.data, b.len, 0600, err);
	sim_secret_wipe(b.data, b.len);
	sim_buf_release(&b);
	return rc;
}

int sim_credentials_lock(const char *path, int *fd, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	const char *slash = strrchr(path, '/');
	int rc = SIM_OK;

	if (slash && slash > path) {
		sim_buf_add(&b, path, (size_t)(slash - path));
		rc = sim_file_mkdirs(sim_buf_str(&b), err);
	}
	sim_buf_release(&b);
	return rc ? rc : sim_file_lock_beside(path, fd, err);
}
