/* space: values of parameters, and numbered points over them. */
#include "sweep/space.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"
#include "util/rand.h"
#include "util/str.h"

#define ROUNDS 4

/* -- values ---------------------------------------------------------------- */

/* A decimal without a needless leading zero. */
static bool is_plain(const char *s, size_t n, sim_dec *v)
{
	const char *p = s + (n && (*s == '-' || *s == '+'));

	if (s + n - p > 1 && *p == '0' && p[1] != '.')
		return false;
	return !sim_dec_parse(s, n, v, NULL);
}

static int too_many(const struct sim_space_axis *a, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_USAGE, "parameter %s has more than %d "
			   "values; use a larger step", a->name,
			   SIM_SPACE_VALUES_MAX);
}

static int add_value(struct sim_space_axis *a, const char *s, size_t n,
		     struct sim_err *err)
{
	if (a->n == SIM_SPACE_VALUES_MAX)
		return too_many(a, err);
	SIM_MEM_GROW(a->values, a->cap, a->n + 1);
	a->values[a->n++] = sim_mem_strndup(s, n);
	return SIM_OK;
}

static int add_number(struct sim_space_axis *a, sim_dec v, struct sim_err *err)
{
	char text[SIM_DEC_STRMAX];

	return add_value(a, text, sim_dec_format(v, 0, text), err);
}

/* START:END[:STEP] of decimals; false: it is no range. */
static bool read_range(const char *s, size_t n, sim_dec v[3])
{
	const char *end = s + n;
	int k = 0;

	v[2] = SIM_DEC_ONE;
	for (;;) {
		const char *c = memchr(s, ':', (size_t)(end - s));

		if (k == 3 || !is_plain(s, (size_t)((c ? c : end) - s), &v[k]))
			return false;
		k++;
		if (!c)
			return k > 1;
		s = c + 1;
	}
}

/* Does it look like a bound of a range: nothing, NaN, infinite, or a number
 * however large?  With a leading zero it is a word's. */
static bool is_bound(const char *s, size_t n)
{
	static const char *const odd[] = { "nan", "inf", "infinity" };
	size_t sign = n && (*s == '-' || *s == '+');

	s += sign;
	n -= sign;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		if (n == strlen(odd[i]) && !strncasecmp(s, odd[i], n))
			return true;
	if (n > 1 && *s == '0' && s[1] >= '0' && s[1] <= '9')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!memchr("0123456789.eE+-", s[i], 15) ||
		    ((s[i] == 'e' || s[i] == 'E') && !i))
			return false;
	return true;
}

/* Bounds and colons that are no range. */
static bool is_broken_range(const char *s, size_t n)
{
	const char *end = s + n, *c = memchr(s, ':', n);

	if (!c)
		return false;
	for (; c; s = c + 1, c = memchr(s, ':', (size_t)(end - s)))
		if (!is_bound(s, (size_t)(c - s)))
			return false;
	return is_bound(s, (size_t)(end - s));
}

static int add_word(struct sim_space_axis *a, const char *s, size_t n,
		    struct sim_err *err)
{
	if (is_broken_range(s, n))
		return sim_err_set(err, SIM_E_USAGE, "parameter %s: '%.*s' is "
				   "no range; write START:END or START:END:STEP"
				   " with plain numbers up to 92233720368, such"
				   " as 5:50:5", a->name, n < 60 ? (int)n : 60,
				   s);
	a->is_number = false;
	return add_value(a, s, n, err);
}

static int add_range(struct sim_space_axis *a, const sim_dec v[3],
		     const char *text, struct sim_err *err)
{
	int rc = SIM_OK;

	if (v[2] <= 0)
		return sim_err_set(err, SIM_E_USAGE, "parameter %s: the step "
				   "of %.60s must be above zero", a->name,
				   text);
	if (v[1] < v[0])
		return sim_err_set(err, SIM_E_USAGE, "parameter %s: %.60s ends "
				   "before it starts; write START:END:STEP",
				   a->name, text);
	if (((sim_dec_wide)v[1] - v[0]) / v[2] >= SIM_SPACE_VALUES_MAX)
		return too_many(a, err);
	for (sim_dec x = v[0]; !rc && x <= v[1];) {
		rc = add_number(a, x, err);
		if (!sim_dec_add(x, v[2], &x))
			break;
	}
	return rc;
}

static int add_item(struct sim_space_axis *a, const char *s, size_t n,
		    struct sim_err *err)
{
	sim_dec v[3];
	char *text;
	int rc;

	if (!n)
		return sim_err_set(err, SIM_E_USAGE, "parameter %s has an "
				   "empty value; give a value, a list A,B,C or "
				   "a range START:END:STEP", a->name);
	if (is_plain(s, n, &v[0]))
		return add_number(a, v[0], err);
	if (!read_range(s, n, v))
		return add_word(a, s, n, err);
	text = sim_mem_strndup(s, n);
	rc = add_range(a, v, text, err);
	sim_mem_free(text);
	return rc;
}

static int by_text(const void *pa, const void *pb)
{
	return strcmp(*(char *const *)pa, *(char *const *)pb);
}

static int check_twice(const struct sim_space_axis *a, struct sim_err *err)
{
	size_t size = a->n * sizeof(*a->values);
	char **v = sim_mem_alloc(size);
	int rc = SIM_OK;

	memcpy(v, a->values, size);
	qsort(v, a->n, sizeof(*v), by_text);
	for (size_t i = 1; i < a->n && !rc; i++)
		if (!strcmp(v[i - 1], v[i]))
			rc = sim_err_set(err, SIM_E_USAGE, "parameter %s has "
					 "the value %.40s twice; leave one out",
					 a->name, v[i]);
	sim_mem_free(v);
	return rc;
}

static int parse_axis(const struct sim_strategy_param *p,
		      struct sim_space_axis *a, struct sim_err *err)
{
	const char *s = p->value;
	int rc = SIM_OK;

	a->name = sim_mem_strdup(p->name);
	a->is_number = true;
	while (!rc) {
		size_t n = strcspn(s, ",");

		rc = add_item(a, s, n, err);
		if (!s[n])
			break;
		s += n + 1;
	}
	return rc ? rc : check_twice(a, err);
}

int sim_space_parse(const struct sim_strategy_param *p, size_t n,
		    struct sim_space *s, struct sim_err *err)
{
	int rc = SIM_OK;

	if (n > SIM_RUN_PARAMS_MAX)
		return sim_err_set(err, SIM_E_USAGE, "%zu parameters are too "
				   "many; at most %d", n, SIM_RUN_PARAMS_MAX);
	s->total = 1;
	for (size_t i = 0; i < n && !rc; i++) {
		for (size_t k = 0; k < i && !rc; k++)
			if (!strcmp(p[k].name, p[i].name))
				rc = sim_err_set(err, SIM_E_USAGE, "parameter "
						 "%s is given twice; give its "
						 "values as a list A,B,C",
						 p[i].name);
		if (rc)
			break;
		rc = parse_axis(&p[i], &s->axes[s->naxes++], err);
		if (!rc && s->total * s->axes[i].n > SIM_SPACE_POINTS_MAX)
			rc = sim_err_set(err, SIM_E_USAGE, "there are more "
					 "than %" PRIu64 " combinations; use "
					 "larger steps, or fewer parameters",
					 SIM_SPACE_POINTS_MAX);
		if (!rc)
			s->total *= s->axes[i].n;
	}
	s->points = s->total;
	return rc;
}

void sim_space_release(struct sim_space *s)
{
	for (size_t i = 0; i < s->naxes; i++) {
		struct sim_space_axis *a = &s->axes[i];

		for (size_t k = 0; k < a->n; k++)
			sim_mem_free(a->values[k]);
		sim_mem_free(a->values);
		sim_mem_free(a->name);
	}
	*s = (struct sim_space)SIM_SPACE_INIT;
}

/* -- points ---------------------------------------------------------------- */

int sim_space_sample(struct sim_space *s, uint64_t samples, uint64_t seed,
		     struct sim_err *err)
{
	struct sim_rand r;

	if (samples > s->total)
		return sim_err_set(err, SIM_E_USAGE, "--samples is %" PRIu64
				   " and there are %" PRIu64 " combinations; "
				   "ask for fewer, or sweep them all", samples,
				   s->total);
	sim_rand_init(&r, seed, "sweep");
	for (int i = 0; i < ROUNDS; i++)
		s->key[i] = sim_rand_next(&r);
	s->bits = 1;
	while (s->total > UINT64_C(1) << (2 * s->bits))
		s->bits++;
	s->is_sample = true;
	s->points = samples;
	return SIM_OK;
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

/* Where the k-th of a sample lies among all combinations. */
static uint64_t shuffle(const struct sim_space *s, uint64_t k)
{
	const uint64_t mask = (UINT64_C(1) << s->bits) - 1;

	do {
		uint64_t left = k >> s->bits, right = k & mask;

		for (int i = 0; i < ROUNDS; i++) {
			uint64_t t = left ^ (mix(right + s->key[i]) & mask);

			left = right;
			right = t;
		}
		k = left << s->bits | right;
	} while (k >= s->total);
	return k;
}

int sim_space_shard(struct sim_space *s, const char *text,
		    struct sim_err *err)
{
	const char *slash = strchr(text, '/');
	char first[24] = "";
	int64_t i = 0, n = 0;
	int rc = SIM_E_USAGE;

	if (slash && (size_t)(slash - text) < sizeof(first)) {
		memcpy(first, text, (size_t)(slash - text));
		rc = sim_str_int(slash + 1, "--shard", 1, SIM_SPACE_SHARDS_MAX,
				 &n, NULL);
		if (!rc)
			rc = sim_str_int(first, "--shard", 1, n, &i, NULL);
	}
	if (rc)
		return sim_err_set(err, SIM_E_USAGE, "--shard is '%.40s'; it "
				   "must be I/N with I from 1 to N, such as "
				   "2/5, and N at most %d", text,
				   SIM_SPACE_SHARDS_MAX);
	s->shard = (uint64_t)i - 1;
	s->shards = (uint64_t)n;
	return SIM_OK;
}

uint64_t sim_space_count(const struct sim_space *s)
{
	if (s->points <= s->shard)
		return 0;
	return (s->points - s->shard - 1) / s->shards + 1;
}

uint64_t sim_space_number(const struct sim_space *s, uint64_t k)
{
	return k * s->shards + s->shard;
}

void sim_space_at(const struct sim_space *s, uint64_t number, size_t *at)
{
	uint64_t k = s->is_sample ? shuffle(s, number) : number;

	for (size_t i = s->naxes; i-- > 0;) {
		at[i] = (size_t)(k % s->axes[i].n);
		k /= s->axes[i].n;
	}
}

void sim_space_params(const struct sim_space *s, uint64_t number,
		      struct sim_strategy_param *out)
{
	size_t at[SIM_RUN_PARAMS_MAX];

	sim_space_at(s, number, at);
	for (size_t i = 0; i < s->naxes; i++) {
		out[i].name = s->axes[i].name;
		out[i].value = s->axes[i].values[at[i]];
	}
}
