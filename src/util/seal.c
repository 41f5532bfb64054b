/*
 * seal: the key file, and the form of what is closed: a byte 1, four bytes of
 * the key's id, the nonce, the hidden text, the tag.  Authenticated with it:
 * these five bytes, and "user|purpose".
 */
#include "util/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/seal_evp.h"
#include "util/secret.h"
#include "util/sha256.h"

#define KEY		SIM_SECRET_AES_KEY
#define ID		4
#define FORM		1
#define HEAD		(1 + ID)
#define NONCE		SIM_SECRET_AES_NONCE
#define FILE_MAX	(SIM_SEAL_KEYS * (2 * KEY + 1))

struct sim_seal {
	size_t n;
	unsigned char keys[SIM_SEAL_KEYS][KEY], ids[SIM_SEAL_KEYS][ID];
};

/* -- the file -------------------------------------------------------------- */

static int check_file(const char *path, struct sim_err *err)
{
	struct stat sb;

	if (stat(path, &sb))
		return errno == ENOENT ? SIM_E_NOENT :
			sim_err_set(err, SIM_E_IO, "%s can't be read: %s; "
				    "check its permissions", path,
				    strerror(errno));
	if (!S_ISREG(sb.st_mode) || (sb.st_mode & 077))
		return sim_err_set(err, SIM_E_CONFIG, "%s can be read by others"
				   " (mode %03o) or is no file; run chmod 600 "
				   "on it", path, (unsigned)sb.st_mode & 0777);
	return SIM_OK;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A line of the file. */
static bool take_key(struct sim_seal *s, const char *line)
{
	uint8_t hash[SIM_SHA256_SIZE];

	if (s->n == SIM_SEAL_KEYS)
		return false;
	for (size_t i = 0; i < KEY; i++) {
		int hi = digit(line[2 * i]);
		int lo = hi < 0 ? -1 : digit(line[2 * i + 1]);

		if (lo < 0)
			return false;
		s->keys[s->n][i] = (unsigned char)(hi << 4 | lo);
	}
	sim_sha256_of(s->keys[s->n], KEY, hash);
	memcpy(s->ids[s->n++], hash, ID);
	return line[2 * KEY] == '\n';
}

static int parse(const char *path, const struct sim_buf *text,
		 struct sim_seal *s, struct sim_err *err)
{
	size_t at = 0;

	while (text->len - at > 2 * KEY && take_key(s, text->data + at))
		at += 2 * KEY + 1;
	if (s->n && at == text->len)
		return SIM_OK;
	return sim_err_set(err, SIM_E_CONFIG, "%s is no key file (lines of %d "
			   "hex digits); put the right one back, for what it "
			   "closed opens with no other", path, 2 * KEY);
}

/* SIM_E_NOENT without a sentence: there is none. */
static int read_keys(const char *path, struct sim_seal *s, struct sim_err *err)
{
	struct sim_buf text = SIM_BUF_INIT(FILE_MAX + 1);
	int rc = check_file(path, err);

	if (!rc)
		rc = sim_file_read(path, FILE_MAX, &text, err);
	if (!rc)
		rc = parse(path, &text, s, err);
	if (text.len)
		sim_secret_wipe(text.data, text.len);
	sim_buf_release(&text);
	return rc;
}

/* A new key, and the first `n` of those there are. */
static int write_keys(const char *path, const struct sim_seal *s, size_t n,
		      bool with_new, struct sim_err *err)
{
	char text[FILE_MAX + 1], *at = text;
	static const char hex[] = "0123456789abcdef";
	int rc;

	if (with_new) {
		sim_secret_hex(at, KEY);
		at += 2 * KEY;
		*at++ = '\n';
	}
	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; i < KEY; i++) {
			*at++ = hex[s->keys[k][i] >> 4];
			*at++ = hex[s->keys[k][i] & 15];
		}
		*at++ = '\n';
	}
	rc = sim_file_write(path, text, (size_t)(at - text), 0600, err);
	sim_secret_wipe(text, sizeof(text));
	return rc;
}

/* Do it while nobody else changes the file. */
static int locked(const char *path, struct sim_seal *s,
		  int (*act)(const char *path, struct sim_seal *s,
			     struct sim_err *err), struct sim_err *err)
{
	int fd, rc = sim_file_lock_beside(path, &fd, err);

	if (rc)
		return rc;
	rc = act(path, s, err);
	sim_file_unlock(fd);
	return rc;
}

static int make(const char *path, struct sim_seal *s, struct sim_err *err)
{
	int rc = read_keys(path, s, err);

	if (rc == SIM_E_NOENT)
		rc = write_keys(path, s, 0, true, err);
	else
		return rc;
	return rc ? rc : read_keys(path, s, err);
}

int sim_seal_load(const struct sim_seal_source *src, struct sim_seal **out,
		  struct sim_err *err)
{
	struct sim_seal *s = sim_mem_zalloc(sizeof(*s));
	int rc = read_keys(src->path, s, err);

	if (rc == SIM_E_NOENT && src->may_make)
		rc = locked(src->path, s, make, err);
	if (rc == SIM_E_NOENT)
		rc = sim_err_set(err, SIM_E_CONFIG, "the key file %s is not "
				 "there; put it back, for what it closed opens "
				 "with no other", src->path);
	if (rc)
		sim_seal_free(s);
	else
		*out = s;
	return rc;
}

void sim_seal_free(struct sim_seal *s)
{
	if (!s)
		return;
	sim_secret_wipe(s, sizeof(*s));
	sim_mem_free(s);
}

static int renew(const char *path, struct sim_seal *s, struct sim_err *err)
{
	int rc = read_keys(path, s, err);

	if (rc == SIM_E_NOENT)
		return write_keys(path, s, 0, true, err);
	if (!rc && s->n == SIM_SEAL_KEYS)
		rc = sim_err_set(err, SIM_E_STATE, "%s holds %d keys, the most"
				 " there can be; forget the old ones", path,
				 SIM_SEAL_KEYS);
	return rc ? rc : write_keys(path, s, s->n, true, err);
}

static int forget(const char *path, struct sim_seal *s, struct sim_err *err)
{
	int rc = read_keys(path, s, err);

	if (rc == SIM_E_NOENT)
		return sim_err_set(err, SIM_E_CONFIG, "the key file %s is not "
				   "there; name the one in use", path);
	return rc ? rc : write_keys(path, s, 1, false, err);
}

int sim_seal_renew(const char *path, struct sim_err *err)
{
	struct sim_seal *s = sim_mem_zalloc(sizeof(*s));
	int rc = locked(path, s, renew, err);

	sim_seal_free(s);
	return rc;
}

int sim_seal_forget(const char *path, struct sim_err *err)
{
	struct sim_seal *s = sim_mem_zalloc(sizeof(*s));
	int rc = locked(path, s, forget, err);

	sim_seal_free(s);
	return rc;
}

/* -- closing and opening --------------------------------------------------- */

/* What is authenticated. */
static void bind_to(struct sim_buf *b, const unsigned char head[HEAD],
		    const struct sim_seal_to *to)
{
	sim_buf_add(b, head, HEAD);
	sim_buf_printf(b, "%s|%s", to->user, to->purpose);
}

int sim_seal_close(const struct sim_seal *s, const struct sim_seal_to *to,
		   const void *p, size_t n, unsigned char *out,
		   struct sim_err *err)
{
	struct sim_buf with = SIM_BUF_INIT(SIM_SEAL_TEXT);
	struct sim_secret_aes a = { s->keys[0], out + HEAD, NULL, 0 };
	bool ok = true;

	if (n > SIM_SEAL_TEXT)
		SIM_BUG("a secret that is too long to be closed");
	out[0] = FORM;
	memcpy(out + 1, s->ids[0], ID);
	sim_secret_random(out + HEAD, NONCE);
	bind_to(&with, out, to);
	a.with = with.data;
	a.with_len = with.len;
	if (sim_secret_aes_is_there())
		sim_secret_aes_close(&a, p, n, out + HEAD + NONCE);
	else
		ok = sim_seal_evp_close(&a, p, n, out + HEAD + NONCE);
	sim_buf_release(&with);
	return ok ? SIM_OK : sim_err_set(err, SIM_E_BUG, "a secret can't be "
					 "closed; look for a lack of memory");
}

static const unsigned char *find_key(const struct sim_seal *s,
				     const unsigned char *id)
{
	for (size_t i = 0; i < s->n; i++)
		if (!memcmp(s->ids[i], id, ID))
			return s->keys[i];
	return NULL;
}

static int bad_text(const struct sim_seal_to *to, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_DATA, "the secret %s of %s was changed or"
			   " moved; have it made anew", to->purpose, to->user);
}

int sim_seal_open(const struct sim_seal *s, const struct sim_seal_to *to,
		  const unsigned char *p, size_t n, void *out,
		  struct sim_err *err)
{
	struct sim_buf with = SIM_BUF_INIT(SIM_SEAL_TEXT);
	struct sim_secret_aes a = { .nonce = p + HEAD };
	bool ok;

	if (n < SIM_SEAL_MORE || n > SIM_SEAL_TEXT + SIM_SEAL_MORE ||
	    p[0] != FORM)
		return bad_text(to, err);
	a.key = find_key(s, p + 1);
	if (!a.key)
		return sim_err_set(err, SIM_E_CONFIG, "the key %02x%02x%02x%02x"
				   " that closed %s of %s is not in the key "
				   "file; put it back", p[1], p[2], p[3], p[4],
				   to->purpose, to->user);
	bind_to(&with, p, to);
	a.with = with.data;
	a.with_len = with.len;
	p += HEAD + NONCE;
	n -= HEAD + NONCE;
	ok = sim_secret_aes_is_there() ? sim_secret_aes_open(&a, p, n, out) :
		sim_seal_evp_open(&a, p, n, out);
	sim_buf_release(&with);
	return ok ? SIM_OK : bad_text(to, err);
}

bool sim_seal_is_newest(const struct sim_seal *s, const unsigned char *p,
			size_t n)
{
	return n >= SIM_SEAL_MORE && p[0] == FORM && !memcmp(p + 1, s->ids[0],
							     ID);
}
