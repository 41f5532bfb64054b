/* equity: the equity column file, written and read. */
#include "run/equity.h"

#include <string.h>

#include "util/mem.h"

static const char magic[8] = "SIMEQ2\n";

enum { TIMES, VALUES, BENCHMARK, BITS, GROSS, NET, SECTIONS };
/* magic, count, lengths, hash */
#define HEADER (8 + 8 + SECTIONS * 8 + SIM_SHA256_SIZE)
#define VARINT_MAX 10

static void put_u64(char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (char)(v >> (8 * i));
}

static uint64_t get_u64(const char *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return v;
}

/* Small numbers of either sign become small numbers. */
static inline uint64_t zigzag(uint64_t d)
{
	return d << 1 ^ (uint64_t)((int64_t)d >> 63);
}

static inline uint64_t unzigzag(uint64_t z)
{
	return z >> 1 ^ (0 - (z & 1));
}

static inline char *put_varint(char *p, uint64_t v)
{
	for (; v >= 128; v >>= 7)
		*p++ = (char)(v | 128);
	*p++ = (char)v;
	return p;
}

/* Differences of v (order 1) or of their differences (order 2). */
static size_t encode_column(const int64_t *v, size_t n, int order,
			    struct sim_buf *out)
{
	char *start = sim_buf_reserve(out, n * VARINT_MAX), *p = start;
	uint64_t last = 0, last_d = 0;

	if (!start)
		SIM_BUG("the equity file outgrew its buffer");
	for (size_t i = 0; i < n; i++) {
		uint64_t d = (uint64_t)v[i] - last;

		p = put_varint(p, zigzag(order == 2 ? d - last_d : d));
		last = (uint64_t)v[i];
		last_d = d;
	}
	out->len += (size_t)(p - start);
	return (size_t)(p - start);
}

static size_t encode_bits(const uint8_t *v, size_t n, struct sim_buf *out)
{
	size_t bytes = (n + 7) / 8;
	char *p = sim_buf_reserve(out, bytes);

	if (!p)
		SIM_BUG("the equity file outgrew its buffer");
	memset(p, 0, bytes);
	for (size_t i = 0; i < n; i++)
		p[i / 8] = (char)(p[i / 8] | v[i] << (i % 8));
	out->len += bytes;
	return bytes;
}

void sim_equity_encode(const struct sim_run_equity *q, struct sim_buf *out)
{
	size_t at = out->len;
	uint64_t len[SECTIONS] = { 0 };
	char *h = sim_buf_reserve(out, HEADER);

	if (!h)
		SIM_BUG("the equity file outgrew its buffer");
	out->len += HEADER;
	len[TIMES] = encode_column(q->time, q->n, 2, out);
	len[VALUES] = encode_column(q->value, q->n, 1, out);
	if (q->benchmark)
		len[BENCHMARK] = encode_column(q->benchmark, q->n, 1, out);
	len[BITS] = encode_bits(q->eod, q->n, out);
	len[GROSS] = encode_column(q->gross, q->nheld, 1, out);
	len[NET] = encode_column(q->net, q->nheld, 1, out);
	h = out->data + at;
	memcpy(h, magic, sizeof(magic));
	put_u64(h + 8, q->n);
	for (int i = 0; i < SECTIONS; i++)
		put_u64(h + 16 + 8 * i, len[i]);
	sim_sha256_of(h + HEADER, out->len - at - HEADER,
		      (uint8_t *)h + HEADER - SIM_SHA256_SIZE);
}

/* False when the section does not hold exactly n numbers. */
static bool decode_column(const char *p, size_t len, int order, int64_t *v,
			  size_t n)
{
	const char *end = p + len;
	uint64_t last = 0, last_d = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t z = 0, d;
		unsigned shift = 0;

		while (p < end && *p & 128 && shift < 63) {
			z |= (uint64_t)(*p++ & 127) << shift;
			shift += 7;
		}
		if (p == end || *p & 128)
			return false;
		z |= (uint64_t)*p++ << shift;
		d = unzigzag(z) + (order == 2 ? last_d : 0);
		last += d;
		last_d = d;
		v[i] = (int64_t)last;
	}
	return p == end;
}

void sim_equity_release(struct sim_run_equity *q)
{
	sim_mem_free(q->time);
	sim_mem_free(q->value);
	sim_mem_free(q->eod);
	sim_mem_free(q->benchmark);
	sim_mem_free(q->gross);
	sim_mem_free(q->net);
	memset(q, 0, sizeof(*q));
}

static bool check_header(const char *p, size_t n, uint64_t *count,
			 uint64_t len[SECTIONS])
{
	uint8_t hash[SIM_SHA256_SIZE];
	uint64_t left = n - HEADER;

	if (n < HEADER || memcmp(p, magic, sizeof(magic)))
		return false;
	*count = get_u64(p + 8);
	for (int i = 0; i < SECTIONS; i++) {
		len[i] = get_u64(p + 16 + 8 * i);
		if (len[i] > left)
			return false;
		left -= len[i];
	}
	sim_sha256_of(p + HEADER, n - HEADER, hash);
	return !left && *count <= len[TIMES] &&
		len[BITS] == (*count + 7) / 8 &&
		!memcmp(hash, p + HEADER - SIM_SHA256_SIZE, sizeof(hash));
}

static bool decode_all(const char *p, const uint64_t len[SECTIONS],
		       struct sim_run_equity *q)
{
	bool ok = decode_column(p, len[TIMES], 2, q->time, q->n);

	p += len[TIMES];
	ok = ok && decode_column(p, len[VALUES], 1, q->value, q->n);
	p += len[VALUES];
	if (q->benchmark)
		ok = ok && decode_column(p, len[BENCHMARK], 1, q->benchmark,
					 q->n);
	p += len[BENCHMARK];
	for (size_t i = 0; i < q->n; i++) {
		q->eod[i] = (uint8_t)p[i / 8] >> (i % 8) & 1;
		q->nheld += q->eod[i] || i + 1 == q->n;
	}
	p += len[BITS];
	q->held_cap = q->nheld;
	q->gross = sim_mem_array(q->nheld + 1, sizeof(*q->gross));
	q->net = sim_mem_array(q->nheld + 1, sizeof(*q->net));
	ok = ok && decode_column(p, len[GROSS], 1, q->gross, q->nheld);
	p += len[GROSS];
	return ok && decode_column(p, len[NET], 1, q->net, q->nheld);
}

int sim_equity_decode(const char *p, size_t n, struct sim_run_equity *q,
		      struct sim_err *err)
{
	struct sim_run_equity r = { 0 };
	uint64_t len[SECTIONS], count;

	if (!check_header(p, n, &count, len))
		return sim_err_set(err, SIM_E_DATA, "the equity file was cut "
				   "short or altered");
	r.n = r.cap = (size_t)count;
	r.time = sim_mem_array(r.n + 1, sizeof(*r.time));
	r.value = sim_mem_array(r.n + 1, sizeof(*r.value));
	r.eod = sim_mem_array(r.n + 1, 1);
	if (len[BENCHMARK])
		r.benchmark = sim_mem_array(r.n + 1, sizeof(*r.benchmark));
	if (!decode_all(p + HEADER, len, &r)) {
		sim_equity_release(&r);
		return sim_err_set(err, SIM_E_DATA, "the equity file does not "
				   "hold the points that it says");
	}
	sim_equity_release(q);
	*q = r;
	return SIM_OK;
}
