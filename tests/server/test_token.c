/* Tests of token.c: what is issued, what is accepted, and what never is. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jwt_craft.h"
#include "server/token.h"
#include "suite.h"
#include "util/file.h"
#include "util/json.h"
#include "util/mem.h"

#define GOOD_HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define WHO "\"iss\":\"simutrador-server\",\"aud\":\"simutrador-client\"," \
	"\"sub\":\"u_1\",\"user_id\":\"u_1\",\"plan\":\"free\""
#define EXP ",\"exp\":1800003600"
#define IAT ",\"iat\":1800000000"
#define GOOD_CLAIMS "{" WHO EXP IAT "}"

static const struct sim_token_source from_env = { CRAFT_KEY, NULL, CRAFT_NOW };
static char folder[] = "/tmp/sim-token-XXXXXX", file[64];

static struct sim_token *load(const struct sim_token_source *src)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_token *t = NULL;

	if (sim_token_load(src, &t, &err))
		ck_abort_msg("%s", err.msg);
	return t;
}

static enum sim_token_status verify(const struct sim_token *t,
				    const char *text, sim_time now)
{
	struct sim_token_claims c;

	return sim_token_verify(t, text, strlen(text), now, &c);
}

static char *issue(const struct sim_token *t, sim_time now)
{
	struct sim_token_claims c = { .user = "u_1", .key = "k_9",
				      .plan = SIM_PLAN_PROFESSIONAL };
	char *text;

	ck_assert_int_eq(sim_token_issue(t, now, &c, &text, NULL), 0);
	return text;
}

START_TEST(issued_and_read)
{
	struct sim_token *t = load(&from_env);
	struct sim_token_claims c = { .user = "u_1", .key = "k_9",
				      .plan = SIM_PLAN_PROFESSIONAL }, back;
	char *text;

	ck_assert_int_eq(sim_token_issue(t, CRAFT_NOW + 5, &c, &text, NULL), 0);
	ck_assert_int_eq(c.issued, CRAFT_NOW);
	ck_assert_int_eq(c.expires, CRAFT_NOW + SIM_TIME_HOUR);
	ck_assert_int_eq(sim_token_verify(t, text, strlen(text), CRAFT_NOW,
					  &back), SIM_TOKEN_OK);
	ck_assert_str_eq(back.user, "u_1");
	ck_assert_str_eq(back.key, "k_9");
	ck_assert_str_eq(back.jti, c.jti);
	ck_assert_uint_eq(strlen(c.jti), 4 + 32);
	ck_assert_int_eq(back.plan, SIM_PLAN_PROFESSIONAL);
	ck_assert_int_eq(back.issued, c.issued);
	ck_assert_int_eq(back.expires, c.expires);
	sim_token_forget(text);
	sim_token_free(t);
}
END_TEST

/* Undo base64url with a table of its own. */
static size_t decode(const char *s, size_t n, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned acc = 0, bits = 0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		acc = acc << 6 | (unsigned)(strchr(digits, s[i]) - digits);
		bits += 6;
		if (bits >= 8)
			out[at++] = (char)(acc >> (bits -= 8));
	}
	return at;
}

/* The claims are those the protocol names, no more. */
START_TEST(claims_of_the_protocol)
{
	static const char *const names[] = { "iss", "aud", "sub", "user_id",
		"plan", "iat", "exp", "jti", "typ", "rate_limits" };
	struct sim_token *t = load(&from_env);
	char *text = issue(t, CRAFT_NOW), raw[4096];
	const char *body = text + strcspn(text, ".") + 1;
	size_t n = decode(body, strcspn(body, "."), raw);
	const struct sim_json_val *root, *limits;
	struct sim_json_doc *doc;
	int64_t v;

	ck_assert_int_eq(sim_json_parse(raw, n, &doc, NULL), 0);
	root = sim_json_root(doc);
	ck_assert_uint_eq(sim_json_len(root), 10);
	for (size_t i = 0; i < 10; i++)
		ck_assert_msg(sim_json_get(root, names[i]) != NULL, "%s",
			      names[i]);
	ck_assert_str_eq(sim_json_as_str(sim_json_get(root, "iss")),
			 "simutrador-server");
	ck_assert_str_eq(sim_json_as_str(sim_json_get(root, "aud")),
			 "simutrador-client");
	ck_assert_str_eq(sim_json_as_str(sim_json_get(root, "plan")),
			 "professional");
	limits = sim_json_get(root, "rate_limits");
	ck_assert_uint_eq(sim_json_len(limits), SIM_PLAN_LIMIT__COUNT);
	ck_assert(sim_json_as_int(sim_json_get(limits, "orders_per_minute"),
				  &v));
	ck_assert_int_eq(v, 1000);
	sim_json_free(doc);
	sim_token_forget(text);
	sim_token_free(t);
}
END_TEST

/* Each of these has a signature that fits, or a fault that must be seen
 * without one. */
static const struct {
	const char *header, *claims, *key;
	enum sim_token_status want;
} crafted[] = {
	{ GOOD_HEADER, GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_OK },
	{ "{\"typ\":\"JWT\",\"alg\":\"HS256\"}", GOOD_CLAIMS, CRAFT_KEY,
	  SIM_TOKEN_OK },
	{ "{\"alg\":\"HS256\"}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_OK },
	{ GOOD_HEADER, "{" WHO EXP "}", CRAFT_KEY, SIM_TOKEN_OK },
	/* algorithm */
	{ "{\"alg\":\"none\"}", GOOD_CLAIMS, NULL, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"none\"}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"NoNe\"}", GOOD_CLAIMS, NULL, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"\"}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":null}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"hs256\"}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"HS512\"}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"RS256\"}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"ES256\"}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":[\"HS256\"]}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"none\",\"alg\":\"HS256\"}", GOOD_CLAIMS, CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ "{\"typ\":\"JWT\"}", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "[]", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "", GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	/* the rest of the header */
	{ "{\"alg\":\"HS256\",\"typ\":\"JWE\"}", GOOD_CLAIMS, CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ "{\"alg\":\"HS256\",\"typ\":1}", GOOD_CLAIMS, CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}", GOOD_CLAIMS,
	  CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"HS256\",\"kid\":\"../../etc/passwd\"}", GOOD_CLAIMS,
	  CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"HS256\",\"jku\":\"https://evil/\"}", GOOD_CLAIMS,
	  CRAFT_KEY, SIM_TOKEN_INVALID },
	{ "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}",
	  GOOD_CLAIMS, CRAFT_KEY, SIM_TOKEN_INVALID },
	/* key */
	{ GOOD_HEADER, GOOD_CLAIMS, "fedcba9876543210fedcba9876543210",
	  SIM_TOKEN_INVALID },
	{ GOOD_HEADER, GOOD_CLAIMS, "", SIM_TOKEN_INVALID },
	{ GOOD_HEADER, GOOD_CLAIMS, NULL, SIM_TOKEN_INVALID },
	/* form of the claims */
	{ GOOD_HEADER, "[1]", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{}", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO EXP IAT "} ", CRAFT_KEY, SIM_TOKEN_OK },
	{ GOOD_HEADER, "{" WHO EXP IAT "}x", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO EXP ",\"sub\":\"u_2\"}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO EXP ",\"exp\":1900000000}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	/* issuer, audience */
	{ GOOD_HEADER, "{\"aud\":\"simutrador-client\",\"sub\":\"u\","
	  "\"plan\":\"free\"" EXP "}", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{\"iss\":\"evil\",\"aud\":\"simutrador-client\","
	  "\"sub\":\"u\",\"plan\":\"free\"" EXP "}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{\"iss\":\"simutrador-server\",\"aud\":\"evil\","
	  "\"sub\":\"u\",\"plan\":\"free\"" EXP "}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{\"iss\":\"simutrador-server\",\"aud\":"
	  "[\"simutrador-client\",\"evil\"],\"sub\":\"u\",\"plan\":\"free\""
	  EXP "}", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{\"iss\":\"evil\",\"aud\":\"simutrador-client\","
	  "\"sub\":\"u\",\"plan\":\"free\",\"exp\":1}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	/* times */
	{ GOOD_HEADER, "{" WHO IAT "}", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO ",\"exp\":\"1800003600\"}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO ",\"exp\":1800003600.5}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO ",\"exp\":null}", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO ",\"exp\":-1}", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO ",\"exp\":9223372036854775807}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO ",\"exp\":1e30}", CRAFT_KEY, SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO ",\"exp\":1799999999}", CRAFT_KEY,
	  SIM_TOKEN_EXPIRED },
	{ GOOD_HEADER, "{" WHO ",\"exp\":1800000000}", CRAFT_KEY,
	  SIM_TOKEN_EXPIRED },
	{ GOOD_HEADER, "{" WHO ",\"exp\":1800000001}", CRAFT_KEY,
	  SIM_TOKEN_OK },
	{ GOOD_HEADER, "{" WHO ",\"exp\":0}", CRAFT_KEY, SIM_TOKEN_EXPIRED },
	{ GOOD_HEADER, "{" WHO EXP ",\"nbf\":1800000061}", CRAFT_KEY,
	  SIM_TOKEN_REFUSED },
	{ GOOD_HEADER, "{" WHO EXP ",\"nbf\":1800000060}", CRAFT_KEY,
	  SIM_TOKEN_OK },
	{ GOOD_HEADER, "{" WHO EXP ",\"nbf\":\"0\"}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO EXP ",\"iat\":1800000061}", CRAFT_KEY,
	  SIM_TOKEN_REFUSED },
	{ GOOD_HEADER, "{" WHO EXP ",\"iat\":\"x\"}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	/* what for */
	{ GOOD_HEADER, "{" WHO EXP ",\"typ\":\"access\"}", CRAFT_KEY,
	  SIM_TOKEN_OK },
	{ GOOD_HEADER, "{" WHO EXP ",\"typ\":\"refresh\"}", CRAFT_KEY,
	  SIM_TOKEN_REFUSED },
	{ GOOD_HEADER, "{" WHO EXP ",\"jti\":7}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
	{ GOOD_HEADER, "{" WHO EXP ",\"jti\":\"k.\\n1\"}", CRAFT_KEY,
	  SIM_TOKEN_INVALID },
};

/* Claims about the user: `sub`, `user_id` and `plan`. */
static const struct {
	const char *who;
	enum sim_token_status want;
} users[] = {
	{ "\"sub\":\"a\",\"plan\":\"free\"", SIM_TOKEN_OK },
	{ "\"sub\":\"a\",\"user_id\":\"a\",\"plan\":\"enterprise\"",
	  SIM_TOKEN_OK },
	{ "\"sub\":\"a\",\"user_id\":\"b\",\"plan\":\"free\"",
	  SIM_TOKEN_INVALID },
	{ "\"sub\":\"a\",\"user_id\":1,\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"user_id\":\"a\",\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":7,\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"\",\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"a b\",\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"a\\nlevel=error\",\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"a\\u001b[31m\",\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"a\\u0000\",\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"a\\\"b\",\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"\\u00fc\",\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"0123456789012345678901234567890123456789"
	  "01234567890123456789012\",\"plan\":\"free\"", SIM_TOKEN_OK },
	{ "\"sub\":\"0123456789012345678901234567890123456789"
	  "012345678901234567890123\",\"plan\":\"free\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"a\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"a\",\"plan\":\"root\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"a\",\"plan\":\"FREE\"", SIM_TOKEN_INVALID },
	{ "\"sub\":\"a\",\"plan\":[\"free\"]", SIM_TOKEN_INVALID },
};

START_TEST(crafted_token)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_token *t = load(&from_env);

	craft(&text, crafted[_i].header, crafted[_i].claims,
	      strlen(crafted[_i].claims), crafted[_i].key);
	ck_assert_msg(verify(t, text.data, CRAFT_NOW) == crafted[_i].want,
		      "%s %s", crafted[_i].header, crafted[_i].claims);
	sim_buf_release(&text);
	sim_token_free(t);
}
END_TEST

START_TEST(crafted_user)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf claims = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_token *t = load(&from_env);

	sim_buf_printf(&claims, "{\"iss\":\"simutrador-server\",\"aud\":"
		       "\"simutrador-client\"" EXP ",%s}", users[_i].who);
	craft(&text, GOOD_HEADER, claims.data, claims.len, CRAFT_KEY);
	ck_assert_msg(verify(t, text.data, CRAFT_NOW) == users[_i].want,
		      "%s", users[_i].who);
	sim_buf_release(&text);
	sim_buf_release(&claims);
	sim_token_free(t);
}
END_TEST

/* An RS256 verifier's public key is known to all: were it ever the secret,
 * anyone could sign. */
START_TEST(public_key_is_no_secret)
{
	struct sim_token_source src = { "-----BEGIN PUBLIC KEY-----\nMIIBIjANB"
		"gkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n", NULL,
		CRAFT_NOW };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_token *t;

	ck_assert_int_eq(sim_token_load(&src, &t, &err), SIM_E_CONFIG);
	ck_assert(strstr(err.msg, "key pair"));
}
END_TEST

static const struct {
	size_t len;
	int want;
} secrets[] = {
	{ 0, SIM_E_CONFIG }, { 1, SIM_E_CONFIG }, { 31, SIM_E_CONFIG },
	{ 32, 0 }, { 64, 0 }, { 1024, 0 }, { 1025, SIM_E_CONFIG },
};

START_TEST(length_of_secret)
{
	struct sim_token_source src = { NULL, NULL, CRAFT_NOW };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_token *t = NULL;
	char secret[1026];

	memset(secret, 's', sizeof(secret));
	secret[secrets[_i].len] = '\0';
	src.secret = secret;
	ck_assert_int_eq(sim_token_load(&src, &t, &err), secrets[_i].want);
	if (secrets[_i].want)
		ck_assert(!strstr(err.msg, "sssss"));
	sim_token_free(t);
}
END_TEST

START_TEST(missing_and_misshapen)
{
	static const struct {
		const char *text;
		enum sim_token_status want;
	} rows[] = {
		{ "", SIM_TOKEN_MISSING }, { " ", SIM_TOKEN_MISSING },
		{ " \t  ", SIM_TOKEN_MISSING }, { "x", SIM_TOKEN_INVALID },
		{ ".", SIM_TOKEN_INVALID }, { "..", SIM_TOKEN_INVALID },
		{ "...", SIM_TOKEN_INVALID }, { "a.b.c", SIM_TOKEN_INVALID },
		{ "null", SIM_TOKEN_INVALID },
		{ "' OR 1=1 --", SIM_TOKEN_INVALID },
	};
	struct sim_token *t = load(&from_env);
	struct sim_token_claims c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(verify(t, rows[i].text, CRAFT_NOW) ==
			      rows[i].want, "%s", rows[i].text);
	ck_assert_int_eq(sim_token_verify(t, NULL, 0, CRAFT_NOW, &c),
			 SIM_TOKEN_MISSING);
	sim_token_free(t);
}
END_TEST

/* A change of any one character, a cut at any place and anything put behind
 * makes it another token, which is nobody's. */
START_TEST(no_character_is_free)
{
	struct sim_token *t = load(&from_env);
	char *text = issue(t, CRAFT_NOW), more[1200];
	size_t n = strlen(text);
	static const char *const tails[] = { "=", "==", ".", ".a", " ", "\n",
		"A", NULL };

	ck_assert_uint_lt(n, 1100);
	for (size_t i = 0; i < n; i++) {
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		ck_assert_int_eq(verify(t, text, CRAFT_NOW), SIM_TOKEN_INVALID);
		text[i] = '+';
		ck_assert_int_eq(verify(t, text, CRAFT_NOW), SIM_TOKEN_INVALID);
		text[i] = '\0';
		ck_assert_int_eq(verify(t, text, CRAFT_NOW),
				 i ? SIM_TOKEN_INVALID : SIM_TOKEN_MISSING);
		text[i] = was;
	}
	for (size_t i = 0; tails[i]; i++) {
		snprintf(more, sizeof(more), "%s%s", text, tails[i]);
		ck_assert_int_eq(verify(t, more, CRAFT_NOW), SIM_TOKEN_INVALID);
	}
	ck_assert_int_eq(sim_token_verify(t, text, n + 1, CRAFT_NOW,
		&(struct sim_token_claims){ .plan = 0 }), SIM_TOKEN_INVALID);
	ck_assert_int_eq(verify(t, text, CRAFT_NOW), SIM_TOKEN_OK);
	sim_token_forget(text);
	sim_token_free(t);
}
END_TEST

/* The last character of a signature holds two bits that count for nothing. */
START_TEST(one_way_to_write_a_signature)
{
	struct sim_token *t = load(&from_env);
	char *text = issue(t, CRAFT_NOW);
	char *last = text + strlen(text) - 1, was = *last;
	int good = 0;

	for (const char *p = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
	     "uvwxyz0123456789-_"; *p; p++) {
		*last = *p;
		good += verify(t, text, CRAFT_NOW) == SIM_TOKEN_OK;
	}
	ck_assert_int_eq(good, 1);
	*last = was;
	sim_token_forget(text);
	sim_token_free(t);
}
END_TEST

START_TEST(huge_tokens)
{
	struct sim_buf claims = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_token *t = load(&from_env);

	/* signed with the right key, and just too long */
	sim_buf_printf(&claims, "{" WHO EXP ",\"pad\":\"%*s\"}", 3000, "x");
	craft(&text, GOOD_HEADER, claims.data, claims.len, CRAFT_KEY);
	ck_assert_uint_gt(text.len, SIM_TOKEN_TEXT_MAX);
	ck_assert_int_eq(verify(t, text.data, CRAFT_NOW), SIM_TOKEN_INVALID);
	sim_buf_reset(&text);
	for (int i = 0; i < 64 * 1024; i++)
		sim_buf_putc(&text, i % 1000 == 999 ? '.' : 'A');
	ck_assert_int_eq(verify(t, text.data, CRAFT_NOW), SIM_TOKEN_INVALID);
	sim_buf_reset(&text);
	/* deep nesting */
	sim_buf_reset(&claims);
	sim_buf_puts(&claims, "{\"x\":");
	for (int i = 0; i < 1000; i++)
		sim_buf_putc(&claims, '[');
	craft(&text, GOOD_HEADER, claims.data, claims.len, CRAFT_KEY);
	ck_assert_int_eq(verify(t, text.data, CRAFT_NOW), SIM_TOKEN_INVALID);
	sim_buf_release(&text);
	sim_buf_release(&claims);
	sim_token_free(t);
}
END_TEST

START_TEST(table_of_statuses)
{
	static const int close_codes[] = { 0, 4001, 4002, 4003, 4000 };

	for (int i = 0; i < SIM_TOKEN__COUNT; i++) {
		enum sim_token_status s = (enum sim_token_status)i;

		ck_assert_int_eq(sim_token_close_code(s), close_codes[i]);
		ck_assert_int_eq(sim_token_http(s), i ? 401 : 200);
		ck_assert_uint_lt(strlen(sim_token_reason(s)), 100);
	}
}
END_TEST

/* --- the key file ----------------------------------------------------- */

static void set_up(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/jwt.key", folder);
}

static void tear_down(void)
{
	ck_assert_int_eq(sim_file_remove_tree(folder, NULL), 0);
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
}

static void put_file(const char *text, unsigned mode)
{
	ck_assert_int_eq(sim_file_write(file, text, strlen(text), mode, NULL),
			 0);
	ck_assert_int_eq(chmod(file, mode), 0);
}

START_TEST(file_is_made_once)
{
	struct sim_token_source src = { NULL, file, CRAFT_NOW };
	struct sim_token *t = load(&src), *again;
	char *text = issue(t, CRAFT_NOW);
	struct stat sb;

	ck_assert_int_eq(stat(file, &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0600);
	ck_assert_int_eq(sb.st_size, 65);
	again = load(&src);
	ck_assert_int_eq(verify(again, text, CRAFT_NOW), SIM_TOKEN_OK);
	sim_token_forget(text);
	sim_token_free(t);
	sim_token_free(again);
}
END_TEST

static const struct {
	const char *text;
	unsigned mode;
	int want;
} files[] = {
#define HEX64 "00112233445566778899aabbccddeeff" \
	"00112233445566778899aabbccddeeff"
	{ HEX64 "\n", 0600, 0 },
	{ HEX64, 0400, 0 },
	{ HEX64 "\n" HEX64 "\n", 0600, 0 },
	{ HEX64 "\n", 0640, SIM_E_CONFIG },
	{ HEX64 "\n", 0604, SIM_E_CONFIG },
	{ HEX64 "\n", 0620, SIM_E_CONFIG },
	{ "", 0600, SIM_E_CONFIG },
	{ "\n", 0600, SIM_E_CONFIG },
	{ "secret\n", 0600, SIM_E_CONFIG },
	{ HEX64 "0\n", 0600, SIM_E_CONFIG },
	{ HEX64 "\n" HEX64 "\n" HEX64 "\n", 0600, SIM_E_CONFIG },
	{ HEX64 "\nx", 0600, SIM_E_CONFIG },
	{ "-----BEGIN PUBLIC KEY-----\n", 0600, SIM_E_CONFIG },
};

START_TEST(file_is_checked)
{
	struct sim_token_source src = { NULL, file, CRAFT_NOW };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_token *t = NULL;

	put_file(files[_i].text, files[_i].mode);
	ck_assert_int_eq(sim_token_load(&src, &t, &err), files[_i].want);
	if (files[_i].want)
		ck_assert(strstr(err.msg, file) && !strstr(err.msg, "0011"));
	sim_token_free(t);
}
END_TEST

START_TEST(file_that_is_none)
{
	struct sim_token_source src = { NULL, folder, CRAFT_NOW };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_token *t = NULL;

	ck_assert_int_eq(sim_token_load(&src, &t, &err), SIM_E_CONFIG);
	ck_assert_int_eq(mkfifo(file, 0600), 0);
	src.file = file;
	ck_assert_int_eq(sim_token_load(&src, &t, &err), SIM_E_CONFIG);
	src.file = "/proc/nowhere/jwt.key";
	ck_assert_int_ne(sim_token_load(&src, &t, &err), 0);
}
END_TEST

/* The key before is good for an hour, the one before that no more. */
START_TEST(rotation)
{
	struct sim_token_source src = { NULL, file, CRAFT_NOW };
	struct sim_token *t = load(&src);
	char *first = issue(t, CRAFT_NOW), *second, *late;

	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(sim_token_reload(t, &src, NULL), 0);
	second = issue(t, CRAFT_NOW);
	ck_assert_int_eq(verify(t, first, CRAFT_NOW), SIM_TOKEN_OK);
	ck_assert_int_eq(verify(t, second, CRAFT_NOW), SIM_TOKEN_OK);
	/* a reload without a change changes nothing */
	src.now += 30 * SIM_TIME_MIN;
	ck_assert_int_eq(sim_token_reload(t, &src, NULL), 0);
	ck_assert_int_eq(verify(t, first, CRAFT_NOW + SIM_TIME_HOUR - 1),
			 SIM_TOKEN_OK);
	ck_assert_int_eq(verify(t, first, CRAFT_NOW + SIM_TIME_HOUR),
			 SIM_TOKEN_INVALID);
	ck_assert_int_eq(verify(t, second, CRAFT_NOW + SIM_TIME_HOUR),
			 SIM_TOKEN_EXPIRED);
	/* a bad file changes nothing */
	put_file("x", 0600);
	ck_assert_int_eq(sim_token_reload(t, &src, NULL), SIM_E_CONFIG);
	ck_assert_int_eq(verify(t, second, CRAFT_NOW), SIM_TOKEN_OK);
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(sim_token_reload(t, &src, NULL), 0);
	late = issue(t, CRAFT_NOW);
	ck_assert_int_eq(verify(t, first, CRAFT_NOW), SIM_TOKEN_INVALID);
	ck_assert_int_eq(verify(t, second, CRAFT_NOW), SIM_TOKEN_OK);
	ck_assert_int_eq(verify(t, late, CRAFT_NOW), SIM_TOKEN_OK);
	sim_token_forget(first);
	sim_token_forget(second);
	sim_token_forget(late);
	sim_token_free(t);
}
END_TEST

/* The second line is the key before, when the server starts anew. */
START_TEST(two_lines)
{
	struct sim_token_source src = { NULL, file, CRAFT_NOW };
	struct sim_buf both = SIM_BUF_INIT(SIM_BUF_MAX), old = both;
	struct sim_token *t = load(&src), *u;
	char *text = issue(t, CRAFT_NOW);

	ck_assert_int_eq(sim_file_read(file, 100, &old, NULL), 0);
	sim_buf_printf(&both, HEX64 "\n%s", old.data);
	put_file(both.data, 0600);
	u = load(&src);
	ck_assert_int_eq(verify(u, text, CRAFT_NOW), SIM_TOKEN_OK);
	ck_assert_int_eq(verify(u, text, CRAFT_NOW + SIM_TIME_HOUR),
			 SIM_TOKEN_INVALID);
	sim_buf_release(&old);
	sim_buf_release(&both);
	sim_token_forget(text);
	sim_token_free(t);
	sim_token_free(u);
}
END_TEST

/* --- threads ---------------------------------------------------------- */

static void *use(void *arg)
{
	struct sim_token *t = arg;

	for (int i = 0; i < 200; i++) {
		char *text = issue(t, CRAFT_NOW);

		/* at most one reload lies between */
		if (verify(t, text, CRAFT_NOW) != SIM_TOKEN_OK)
			abort();
		sim_token_forget(text);
	}
	return NULL;
}

START_TEST(used_while_reloaded)
{
	struct sim_token_source src = { CRAFT_KEY, NULL, CRAFT_NOW };
	struct sim_token *t = load(&src);
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, use, t), 0);
	usleep(1000);
	src.secret = "another secret of more than 32 bytes";
	ck_assert_int_eq(sim_token_reload(t, &src, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	sim_token_free(t);
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("token");
	TCase *c = tcase_create("token"), *f = tcase_create("file");

	tcase_add_test(c, issued_and_read);
	tcase_add_test(c, claims_of_the_protocol);
	tcase_add_loop_test(c, crafted_token, 0, N(crafted));
	tcase_add_loop_test(c, crafted_user, 0, N(users));
	tcase_add_test(c, public_key_is_no_secret);
	tcase_add_loop_test(c, length_of_secret, 0, N(secrets));
	tcase_add_test(c, missing_and_misshapen);
	tcase_add_test(c, no_character_is_free);
	tcase_add_test(c, one_way_to_write_a_signature);
	tcase_add_test(c, huge_tokens);
	tcase_add_test(c, table_of_statuses);
	tcase_add_test(c, used_while_reloaded);
	tcase_add_checked_fixture(f, set_up, tear_down);
	tcase_add_test(f, file_is_made_once);
	tcase_add_loop_test(f, file_is_checked, 0, N(files));
	tcase_add_test(f, file_that_is_none);
	tcase_add_test(f, rotation);
	tcase_add_test(f, two_lines);
	suite_add_tcase(s, c);
	suite_add_tcase(s, f);
	return run_suite(s);
}
