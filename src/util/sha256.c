/* sha256: a thin wrapper, so that the hash library has one home. */
#include "util/sha256.h"

#include <nettle/sha2.h>

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(struct sim_sha256),
	       "struct sim_sha256 is too small for nettle's context");
_Static_assert(SIM_SHA256_SIZE == SHA256_DIGEST_SIZE, "digest size");

static struct sha256_ctx *ctx(struct sim_sha256 *h)
{
	return (struct sha256_ctx *)(void *)h->opaque;
}

void sim_sha256_init(struct sim_sha256 *h)
{
	sha256_init(ctx(h));
}

void sim_sha256_update(struct sim_sha256 *h, const void *p, size_t n)
{
	if (n)
		sha256_update(ctx(h), n, p);
}

void sim_sha256_final(struct sim_sha256 *h, uint8_t out[SIM_SHA256_SIZE])
{
	sha256_digest(ctx(h), SIM_SHA256_SIZE, out);
}

void sim_sha256_of(const void *p, size_t n, uint8_t out[SIM_SHA256_SIZE])
{
	struct sim_sha256 h;

	sim_sha256_init(&h);
	sim_sha256_update(&h, p, n);
	sim_sha256_final(&h, out);
}

void sim_sha256_hex(const uint8_t hash[SIM_SHA256_SIZE],
		    char out[SIM_SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < SIM_SHA256_SIZE; i++) {
		out[2 * i] = digits[hash[i] >> 4];
		out[2 * i + 1] = digits[hash[i] & 15];
	}
	out[2 * SIM_SHA256_SIZE] = '\0';
}
