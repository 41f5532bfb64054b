/* seal_evp: AES-256-GCM where the processor has none; the only home of
 * OpenSSL's. */
#ifndef SIM_SEAL_EVP_H
#define SIM_SEAL_EVP_H

#include "util/secret.h"

/* As sim_secret_aes_close; false: the library can't. */
bool sim_seal_evp_close(const struct sim_secret_aes *a, const void *p,
			size_t n, unsigned char *out);
/* As sim_secret_aes_open. */
bool sim_seal_evp_open(const struct sim_secret_aes *a, const unsigned char *p,
		       size_t n, void *out);

#endif
