/* err: the status table and how messages are put together. */
#include "util/err.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *wire, *text;
	int exit_status;
} table[] = {
#define SIM_STATUS(name, wire, http, exit_, text) { wire, text, exit_ },
#include "util/status.def"
#undef SIM_STATUS
};

/* A value that somebody gave may hold newlines and what moves a terminal's
 * cursor: they are written as \xNN. */
static void keep_one_line(struct sim_err *err)
{
	static const char hex[] = "0123456789abcdef";
	char old[sizeof(err->msg)], *p = err->msg;
	const char *last = err->msg + sizeof(err->msg) - sizeof("\\xff");
	const char *s = old;

	while ((unsigned char)*p >= ' ' && *p != 0x7f)
		p++;
	if (!*p)
		return;
	memcpy(old, err->msg, sizeof(old));
	for (s += p - err->msg; *s && p <= last; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= ' ' && c != 0x7f) {
			*p++ = *s;
			continue;
		}
		*p++ = '\\';
		*p++ = 'x';
		*p++ = hex[c >> 4];
		*p++ = hex[c & 15];
	}
	*p = '\0';
}

int sim_err_set(struct sim_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (err) {
		err->code = code;
		err->retry_ms = 0;
		err->details[0] = '\0';
		va_start(ap, fmt);
		vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
		va_end(ap);
		keep_one_line(err);
	}
	return code;
}

int64_t sim_err_retry_sec(const struct sim_err *err)
{
	return err->retry_ms / 1000 + (err->retry_ms % 1000 != 0);
}

void sim_err_add(struct sim_err *err, int64_t retry_ms, const char *details)
{
	char wait[48];
	size_t n, most;

	if (!err)
		return;
	err->details[0] = '\0';
	err->retry_ms = retry_ms > 0 ? retry_ms : 0;
	if (err->retry_ms) {
		snprintf(wait, sizeof(wait), "; wait for %" PRId64 " s",
			 sim_err_retry_sec(err));
		most = sizeof(err->msg) - 1 - strlen(wait);
		n = strlen(err->msg);
		memcpy(err->msg + (n < most ? n : most), wait,
		       strlen(wait) + 1);
	}
	if (details && strlen(details) < sizeof(err->details))
		memcpy(err->details, details, strlen(details) + 1);
}

void sim_err_prefix(struct sim_err *err, const char *fmt, ...)
{
	char old[sizeof(err->msg)];
	va_list ap;
	size_t n;

	if (!err)
		return;
	memcpy(old, err->msg, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	n = strlen(err->msg);
	snprintf(err->msg + n, sizeof(err->msg) - n, ": %s", old);
	keep_one_line(err);
}

static int row(int code)
{
	return code <= 0 && -code < SIM_N__COUNT ? -code : SIM_N_E_BUG;
}

const char *sim_err_wire(int code)
{
	return table[row(code)].wire;
}

const char *sim_err_text(int code)
{
	return table[row(code)].text;
}

int sim_err_exit(int code)
{
	return table[row(code)].exit_status;
}

void sim_err_bug(const char *file, int line, const char *what)
{
	fprintf(stderr,
		"simutrador: internal error at %s:%d: %s.  Please report it.\n",
		file, line, what);
	abort();
}
