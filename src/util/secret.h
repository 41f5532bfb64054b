/*
 * secret: random bytes, comparison in constant time, wiping, passwords as
 * argon2id, AES where the processor has it; the only home of the crypto
 * library (libsodium).
 */
#ifndef SIM_SECRET_H
#define SIM_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

/* n bytes nobody can guess. */
void sim_secret_random(void *p, size_t n);
/* The same 2 * n lowercase hex digits long, and NUL; n <= 64. */
void sim_secret_hex(char *out, size_t n);
/* Equal?  Takes as long whatever the bytes are. */
bool sim_secret_equal(const void *a, const void *b, size_t n);
/* Where a key goes in a hash table, such that nobody who doesn't know the seed
 * (16 random bytes) can choose keys that go to one place. */
#define SIM_SECRET_SEED 16
uint64_t sim_secret_place(const unsigned char seed[SIM_SECRET_SEED],
			  const void *p, size_t n);
/* n random characters of 32 that are hard to mistake for each other, in groups
 * of five with a hyphen between, and NUL: for people to type.  n <= 60. */
void sim_secret_words(char *out, size_t n);
#define SIM_SECRET_WORDS(n) ((n) + ((n) - 1) / 5 + 1)	/* bytes of out */
/* What somebody typed, as sim_secret_words wrote it; false: it is none of
 * n characters. */
bool sim_secret_words_read(const char *typed, char *out, size_t n);

/* What a password costs to try: argon2id, passes and memory. */
struct sim_secret_cost {
	uint32_t passes, kib;
};
#define SIM_SECRET_COST ((struct sim_secret_cost){ 2, 65536 })
#define SIM_SECRET_HASH 128		/* "$argon2id$v=19$m=...", NUL */

/* The hash of a password, with its cost and salt.  Errors: SIM_E_UNAVAILABLE
 * the memory can't be had.  Cost: 70 ms. */
int sim_secret_password(const char *password, struct sim_secret_cost cost,
			char out[SIM_SECRET_HASH], struct sim_err *err)
	SIM_MUST_CHECK;
/*
 * Is it the password of this hash?  For hash "" the same time goes by, and it
 * is not.
 *
 * Gives:  *is_right, and *is_dated: it was made at another cost than this.
 * Errors: SIM_E_UNAVAILABLE as above.
 */
int sim_secret_password_check(const char *password, const char *hash,
			      struct sim_secret_cost cost, bool *is_right,
			      bool *is_dated, struct sim_err *err)
	SIM_MUST_CHECK;

/* AES-256-GCM by the processor; only where it can. */
#define SIM_SECRET_AES_KEY	32
#define SIM_SECRET_AES_NONCE	12
#define SIM_SECRET_AES_TAG	16
struct sim_secret_aes {
	const unsigned char *key, *nonce;
	const void *with;		/* authenticated, not hidden */
	size_t with_len;
};
bool sim_secret_aes_is_there(void);
/* out: n + SIM_SECRET_AES_TAG bytes. */
void sim_secret_aes_close(const struct sim_secret_aes *a, const void *p,
			  size_t n, unsigned char *out);
/* n: with the tag; out: without it.  False: it is not what was closed. */
bool sim_secret_aes_open(const struct sim_secret_aes *a,
			 const unsigned char *p, size_t n, void *out);

/* Overwrite, in a way no compiler leaves out. */
void sim_secret_wipe(void *p, size_t n);

#endif
