/*
 * expr_lex: cuts an expression into words.  What Lua has and an expression
 * has not is refused here by name, with what to write instead.
 */
#include "script/expr_lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "script/expr.h"
#include "util/str.h"

/* Longest first, so that the first that fits is the one. */
static const char *const ops[] = {
	"..", "==", "~=", "!=", "<=", ">=", "&&", "||", "+", "-", "*", "/",
	"%", "^", "<", ">", "(", ")", "[", "]", ",", "!", "."
};

static const char *const word_ops[] = {
	"and", "or", "not", "true", "false", "nil"
};

/* What people write, and what they should. */
static const struct {
	const char *text, *say;
} refused[] = {
	{ "...", "there are no arguments in an expression" },
	{ "//", "there is no whole division; write floor(a / b)" },
	{ "<<", "there are no bit operations" },
	{ ">>", "there are no bit operations" },
	{ "=", "= assigns, which an expression cannot; write == to compare" },
	{ "&", "there are no bit operations; write and" },
	{ "|", "there are no bit operations; write or" },
	{ "#", "# is not there; write len(x) for the length of a text" },
	{ ":", "methods are not there; write a function such as lower(x)" },
	{ ";", "an expression is one value, without ; at its end" },
	{ "{", "tables are not there" },
	{ "}", "tables are not there" },
	{ "?", "there is no ?; write a and b or c" },
	{ "function", "an expression has no function bodies" },
	{ "if", "an expression has no statements; write a and b or c" },
	{ "then", "an expression has no statements; write a and b or c" },
	{ "else", "an expression has no statements; write a and b or c" },
	{ "for", "an expression has no loops" },
	{ "while", "an expression has no loops" },
	{ "repeat", "an expression has no loops" },
	{ "local", "an expression has no variables of its own" },
	{ "return", "an expression is its value; leave out return" },
	{ "goto", "an expression has no loops" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

int sim_expr_lex_fail(const struct sim_expr_lex *l, struct sim_err *err,
		      const char *fmt, ...)
{
	char quoted[SIM_STR_QUOTEMAX], say[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(say, sizeof(say), fmt, ap);
	va_end(ap);
	for (char *p = say; *p; p++)		/* words of the expression */
		if (*p < ' ' || *p > '~')
			*p = '?';
	sim_str_quote(l->text, strlen(l->text), quoted);
	return sim_err_set(err, SIM_E_USAGE, "%s %s, at %zu: %s", l->what,
			   quoted, (size_t)(l->at - l->text) + 1, say);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t span(const char *s, bool dots)
{
	size_t n = 0;

	while (is_alpha(s[n]) || is_digit(s[n]) ||
	       (dots && s[n] == '.' && is_alpha(s[n + 1])))
		n++;
	return n;
}

static size_t digits(const char *s)
{
	size_t n = 0;

	while (is_digit(s[n]))
		n++;
	return n;
}

static int number(struct sim_expr_lex *l, struct sim_err *err)
{
	size_t n = digits(l->at), exp;

	if (l->at[n] == '.' && l->at[n + 1] != '.')
		n += 1 + digits(l->at + n + 1);
	if (l->at[n] == 'e' || l->at[n] == 'E') {
		exp = 1 + (l->at[n + 1] == '-' || l->at[n + 1] == '+');
		if (is_digit(l->at[n + exp]))
			n += exp + digits(l->at + n + exp);
	}
	l->kind = SIM_EXPR_LEX_NUM;
	l->len = n;
	n += span(l->at + n, false);
	if (n == l->len)
		return SIM_OK;
	l->kind = SIM_EXPR_LEX_DURATION;
	l->len = n;
	if (strchr("smhdw", l->at[digits(l->at)]))
		return SIM_OK;
	return sim_expr_lex_fail(l, err, "'%.*s' is neither a number such as "
				 "1.5 nor a duration such as 30m",
				 n > 40 ? 40 : (int)n, l->at);
}

static int text(struct sim_expr_lex *l, struct sim_err *err)
{
	const char *p = l->at + 1;

	for (; *p && *p != *l->at; p++)
		if (*p == '\\' && p[1])
			p++;
	if (!*p)
		return sim_expr_lex_fail(l, err, "the text that starts here "
					 "has no closing %c", *l->at);
	l->kind = SIM_EXPR_LEX_TEXT;
	l->len = (size_t)(p - l->at) + 1;
	return SIM_OK;
}

static bool is_word(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(s, word, len);
}

static int refuse(const struct sim_expr_lex *l, size_t len,
		  struct sim_err *err)
{
	bool word = is_alpha(*l->at);

	for (size_t i = 0; i < COUNT(refused); i++)
		if (word ? is_word(l->at, len, refused[i].text)
			 : !strncmp(l->at, refused[i].text,
				    strlen(refused[i].text)))
			return sim_expr_lex_fail(l, err, "%s", refused[i].say);
	return SIM_OK;
}

int sim_expr_lex_refuse(const struct sim_expr_lex *l, struct sim_err *err)
{
	return refuse(l, l->len, err);
}

static void word(struct sim_expr_lex *l)
{
	l->len = span(l->at, true);
	l->kind = SIM_EXPR_LEX_NAME;
	for (size_t i = 0; i < COUNT(word_ops); i++)
		if (is_word(l->at, l->len, word_ops[i]))
			l->kind = SIM_EXPR_LEX_OP;
}

static int operator(struct sim_expr_lex *l, struct sim_err *err)
{
	char quoted[SIM_STR_QUOTEMAX];

	l->kind = SIM_EXPR_LEX_OP;
	for (size_t i = 0; i < COUNT(ops); i++) {
		l->len = strlen(ops[i]);
		if (strncmp(l->at, ops[i], l->len))
			continue;
		return l->len == 1 || !strcmp(ops[i], "..")
			? refuse(l, 0, err) : SIM_OK;
	}
	if (refuse(l, 0, err))
		return SIM_E_USAGE;
	sim_str_quote(l->at, 1, quoted);
	return sim_expr_lex_fail(l, err, "%s means nothing in an expression",
				 quoted);
}

int sim_expr_lex_next(struct sim_expr_lex *l, struct sim_err *err)
{
	l->at += l->len;
	l->at += strspn(l->at, " \t\r\n");
	l->len = 0;
	if (!*l->at) {
		l->kind = SIM_EXPR_LEX_END;
		return SIM_OK;
	}
	if (l->at[0] == '-' && l->at[1] == '-')
		return sim_expr_lex_fail(l, err, "-- starts a comment in Lua; "
					 "write - (-x)");
	if (is_digit(*l->at) || (*l->at == '.' && is_digit(l->at[1])))
		return number(l, err);
	if (*l->at == '\'' || *l->at == '"')
		return text(l, err);
	if (!is_alpha(*l->at))
		return operator(l, err);
	word(l);
	return SIM_OK;
}

int sim_expr_lex_start(struct sim_expr_lex *l, const char *what,
		       const char *src, struct sim_err *err)
{
	*l = (struct sim_expr_lex){ .what = what, .text = src, .at = src };
	if (strlen(src) > SIM_EXPR_TEXT_MAX)
		return sim_err_set(err, SIM_E_USAGE, "%s: the expression has "
				   "%zu bytes; at most %d are possible", what,
				   strlen(src), SIM_EXPR_TEXT_MAX);
	if (sim_expr_lex_next(l, err))
		return SIM_E_USAGE;
	if (l->kind == SIM_EXPR_LEX_END)
		return sim_err_set(err, SIM_E_USAGE, "%s: the expression is "
				   "empty; write one such as trades >= 100",
				   what);
	return SIM_OK;
}

bool sim_expr_lex_is(const struct sim_expr_lex *l, const char *op)
{
	return l->kind == SIM_EXPR_LEX_OP && is_word(l->at, l->len, op);
}
