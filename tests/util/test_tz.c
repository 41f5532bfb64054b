/*
 * tz: the built-in zones, the system's New York against ours, files of all
 * shapes (written here byte by byte), names that must not leave the folder.
 */
#include "../suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/tz.h"

#define HOUR SIM_TIME_HOUR

static sim_time at(const char *text)
{
	sim_time t = 0;

	ck_assert_int_eq(sim_time_parse(text, strlen(text), &t, NULL, NULL),
			 0);
	return t;
}

static struct sim_tz *open_zone(const char *name)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_tz *tz = NULL;
	int rc = sim_tz_open(name, &tz, &err);

	ck_assert_msg(rc == 0, "%s: %s", name, err.msg);
	return tz;
}

static const struct {
	const char *utc;
	int hours;
} new_york[] = {
	{ "1900-07-01T12:00Z", -5 },
	{ "1967-04-30T06:59:59Z", -5 }, { "1967-04-30T07:00Z", -4 },
	{ "1967-10-29T05:59:59Z", -4 }, { "1967-10-29T06:00Z", -5 },
	{ "1974-01-06T07:00Z", -4 }, { "1974-01-06T06:59Z", -5 },
	{ "1975-02-23T07:00Z", -4 }, { "1975-02-23T06:59Z", -5 },
	{ "1976-02-29T12:00Z", -5 }, { "1976-04-25T07:00Z", -4 },
	{ "1986-04-27T07:00Z", -4 }, { "1986-04-26T12:00Z", -5 },
	{ "1987-04-05T07:00Z", -4 }, { "1987-04-05T06:59Z", -5 },
	{ "2006-04-02T07:00Z", -4 }, { "2006-10-29T06:00Z", -5 },
	{ "2007-03-11T06:59:59.999999999Z", -5 },
	{ "2007-03-11T07:00Z", -4 }, { "2007-11-04T06:00Z", -5 },
	{ "2024-03-10T07:00Z", -4 }, { "2024-11-03T05:59Z", -4 },
	{ "2261-07-01T12:00Z", -4 }, { "2261-12-31T12:00Z", -5 },
};

START_TEST(new_york_rules)
{
	struct sim_tz *tz = open_zone("America/New_York");

	ck_assert_int_eq(sim_tz_offset(tz, at(new_york[_i].utc)),
			 new_york[_i].hours * 3600);
	sim_tz_close(tz);
}
END_TEST

START_TEST(utc)
{
	struct sim_tz *tz = open_zone("UTC");
	sim_time out[2];

	ck_assert_int_eq(sim_tz_offset(tz, 0), 0);
	ck_assert_int_eq(sim_tz_offset(tz, INT64_MIN), 0);
	ck_assert_int_eq(sim_tz_offset(tz, INT64_MAX), 0);
	ck_assert_int_eq(sim_tz_resolve(tz, 12345, out), 1);
	ck_assert_int_eq(out[0], 12345);
	ck_assert_int_eq(sim_tz_resolve(tz, INT64_MAX, out), 1);
	ck_assert_int_eq(sim_tz_resolve(tz, INT64_MIN, out), 1);
	sim_tz_close(tz);
	sim_tz_close(NULL);
}
END_TEST

START_TEST(gaps_and_folds)
{
	static const struct {
		const char *wall;
		int n;
		const char *first, *second;
	} rows[] = {
		{ "2024-03-10T01:59:59", 1, "2024-03-10T06:59:59Z", NULL },
		{ "2024-03-10T02:00", 0, NULL, NULL },
		{ "2024-03-10T02:59:59", 0, NULL, NULL },
		{ "2024-03-10T03:00", 1, "2024-03-10T07:00Z", NULL },
		{ "2024-11-03T00:59:59", 1, "2024-11-03T04:59:59Z", NULL },
		{ "2024-11-03T01:00", 2, "2024-11-03T05:00Z",
		  "2024-11-03T06:00Z" },
		{ "2024-11-03T01:59:59", 2, "2024-11-03T05:59:59Z",
		  "2024-11-03T06:59:59Z" },
		{ "2024-11-03T02:00", 1, "2024-11-03T07:00Z", NULL },
		{ "2024-07-01T09:30", 1, "2024-07-01T13:30Z", NULL },
		{ "1929-10-29T09:30", 1, "1929-10-29T14:30Z", NULL },
	};
	struct sim_tz *tz = open_zone("America/New_York");
	sim_time out[2] = { 1, 2 };
	int n = sim_tz_resolve(tz, at(rows[_i].wall), out);

	ck_assert_int_eq(n, rows[_i].n);
	ck_assert_int_eq(out[0], n > 0 ? at(rows[_i].first) : 1);
	ck_assert_int_eq(out[1], n > 1 ? at(rows[_i].second) : 2);
	sim_tz_close(tz);
}
END_TEST

START_TEST(resolve_inverts_offset)
{
	struct sim_tz *tz = open_zone("America/New_York");
	sim_time t, end = at("2040-01-01"), wall, out[2];
	int n;

	for (t = at("1966-01-01"); t < end; t += 37 * SIM_TIME_MIN) {
		wall = t + sim_tz_offset(tz, t) * SIM_TIME_SEC;
		n = sim_tz_resolve(tz, wall, out);
		if (!(n >= 1 && out[0] == t) && !(n == 2 && out[1] == t))
			ck_abort_msg("%lld", (long long)t);
	}
	sim_tz_close(tz);
}
END_TEST

START_TEST(new_york_as_the_system_has_it)
{
	/* "US/Eastern" is the same zone by another name, read from a file. */
	struct sim_tz *ours = open_zone("America/New_York"), *theirs;
	sim_time t, end = at("2038-01-01");

	if (sim_tz_open("US/Eastern", &theirs, NULL)) {
		fprintf(stderr, "no zone files here: not compared\n");
		sim_tz_close(ours);
		return;
	}
	for (t = at("1967-01-01T05:00Z"); t < end; t += 15 * SIM_TIME_MIN) {
		if (sim_tz_offset(ours, t) != sim_tz_offset(theirs, t))
			ck_abort_msg("they differ at %lld", (long long)t);
	}
	/* Beyond the table of the file its rule for ever must agree too. */
	end = at("2210-01-01");
	for (t = at("2200-01-01"); t < end; t += HOUR) {
		if (sim_tz_offset(ours, t) != sim_tz_offset(theirs, t))
			ck_abort_msg("they differ at %lld", (long long)t);
	}
	sim_tz_close(ours);
	sim_tz_close(theirs);
}
END_TEST

START_TEST(other_zones)
{
	static const struct {
		const char *zone, *utc;
		int minutes;
	} rows[] = {
		{ "Europe/Berlin", "2024-03-31T00:59Z", 60 },
		{ "Europe/Berlin", "2024-03-31T01:00Z", 120 },
		{ "Europe/Berlin", "2150-07-01T00:00Z", 120 },
		{ "Europe/London", "1970-01-01T00:00Z", 60 },
		{ "Europe/Dublin", "2060-01-15T00:00Z", 0 },
		{ "Europe/Dublin", "2060-07-15T00:00Z", 60 },
		{ "Asia/Kolkata", "2024-01-01T00:00Z", 330 },
		{ "Asia/Tokyo", "2261-01-01T00:00Z", 540 },
		{ "Australia/Sydney", "2100-01-15T00:00Z", 660 },
		{ "Australia/Sydney", "2100-07-15T00:00Z", 600 },
		{ "Asia/Kathmandu", "1980-01-01T00:00Z", 330 },
		{ "Asia/Kathmandu", "1990-01-01T00:00Z", 345 },
		{ "Etc/GMT+5", "2024-01-01T00:00Z", -300 },
	};
	struct sim_tz *tz;

	if (sim_tz_open(rows[_i].zone, &tz, NULL)) {
		fprintf(stderr, "no zone %s here: not checked\n",
			rows[_i].zone);
		return;
	}
	ck_assert_int_eq(sim_tz_offset(tz, at(rows[_i].utc)),
			 rows[_i].minutes * 60);
	sim_tz_close(tz);
}
END_TEST

START_TEST(bad_names)
{
	static const char *const names[] = {
		"", "/etc/passwd", "../etc/passwd", "Europe/../../passwd",
		"Europe/", "..", "No/Such_Zone", "Europe", "a b", "x\ny",
		"A234567890B234567890C234567890D234567890E234567890F234567890G",
		"utc\xff",
	};
	struct sim_err err = SIM_ERR_INIT;
	struct sim_tz *tz = (void *)0x1;

	ck_assert_int_eq(sim_tz_open(names[_i], &tz, &err), SIM_E_NOENT);
	ck_assert_ptr_eq(tz, (void *)0x1);
	ck_assert_ptr_nonnull(strstr(err.msg, "unknown"));
	ck_assert_ptr_null(strchr(err.msg, '\n'));
}
END_TEST

/* -- files made here ----------------------------------------------------- */

static char dir[] = "/tmp/test_tz.XXXXXX";

static void enter(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	setenv("TZDIR", dir, 1);
	ck_assert_int_eq(chdir(dir), 0);
}

static void leave(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(sim_file_remove_tree(dir, NULL), 0);
}

struct shape {
	int version;		/* 0 or '2' */
	int times;		/* hourly changes from the epoch on */
	int types;		/* offsets 0, 1, 2, ... hours */
	int leap;
	const char *footer;
};

static void put_number(struct sim_buf *b, int64_t v, int bytes)
{
	while (bytes-- > 0)
		sim_buf_putc(b, (char)((uint64_t)v >> (8 * bytes)));
}

static void put_block(struct sim_buf *b, const struct shape *s, int bytes)
{
	int i;

	sim_buf_add(b, "TZif", 4);
	sim_buf_putc(b, (char)s->version);
	for (i = 0; i < 15; i++)
		sim_buf_putc(b, '\0');
	put_number(b, 0, 4);
	put_number(b, 0, 4);
	put_number(b, s->leap, 4);
	put_number(b, s->times, 4);
	put_number(b, s->types, 4);
	put_number(b, 4, 4);
	for (i = 0; i < s->times; i++)
		put_number(b, 3600 * i, bytes);
	for (i = 0; i < s->times; i++)
		put_number(b, (i + 1) % s->types, 1);
	for (i = 0; i < s->types; i++) {
		put_number(b, 3600 * i, 4);
		put_number(b, 0, 2);
	}
	sim_buf_add(b, "ABC", 4);
	for (i = 0; i < s->leap; i++)
		put_number(b, 1, bytes), put_number(b, 1, 4);
}

static void put_file(struct sim_buf *b, const struct shape *s)
{
	put_block(b, s, 4);
	if (!s->version)
		return;
	put_block(b, s, 8);
	sim_buf_printf(b, "\n%s\n", s->footer);
}

static int open_shape(const struct shape *s, struct sim_tz **tz)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	put_file(&b, s);
	ck_assert_int_eq(sim_file_write("Z", b.data, b.len, 0644, NULL), 0);
	sim_buf_release(&b);
	rc = sim_tz_open("Z", tz, NULL);
	return rc;
}

START_TEST(file_version_1)
{
	struct shape s = { 0, 3, 3, 0, NULL };
	struct sim_tz *tz;

	ck_assert_int_eq(open_shape(&s, &tz), 0);
	ck_assert_int_eq(sim_tz_offset(tz, -1), 0);
	ck_assert_int_eq(sim_tz_offset(tz, 0), 3600);
	ck_assert_int_eq(sim_tz_offset(tz, HOUR), 7200);
	ck_assert_int_eq(sim_tz_offset(tz, 2 * HOUR), 0);
	ck_assert_int_eq(sim_tz_offset(tz, INT64_MAX), 0);
	sim_tz_close(tz);
}
END_TEST

static const struct {
	const char *footer, *utc;
	int seconds;
} footers[] = {
	{ "", "2024-07-01T00:00Z", 0 },
	{ "XYZ-3", "2024-07-01T00:00Z", 0 },	/* no change to write out */
	{ "<-03>3<-02>,M3.5.0,M10.5.0/3", "2024-07-01T00:00Z", -7200 },
	{ "<-03>3<-02>,M3.5.0,M10.5.0/3", "2024-12-01T00:00Z", -10800 },
	{ "AAA-10BBB,M10.1.0,M4.1.0/3", "2024-01-01T00:00Z", 39600 },
	{ "AAA-10BBB,M10.1.0,M4.1.0/3", "2024-06-01T00:00Z", 36000 },
	{ "AAA0BBB-2:30:15,J60/0,J300/0", "2024-03-01T00:00Z", 9015 },
	{ "AAA0BBB-2:30:15,J60/0,J300/0", "2024-02-29T23:59Z", 0 },
	{ "AAA0BBB-1,59/0,300/0", "2024-02-29T00:00Z", 3600 },
	{ "AAA0BBB-1,59/0,300/0", "2023-02-28T23:59Z", 0 },
	{ "AAA0BBB-1,M3.4.4/50,M10.4.4/50", "2024-03-30T01:59Z", 0 },
	{ "AAA0BBB-1,M3.4.4/50,M10.4.4/50", "2024-03-30T02:00Z", 3600 },
	{ "AAA0BBB-1,M3.2.0/-3,M11.1.0", "2024-03-09T21:00Z", 3600 },
	{ "AAA5BBB4,0/0,J365/25", "2024-12-31T12:00Z", -14400 },
	{ "AAA5BBB4,0/0,J365/25", "2025-01-01T05:00Z", -14400 },
	{ "AAA5BBB4,0/0,J365/25", "2025-07-01T05:00Z", -14400 },
};

START_TEST(file_footers)
{
	struct shape s = { '2', 3, 3, 0, footers[_i].footer };
	struct sim_tz *tz;

	ck_assert_int_eq(open_shape(&s, &tz), 0);
	ck_assert_int_eq(sim_tz_offset(tz, HOUR), 7200);
	ck_assert_int_eq(sim_tz_offset(tz, at(footers[_i].utc)),
			 footers[_i].seconds);
	sim_tz_close(tz);
}
END_TEST

START_TEST(file_without_changes)
{
	struct shape s = { '2', 0, 1, 0, "AAA5BBB,M3.2.0,M11.1.0" };
	struct sim_tz *tz;

	ck_assert_int_eq(open_shape(&s, &tz), 0);
	ck_assert_int_eq(sim_tz_offset(tz, at("1900-01-01")), -18000);
	ck_assert_int_eq(sim_tz_offset(tz, at("1900-07-01")), -14400);
	ck_assert_int_eq(sim_tz_offset(tz, at("2200-07-01")), -14400);
	sim_tz_close(tz);
	s.footer = "AAA5";
	ck_assert_int_eq(open_shape(&s, &tz), 0);
	ck_assert_int_eq(sim_tz_offset(tz, at("1900-01-01")), -18000);
	sim_tz_close(tz);
}
END_TEST

START_TEST(broken_footers)
{
	static const char *const rows[] = {
		"X", "AB1", "ABC", "ABC168", "ABC1:60", "<ABC1", "ABC1DEF",
		"ABC1DEF,M3.2.0", "ABC1DEF,M13.2.0,M11.1.0",
		"ABC1DEF,M3.6.0,M11.1.0", "ABC1DEF,M3.2.7,M11.1.0",
		"ABC1DEF,J0,J1", "ABC1DEF,J366,J1", "ABC1DEF,366,1",
		"ABC1DEF,M3.2.0,M11.1.0x", "ABC1DEF,M3.2.0/,M11.1.0",
		"ABC1DEF,M3.2.0,M11.1.0/200",
	};
	struct shape s = { '2', 3, 3, 0, rows[_i] };
	struct sim_tz *tz;

	ck_assert_int_eq(open_shape(&s, &tz), SIM_E_DATA);
}
END_TEST

START_TEST(broken_files)
{
	struct shape s = { '2', 5, 3, 0, "AAA5BBB,M3.2.0,M11.1.0" };
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_tz *tz;
	size_t n, i;

	put_file(&b, &s);
	for (n = 0; n < b.len; n++) {
		ck_assert_int_eq(sim_file_write("Z", b.data, n, 0644, NULL),
				 0);
		ck_assert_int_eq(sim_tz_open("Z", &tz, NULL), SIM_E_DATA);
	}
	/* Any wrong byte is refused or gives a zone that answers. */
	for (i = 0; i < b.len; i++) {
		b.data[i] = (char)~b.data[i];
		ck_assert_int_eq(sim_file_write("Z", b.data, n, 0644, NULL),
				 0);
		b.data[i] = (char)~b.data[i];
		if (sim_tz_open("Z", &tz, NULL) == 0) {
			ck_assert_int_lt(sim_tz_offset(tz, 0), 27 * 3600);
			sim_tz_close(tz);
		}
	}
	sim_buf_release(&b);
	s.leap = 1;
	ck_assert_int_eq(open_shape(&s, &tz), SIM_E_DATA);
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("tz");
	TCase *tc = tcase_create("zones"), *files = tcase_create("files");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, new_york_rules, 0, N(new_york));
	tcase_add_test(tc, utc);
	tcase_add_loop_test(tc, gaps_and_folds, 0, 10);
	tcase_add_test(tc, resolve_inverts_offset);
	tcase_add_test(tc, new_york_as_the_system_has_it);
	tcase_add_loop_test(tc, other_zones, 0, 13);
	tcase_add_loop_test(tc, bad_names, 0, 12);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(files, enter, leave);
	tcase_set_timeout(files, 300);
	tcase_add_test(files, file_version_1);
	tcase_add_loop_test(files, file_footers, 0, N(footers));
	tcase_add_test(files, file_without_changes);
	tcase_add_loop_test(files, broken_footers, 0, 17);
	tcase_add_test(files, broken_files);
	suite_add_tcase(s, files);
	return run_suite(s);
}
