/* rowsum: a 32-bit checksum a bar. */
#include "run/rowsum.h"

#include <string.h>

static const char magic[8] = "SIMROW1\n";

/* Odd multipliers: a change of one column always changes the sum before it is
 * folded to 32 bits. */
static inline uint32_t sum_of(const struct sim_bar_series *s, size_t i)
{
	uint64_t x = (uint64_t)s->ts[i] * UINT64_C(0x9e3779b97f4a7c15);

	x += (uint64_t)s->open[i] * UINT64_C(0xc2b2ae3d27d4eb4f);
	x += (uint64_t)s->high[i] * UINT64_C(0x165667b19e3779f9);
	x += (uint64_t)s->low[i] * UINT64_C(0x27d4eb2f165667c5);
	x += (uint64_t)s->close[i] * UINT64_C(0xd6e8feb86659fd93);
	if (s->volume)
		x += (uint64_t)s->volume[i] * UINT64_C(0xff51afd7ed558ccd);
	if (s->flags)
		x += s->flags[i] * UINT64_C(0xc4ceb9fe1a85ec53);
	x ^= x >> 32;
	return (uint32_t)(x * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static char *put_le(char *p, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		*p++ = (char)(v >> (8 * i));
	return p;
}

static uint64_t get_le(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

void sim_rowsum_begin(struct sim_buf *out, uint32_t nsyms)
{
	char n[4];

	put_le(n, nsyms, 4);
	sim_buf_add(out, magic, sizeof(magic));
	sim_buf_add(out, n, sizeof(n));
}

void sim_rowsum_add(struct sim_buf *out, const struct sim_bar_series *s)
{
	char *p = sim_buf_reserve(out, 8 + s->n * 4);

	if (!p)
		SIM_BUG("the row sums outgrew their buffer");
	p = put_le(p, s->n, 8);
	for (size_t i = 0; i < s->n; i++)
		p = put_le(p, sum_of(s, i), 4);
	out->len += 8 + s->n * 4;
}

int sim_rowsum_open(const char *p, size_t n, uint32_t i, struct sim_rowsum *r,
		    struct sim_err *err)
{
	const unsigned char *q = (const unsigned char *)p + 12;
	size_t left = n - 12;

	if (n < 12 || memcmp(p, magic, sizeof(magic)))
		return sim_err_set(err, SIM_E_DATA, "rows.sum is not a file of "
				   "row sums");
	for (;; i--) {
		uint64_t rows = left < 8 ? UINT64_MAX : get_le(q, 8);

		if (rows > (left - 8) / 4)
			return sim_err_set(err, SIM_E_DATA, "rows.sum was cut "
					   "short");
		if (!i) {
			*r = (struct sim_rowsum){ q + 8, (size_t)rows };
			return SIM_OK;
		}
		q += 8 + rows * 4;
		left -= 8 + rows * 4;
	}
}

size_t sim_rowsum_compare(const struct sim_rowsum *r,
			  const struct sim_bar_series *s)
{
	size_t n = r->n < s->n ? r->n : s->n;

	for (size_t i = 0; i < n; i++) {
		if (get_le(r->p + i * 4, 4) != sum_of(s, i))
			return i;
	}
	return r->n == s->n ? SIZE_MAX : n;
}
