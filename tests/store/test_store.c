/*
 * store: what is put comes back, merges add up, damage is refused with a
 * sentence, altered bars are named, writers don't meet, and a killed one
 * leaves the old file or the new one.  Not covered: a full disk
 * (tests/fault).
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"
#include "suite.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/rand.h"

static char dir[64];
static struct sim_store *st;
static const struct sim_bar_tf min1 = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN };
static const struct sim_bar_tf daily = { SIM_BAR_TF_DAY, SIM_TIME_DAY };
static const struct sim_instrument spy = {
	"SPY", 1000000, SIM_DEC_ONE, SIM_DEC_ONE, "USD",
	SIM_ASSET_CLASS_ETF, "XNYS"
};

static void setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/sim-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(sim_store_open(dir, &st, NULL), 0);
}

static void teardown(void)
{
	sim_store_close(st);
	ck_assert_int_eq(sim_file_remove_tree(dir, NULL), 0);
}

/* Bars a minute apart from minute `from` on; `salt` changes the prices. */
static void fill(struct sim_bar_table *t, size_t from, size_t n, int64_t salt)
{
	for (size_t i = from; i < from + n; i++) {
		sim_dec c = 100 * SIM_DEC_ONE + (int64_t)i * 1000000 + salt;
		struct sim_bar b = { (sim_time)i * SIM_TIME_MIN, c, c + 5000000,
				     c - 5000000, c,
				     (int64_t)i * SIM_DEC_ONE };

		sim_bar_table_add(t, &b, 0);
	}
}

static void put(size_t from, size_t n, int64_t salt)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;
	struct sim_err err = SIM_ERR_INIT;

	fill(&t, from, n, salt);
	s = sim_bar_table_view(&t);
	ck_assert_msg(!sim_store_put(st, &spy, min1, &s, &err), "%s", err.msg);
	sim_bar_table_release(&t);
}

static int merge(size_t from, size_t n, int64_t salt,
		 struct sim_store_merge *m, struct sim_err *err)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;
	int rc;

	fill(&t, from, n, salt);
	s = sim_bar_table_view(&t);
	rc = sim_store_merge(st, &spy, min1, &s, m, err);
	sim_bar_table_release(&t);
	return rc;
}

static struct sim_store_bars *open_spy(void)
{
	struct sim_store_bars *b = NULL;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_store_bars_open(st, "SPY", min1, &b, &err), "%s",
		      err.msg);
	return b;
}

/* That exactly minutes [from, from + n) with this salt are stored, whole. */
static void expect_bars(size_t from, size_t n, int64_t salt)
{
	struct sim_store_bars *b = open_spy();
	struct sim_bar_series s = sim_store_bars_series(b);
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	size_t chunk;

	fill(&t, from, n, salt);
	ck_assert_uint_eq(s.n, n);
	ck_assert_int_eq(s.gap, n > 1 ? SIM_TIME_MIN : 0);
	ck_assert_mem_eq(s.ts, t.ts, n * 8);
	ck_assert_mem_eq(s.open, t.open, n * 8);
	ck_assert_mem_eq(s.high, t.high, n * 8);
	ck_assert_mem_eq(s.low, t.low, n * 8);
	ck_assert_mem_eq(s.close, t.close, n * 8);
	ck_assert_mem_eq(s.volume, t.volume, n * 8);
	ck_assert_int_eq(sim_store_bars_verify(b, &chunk, NULL), 0);
	sim_bar_table_release(&t);
	sim_store_bars_close(b);
}

static void spy_path(char path[128])
{
	snprintf(path, 128, "%s/SPY/1min.bars", dir);
}

/* ---- what is put comes back --------------------------------------------- */

START_TEST(round_trip)
{
	static const size_t sizes[] = { 1, 2, 4095, 4096, 4097, 10000 };
	struct sim_store_bars *b;
	const struct sim_instrument *ins;
	uint8_t hash[SIM_SHA256_SIZE];
	struct sim_bar_series s;

	put(5, sizes[_i], 0);
	expect_bars(5, sizes[_i], 0);
	b = open_spy();
	ins = sim_store_bars_instrument(b);
	ck_assert_str_eq(ins->symbol, "SPY");
	ck_assert_str_eq(ins->currency, "USD");
	ck_assert_str_eq(ins->calendar, "XNYS");
	ck_assert_int_eq(ins->tick_size, spy.tick_size);
	ck_assert_int_eq((int)ins->asset_class, SIM_ASSET_CLASS_ETF);
	ck_assert_int_eq(sim_store_bars_tf(b).span, SIM_TIME_MIN);
	s = sim_store_bars_series(b);
	ck_assert_ptr_null(s.flags);
	sim_store_hash(ins, min1, &s, NULL, hash);
	ck_assert_mem_eq(hash, sim_store_bars_hash(b), sizeof(hash));
	sim_store_bars_close(b);
}
END_TEST

/* Bars that begin within a timeframe of each other, and a hole. */
START_TEST(gap_is_known)
{
	static const struct { sim_time second, gap; } cases[] = {
		{ SIM_TIME_MIN, SIM_TIME_MIN }, { 2 * SIM_TIME_MIN,
		SIM_TIME_MIN }, { SIM_TIME_MIN - 1, 0 },
	};
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;
	struct sim_store_bars *b;
	struct sim_err err = SIM_ERR_INIT;

	fill(&t, 0, 3, 0);
	t.ts[1] = cases[_i].second;
	t.ts[2] = 3 * SIM_TIME_MIN;
	s = sim_bar_table_view(&t);
	ck_assert_msg(!sim_store_put(st, &spy, min1, &s, &err), "%s", err.msg);
	b = open_spy();
	s = sim_store_bars_series(b);
	ck_assert_int_eq(s.gap, cases[_i].gap);
	ck_assert(!sim_bar_is_even(&s, 0, 3));
	ck_assert(sim_bar_is_even(&s, 0, 2) == (_i == 0));
	sim_store_bars_close(b);
	sim_bar_table_release(&t);
}
END_TEST

/* Further apart than a time can say. */
START_TEST(gap_of_extremes)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;

	fill(&t, 0, 3, 0);
	t.ts[0] = -SIM_TIME_MAX;
	t.ts[1] = SIM_TIME_MAX - 7;
	t.ts[2] = SIM_TIME_MAX;
	t.gap = 7;
	s = sim_bar_table_view(&t);
	ck_assert_int_eq(sim_bar_gap(&s), 7);
	ck_assert(!sim_bar_is_even(&s, 0, 3));
	ck_assert(sim_bar_is_even(&s, 1, 2));
	s.n = 2;
	ck_assert_int_eq(sim_bar_gap(&s), SIM_TIME_MAX);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(no_volume_and_flags)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;
	struct sim_store_bars *b;

	fill(&t, 0, 10, 0);
	t.has_volume = false;
	t.flags[3] = SIM_BAR_SYNTHETIC;
	s = sim_bar_table_view(&t);
	ck_assert_int_eq(sim_store_put(st, &spy, min1, &s, NULL), 0);
	b = open_spy();
	s = sim_store_bars_series(b);
	ck_assert_ptr_null(s.volume);
	ck_assert_int_eq(s.flags[3], SIM_BAR_SYNTHETIC);
	ck_assert_int_eq(s.flags[4], 0);
	sim_store_bars_close(b);
	sim_bar_table_release(&t);
}
END_TEST

/* The hash names the content, not how it was made. */
START_TEST(hash_is_canonical)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_instrument other = spy;
	uint8_t a[SIM_SHA256_SIZE], b[SIM_SHA256_SIZE];
	uint8_t chunks[2][SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX];
	struct sim_bar_series s;

	fill(&t, 0, 5000, 0);
	s = sim_bar_table_view(&t);
	sim_store_hash(&spy, min1, &s, chunks, a);
	sim_sha256_hex(a, hex);
	/* By Python's hashlib and struct from the words of store_hash.c. */
	ck_assert_str_eq(hex, "394f230552b44f8e28ac7874e5181d1b"
			      "c714f5e181205c21bc92bfe15002eb70");
	s.flags = NULL;
	sim_store_hash(&spy, min1, &s, NULL, b);
	ck_assert_mem_eq(a, b, sizeof(a));
	sim_store_hash(&spy, daily, &s, NULL, b);
	ck_assert_mem_ne(a, b, sizeof(a));
	other.tick_size = 2;
	sim_store_hash(&other, min1, &s, NULL, b);
	ck_assert_mem_ne(a, b, sizeof(a));
	t.close[4999]++;
	sim_store_hash(&spy, min1, &s, NULL, b);
	ck_assert_mem_ne(a, b, sizeof(a));
	ck_assert_mem_ne(chunks[0], chunks[1], SIM_SHA256_SIZE);
	sim_bar_table_release(&t);
}
END_TEST

/* ---- merging ------------------------------------------------------------ */

START_TEST(merges_add_up)
{
	struct sim_store_merge m = { .replace = false };

	ck_assert_int_eq(merge(100, 50, 0, &m, NULL), 0);
	ck_assert_uint_eq(m.added, 50);
	ck_assert_int_eq(merge(100, 50, 0, &m, NULL), 0);
	ck_assert_uint_eq(m.added, 0);
	ck_assert_uint_eq(m.same, 50);
	ck_assert_int_eq(merge(140, 50, 0, &m, NULL), 0);
	ck_assert_uint_eq(m.added, 40);
	ck_assert_uint_eq(m.same, 10);
	ck_assert_int_eq(merge(0, 100, 0, &m, NULL), 0);
	ck_assert_uint_eq(m.added, 100);
	expect_bars(0, 190, 0);
}
END_TEST

START_TEST(nothing_new_leaves_the_file_alone)
{
	struct sim_store_merge m = { .replace = false };
	struct stat a, b;
	char path[128];

	spy_path(path);
	put(0, 10, 0);
	ck_assert_int_eq(stat(path, &a), 0);
	ck_assert_int_eq(merge(2, 5, 0, &m, NULL), 0);
	ck_assert_int_eq(stat(path, &b), 0);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
}
END_TEST

START_TEST(other_values_need_replace)
{
	struct sim_store_merge m = { .replace = false };
	struct sim_err err = SIM_ERR_INIT;

	put(0, 10, 0);
	ck_assert_int_eq(merge(8, 5, 7, &m, &err), SIM_E_DATA);
	ck_assert_str_eq(err.msg, "the bar of SPY at 1970-01-01T00:08:00Z is "
			 "stored with other values (close 100.08, now "
			 "100.08000007); use --replace to take the new ones");
	expect_bars(0, 10, 0);
	m.replace = true;
	ck_assert_int_eq(merge(0, 12, 7, &m, &err), 0);
	ck_assert_uint_eq(m.added, 2);
	ck_assert_uint_eq(m.changed, 10);
	expect_bars(0, 12, 7);
}
END_TEST

START_TEST(a_conflict_names_what_differs)
{
	static const struct {
		sim_dec open, high, low, volume;
		uint8_t flags;
		const char *text;
	} rows[] = {
		{ 1, 0, 0, 0, 0, "(open 100, now 100.00000001)" },
		{ 0, 1, 1, 0, 0, "(high 100.05, now 100.05000001)" },
		{ 0, 0, 0, 1, 0, "(volume 0, now 0.00000001)" },
		{ 0, 0, 0, 0, SIM_BAR_SYNTHETIC, "other flags" },
	};
	const sim_dec c = 100 * SIM_DEC_ONE;
	struct sim_store_merge m = { .replace = false };

	put(0, 10, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_bar_table t = SIM_BAR_TABLE_INIT;
		struct sim_bar_series s;
		struct sim_err err = SIM_ERR_INIT;
		struct sim_bar b = { 0, c + rows[i].open,
			c + 5000000 + rows[i].high, c - 5000000 + rows[i].low,
			c, rows[i].volume };

		sim_bar_table_add(&t, &b, rows[i].flags);
		s = sim_bar_table_view(&t);
		ck_assert_int_eq(sim_store_merge(st, &spy, min1, &s, &m, &err),
				 SIM_E_DATA);
		ck_assert_msg(strstr(err.msg, rows[i].text), "%s", err.msg);
		sim_bar_table_release(&t);
	}
}
END_TEST

START_TEST(other_definition_is_refused)
{
	struct sim_store_merge m = { .replace = true };
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_instrument other[6] = { spy, spy, spy, spy, spy, spy };
	static const char *const what[6] = { "tick size", "lot size",
		"multiplier", "currency", "asset class", "calendar" };

	put(0, 10, 0);
	fill(&t, 10, 1, 0);
	s = sim_bar_table_view(&t);
	other[0].tick_size++;
	other[1].lot_size++;
	other[2].multiplier++;
	memcpy(other[3].currency, "EUR", 4);
	other[4].asset_class = SIM_ASSET_CLASS_CFD;
	memcpy(other[5].calendar, "24/7", 5);
	for (int i = 0; i < 6; i++) {
		/* Of another timeframe, too: a symbol has one definition. */
		ck_assert_int_eq(sim_store_merge(st, &other[i],
						 i % 2 ? daily : min1, &s, &m,
						 &err), SIM_E_CONFIG);
		ck_assert_ptr_nonnull(strstr(err.msg, what[i]));
	}
	expect_bars(0, 10, 0);
	sim_bar_table_release(&t);
}
END_TEST

/* ---- damage ------------------------------------------------------------- */

static int try_open(struct sim_err *err)
{
	struct sim_store_bars *b;
	int rc = sim_store_bars_open(st, "SPY", min1, &b, err);

	if (!rc)
		sim_store_bars_close(b);
	return rc;
}

static void expect_refusal(const char *says)
{
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(try_open(&err), SIM_E_DATA);
	ck_assert_msg(strstr(err.msg, says) != NULL, "'%s' in '%s'", says,
		      err.msg);
}

START_TEST(truncated_at_every_length)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char path[128];

	spy_path(path);
	put(0, 3, 0);
	ck_assert_int_eq(sim_file_read(path, 1 << 20, &b, NULL), 0);
	for (size_t n = b.len; n-- > 0;) {
		struct sim_err err = SIM_ERR_INIT;

		ck_assert_int_eq(truncate(path, (off_t)n), 0);
		ck_assert_int_eq(try_open(&err), SIM_E_DATA);
		ck_assert_ptr_nonnull(strstr(err.msg, n < 8
						? "is not a bar file"
						: "is truncated"));
	}
	sim_buf_release(&b);
}
END_TEST

static void poke(size_t at, uint8_t flip)
{
	char path[128];
	uint8_t byte;
	int fd;

	spy_path(path);
	fd = open(path, O_RDWR);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= flip;
	ck_assert_int_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

/* Any byte of the head, flipped, is noticed at opening. */
START_TEST(flipped_head)
{
	put(0, 3, 0);
	for (size_t at = 0; at < 304; at++) {
		poke(at, 0x10);
		ck_assert_int_eq(try_open(NULL), SIM_E_DATA);
		poke(at, 0x10);
	}
	ck_assert_int_eq(try_open(NULL), 0);
	poke(8, 3);
	expect_refusal("has format version 2, this program reads version 1");
}
END_TEST

START_TEST(foreign_files)
{
	char path[128];

	spy_path(path);
	put(0, 3, 0);
	ck_assert_int_eq(sim_file_write(path, "", 0, 0644, NULL), 0);
	expect_refusal("is not a bar file");
	ck_assert_int_eq(sim_file_write(path, "hello, world", 12, 0644, NULL),
			 0);
	expect_refusal("is not a bar file");
}
END_TEST

START_TEST(bytes_after_the_end)
{
	char path[128];
	int fd;

	spy_path(path);
	put(0, 3, 0);
	fd = open(path, O_WRONLY | O_APPEND);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
	expect_refusal("has bytes after its end");
}
END_TEST

START_TEST(renamed_file)
{
	char from[128], to[160];

	spy_path(from);
	put(0, 3, 0);
	snprintf(to, sizeof(to), "%s/QQQ", dir);
	ck_assert_int_eq(mkdir(to, 0755), 0);
	snprintf(to, sizeof(to), "%s/QQQ/1min.bars", dir);
	ck_assert_int_eq(rename(from, to), 0);
	struct sim_store_bars *b;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_store_bars_open(st, "QQQ", min1, &b, &err),
			 SIM_E_DATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "another series"));
}
END_TEST

START_TEST(absent)
{
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(try_open(&err), SIM_E_NOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "data import"));
	ck_assert_int_eq(sim_store_remove(st, "SPY", NULL, &err), SIM_E_NOENT);
	ck_assert_int_eq(sim_store_remove(st, "a b", NULL, &err), SIM_E_INVAL);
}
END_TEST

/* What is open is mapped once; what was replaced since is another file. */
START_TEST(shared)
{
	struct sim_store_bars *a, *b, *c;

	sim_store_share(st);
	put(0, 100, 0);
	a = open_spy();
	b = open_spy();
	ck_assert_ptr_eq(a, b);
	put(0, 200, 0);
	c = open_spy();
	ck_assert_ptr_ne(a, c);
	ck_assert_uint_eq(sim_store_bars_series(a).n, 100);
	ck_assert_uint_eq(sim_store_bars_series(c).n, 200);
	sim_store_bars_close(a);
	ck_assert_int_eq(sim_store_bars_series(b).close[99],
			 sim_store_bars_series(c).close[99]);
	sim_store_bars_close(b);
	sim_store_bars_close(c);
	expect_bars(0, 200, 0);
}
END_TEST

/* Every altered bar is named by chunk and row, whatever in it was altered. */
START_TEST(altered_bar_is_named)
{
	static const size_t rows[] = { 0, 1, 4095, 4096, 9000, 9999 };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_store_bars *b;
	struct sim_bar_series s;
	size_t chunk = 99, row = rows[_i % 6], volume_at;
	ptrdiff_t before;
	struct stat sb;
	char path[128], want[64];

	put(0, 10000, 0);
	b = open_spy();
	s = sim_store_bars_series(b);
	const int64_t *col[6] = { s.ts, s.open, s.high, s.low, s.close,
				  s.volume };

	/* The volumes are the last column of the file. */
	before = (const char *)s.volume - (const char *)col[_i / 6];
	sim_store_bars_close(b);
	spy_path(path);
	ck_assert_int_eq(stat(path, &sb), 0);
	volume_at = (size_t)sb.st_size - 10000 * 8;
	poke(volume_at - (size_t)before + row * 8 + 2, 0x40);
	b = open_spy();
	ck_assert_int_eq(sim_store_bars_verify(b, &chunk, &err), SIM_E_FALSE);
	ck_assert_uint_eq(chunk, row / SIM_STORE_CHUNK);
	snprintf(want, sizeof(want), "in chunk %zu, row %zu (", chunk, row);
	ck_assert_msg(strstr(err.msg, want) != NULL, "%s", err.msg);
	sim_store_bars_close(b);
}
END_TEST

START_TEST(marks_compare)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_store_mark m[3];
	struct sim_bar_series s;
	size_t chunk, row;

	fill(&t, 0, 9000, 0);
	s = sim_bar_table_view(&t);
	sim_store_marks(&s, m);
	ck_assert(!sim_store_marks_differ(m, 3, &s, &chunk, &row));
	t.high[5000]++;
	ck_assert(sim_store_marks_differ(m, 3, &s, &chunk, &row));
	ck_assert_uint_eq(chunk, 1);
	ck_assert_uint_eq(row, 5000);
	t.low[5001]++;
	ck_assert(sim_store_marks_differ(m, 3, &s, &chunk, &row));
	ck_assert_uint_eq(chunk, 1);
	ck_assert_uint_eq(row, SIZE_MAX);
	t.low[5001]--;
	t.high[5000]--;
	s.n = 8192;
	ck_assert(sim_store_marks_differ(m, 3, &s, &chunk, &row));
	ck_assert_uint_eq(chunk, 2);
	ck_assert_uint_eq(row, SIZE_MAX);
	sim_bar_table_release(&t);
}
END_TEST

/* ---- the folder --------------------------------------------------------- */

START_TEST(lists_and_removes)
{
	static const char *const symbols[] = { "b/c", "B", ".x", "A", "a=b" };
	static const char *const sorted[] = { ".x", "A", "B", "a=b", "b/c" };
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;
	struct sim_store_entry *e;
	struct sim_instrument ins = spy;
	char path[128];
	size_t n;

	ck_assert_int_eq(sim_store_list(st, &e, &n, NULL), 0);
	ck_assert_uint_eq(n, 0);
	fill(&t, 0, 4, 0);
	s = sim_bar_table_view(&t);
	for (int i = 0; i < 5; i++) {
		snprintf(ins.symbol, sizeof(ins.symbol), "%s", symbols[i]);
		ck_assert_int_eq(sim_store_put(st, &ins, daily, &s, NULL), 0);
		ck_assert_int_eq(sim_store_put(st, &ins, min1, &s, NULL), 0);
	}
	snprintf(path, sizeof(path), "%s/A/1min.bars", dir);
	ck_assert_int_eq(sim_file_write(path, "x", 1, 0644, NULL), 0);
	ck_assert_int_eq(sim_store_list(st, &e, &n, NULL), 0);
	ck_assert_uint_eq(n, 10);
	for (size_t i = 0; i < n; i++) {
		ck_assert_str_eq(e[i].instrument.symbol, sorted[i / 2]);
		ck_assert_int_eq(e[i].tf.span, i % 2 ? SIM_TIME_DAY
						     : SIM_TIME_MIN);
		ck_assert_int_eq(e[i].problem[0] != 0, i == 2);
		if (i != 2)
			ck_assert_uint_eq(e[i].bars, 4);
	}
	ck_assert_str_eq(e[2].problem, "A/1min.bars is not a bar file; remove "
			 "it and import the data again");
	sim_mem_free(e);
	ck_assert_int_eq(sim_store_remove(st, "B", &min1, NULL), 0);
	ck_assert_int_eq(sim_store_remove(st, "B", &min1, NULL), SIM_E_NOENT);
	ck_assert_int_eq(sim_store_remove(st, "b/c", NULL, NULL), 0);
	ck_assert_int_eq(sim_store_list(st, &e, &n, NULL), 0);
	ck_assert_uint_eq(n, 7);
	sim_mem_free(e);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(actions)
{
	static const struct sim_action in[] = {
		{ 16000, SIM_ACTION_DIVIDEND, 0, 0, 47000000 },
		{ 16230, SIM_ACTION_SPLIT, 7, 1, 0 },
		{ 16230, SIM_ACTION_DIVIDEND, 0, 0, 1 },
	};
	struct sim_action *out = NULL;
	struct sim_buf b = SIM_BUF_INIT(4096);
	char path[128];
	size_t n = 9;

	ck_assert_int_eq(sim_store_actions_get(st, "SPY", &out, &n, NULL), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(sim_store_actions_put(st, "SPY", in, 3, NULL), 0);
	ck_assert_int_eq(sim_store_actions_get(st, "SPY", &out, &n, NULL), 0);
	ck_assert_uint_eq(n, 3);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(out[i].day, in[i].day);
		ck_assert_int_eq((int)out[i].type, (int)in[i].type);
		ck_assert_int_eq(out[i].num, in[i].num);
		ck_assert_int_eq(out[i].den, in[i].den);
		ck_assert_int_eq(out[i].cash, in[i].cash);
	}
	sim_mem_free(out);
	/* Cut anywhere, the file is refused. */
	snprintf(path, sizeof(path), "%s/SPY/actions", dir);
	ck_assert_int_eq(sim_file_read(path, 4096, &b, NULL), 0);
	for (size_t k = b.len; k-- > 0;) {
		ck_assert_int_eq(truncate(path, (off_t)k), 0);
		ck_assert_int_eq(sim_store_actions_get(st, "SPY", &out, &n,
						       NULL), SIM_E_DATA);
	}
	sim_buf_release(&b);
}
END_TEST

/* ---- processes ---------------------------------------------------------- */

/* Four writers with overlapping ranges, a few bars at a time. */
START_TEST(writers_dont_meet)
{
	enum { WRITERS = 4, TURNS = 25, STEP = 40 };
	pid_t pid[WRITERS];
	int status;

	for (int w = 0; w < WRITERS; w++) {
		pid[w] = fork();
		ck_assert_int_ge(pid[w], 0);
		if (pid[w])
			continue;
		struct sim_store_merge m = { .replace = false };
		int bad = 0;

		for (size_t i = 0; i < TURNS; i++)
			bad |= merge(i * STEP + (size_t)w * 10, 10, 0, &m,
				     NULL);
		_exit(bad != 0);
	}
	for (int w = 0; w < WRITERS; w++) {
		ck_assert_int_eq(waitpid(pid[w], &status, 0), pid[w]);
		ck_assert(WIFEXITED(status) && !WEXITSTATUS(status));
	}
	expect_bars(0, TURNS * STEP, 0);
}
END_TEST

static void write_until_killed(void)
{
	for (int64_t salt = 1;; salt = !salt)
		put(0, 20000, salt);
}

static int64_t stored_salt(void)
{
	struct sim_store_bars *b = open_spy();
	int64_t salt = sim_store_bars_series(b).close[0] - 100 * SIM_DEC_ONE;

	sim_store_bars_close(b);
	return salt;
}

/* Files in the symbol's folder. */
static size_t files_of_spy(void)
{
	char path[128];
	struct dirent *e;
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/SPY", dir);
	d = opendir(path);
	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

START_TEST(killed_writers)
{
	const int kills = getenv("SIM_LONG") ? 100 : 10;
	struct sim_rand rand;

	sim_rand_init(&rand, 11, "kill");
	put(0, 20000, 0);
	for (int i = 0; i < kills; i++) {
		struct timespec nap = { 0, (long)sim_rand_below(&rand,
								60000000) };
		pid_t pid = fork();
		int64_t salt;

		ck_assert_int_ge(pid, 0);
		if (!pid)
			write_until_killed();
		nanosleep(&nap, NULL);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		salt = stored_salt();
		ck_assert(salt == 0 || salt == 1);
		expect_bars(0, 20000, salt);
	}
	/* The next writer sweeps what the killed ones left. */
	put(0, 20000, 0);
	ck_assert_uint_eq(files_of_spy(), 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("store");

	tcase_set_timeout(t, 600);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, round_trip, 0, 6);
	tcase_add_loop_test(t, gap_is_known, 0, 3);
	tcase_add_test(t, gap_of_extremes);
	tcase_add_test(t, no_volume_and_flags);
	tcase_add_test(t, hash_is_canonical);
	tcase_add_test(t, merges_add_up);
	tcase_add_test(t, nothing_new_leaves_the_file_alone);
	tcase_add_test(t, other_values_need_replace);
	tcase_add_test(t, a_conflict_names_what_differs);
	tcase_add_test(t, other_definition_is_refused);
	tcase_add_test(t, truncated_at_every_length);
	tcase_add_test(t, flipped_head);
	tcase_add_test(t, foreign_files);
	tcase_add_test(t, bytes_after_the_end);
	tcase_add_test(t, renamed_file);
	tcase_add_test(t, absent);
	tcase_add_test(t, shared);
	tcase_add_loop_test(t, altered_bar_is_named, 0, 36);
	tcase_add_test(t, marks_compare);
	tcase_add_test(t, lists_and_removes);
	tcase_add_test(t, actions);
	tcase_add_test(t, writers_dont_meet);
	tcase_add_test(t, killed_writers);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
