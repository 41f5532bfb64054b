/*
 * password: the rules, from what a guesser tries first.
 *
 * A password is reduced to what is left when letters are lower case, digits
 * that look like letters are letters, and decoration before and behind is gone.
 */
#include "server/password.h"

#include <string.h>

#include "util/file.h"
#include "util/str.h"

#define PARTS 4				/* of a password that is a pattern */

static const char *const words[] = {
#define SIM_PASSWORD_WORD(word) word,
#include "server/password.def"
#undef SIM_PASSWORD_WORD
};

/* In the order of keyboards and alphabets; both ways. */
static const char *const rows[] = {
	"abcdefghijklmnopqrstuvwxyz", "01234567890123456789",
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm",
	"azertyuiop", "qsdfghjklm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
	"1q2w3e4r5t6y7u8i9o0p", "!@#$%^&*()", "qazwsxedcrfvtgbyhnujm"
};

static char low(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* The letter that a character stands in for, or 0. */
static char letter(char c)
{
	static const char from[] = "@4310!$5789", like[] = "aaeioisstbg";
	const char *at = c ? strchr(from, c) : NULL;

	c = low(c);
	if (c >= 'a' && c <= 'z')
		return c;
	return at ? like[at - from] : 0;
}

static size_t characters(const char *s)
{
	size_t n = 0, len = strlen(s), one;

	for (size_t i = 0; i < len; i += one, n++) {
		one = sim_str_utf8(s + i, len - i, NULL);
		one = one ? one : 1;
	}
	return n;
}

/* -- patterns -------------------------------------------------------------- */

/* How long a run of this row begins at s, in one direction. */
static size_t run_of(const char *s, const char *row, int step)
{
	size_t best = 0;

	for (const char *p = row; *p; p++) {
		const char *at = p;
		size_t n = 0;

		while (s[n] && at >= row && *at && low(s[n]) == *at) {
			n++;
			at += step;
		}
		best = n > best ? n : best;
	}
	return best;
}

/* How long a row of keys, or the same thing again, begins at s + at. */
static size_t pattern_at(const char *s, size_t at)
{
	size_t best = 1, n = 1;

	while (s[at + n] && low(s[at + n]) == low(s[at]))
		n++;
	best = n;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = run_of(s + at, rows[i], 1);
		best = n > best ? n : best;
		n = run_of(s + at, rows[i], -1);
		best = n > best ? n : best;
	}
	return best;
}

/* A few rows of keys and nothing else: "qwerty123456", "aaaa1111". */
static bool is_rows(const char *s)
{
	size_t parts = 0, n = strlen(s);

	for (size_t i = 0; i < n && parts <= PARTS; parts++) {
		size_t one = pattern_at(s, i);

		if (one < 3)
			return false;
		i += one;
	}
	return parts <= PARTS;
}

/* The same piece again and again: "abcabcabc". */
static bool is_repeated(const char *s)
{
	size_t n = strlen(s);

	for (size_t one = 1; one <= n / 2 && one <= 6; one++) {
		size_t i = one;

		while (i < n && low(s[i]) == low(s[i - one]))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

/* -- words ----------------------------------------------------------------- */

/* From `at` to `end`, read as letters, is it the word? */
static bool is_word(const char *s, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (letter(s[i]) != word[i])
			return false;
	return true;
}

static bool is_plain(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((low(s[i]) >= 'a' && low(s[i]) <= 'z') || s[i] < ' ' ||
		    s[i] > '~')
			return false;
	return true;
}

/* What stands around a word is decoration: digits and signs, up to eight. */
static bool is_decorated(const char *s, const char *word)
{
	size_t n = strlen(s), len = strlen(word);

	for (size_t at = 0; at + len <= n; at++)
		if (is_word(s + at, len, word) && n - len <= 8 &&
		    is_plain(s, at) && is_plain(s + at + len, n - at - len))
			return true;
	return false;
}

/* Two common words, with decoration: "iloveyoubaby1". */
static bool is_two_words(const char *s)
{
	size_t n = strlen(s);
	const size_t count = sizeof(words) / sizeof(words[0]);

	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(words[i]);

		if (len >= n || !is_word(s, len, words[i]))
			continue;
		for (size_t k = 0; k < count; k++)
			if (is_decorated(s + len, words[k]))
				return true;
	}
	return false;
}

static bool is_common(const char *s)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_decorated(s, words[i]))
			return true;
	return is_rows(s) || is_repeated(s) || is_two_words(s);
}

/* Near what others know: the user's name, or the address before or after its
 * @. */
static bool is_personal(const char *s, const char *of, size_t n)
{
	char word[64];

	if (n < 3 || n >= sizeof(word))
		return false;
	for (size_t i = 0; i < n; i++) {
		word[i] = letter(of[i]);
		if (!word[i])
			word[i] = of[i];
	}
	word[n] = '\0';
	return is_decorated(s, word) || (strlen(s) == n &&
					 !strncmp(s, of, n));
}

static bool is_about(const char *s, const struct sim_password_of *of)
{
	const char *at = strchr(of->email, '@');
	size_t before = at ? (size_t)(at - of->email) : strlen(of->email);

	return is_personal(s, of->name, strlen(of->name)) ||
		is_personal(s, of->email, before) ||
		is_personal(s, of->email, strlen(of->email)) ||
		(at && is_personal(s, at + 1, strcspn(at + 1, ".")));
}

/* -- the list -------------------------------------------------------------- */

static int check_list(const char *password, const char *path,
		      struct sim_err *err)
{
	size_t n = strlen(password), len;
	struct sim_file_map m;
	bool found = false;
	int rc = sim_file_map(path, &m, err);

	if (rc)
		return rc;
	for (size_t at = 0; !found && at < m.len; at += len + 1) {
		const char *end = memchr(m.data + at, '\n', m.len - at);

		len = end ? (size_t)(end - m.data) - at : m.len - at;
		found = (len == n || (len == n + 1 &&
				      m.data[at + n] == '\r')) &&
			!memcmp(m.data + at, password, n);
	}
	sim_file_unmap(&m);
	return found ? sim_err_set(err, SIM_E_INVAL, "the password is in lists "
				   "of leaked ones; use another") : SIM_OK;
}

int sim_password_check(const char *password, const struct sim_password_of *of,
		       struct sim_err *err)
{
	if (strlen(password) >= SIM_PASSWORD_MAX)
		return sim_err_set(err, SIM_E_INVAL, "the password is longer "
				   "than %d bytes; use a shorter one",
				   SIM_PASSWORD_MAX - 1);
	if (characters(password) < SIM_PASSWORD_MIN)
		return sim_err_set(err, SIM_E_INVAL, "the password has less "
				   "than %d characters; use 15 or more",
				   SIM_PASSWORD_MIN);
	if (is_common(password))
		return sim_err_set(err, SIM_E_INVAL, "the password is one of "
				   "those that are tried first; use a few words"
				   " that have nothing to do with each other");
	if (is_about(password, of))
		return sim_err_set(err, SIM_E_INVAL, "the password is too near "
				   "the name or the address; use another");
	return of->list ? check_list(password, of->list, err) : SIM_OK;
}
