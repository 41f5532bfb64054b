/* Tests of seal.c, its two ciphers, totp.c, and the passwords and words of
 * secret.c. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/seal.h"
#include "util/seal_evp.h"
#include "util/secret.h"
#include "util/totp.h"

static char dir[] = "/tmp/test_seal.XXXXXX";
static char path[64];
static struct sim_err err;

static void setup(void)
{
	memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/seal.key", dir);
	err = (struct sim_err)SIM_ERR_INIT;
}

static void teardown(void)
{
	ck_assert_int_eq(sim_file_remove_tree(dir, &err), 0);
}

/* -- ciphers --------------------------------------------------------------- */

/* NIST's GCM test case 16 (McGrew and Viega, AES-256 with 20 bytes that are
 * authenticated alone). */
static const unsigned char key16[] = {
	0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f, 0x94,
	0x67, 0x30, 0x83, 0x08, 0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c,
	0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08
};
static const unsigned char nonce16[] = {
	0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88
};
static const unsigned char with16[] = {
	0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed, 0xfa, 0xce,
	0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2
};
static const unsigned char text16[] = {
	0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5,
	0xaf, 0xf5, 0x26, 0x9a, 0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda,
	0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31, 0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95,
	0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49, 0xa6, 0xb5, 0x25,
	0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39
};
static const unsigned char tag16[] = {
	0x76, 0xfc, 0x6e, 0xce, 0x0f, 0x4e, 0x17, 0x68, 0xcd, 0xdf, 0x88, 0x53,
	0xbb, 0x2d, 0x55, 0x1b
};

START_TEST(ciphers)
{
	const struct sim_secret_aes a = { key16, nonce16, with16,
					  sizeof(with16) };
	unsigned char one[sizeof(text16) + 16], two[sizeof(one)];
	unsigned char back[sizeof(text16)];

	ck_assert(sim_seal_evp_close(&a, text16, sizeof(text16), one));
	ck_assert_mem_eq(one + sizeof(text16), tag16, sizeof(tag16));
	ck_assert(sim_seal_evp_open(&a, one, sizeof(one), back));
	ck_assert_mem_eq(back, text16, sizeof(back));
	if (sim_secret_aes_is_there()) {
		sim_secret_aes_close(&a, text16, sizeof(text16), two);
		ck_assert_mem_eq(one, two, sizeof(one));
		ck_assert(sim_secret_aes_open(&a, one, sizeof(one), back));
	}
	for (size_t i = 0; i < sizeof(one); i++) {
		one[i] ^= 1;
		ck_assert(!sim_seal_evp_open(&a, one, sizeof(one), back));
		ck_assert(!sim_secret_aes_is_there() ||
			  !sim_secret_aes_open(&a, one, sizeof(one), back));
		one[i] ^= 1;
	}
	ck_assert(!sim_seal_evp_open(&a, one, 15, back));
}
END_TEST

/* -- sealing --------------------------------------------------------------- */

static struct sim_seal *load(bool may_make)
{
	const struct sim_seal_source src = { path, may_make };
	struct sim_seal *s = NULL;
	int rc = sim_seal_load(&src, &s, &err);

	ck_assert_msg(!rc, "%s", err.msg);
	return s;
}

static const struct sim_seal_to ann = { "u_ann", "totp" };
static const char secret[] = "twenty secret bytes.";

START_TEST(sealing)
{
	static const struct sim_seal_to others[] = {
		{ "u_bob", "totp" }, { "u_ann", "mail" }, { "u_ann|", "totp" }
	};
	unsigned char box[sizeof(secret) + SIM_SEAL_MORE], more[sizeof(box)];
	char back[sizeof(secret)];
	struct sim_seal *s = load(true);
	struct stat sb;

	ck_assert_int_eq(stat(path, &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0600);
	ck_assert_int_eq(sim_seal_close(s, &ann, secret, sizeof(secret), box,
					&err), 0);
	ck_assert_int_eq(sim_seal_close(s, &ann, secret, sizeof(secret), more,
					&err), 0);
	/* No nonce comes twice, so nothing else does. */
	ck_assert(memcmp(box + 5, more + 5, 12));
	ck_assert(memcmp(box + 17, more + 17, sizeof(secret)));
	ck_assert_int_eq(sim_seal_open(s, &ann, box, sizeof(box), back, &err),
			 0);
	ck_assert_str_eq(back, secret);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert_int_eq(sim_seal_open(s, &others[i], box, sizeof(box),
					       back, &err), SIM_E_DATA);
	for (size_t i = 0; i < sizeof(box); i++) {
		box[i] ^= 0x80;
		ck_assert_int_ne(sim_seal_open(s, &ann, box, sizeof(box), back,
					       &err), 0);
		box[i] ^= 0x80;
	}
	ck_assert_int_eq(sim_seal_open(s, &ann, box, sizeof(box) - 1, back,
				       &err), SIM_E_DATA);
	ck_assert_int_eq(sim_seal_open(s, &ann, box, 4, back, &err),
			 SIM_E_DATA);
	sim_seal_free(s);
}
END_TEST

START_TEST(rotation)
{
	unsigned char old[sizeof(secret) + SIM_SEAL_MORE], new[sizeof(old)];
	char back[sizeof(secret)];
	struct sim_seal *s = load(true);

	ck_assert_int_eq(sim_seal_close(s, &ann, secret, sizeof(secret), old,
					&err), 0);
	ck_assert(sim_seal_is_newest(s, old, sizeof(old)));
	sim_seal_free(s);
	ck_assert_int_eq(sim_seal_renew(path, &err), 0);
	s = load(false);
	ck_assert(!sim_seal_is_newest(s, old, sizeof(old)));
	ck_assert_int_eq(sim_seal_open(s, &ann, old, sizeof(old), back, &err),
			 0);
	ck_assert_int_eq(sim_seal_close(s, &ann, secret, sizeof(secret), new,
					&err), 0);
	ck_assert(sim_seal_is_newest(s, new, sizeof(new)));
	sim_seal_free(s);
	ck_assert_int_eq(sim_seal_forget(path, &err), 0);
	s = load(false);
	ck_assert_int_eq(sim_seal_open(s, &ann, new, sizeof(new), back, &err),
			 0);
	ck_assert_int_eq(sim_seal_open(s, &ann, old, sizeof(old), back, &err),
			 SIM_E_CONFIG);
	sim_seal_free(s);
	for (int i = 1; i < SIM_SEAL_KEYS; i++)
		ck_assert_int_eq(sim_seal_renew(path, &err), 0);
	ck_assert_int_eq(sim_seal_renew(path, &err), SIM_E_STATE);
}
END_TEST

#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16

START_TEST(key_files)
{
	static const struct {
		const char *text;
		unsigned mode;
		int rc;
	} rows[] = {
		{ HEX64 "\n", 0600, SIM_OK }, { HEX64 "\n", 0400, SIM_OK },
		{ HEX64 "\n" HEX64 "\n", 0600, SIM_OK },
		{ HEX64 "\n", 0640, SIM_E_CONFIG },
		{ HEX64 "\n", 0604, SIM_E_CONFIG },
		{ "", 0600, SIM_E_CONFIG }, { "\n", 0600, SIM_E_CONFIG },
		{ HEX64, 0600, SIM_E_CONFIG },
		{ HEX64 "\nx", 0600, SIM_E_CONFIG },
		{ HEX64 "\n" HEX64, 0600, SIM_E_CONFIG },
		{ "g" HEX64 "\n", 0600, SIM_E_CONFIG },
	};
	const struct sim_seal_source there = { path, true }, not = { path, 0 };
	struct sim_seal *s = NULL;

	ck_assert_int_eq(sim_seal_load(&not, &s, &err), SIM_E_CONFIG);
	ck_assert_int_ne(access(path, F_OK), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unlink(path);
		ck_assert_int_eq(sim_file_write(path, rows[i].text,
						strlen(rows[i].text),
						rows[i].mode, &err), 0);
		ck_assert_msg(sim_seal_load(&there, &s, &err) == rows[i].rc,
			      "row %zu: %s", i, err.msg);
		if (!rows[i].rc)
			sim_seal_free(s);
	}
}
END_TEST

/* -- codes by time --------------------------------------------------------- */

/* RFC 6238, appendix B: the last six of its eight digits. */
START_TEST(totp)
{
	static const unsigned char seed[] = "12345678901234567890";
	static const struct {
		int64_t sec;
		const char *code;
	} rows[] = {
		{ 59, "287082" }, { 1111111109, "081804" },
		{ 1111111111, "050471" }, { 1234567890, "005924" },
		{ 2000000000, "279037" }, { INT64_C(20000000000), "353130" }
	};
	char text[SIM_TOTP_TEXT];
	int64_t step = 0, last;

	sim_totp_text(seed, text);
	ck_assert_str_eq(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	for (size_t i = 0; i < 5; i++) {
		sim_time at = rows[i].sec * SIM_TIME_SEC;

		ck_assert_int_eq(sim_totp_check(seed, rows[i].code, at, -1,
						&step, &err), 0);
		ck_assert_int_eq(step, rows[i].sec / 30);
		/* Twice, earlier than the last, and a window away. */
		last = step;
		ck_assert_int_eq(sim_totp_check(seed, rows[i].code, at, last,
						&step, &err), SIM_E_AUTH);
		ck_assert_int_eq(sim_totp_check(seed, rows[i].code, at,
						last - 1, &step, &err), 0);
		ck_assert_int_eq(sim_totp_check(seed, rows[i].code,
						at + 30 * SIM_TIME_SEC, -1,
						&step, &err), 0);
		ck_assert_int_eq(sim_totp_check(seed, rows[i].code,
						at + 61 * SIM_TIME_SEC, -1,
						&step, &err), SIM_E_AUTH);
	}
	ck_assert_int_eq(sim_totp_check(seed, "28708", 59 * SIM_TIME_SEC, -1,
					&step, &err), SIM_E_AUTH);
	ck_assert_int_eq(sim_totp_check(seed, "2870820", 59 * SIM_TIME_SEC,
					-1, &step, &err), SIM_E_AUTH);
	ck_assert_int_eq(sim_totp_check(seed, "", 59 * SIM_TIME_SEC, -1,
					&step, &err), SIM_E_AUTH);
}
END_TEST

/* -- passwords and words --------------------------------------------------- */

START_TEST(passwords)
{
	const struct sim_secret_cost low = { 1, 64 }, more = { 2, 64 };
	char hash[SIM_SECRET_HASH], other[SIM_SECRET_HASH];
	bool is_right, is_dated;

	ck_assert_int_eq(sim_secret_password("correct horse", low, hash, &err),
			 0);
	ck_assert_int_eq(strncmp(hash, "$argon2id$v=19$m=64,t=1,p=1$", 28), 0);
	ck_assert_int_eq(sim_secret_password("correct horse", low, other,
					     &err), 0);
	ck_assert_str_ne(hash, other);
	ck_assert_int_eq(sim_secret_password_check("correct horse", hash, low,
						   &is_right, &is_dated, &err),
			 0);
	ck_assert(is_right && !is_dated);
	ck_assert_int_eq(sim_secret_password_check("correct horse", hash, more,
						   &is_right, &is_dated, &err),
			 0);
	ck_assert(is_right && is_dated);
	ck_assert_int_eq(sim_secret_password_check("correct horsf", hash, low,
						   &is_right, &is_dated, &err),
			 0);
	ck_assert(!is_right);
	ck_assert_int_eq(sim_secret_password_check("", "", low, &is_right,
						   &is_dated, &err), 0);
	ck_assert(!is_right && !is_dated);
	ck_assert_int_eq(sim_secret_password("x", SIM_SECRET_COST, hash, &err),
			 0);
	ck_assert_int_eq(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31),
			 0);
}
END_TEST

START_TEST(words)
{
	char a[SIM_SECRET_WORDS(10)], b[SIM_SECRET_WORDS(10)];
	char c[SIM_SECRET_WORDS(25)];
	static const char *const bad[] = {
		"", "abcde-fghj", "abcde-fghjkm", "abcde-fghju", "abcde.fghjk"
	};

	sim_secret_words(a, 10);
	sim_secret_words(b, 10);
	ck_assert_str_ne(a, b);
	ck_assert_uint_eq(strlen(a), 11);
	ck_assert_int_eq(a[5], '-');
	sim_secret_words(c, 25);
	ck_assert_uint_eq(strlen(c), 29);
	ck_assert(sim_secret_words_read(a, b, 10));
	ck_assert_str_eq(a, b);
	ck_assert(sim_secret_words_read(" ABCDEFGHJK ", b, 10));
	ck_assert_str_eq(b, "abcde-fghjk");
	ck_assert(sim_secret_words_read("ilo-00-01-1aB", b, 10));
	ck_assert_str_eq(b, "11000-011ab");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert(!sim_secret_words_read(bad[i], b, 10));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("seal");
	TCase *t = tcase_create("seal");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, ciphers);
	tcase_add_test(t, sealing);
	tcase_add_test(t, rotation);
	tcase_add_test(t, key_files);
	tcase_add_test(t, totp);
	tcase_add_test(t, passwords);
	tcase_add_test(t, words);
	suite_add_tcase(s, t);
	return run_suite(s);
}
