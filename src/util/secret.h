/*
 * secret: random bytes, comparison in constant time, wiping; the only home of
 * the crypto library (libsodium).
 */
#ifndef SIM_SECRET_H
#define SIM_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
/* Overwrite, in a way no compiler leaves out. */
void sim_secret_wipe(void *p, size_t n);

#endif
