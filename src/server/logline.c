/*
 * logline: lines are put together and written under one lock, which also
 * keeps the counts of each event name.
 */
#include "server/logline.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

#define NAME_MAX_BYTES	32

const char *const sim_logline_levels[] = {
	"debug", "info", "warning", "error", NULL
};

/* How often one event came in the time that began at `since`. */
struct count {
	char name[NAME_MAX_BYTES];
	sim_time since;
	unsigned lines;
	uint64_t suppressed;
};

struct sim_logline {
	struct sim_logline_config c;
	pthread_mutex_t lock;
	struct sim_buf line;
	struct count counts[SIM_LOGLINE_EVENTS_MAX];
	size_t ncounts;
	uint64_t suppressed_now;	/* of all counts, not yet told */
	uint64_t lost_now;		/* lines, not yet told */
	bool is_torn;			/* the last line was cut by a write */
	struct sim_logline_stats stats;
};

struct sim_logline *sim_logline_new(const struct sim_logline_config *c)
{
	struct sim_logline *l = sim_mem_zalloc(sizeof(*l));

	l->c = *c;
	l->line.max = SIM_BUF_MAX;
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

/* -- text ------------------------------------------------------------------ */

/* Characters that print but change how what follows is shown, or that some
 * readers take for the end of a line. */
static bool is_tricky(uint32_t c)
{
	static const struct { uint32_t from, to; } rows[] = {
		{ 0x7f, 0x9f },		/* DEL, C1 controls */
		{ 0xad, 0xad },		/* soft hyphen */
		{ 0x61c, 0x61c },	/* marks of direction ... */
		{ 0x200b, 0x200f },	/* ... and of no width */
		{ 0x2028, 0x202e },	/* ends of lines; overrides */
		{ 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },	/* byte order mark */
		{ 0xfff9, 0xfffb },
		{ 0xfffe, 0xffff },
		{ 0xe0000, 0x10ffff },	/* tags, private ones */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (c >= rows[i].from && c <= rows[i].to)
			return true;
	}
	return false;
}

static void escaped(struct sim_buf *out, uint32_t c)
{
	if (c == '"' || c == '\\')
		sim_buf_printf(out, "\\%c", (char)c);
	else if (c == '\n' || c == '\r' || c == '\t')
		sim_buf_printf(out, "\\%c", c == '\n' ? 'n' :
			       c == '\r' ? 'r' : 't');
	else if (c > 0xffff)
		sim_buf_printf(out, "\\u%04x\\u%04x",
			       (unsigned)(0xd7c0 + (c >> 10)),
			       (unsigned)(0xdc00 + (c & 0x3ff)));
	else
		sim_buf_printf(out, "\\u%04x", (unsigned)c);
}

/* In quotes, as a JSON string; bytes that are no UTF-8 become \ufffd. */
static void quoted(struct sim_buf *out, const char *s, size_t n)
{
	size_t len, i, most = out->len + SIM_LOGLINE_VALUE_MAX;
	uint32_t c;

	sim_buf_putc(out, '"');
	for (i = 0; i < n && out->len < most; i += len ? len : 1) {
		len = sim_str_utf8(s + i, n - i, &c);
		if (!len)
			c = 0xfffd;
		if (!len || c < ' ' || c == '"' || c == '\\' || is_tricky(c))
			escaped(out, c);
		else
			sim_buf_add(out, s + i, len);
	}
	sim_buf_puts(out, i < n ? "...\"" : "\"");
}

/* May it stand in logfmt without quotes? */
static bool is_bare(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] <= ' ' || s[i] > '~' || strchr("\"=\\", s[i]))
			return false;
	}
	return n > 0 && n <= SIM_LOGLINE_VALUE_MAX;
}

static void field(struct sim_logline *l, const char *name, const char *value)
{
	struct sim_buf *b = &l->line;
	size_t n = strlen(value), before = b->len;
	bool is_json = l->c.is_json;

	if (before)
		sim_buf_putc(b, is_json ? ',' : ' ');
	sim_buf_printf(b, is_json ? "\"%s\":" : "%s=", name);
	if (!is_json && is_bare(value, n))
		sim_buf_add(b, value, n);
	else
		quoted(b, value, n);
	if (b->len > SIM_LOGLINE_MAX - 4) {	/* braces, newlines */
		b->len = before;
		b->data[before] = '\0';
	}
}

static void field_count(struct sim_logline *l, const char *name, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	field(l, name, text);
}

/* What every line begins with. */
static void begin(struct sim_logline *l, sim_time now,
		  enum sim_logline_level level, const char *event)
{
	char at[SIM_TIME_STRMAX];
	sim_time sec = now / SIM_TIME_SEC - (now % SIM_TIME_SEC < 0);
	size_t n = sim_time_format(sec * SIM_TIME_SEC, at);

	snprintf(at + n - 1, sizeof(at) - n + 1, ".%03dZ",
		 (int)((now - sec * SIM_TIME_SEC) / SIM_TIME_MS));
	sim_buf_reset(&l->line);
	field(l, "time", at);
	field(l, "level", sim_logline_levels[level]);
	field(l, "event", event);
	if (l->lost_now)
		field_count(l, "lost", l->lost_now);
}

/* A newline first ends a line that an earlier write left torn. */
static void end(struct sim_logline *l)
{
	char line[SIM_LOGLINE_MAX + 1];
	bool is_json = l->c.is_json;
	int n = snprintf(line, sizeof(line), "%s%s%s%s\n",
			 l->is_torn ? "\n" : "", is_json ? "{" : "",
			 sim_buf_str(&l->line), is_json ? "}" : "");
	ssize_t wrote;

	do
		wrote = write(l->c.fd, line, (size_t)n);
	while (wrote < 0 && errno == EINTR);
	if (wrote > 0)
		l->is_torn = wrote < n;
	if (wrote == n) {
		l->stats.written++;
		l->lost_now = 0;
	} else {
		l->stats.lost++;
		l->lost_now++;
	}
}

/* -- how often ------------------------------------------------------------- */

/* The count of an event; names past the last count share the last. */
static struct count *count_of(struct sim_logline *l, const char *event)
{
	size_t i;
	struct count *c;

	for (i = 0; i < l->ncounts; i++) {
		if (!strncmp(l->counts[i].name, event, NAME_MAX_BYTES - 1))
			return &l->counts[i];
	}
	if (l->ncounts == SIM_LOGLINE_EVENTS_MAX)
		return &l->counts[l->ncounts - 1];
	c = &l->counts[l->ncounts++];
	snprintf(c->name, sizeof(c->name), "%s",
		 l->ncounts == SIM_LOGLINE_EVENTS_MAX ? "other" : event);
	c->since = SIM_TIME_NONE;
	return c;
}

/* Also when the clock was set back. */
static bool is_over(const struct sim_logline *l, const struct count *c,
		    sim_time now)
{
	return c->since == SIM_TIME_NONE || now < c->since ||
		now - c->since >= l->c.period;
}

/* Say which events were suppressed, where their time is over, or all. */
static void tell_suppressed(struct sim_logline *l, sim_time now, bool is_all)
{
	for (size_t i = 0; l->suppressed_now && i < l->ncounts; i++) {
		struct count *c = &l->counts[i];

		if (!c->suppressed || !(is_all || is_over(l, c, now)))
			continue;
		begin(l, now, SIM_LOGLINE_WARNING, "suppressed");
		field(l, "name", c->name);
		field_count(l, "count", c->suppressed);
		end(l);
		l->suppressed_now -= c->suppressed;
		c->suppressed = 0;
	}
}

static bool may_put(struct sim_logline *l, sim_time now, const char *event)
{
	struct count *c;

	if (!l->c.burst)
		return true;
	c = count_of(l, event);
	if (is_over(l, c, now)) {
		c->since = now;
		c->lines = 0;
	}
	if (c->lines < l->c.burst) {
		c->lines++;
		return true;
	}
	c->suppressed++;
	l->suppressed_now++;
	l->stats.suppressed++;
	return false;
}

/* -- calls ----------------------------------------------------------------- */

void sim_logline_put(struct sim_logline *l, enum sim_logline_level level,
		     const char *event, const struct sim_logline_field *fields)
{
	int errno_before = errno;
	sim_time now;

	if (level < l->c.level)
		return;
	pthread_mutex_lock(&l->lock);
	now = l->c.now(l->c.ctx);
	tell_suppressed(l, now, false);
	if (may_put(l, now, event)) {
		begin(l, now, level, event);
		for (; fields && fields->name; fields++) {
			if (fields->value)
				field(l, fields->name, fields->value);
		}
		end(l);
	}
	pthread_mutex_unlock(&l->lock);
	errno = errno_before;
}

static void flush(struct sim_logline *l, bool is_all)
{
	pthread_mutex_lock(&l->lock);
	tell_suppressed(l, l->c.now(l->c.ctx), is_all);
	pthread_mutex_unlock(&l->lock);
}

void sim_logline_flush(struct sim_logline *l)
{
	flush(l, false);
}

void sim_logline_stats(struct sim_logline *l, struct sim_logline_stats *out)
{
	pthread_mutex_lock(&l->lock);
	*out = l->stats;
	pthread_mutex_unlock(&l->lock);
}

void sim_logline_free(struct sim_logline *l)
{
	if (!l)
		return;
	flush(l, true);
	pthread_mutex_destroy(&l->lock);
	sim_buf_release(&l->line);
	sim_mem_free(l);
}
