/* seal_evp: one call of each kind, over EVP. */
#include "util/seal_evp.h"

#include <limits.h>
#include <openssl/evp.h>

#define TAG SIM_SECRET_AES_TAG

bool sim_seal_evp_close(const struct sim_secret_aes *a, const void *p,
			size_t n, unsigned char *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int len = 0;
	bool ok = c && n <= INT_MAX && a->with_len <= INT_MAX &&
		EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, a->key,
				   a->nonce) == 1 &&
		EVP_EncryptUpdate(c, NULL, &len, a->with,
				  (int)a->with_len) == 1 &&
		EVP_EncryptUpdate(c, out, &len, p, (int)n) == 1 &&
		EVP_EncryptFinal_ex(c, out + n, &len) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, out + n) == 1;

	EVP_CIPHER_CTX_free(c);
	return ok;
}

bool sim_seal_evp_open(const struct sim_secret_aes *a, const unsigned char *p,
		       size_t n, void *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	size_t text = n < TAG ? 0 : n - TAG;
	unsigned char tag[TAG], *to = out;
	int len = 0;
	bool ok = c && n >= TAG && n <= INT_MAX && a->with_len <= INT_MAX;

	for (size_t i = 0; ok && i < TAG; i++)
		tag[i] = p[text + i];
	ok = ok && EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, a->key,
				      a->nonce) == 1 &&
		EVP_DecryptUpdate(c, NULL, &len, a->with,
				  (int)a->with_len) == 1 &&
		EVP_DecryptUpdate(c, to, &len, p, (int)text) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
		EVP_DecryptFinal_ex(c, to + text, &len) == 1;
	EVP_CIPHER_CTX_free(c);
	if (!ok && text)
		sim_secret_wipe(out, text);
	return ok;
}
