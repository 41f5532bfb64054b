/* sha256: the only home of the hash library (nettle). */
#ifndef SIM_SHA256_H
#define SIM_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SIM_SHA256_SIZE	32
#define SIM_SHA256_HEX	65		/* hex digits and NUL */

struct sim_sha256 {
	_Alignas(16) unsigned char opaque[160];
};

/* Hash in pieces: init, any number of updates, final (which starts over). */
void sim_sha256_init(struct sim_sha256 *h);
void sim_sha256_update(struct sim_sha256 *h, const void *p, size_t n);
void sim_sha256_final(struct sim_sha256 *h, uint8_t out[SIM_SHA256_SIZE]);
/* Hash at once, and a hash as lowercase hex. */
void sim_sha256_of(const void *p, size_t n, uint8_t out[SIM_SHA256_SIZE]);
void sim_sha256_hex(const uint8_t hash[SIM_SHA256_SIZE],
		    char out[SIM_SHA256_HEX]);

#endif
