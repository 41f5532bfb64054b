/*
 * Tokens of any header, claims and key, made without the code under test: for
 * the tests and the fuzzer of token.c.
 */
#ifndef JWT_CRAFT_H
#define JWT_CRAFT_H

#include <string.h>

#include "util/buf.h"
#include "util/sha256.h"

#define CRAFT_KEY "0123456789abcdef0123456789ABCDEF"
#define CRAFT_NOW (INT64_C(1800000000) * SIM_TIME_SEC)

static inline void craft_base64(struct sim_buf *out, const void *data,
				size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789-_";
	const unsigned char *p = data;

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16;

		v |= i + 1 < n ? (unsigned)p[i + 1] << 8 : 0;
		v |= i + 2 < n ? (unsigned)p[i + 2] : 0;
		sim_buf_putc(out, digits[v >> 18]);
		sim_buf_putc(out, digits[v >> 12 & 63]);
		if (i + 1 < n)
			sim_buf_putc(out, digits[v >> 6 & 63]);
		if (i + 2 < n)
			sim_buf_putc(out, digits[v & 63]);
	}
}

/* RFC 2104; keys longer than a block are hashed first. */
static inline void craft_hmac(const void *key, size_t key_len, const void *p,
			      size_t n, uint8_t mac[SIM_SHA256_SIZE])
{
	uint8_t block[64] = { 0 }, pad[64];
	struct sim_sha256 h;

	if (key_len > sizeof(block))
		sim_sha256_of(key, key_len, block);
	else
		memcpy(block, key, key_len);
	for (int i = 0; i < 64; i++)
		pad[i] = block[i] ^ 0x36;
	sim_sha256_init(&h);
	sim_sha256_update(&h, pad, 64);
	sim_sha256_update(&h, p, n);
	sim_sha256_final(&h, mac);
	for (int i = 0; i < 64; i++)
		pad[i] = block[i] ^ 0x5c;
	sim_sha256_init(&h);
	sim_sha256_update(&h, pad, 64);
	sim_sha256_update(&h, mac, SIM_SHA256_SIZE);
	sim_sha256_final(&h, mac);
}

/* HEADER.CLAIMS.SIGNATURE appended; key NULL: no signature. */
static inline void craft(struct sim_buf *out, const char *header,
			 const void *claims, size_t claims_len, const char *key)
{
	uint8_t mac[SIM_SHA256_SIZE];
	size_t from = out->len;

	craft_base64(out, header, strlen(header));
	sim_buf_putc(out, '.');
	craft_base64(out, claims, claims_len);
	if (key)
		craft_hmac(key, strlen(key), out->data + from, out->len - from,
			   mac);
	sim_buf_putc(out, '.');
	if (key)
		craft_base64(out, mac, sizeof(mac));
}

#endif
