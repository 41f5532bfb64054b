/* secret: thin names over libsodium. */
#include "util/secret.h"

#include <sodium.h>
#include <string.h>

#define HEX_MAX 64
#define WORDS_MAX 60
#define GROUP 5

static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void start(void)
{
	/* Thread-safe, and 1 when it was ready already. */
	if (sodium_init() < 0)
		SIM_BUG("the crypto library cannot start");
}

void sim_secret_random(void *p, size_t n)
{
	start();
	randombytes_buf(p, n);
}

void sim_secret_hex(char *out, size_t n)
{
	unsigned char raw[HEX_MAX];

	if (n > sizeof(raw))
		SIM_BUG("more random digits than there is room for");
	sim_secret_random(raw, n);
	sodium_bin2hex(out, 2 * n + 1, raw, n);
	sodium_memzero(raw, sizeof(raw));
}

bool sim_secret_equal(const void *a, const void *b, size_t n)
{
	return !sodium_memcmp(a, b, n);
}

uint64_t sim_secret_place(const unsigned char seed[SIM_SECRET_SEED],
			  const void *p, size_t n)
{
	unsigned char hash[crypto_shorthash_BYTES];
	uint64_t v;

	_Static_assert(crypto_shorthash_KEYBYTES == SIM_SECRET_SEED &&
		       sizeof(hash) == sizeof(v), "sizes of the library");
	crypto_shorthash(hash, p, n, seed);
	memcpy(&v, hash, sizeof(v));
	return v;
}

void sim_secret_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

/* -- words ----------------------------------------------------------------- */

/* c as the n-th character of words. */
static void put_word(char *out, size_t n, char c)
{
	out[n + n / GROUP] = c;
	if (n && n % GROUP == 0)
		out[n + n / GROUP - 1] = '-';
}

void sim_secret_words(char *out, size_t n)
{
	unsigned char raw[WORDS_MAX];

	if (!n || n > sizeof(raw))
		SIM_BUG("more random characters than there is room for");
	sim_secret_random(raw, n);
	for (size_t i = 0; i < n; i++)
		put_word(out, i, letters[raw[i] % 32]);
	out[SIM_SECRET_WORDS(n) - 1] = '\0';
	sodium_memzero(raw, sizeof(raw));
}

/* The letter that was meant, or 0. */
static char letter_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + ('a' - 'A'));
	if (c == 'o')
		return '0';
	if (c == 'i' || c == 'l')
		return '1';
	return c && strchr(letters, c) ? c : 0;
}

bool sim_secret_words_read(const char *typed, char *out, size_t n)
{
	size_t have = 0;

	for (; *typed; typed++) {
		char c = letter_of(*typed);

		if (*typed == '-' || *typed == ' ')
			continue;
		if (!c || have == n)
			return false;
		put_word(out, have++, c);
	}
	if (have != n)
		return false;
	out[SIM_SECRET_WORDS(n) - 1] = '\0';
	return true;
}

/* -- passwords ------------------------------------------------------------- */

static int no_memory(struct sim_err *err)
{
	return sim_err_set(err, SIM_E_UNAVAILABLE, "there is no memory to work"
			   " a password out; try again");
}

int sim_secret_password(const char *password, struct sim_secret_cost cost,
			char out[SIM_SECRET_HASH], struct sim_err *err)
{
	_Static_assert(SIM_SECRET_HASH >= crypto_pwhash_STRBYTES,
		       "room for a hash");
	start();
	if (crypto_pwhash_str_alg(out, password, strlen(password), cost.passes,
				  (size_t)cost.kib * 1024,
				  crypto_pwhash_ALG_ARGON2ID13))
		return no_memory(err);
	return SIM_OK;
}

int sim_secret_password_check(const char *password, const char *hash,
			      struct sim_secret_cost cost, bool *is_right,
			      bool *is_dated, struct sim_err *err)
{
	unsigned char salt[crypto_pwhash_SALTBYTES] = { 0 }, none[32];
	size_t n = strlen(password);

	start();
	if (!*hash) {
		if (crypto_pwhash(none, sizeof(none), password, n, salt,
				  cost.passes, (size_t)cost.kib * 1024,
				  crypto_pwhash_ALG_ARGON2ID13))
			return no_memory(err);
		*is_right = *is_dated = false;
		return SIM_OK;
	}
	*is_right = !crypto_pwhash_str_verify(hash, password, n);
	*is_dated = crypto_pwhash_str_needs_rehash(hash, cost.passes,
						   (size_t)cost.kib * 1024);
	return SIM_OK;
}

/* -- AES ------------------------------------------------------------------- */

bool sim_secret_aes_is_there(void)
{
	start();
	return crypto_aead_aes256gcm_is_available();
}

void sim_secret_aes_close(const struct sim_secret_aes *a, const void *p,
			  size_t n, unsigned char *out)
{
	crypto_aead_aes256gcm_encrypt(out, NULL, p, n, a->with, a->with_len,
				      NULL, a->nonce, a->key);
}

bool sim_secret_aes_open(const struct sim_secret_aes *a,
			 const unsigned char *p, size_t n, void *out)
{
	return n >= SIM_SECRET_AES_TAG &&
		!crypto_aead_aes256gcm_decrypt(out, NULL, NULL, p, n, a->with,
					       a->with_len, a->nonce, a->key);
}
