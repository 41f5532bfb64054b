/*
 * A token is good only if its signature, made anew by other code, is the one it
 * has, and its claims, read anew, are those the protocol asks for.  Inputs are
 * tokens as they come, or "!HEADER\nCLAIMS", which is signed with the right key
 * first; a reader with another key takes none.
 */
#include <stdlib.h>

#include "../server/jwt_craft.h"
#include "server/token.h"
#include "util/json.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sim_token *ours, *theirs;

static void must(bool what)
{
	if (!what)
		abort();
}

/* What is issued is taken, or nothing below would say anything. */
static void load(void)
{
	struct sim_token_source src = { CRAFT_KEY, NULL, CRAFT_NOW };
	struct sim_token_claims c = { .user = "u_1" };
	char *text;

	must(!sim_token_load(&src, &ours, NULL));
	must(!sim_token_issue(ours, CRAFT_NOW, &c, &text, NULL));
	must(sim_token_verify(ours, text, strlen(text), CRAFT_NOW, &c) ==
	     SIM_TOKEN_OK);
	sim_token_forget(text);
	src.secret = "another secret of 32 bytes or so";
	must(!sim_token_load(&src, &theirs, NULL));
}

static size_t unbase64(const char *s, size_t n, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned acc = 0, bits = 0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const char *d = strchr(digits, s[i]);

		must(d && *d);
		acc = acc << 6 | (unsigned)(d - digits);
		bits += 6;
		if (bits >= 8)
			out[at++] = (char)(acc >> (bits -= 8));
	}
	return at;
}

static bool says(const struct sim_json_val *root, const char *name,
		 const char *want)
{
	const char *s = sim_json_as_str(sim_json_get(root, name));

	return s && !strcmp(s, want);
}

static void check_header(const char *s, size_t n)
{
	char raw[SIM_TOKEN_TEXT_MAX];
	struct sim_json_doc *doc;

	must(!sim_json_parse(raw, unbase64(s, n, raw), &doc, NULL));
	must(says(sim_json_root(doc), "alg", "HS256"));
	must(!sim_json_get(sim_json_root(doc), "crit"));
	sim_json_free(doc);
}

static void check_claims(const char *s, size_t n, enum sim_token_status st,
			 const struct sim_token_claims *c)
{
	char raw[SIM_TOKEN_TEXT_MAX];
	const struct sim_json_val *root;
	struct sim_json_doc *doc;
	int64_t exp;

	must(!sim_json_parse(raw, unbase64(s, n, raw), &doc, NULL));
	root = sim_json_root(doc);
	must(says(root, "iss", "simutrador-server"));
	must(says(root, "aud", "simutrador-client"));
	must(says(root, "sub", c->user) && says(root, "plan",
						sim_plan_names[c->plan]));
	must(sim_json_as_int(sim_json_get(root, "exp"), &exp));
	must((exp > CRAFT_NOW / SIM_TIME_SEC) == (st == SIM_TOKEN_OK));
	for (const char *p = c->user; *p; p++)
		must(*p > ' ' && *p <= '~');
	sim_json_free(doc);
}

static void check_signature(const char *text, size_t n)
{
	struct sim_buf want = SIM_BUF_INIT(SIM_BUF_MAX);
	uint8_t mac[SIM_SHA256_SIZE];
	size_t at = n;

	while (at && text[at - 1] != '.')
		at--;
	must(at > 0);
	craft_hmac(CRAFT_KEY, strlen(CRAFT_KEY), text, at - 1, mac);
	craft_base64(&want, mac, sizeof(mac));
	must(want.len == n - at && !memcmp(want.data, text + at, n - at));
	sim_buf_release(&want);
}

static void check(const char *text, size_t n)
{
	struct sim_token_claims c, other;
	enum sim_token_status s = sim_token_verify(ours, text, n, CRAFT_NOW,
						   &c);
	const char *dot, *end;

	if (s != SIM_TOKEN_OK && s != SIM_TOKEN_EXPIRED)
		return;
	check_signature(text, n);
	dot = memchr(text, '.', n);
	end = memchr(dot + 1, '.', n - (size_t)(dot + 1 - text));
	check_header(text, (size_t)(dot - text));
	check_claims(dot + 1, (size_t)(end - dot - 1), s, &c);
	must(sim_token_verify(theirs, text, n, CRAFT_NOW, &other) ==
	     SIM_TOKEN_INVALID);
}

/* Sign what stands before and behind the first newline. */
static void check_signed(const char *s, size_t n)
{
	const char *line = memchr(s, '\n', n);
	size_t header_len = line ? (size_t)(line - s) : n;
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	char *header = sim_mem_strndup(s, header_len);

	craft(&text, header, line ? line + 1 : "",
	      line ? n - header_len - 1 : 0, CRAFT_KEY);
	check(text.data, text.len);
	sim_buf_release(&text);
	sim_mem_free(header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!ours)
		load();
	if (size && data[0] == '!')
		check_signed((const char *)data + 1, size - 1);
	else
		check((const char *)data, size);
	return 0;
}
