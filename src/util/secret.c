/* secret: thin names over libsodium. */
#include "util/secret.h"

#include <sodium.h>
#include <string.h>

#include "util/err.h"

#define HEX_MAX 64

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
