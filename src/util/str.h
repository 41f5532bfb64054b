/* str: small text helpers that more than one folder needs. */
#ifndef SIM_STR_H
#define SIM_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "util/dec.h"

#define SIM_STR_DOUBLEMAX 32

/* Shortest text that reads back as the same double; returns the length.
 * Independent of the locale.  NaN and infinities give "null", -0.0 gives
 * "0". */
size_t sim_str_double(double v, char *buf);
/* The nearest of a NULL-ended list to `word` (edit distance <= 2 and less
 * than half of its length), or NULL: for "did you mean". */
const char *sim_str_near(const char *word, const char *const *list);
/* Split at a character in place: returns the next field, advances *s. */
char *sim_str_sep(char **s, char sep);
/* A whole number in [lo, hi]; SIM_E_INVAL naming `what` and the range. */
int sim_str_int(const char *s, const char *what, int64_t lo, int64_t hi,
		int64_t *out, struct sim_err *err) SIM_MUST_CHECK;
/* `len` bytes in double quotes, fit for a one-line message: bytes that do not
 * print become \xNN, long text ends in "...".  Returns the length; buf holds
 * SIM_STR_QUOTEMAX bytes. */
#define SIM_STR_QUOTEMAX 64
size_t sim_str_quote(const char *s, size_t len, char *buf);
/* The length of the UTF-8 character at s, of which n >= 1 bytes are there, and
 * in *code (may be NULL) what it is; 0 when there is none. */
size_t sim_str_utf8(const char *s, size_t n, uint32_t *code);
/* Does it act on a terminal in place of standing there: a control character
 * (C0, DEL, C1), an end of a line, what turns the direction of text around? */
bool sim_str_is_control(uint32_t code);
/* UTF-8 with none of those? */
bool sim_str_is_plain(const char *s, size_t n);
/* The code point (below 0x110000) as UTF-8, no NUL; returns its bytes. */
size_t sim_str_put_utf8(char out[4], uint32_t code);
/* What stands after the one of a NULL-ended list that s begins with; NULL: it
 * begins with none. */
const char *sim_str_after(const char *s, const char *const *starts);
bool sim_str_eq_nocase(const char *a, const char *b);	/* ASCII */

#endif
