/*
 * bar_csv_fast: the vector path (AVX2), chosen at run time.
 *
 * A piece of text becomes a list of the places of delimiters, newlines and
 * quotes, 64 bytes at a time.  A row is then as many places as it has columns;
 * each price is loaded as the 16 bytes before its end, checked to be digits
 * with at most one dot, shuffled to eight digits before and eight behind it,
 * and summed by multiply-adds: exact integers throughout.  Whatever is not
 * that plain (quotes, blanks, signs, long numbers, other times, a row that
 * makes no sense) goes to sim_bar_csv_line, which alone decides.
 *
 * Source: the digit sums are those of W. Mula, "SIMD-ized parsing of series of
 * integers"; the list of places is that of Langdale and Lemire 2019, "Parsing
 * gigabytes of JSON per second".
 */
#include <string.h>

#include "market/bar_csv_priv.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>
#include <sys/mman.h>

#define AVX2 __attribute__((target("avx2,bmi")))
#define INLINE static inline __attribute__((always_inline)) AVX2

#define PIECE	((size_t)16384)		/* bytes indexed at a time */
#define BLOCK	64
#define PAGE	((uintptr_t)4096)
#define POPULATE_FROM	((size_t)1 << 20)

/* Bytes n .. n + 15 keep the last n of 16. */
static const unsigned char keep[32] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	255, 255, 255, 255, 255, 255, 255, 255,
	255, 255, 255, 255, 255, 255, 255, 255
};

/* With the dot at p (16: none): eight digits before it, eight behind. */
#define W(p, i) ((p) - 8 + (i) < 0 ? 0x80 : (p) - 8 + (i))
#define F(p, i) ((p) + 1 + (i) > 15 ? 0x80 : (p) + 1 + (i))
#define ROW(p) { W(p, 0), W(p, 1), W(p, 2), W(p, 3), W(p, 4), W(p, 5), \
		 W(p, 6), W(p, 7), F(p, 0), F(p, 1), F(p, 2), F(p, 3), \
		 F(p, 4), F(p, 5), F(p, 6), F(p, 7) }
static const unsigned char spread[17][16] = {
	ROW(0), ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6), ROW(7), ROW(8),
	ROW(9), ROW(10), ROW(11), ROW(12), ROW(13), ROW(14), ROW(15), ROW(16)
};
/* Places a dot may have: one to eight decimals, or none. */
#define DOT_PLACES	0x17f80u

struct columns {
	sim_time *ts;
	sim_dec *v[5];
};

/* The date read last, as text and as an instant. */
struct date {
	uint64_t head;
	uint16_t tail;
	sim_time t;
};

/* What a run over one piece needs. */
struct scan {
	struct bar_csv_ctx *c;
	const char *base;		/* the piece */
	uint32_t *place;		/* of marks; place[-1] + 1 starts one */
	uint32_t *newline;		/* of newlines alone */
	size_t places;
	bool has_quote;
	size_t k, r;			/* the current row's first of each */
	int n;				/* columns of a row */
	int col[6];			/* time, open .. close, volume or -1 */
	bool kept_offset;		/* times go through c->hour_offset */
	struct columns out;
	struct date date;
	unsigned dots;			/* where dots were */
};

struct consts {
	_Alignas(32) char zero[32], dot[32], nine[32], ten[32];
	_Alignas(32) short hundred[16], myriad[16];
	_Alignas(32) int64_t whole[4];
};

#define X4(x)	x, x, x, x
#define X16(x)	X4(x), X4(x), X4(x), X4(x)
#define X32(x)	X16(x), X16(x)
#define PAIR4(x, y)	x, y, x, y, x, y, x, y
static const struct consts k_ = {
	{ X32('0') }, { X32('.' - '0') }, { X32(9) },
	{ PAIR4(10, 1), PAIR4(10, 1), PAIR4(10, 1), PAIR4(10, 1) },
	{ PAIR4(100, 1), PAIR4(100, 1) }, { PAIR4(10000, 1), PAIR4(10000, 1) },
	{ X4(SIM_DEC_ONE) }
};
#define K(field) _mm256_load_si256((const void *)k_.field)
#define K16(field) _mm_load_si128((const void *)k_.field)

INLINE __m256i two(const void *lo, const void *hi)
{
	return _mm256_inserti128_si256(
		_mm256_castsi128_si256(_mm_loadu_si128(lo)),
		_mm_loadu_si128(hi), 1);
}

/* Eight digits before, eight behind: two 32-bit numbers in each half. */
INLINE __m256i digit_sums(__m256i v)
{
	v = _mm256_maddubs_epi16(v, K(ten));
	v = _mm256_madd_epi16(v, K(hundred));
	v = _mm256_packus_epi32(v, v);
	return _mm256_madd_epi16(v, K(myriad));
}

/*
 * Two prices that end at e0 and e1, n0 and n1 bytes long.  False: not plain.
 * Blank-free digits with at most one dot, 1..8 before it and, when there is
 * one, 1..8 behind it.
 */
INLINE bool two_prices(const char *e0, size_t n0, const char *e1, size_t n1,
		       unsigned *dots, __m256i *out)
{
	__m256i v;
	unsigned dm, odd, d0, d1, p0, p1;

	if (__builtin_expect((n0 - 1 > 15) | (n1 - 1 > 15), 0))
		return false;
	v = _mm256_sub_epi8(two(e0 - 16, e1 - 16), K(zero));
	v = _mm256_and_si256(v, two(keep + n0, keep + n1));
	dm = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, K(dot)));
	odd = ~(unsigned)_mm256_movemask_epi8(
		_mm256_cmpeq_epi8(_mm256_min_epu8(v, K(nine)), v));
	d0 = dm & 0xffff;
	d1 = dm >> 16;
	p0 = (unsigned)__builtin_ctz(d0 | 0x10000);
	p1 = (unsigned)__builtin_ctz(d1 | 0x10000);
	if (__builtin_expect((odd ^ dm) | (d0 & (d0 - 1)) | (d1 & (d1 - 1)) |
			     (n0 + p0 - 17 > 7) | (n1 + p1 - 17 > 7) |
			     (~(DOT_PLACES >> p0 & DOT_PLACES >> p1) & 1), 0))
		return false;
	*dots |= d0 | d1;
	v = digit_sums(_mm256_shuffle_epi8(v, two(spread[p0], spread[p1])));
	*out = _mm256_add_epi64(_mm256_mul_epu32(v, K(whole)),
				_mm256_srli_epi64(v, 32));
	return true;
}

/* A volume with a dot, read as a price. */
__attribute__((noinline)) AVX2 static bool
dotted_volume(const char *e, size_t n, sim_dec *out)
{
	unsigned dots = 0;
	__m256i v;

	if (!two_prices(e, n, e, n, &dots, &v))
		return false;
	*out = _mm_cvtsi128_si64(_mm256_castsi256_si128(v));
	return true;
}

/* A volume: whole, of at most ten digits; else as a price. */
INLINE bool volume(const char *e, size_t n, sim_dec *out)
{
	__m128i v;
	uint64_t x;

	if (n - 1 > 9)
		return dotted_volume(e, n, out);
	v = _mm_sub_epi8(_mm_loadu_si128((const void *)(e - 16)), K16(zero));
	v = _mm_and_si128(v, _mm_loadu_si128((const void *)(keep + n)));
	if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, K16(nine)), v)) !=
	    0xffff)
		return dotted_volume(e, n, out);
	v = _mm_madd_epi16(_mm_maddubs_epi16(v, K16(ten)), K16(hundred));
	v = _mm_madd_epi16(_mm_packus_epi32(v, v), K16(myriad));
	x = (uint64_t)_mm_cvtsi128_si64(v);
	*out = (sim_dec)((x & 0xffffffff) * 100000000 + (x >> 32)) *
	       SIM_DEC_ONE;
	return true;
}

/* HH:MM[:SS] as ns of the day; false: not plain. */
INLINE bool clock_ns(const char *s, bool seconds, sim_time *t)
{
	uint64_t x = 0, y, h, m, sec;

	if (seconds) {
		memcpy(&x, s, 8);
	} else {
		memcpy(&x, s, 5);
		x |= UINT64_C(0x30303a) << 40;
	}
	x ^= UINT64_C(0x30303a30303a3030);
	/* Digits are 0..9 now and colons 0. */
	if ((x & UINT64_C(0x0000ff0000ff0000)) |
	    ((x | (x + UINT64_C(0x7676767676767676))) &
	     UINT64_C(0x8080808080808080)))
		return false;
	y = x * 10 + (x >> 8);
	h = y & 0xff;
	m = y >> 24 & 0xff;
	sec = y >> 48 & 0xff;
	if ((h > 23) | (m > 59) | (sec > 59))
		return false;
	*t = (sim_time)(h * 3600 + m * 60 + sec) * SIM_TIME_SEC;
	return true;
}

/* A date that isn't the last one. */
__attribute__((noinline)) static bool new_date(struct date *d, const char *s)
{
	enum sim_time_kind kind;
	sim_time t;

	if (s[4] != '-' || s[7] != '-' ||
	    sim_time_parse(s, 10, &t, &kind, NULL) || kind != SIM_TIME_DATE)
		return false;
	memcpy(&d->head, s, 8);
	memcpy(&d->tail, s + 8, 2);
	d->t = t;
	return true;
}

/* The lengths of "2024-01-31 09:30[:00[Z|+00:00]]". */
enum { LEN_DATE = 10, LEN_HM = 16, LEN_HMS = 19, LEN_Z = 20, LEN_ZERO = 25 };

INLINE bool time_of(struct date *d, enum sim_time_kind want, const char *s,
		    size_t n, sim_time *t)
{
	enum sim_time_kind kind = SIM_TIME_NAIVE;
	uint64_t head;
	uint16_t tail;
	sim_time of_day = 0;

	if (n != LEN_HMS && n != LEN_Z && n != LEN_ZERO && n != LEN_HM &&
	    n != LEN_DATE)
		return false;
	memcpy(&head, s, 8);
	memcpy(&tail, s + 8, 2);
	if (((head != d->head) | (tail != d->tail)) && !new_date(d, s))
		return false;
	if (n == LEN_DATE)
		kind = SIM_TIME_DATE;
	else if (((s[10] != ' ') & (s[10] != 'T')) ||
		 !clock_ns(s + 11, n != LEN_HM, &of_day))
		return false;
	if (n > LEN_HMS) {
		kind = SIM_TIME_ZONED;
		if (n == LEN_Z ? s[19] != 'Z' : memcmp(s + 19, "+00:00", 6))
			return false;
	}
	*t = d->t + of_day;
	return kind == want;
}

/* The places of delimiters, newlines and quotes in `size` bytes (blocks of
 * 64), and those of newlines alone. */
AVX2 static void index_piece(struct scan *sc, size_t size, char delim)
{
	const __m256i d = _mm256_set1_epi8(delim);
	const __m256i nl = _mm256_set1_epi8('\n');
	const __m256i q = _mm256_set1_epi8('"');
	__m256i quotes = _mm256_setzero_si256();
	uint32_t *place = sc->place, *newline = sc->newline;

#define BITS(x) (uint64_t)(uint32_t)_mm256_movemask_epi8(x)
	for (uint32_t at = 0; at < size; at += BLOCK) {
		const char *p = sc->base + at;
		__m256i a = _mm256_loadu_si256((const void *)p);
		__m256i b = _mm256_loadu_si256((const void *)(p + 32));
		__m256i qa = _mm256_cmpeq_epi8(a, q);
		__m256i qb = _mm256_cmpeq_epi8(b, q);
		uint64_t l = BITS(_mm256_cmpeq_epi8(a, nl)) |
			     BITS(_mm256_cmpeq_epi8(b, nl)) << 32;
		uint64_t m = l;

		quotes = _mm256_or_si256(quotes, _mm256_or_si256(qa, qb));
		m |= BITS(_mm256_or_si256(_mm256_cmpeq_epi8(a, d), qa)) |
		     BITS(_mm256_or_si256(_mm256_cmpeq_epi8(b, d), qb)) << 32;
		size_t marks = (size_t)__builtin_popcountll(m);
		size_t lines = (size_t)__builtin_popcountll(l);

		/* Several at once without a branch; what is too many is
		 * overwritten by the next block. */
		for (int i = 0; i < 8; i++, m = _blsr_u64(m))
			place[i] = at + (uint32_t)_tzcnt_u64(m);
		for (size_t i = 8; i < marks; i++, m = _blsr_u64(m))
			place[i] = at + (uint32_t)_tzcnt_u64(m);
		for (int i = 0; i < 2; i++, l = _blsr_u64(l))
			newline[i] = at + (uint32_t)_tzcnt_u64(l);
		for (size_t i = 2; i < lines; i++, l = _blsr_u64(l))
			newline[i] = at + (uint32_t)_tzcnt_u64(l);
		place += marks;
		newline += lines;
	}
	sc->places = (size_t)(place - sc->place);
	sc->has_quote = !_mm256_testz_si256(quotes, quotes);
}

static void load_columns(struct scan *sc)
{
	struct sim_bar_table *t = &sc->c->out->bars;

	sc->out = (struct columns){ t->ts, { t->open, t->high, t->low,
					     t->close, t->volume } };
}

struct span {
	const char *e;
	size_t n;
};

/* A field ends at its mark and begins behind the one before. */
INLINE struct span field(const struct scan *sc, const uint32_t *f, int i,
			 bool crlf)
{
	int col = sc->col[i];
	uint32_t to = f[col] - (crlf && col == sc->n - 1);

	return (struct span){ sc->base + to, to - (f[col - 1] + 1) };
}

/* Read a row's values into slot i of the columns, which are the row's only
 * when it turns out plain; else false. */
INLINE bool read_row(struct scan *sc, const uint32_t *f, size_t i, bool crlf)
{
	const struct span a = field(sc, f, 0, crlf), o = field(sc, f, 1, crlf);
	const struct span h = field(sc, f, 2, crlf), l = field(sc, f, 3, crlf);
	const struct span c = field(sc, f, 4, crlf);
	const struct columns *out = &sc->out;
	sim_dec open, high, low, close;
	unsigned dots = 0;
	__m256i oh, lc;

	if (!time_of(&sc->date, sc->c->lay->kind, a.e - a.n, a.n,
		     &out->ts[i]) ||
	    !two_prices(o.e, o.n, h.e, h.n, &dots, &oh) ||
	    !two_prices(l.e, l.n, c.e, c.n, &dots, &lc))
		return false;
	out->v[4][i] = 0;
	if (sc->col[5] >= 0) {
		const struct span w = field(sc, f, 5, crlf);

		if (!volume(w.e, w.n, &out->v[4][i]))
			return false;
	}
	open = _mm_cvtsi128_si64(_mm256_castsi256_si128(oh));
	high = _mm_cvtsi128_si64(_mm256_extracti128_si256(oh, 1));
	low = _mm_cvtsi128_si64(_mm256_castsi256_si128(lc));
	close = _mm_cvtsi128_si64(_mm256_extracti128_si256(lc, 1));
	out->v[0][i] = open;
	out->v[1][i] = high;
	out->v[2][i] = low;
	out->v[3][i] = close;
	sc->dots |= dots;
	return !((high < open) | (high < close) | (low > open) |
		 (low > close) | (high < low) | (low <= 0));
}

/* A wall clock reading in the hour whose offset is known. */
static bool to_utc(const struct bar_csv_ctx *c, sim_time *t)
{
	sim_time into = *t % SIM_TIME_HOUR;

	if (into < 0 || *t - into != c->hour)
		return false;
	*t -= c->hour_offset;
	return true;
}

/* A row for the portable path; false: its end isn't in the piece, or it ended
 * everything. */
__attribute__((noinline)) static bool hand_over(struct scan *sc, size_t size,
						int *rc)
{
	uint32_t row = *(sc->place + sc->k - 1) + 1;
	const char *s = sc->base + row;
	const char *e = memchr(s, '\n', size - row);

	if (!e)
		return false;
	*rc = sim_bar_csv_line(sc->c, s, e);
	row = (uint32_t)(e - sc->base) + 1;
	while (sc->k < sc->places && sc->place[sc->k] < row)
		sc->k++;
	sc->r++;
	load_columns(sc);
	return !*rc;
}

/* Rows that are all plain and in order, from the current one on: how many. */
INLINE size_t plain_rows(struct scan *sc, size_t limit, bool crlf)
{
	struct bar_csv_ctx *c = sc->c;
	const size_t step = (size_t)sc->n, first = c->out->bars.n;
	const uint32_t *f = sc->place + sc->k, *nl = sc->newline + sc->r;
	const uint32_t *end = sc->place + sc->places - (step - 1);
	sim_time prev = c->has_prev ? c->prev : INT64_MIN;
	size_t i = first;

	for (; f < end && i < limit; f += step, i++, nl++) {
		sim_time *t = &sc->out.ts[i];

		if (f[step - 1] != *nl ||
		    *nl - f[-1] > SIM_BAR_CSV_LINE_MAX ||
		    (crlf && sc->base[*nl - 1] != '\r') ||
		    !read_row(sc, f, i, crlf) ||
		    (sc->kept_offset && !to_utc(c, t)) || *t <= prev)
			break;
		prev = *t;
	}
	c->prev = prev;
	return i - first;
}

AVX2 static size_t plain_rows_lf(struct scan *sc, size_t limit)
{
	return plain_rows(sc, limit, false);
}

AVX2 static size_t plain_rows_crlf(struct scan *sc, size_t limit)
{
	return plain_rows(sc, limit, true);
}

/* Make n rows that were read part of the result. */
static void count_rows(struct scan *sc, size_t n)
{
	struct bar_csv_ctx *c = sc->c;
	struct sim_bar_table *t = &c->out->bars;

	if (!n)
		return;
	sim_bar_csv_mark_line(c);
	memset(t->flags + t->n, 0, n);
	t->n += n;
	c->line += n;
	c->next_line = c->line;
	c->out->rows += n;
	c->has_prev = true;
	sc->k += n * (size_t)sc->n;
	sc->r += n;
}

static int read_piece(struct scan *sc, size_t size, bool crlf)
{
	const struct sim_bar_table *t = &sc->c->out->bars;
	int rc = SIM_OK;

	while (sc->k + (size_t)sc->n <= sc->places) {
		if (!sc->has_quote)
			count_rows(sc, crlf ? plain_rows_crlf(sc, t->cap)
					    : plain_rows_lf(sc, t->cap));
		if (sc->k + (size_t)sc->n > sc->places ||
		    !hand_over(sc, size, &rc))
			break;
	}
	return rc;
}

/* Columns that are about to be written come in at once, which costs two
 * thirds of a fault a page.  A hint: where it fails nothing changes. */
static void populate(void *p, size_t n)
{
#ifdef MADV_POPULATE_WRITE
	uintptr_t from = ((uintptr_t)p + PAGE - 1) & ~(PAGE - 1);
	uintptr_t to = ((uintptr_t)p + n) & ~(PAGE - 1);

	if (n >= POPULATE_FROM)
		(void)madvise((char *)p + (from - (uintptr_t)p), to - from,
			      MADV_POPULATE_WRITE);
#else
	(void)p;
	(void)n;
#endif
}

/* Room for a piece's rows, and at first for those of the whole text. */
static void reserve(struct scan *sc, size_t size, size_t left)
{
	struct sim_bar_table *t = &sc->c->out->bars;
	size_t rows = sc->places / (size_t)sc->n + 2;
	size_t all = (size_t)((double)left / (double)size * (double)rows);

	if (t->n + rows > t->cap) {
		sim_bar_table_reserve(t, t->n + rows + all + all / 64);
		populate(t->ts + t->n, all * sizeof(*t->ts));
		populate(t->open + t->n, all * sizeof(*t->open));
		populate(t->high + t->n, all * sizeof(*t->high));
		populate(t->low + t->n, all * sizeof(*t->low));
		populate(t->close + t->n, all * sizeof(*t->close));
		populate(t->volume + t->n, all * sizeof(*t->volume));
	}
	load_columns(sc);
}

bool sim_bar_csv_fast_usable(const struct bar_csv_ctx *c)
{
	const struct sim_bar_csv_layout *l = c->lay;

	return __builtin_cpu_supports("avx2") &&
	       __builtin_cpu_supports("bmi") &&
	       l->format != SIM_BAR_CSV_FORMAT_NDJSON && !l->shift &&
	       !l->newest_first && !l->epoch &&
	       l->col[SIM_BAR_CSV_CLOCK] < 0 &&
	       c->in->bad != SIM_BAR_CSV_KEEP;
}

static void note_dots(struct scan *sc)
{
	int n = sc->dots ? 15 - __builtin_ctz(sc->dots) : 0;

	if (n > sc->c->out->price_decimals)
		sc->c->out->price_decimals = n;
}

int sim_bar_csv_fast(struct bar_csv_ctx *c, size_t *at)
{
	static const int role[6] = {
		SIM_BAR_CSV_TIME, SIM_BAR_CSV_OPEN, SIM_BAR_CSV_HIGH,
		SIM_BAR_CSV_LOW, SIM_BAR_CSV_CLOSE, SIM_BAR_CSV_VOLUME
	};
	uint32_t place[1 + PIECE + 8], newline[PIECE + 2];
	struct scan sc = { .c = c, .place = place + 1, .newline = newline,
			   .n = c->lay->columns };
	int rc = SIM_OK;

	for (int i = 0; i < 6; i++)
		sc.col[i] = c->lay->col[role[i]];
	sc.kept_offset = c->in->tz && c->lay->kind == SIM_TIME_NAIVE;
	place[0] = UINT32_MAX;		/* a row begins at 0 */
	/* Numbers are loaded as the 16 bytes before their end. */
	while (!rc && *at >= 16 && c->in->len - *at >= BLOCK &&
	       c->out->bars.n + PIECE < SIM_BAR_CSV_ROWS_MAX) {
		size_t left = c->in->len - *at;
		size_t size = left < PIECE ? left & ~(size_t)(BLOCK - 1)
					   : PIECE;

		sc.base = c->in->text + *at;
		sc.k = sc.r = 0;
		index_piece(&sc, size, c->lay->delim);
		reserve(&sc, size, left);
		rc = read_piece(&sc, size, sc.base[-2] == '\r');
		if (!sc.k)
			break;
		*at += sc.place[sc.k - 1] + 1;
	}
	note_dots(&sc);
	return rc;
}

#else

bool sim_bar_csv_fast_usable(const struct bar_csv_ctx *c)
{
	(void)c;
	return false;
}

int sim_bar_csv_fast(struct bar_csv_ctx *c, size_t *at)
{
	(void)c;
	(void)at;
	return SIM_OK;
}

#endif
