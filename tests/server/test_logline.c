/*
 * logline: what a line looks like in both forms, whatever is put into it; what
 * comes too often is counted; threads never mix their lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

#include "server/logline.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/rand.h"
#include "util/str.h"

/* 2026-01-02T03:04:05.006Z */
#define T0	(INT64_C(1767323045) * SIM_TIME_SEC + 6 * SIM_TIME_MS + 700)

static sim_time clock_at;
static FILE *file;

static sim_time clock_now(void *ctx)
{
	(void)ctx;
	return clock_at;
}

static struct sim_logline *new_log(bool is_json, unsigned burst)
{
	struct sim_logline_config c = {
		.is_json = is_json, .level = SIM_LOGLINE_INFO, .burst = burst,
		.period = 10 * SIM_TIME_SEC, .now = clock_now,
	};

	clock_at = T0;
	file = tmpfile();
	ck_assert_ptr_nonnull(file);
	c.fd = fileno(file);
	return sim_logline_new(&c);
}

/* All that was written so far; freed by the caller. */
static char *written(void)
{
	static char text[1 << 16];
	ssize_t n = pread(fileno(file), text, sizeof(text) - 1, 0);

	ck_assert_int_ge((int)n, 0);
	text[n] = '\0';
	return sim_mem_strndup(text, (size_t)n);
}

static void ck_written(const char *expected)
{
	char *text = written();

	ck_assert_str_eq(text, expected);
	sim_mem_free(text);
	ck_assert_int_eq(ftruncate(fileno(file), 0), 0);
	ck_assert_int_eq((int)lseek(fileno(file), 0, SEEK_SET), 0);
}

static const struct {
	const char *value, *logfmt, *json;	/* json: NULL: as logfmt */
} values[] = {
	{ "plain/1.5:[a]", "plain/1.5:[a]", "\"plain/1.5:[a]\"" },
	{ "", "\"\"", NULL },
	{ "two words", "\"two words\"", NULL },
	{ "a=b", "\"a=b\"", NULL },
	{ "a\"b", "\"a\\\"b\"", NULL },
	{ "a\\b", "\"a\\\\b\"", NULL },
	{ "x\nlevel=error event=forged", "\"x\\nlevel=error event=forged\"",
	  NULL },
	{ "x\"}\n{\"level\":\"error", "\"x\\\"}\\n{\\\"level\\\":\\\"error\"",
	  NULL },
	{ "\r\t\x01\x1b[2J", "\"\\r\\t\\u0001\\u001b[2J\"", NULL },
	{ "\x7f", "\"\\u007f\"", NULL },
	{ "\xc2\x9b" "31m", "\"\\u009b31m\"", NULL },	/* C1 CSI */
	{ "\xc3\xa9t\xc3\xa9", "\"\xc3\xa9t\xc3\xa9\"", NULL },
	{ "\xff\xc3", "\"\\ufffd\\ufffd\"", NULL },
	{ "\xe2\x80\xa8\xe2\x80\xae", "\"\\u2028\\u202e\"", NULL },
	{ "\xef\xbb\xbf", "\"\\ufeff\"", NULL },
	{ "\xf3\xa0\x81\x81", "\"\\udb40\\udc41\"", NULL },	/* a tag */
	{ "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"", NULL },
};
#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

START_TEST(forms)
{
	const struct sim_logline_field fields[] = {
		{ "absent", NULL }, { "v", values[_i].value },
		{ NULL, NULL }
	};
	const char *json = values[_i].json ? values[_i].json :
		values[_i].logfmt;
	struct sim_logline *l = new_log(false, 0);
	char line[400];

	sim_logline_put(l, SIM_LOGLINE_WARNING, "some.event", fields);
	snprintf(line, sizeof(line), "time=2026-01-02T03:04:05.006Z"
		 " level=warning event=some.event v=%s\n",
		 values[_i].logfmt);
	ck_written(line);
	sim_logline_free(l);
	fclose(file);

	l = new_log(true, 0);
	sim_logline_put(l, SIM_LOGLINE_WARNING, "some.event", fields);
	snprintf(line, sizeof(line), "{\"time\":\"2026-01-02T03:04:05.006Z\","
		 "\"level\":\"warning\",\"event\":\"some.event\",\"v\":%s}\n",
		 json);
	ck_written(line);
	sim_logline_free(l);
	fclose(file);
}
END_TEST

START_TEST(levels)
{
	struct sim_logline *l = new_log(false, 0);

	clock_at = -1;
	sim_logline_put(l, SIM_LOGLINE_DEBUG, "a", NULL);
	ck_written("");
	sim_logline_put(l, SIM_LOGLINE_INFO, "b", NULL);
	ck_written("time=1969-12-31T23:59:59.999Z level=info event=b\n");
	sim_logline_free(l);
	fclose(file);
}
END_TEST

START_TEST(too_often)
{
	struct sim_logline_stats stats;
	struct sim_logline *l = new_log(false, 2);

	for (int i = 0; i < 7; i++)
		sim_logline_put(l, SIM_LOGLINE_INFO, "a", NULL);
	sim_logline_put(l, SIM_LOGLINE_INFO, "b", NULL);
	ck_written("time=2026-01-02T03:04:05.006Z level=info event=a\n"
		   "time=2026-01-02T03:04:05.006Z level=info event=a\n"
		   "time=2026-01-02T03:04:05.006Z level=info event=b\n");
	clock_at += 10 * SIM_TIME_SEC - 1;
	sim_logline_put(l, SIM_LOGLINE_INFO, "a", NULL);
	sim_logline_flush(l);
	ck_written("");
	clock_at += 1;
	sim_logline_flush(l);
	sim_logline_flush(l);
	ck_written("time=2026-01-02T03:04:15.006Z level=warning"
		   " event=suppressed name=a count=6\n");
	for (int i = 0; i < 4; i++)
		sim_logline_put(l, SIM_LOGLINE_INFO, "a", NULL);
	clock_at = T0;			/* set back: a new time begins */
	sim_logline_put(l, SIM_LOGLINE_INFO, "a", NULL);
	ck_written("time=2026-01-02T03:04:15.006Z level=info event=a\n"
		   "time=2026-01-02T03:04:15.006Z level=info event=a\n"
		   "time=2026-01-02T03:04:05.006Z level=warning"
		   " event=suppressed name=a count=2\n"
		   "time=2026-01-02T03:04:05.006Z level=info event=a\n");
	for (int i = 0; i < 3; i++)
		sim_logline_put(l, SIM_LOGLINE_INFO, "a", NULL);
	sim_logline_stats(l, &stats);
	ck_assert_uint_eq(stats.suppressed, 10);
	ck_assert_uint_eq(stats.written, 9);
	sim_logline_free(l);
	ck_written("time=2026-01-02T03:04:05.006Z level=info event=a\n"
		   "time=2026-01-02T03:04:05.006Z level=warning"
		   " event=suppressed name=a count=2\n");
	fclose(file);
}
END_TEST

/* Names that can't be remembered share one count. */
START_TEST(many_events)
{
	struct sim_logline *l = new_log(false, 1);
	struct sim_logline_stats stats;
	char name[40];

	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "event.number.%d", i);
		sim_logline_put(l, SIM_LOGLINE_INFO, name, NULL);
	}
	sim_logline_stats(l, &stats);
	ck_assert_uint_eq(stats.written, SIM_LOGLINE_EVENTS_MAX);
	ck_assert_uint_eq(stats.suppressed, 500 - SIM_LOGLINE_EVENTS_MAX);
	sim_logline_free(l);
	fclose(file);
}
END_TEST

/* However much there is of what, a line is a line. */
START_TEST(long_ones)
{
	static char value[20000];
	struct sim_logline_field fields[40];
	struct sim_rand r;
	char *text;

	sim_rand_init(&r, (uint64_t)_i + 1, "logline");
	for (int round = 0; round < 30; round++) {
		struct sim_logline *l = new_log(_i % 2, 0);
		size_t n = sim_rand_below(&r, 39), len;

		for (size_t i = 0; i + 1 < sizeof(value); i++)
			value[i] = (char)(1 + sim_rand_below(&r, _i < 2 ? 255 :
							     31));
		for (size_t i = 0; i < n; i++)
			fields[i] = (struct sim_logline_field){
				"field", value + sim_rand_below(&r, 19999)
			};
		fields[n].name = NULL;
		sim_logline_put(l, SIM_LOGLINE_ERROR, "e", fields);
		text = written();
		len = strlen(text);
		ck_assert_uint_le(len, SIM_LOGLINE_MAX);
		ck_assert_ptr_eq(strchr(text, '\n'), text + len - 1);
		for (size_t i = 0; i + 1 < len; i++)
			ck_assert((unsigned char)text[i] >= ' ' &&
				  text[i] != '\x7f');
		if (n)
			ck_assert_ptr_nonnull(strstr(text, "field"));
		sim_mem_free(text);
		sim_logline_free(l);
		fclose(file);
	}
}
END_TEST

/* Any bytes make JSON that a reader takes. */
START_TEST(json_reads)
{
	struct sim_rand r;
	char value[301], *text;

	sim_rand_init(&r, 9, "logline");
	for (int round = 0; round < 300; round++) {
		const struct sim_logline_field fields[] = {
			{ "v", value }, { NULL, NULL }
		};
		struct sim_logline *l = new_log(true, 0);
		struct sim_json_doc *doc;
		struct sim_err err = SIM_ERR_INIT;
		size_t n = sim_rand_below(&r, 300);

		for (size_t i = 0; i < n; i++)
			value[i] = (char)(1 + sim_rand_below(&r, 255));
		value[n] = '\0';
		sim_logline_put(l, SIM_LOGLINE_INFO, "e", fields);
		text = written();
		ck_assert_msg(!sim_json_parse(text, strlen(text), &doc, &err),
			      "%s: %s", err.msg, text);
		ck_assert_ptr_nonnull(sim_json_get(sim_json_root(doc), "v"));
		sim_json_free(doc);
		sim_mem_free(text);
		sim_logline_free(l);
		fclose(file);
	}
}
END_TEST

/* A full pipe loses lines, and says so when it is read again. */
START_TEST(lost)
{
	struct sim_logline_config c = {
		.level = SIM_LOGLINE_INFO,
		.now = clock_now,
	};
	struct sim_logline_stats stats;
	struct sim_logline *l;
	static char text[1 << 20];
	int fds[2], tries = 0;
	char *last;
	ssize_t n;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	c.fd = fds[1];
	clock_at = T0;
	l = sim_logline_new(&c);
	errno = ENOTTY;
	do {
		sim_logline_put(l, SIM_LOGLINE_INFO, "filling", NULL);
		sim_logline_stats(l, &stats);
		ck_assert_int_lt(tries++, 1000000);
	} while (stats.lost < 3);
	ck_assert_int_eq(errno, ENOTTY);
	n = read(fds[0], text, sizeof(text));
	ck_assert_int_gt((int)n, 0);
	sim_logline_put(l, SIM_LOGLINE_INFO, "again", NULL);
	sim_logline_put(l, SIM_LOGLINE_INFO, "again", NULL);
	n = read(fds[0], text, sizeof(text) - 1);
	ck_assert_int_gt((int)n, 0);
	text[n] = '\0';
	last = strstr(text, "time");
	ck_assert_str_eq(last,
		"time=2026-01-02T03:04:05.006Z level=info event=again lost=3\n"
		"time=2026-01-02T03:04:05.006Z level=info event=again\n");
	sim_logline_free(l);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

#define THREADS	4
#define LINES	2000

static void *many(void *ctx)
{
	char text[200];
	const struct sim_logline_field fields[] = {
		{ "a", text }, { "b", text }, { NULL, NULL }
	};

	memset(text, 'x', sizeof(text));
	for (int i = 0; i < LINES; i++) {
		text[i % 199] = '\0';
		sim_logline_put(ctx, SIM_LOGLINE_INFO, "e", fields);
		text[i % 199] = 'x';
		text[199] = '\0';
	}
	return NULL;
}

static void ck_whole(char *line)
{
	char *a = strstr(line, " a="), *b = strstr(line, " b=");

	ck_assert_msg(!strncmp(line, "time=2026", 9) && a && b, "%s", line);
	*b = '\0';
	ck_assert_str_eq(a + 3, b + 3);
}

START_TEST(threads)
{
	struct sim_logline *l = new_log(false, 0);
	pthread_t t[THREADS];
	char line[SIM_LOGLINE_MAX + 1];
	int n = 0;

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, many, l), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	rewind(file);
	for (; fgets(line, sizeof(line), file); n++) {
		line[strcspn(line, "\n")] = '\0';
		ck_whole(line);
	}
	ck_assert_int_eq(n, THREADS * LINES);
	sim_logline_free(l);
	fclose(file);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("logline");
	TCase *tc = tcase_create("logline");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, forms, 0, N(values));
	tcase_add_test(tc, levels);
	tcase_add_test(tc, too_often);
	tcase_add_test(tc, many_events);
	tcase_add_loop_test(tc, long_ones, 0, 4);
	tcase_add_test(tc, json_reads);
	tcase_add_test(tc, lost);
	tcase_add_test(tc, threads);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
