/* sha256: the examples of FIPS 180-4, in one piece and in many. */
#include "../suite.h"

#include <string.h>

#include "util/sha256.h"

static const struct {
	const char *text;
	unsigned repeat;
	const char *want;
} rows[] = {
	{ "", 1,
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 1,
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "aaaaaaaaaa", 100000,
	  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

START_TEST(examples)
{
	uint8_t hash[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX];
	struct sim_sha256 h;
	unsigned i;

	sim_sha256_init(&h);
	for (i = 0; i < rows[_i].repeat; i++)
		sim_sha256_update(&h, rows[_i].text, strlen(rows[_i].text));
	sim_sha256_final(&h, hash);
	sim_sha256_hex(hash, hex);
	ck_assert_str_eq(hex, rows[_i].want);
}
END_TEST

START_TEST(at_once)
{
	uint8_t hash[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX];

	sim_sha256_of("abc", 3, hash);
	sim_sha256_hex(hash, hex);
	ck_assert_str_eq(hex, rows[1].want);
	sim_sha256_of(NULL, 0, hash);
	sim_sha256_hex(hash, hex);
	ck_assert_str_eq(hex, rows[0].want);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sha256");
	TCase *tc = tcase_create("sha256");

	tcase_add_loop_test(tc, examples, 0, 4);
	tcase_add_test(tc, at_once);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
