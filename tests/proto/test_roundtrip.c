/*
 * decode(encode(x)) == x for made-up values of every message at each place it
 * goes to, in each style; and what is decoded is written as it was read.  Both
 * the values and the comparison follow the tables, so a new field is tested as
 * soon as it is in messages.def.
 */
#include <math.h>
#include <string.h>

#include "proto/message_priv.h"
#include "suite.h"
#include "util/rand.h"

#define TIMES 60		/* a message; with SIM_LONG 1800 */
#define LIST_MAX 3
#define TEXT_MAX 40

static struct sim_rand r;
static struct sim_mem_arena arena;
static struct sim_message_style style;

static uint64_t below(uint64_t n)
{
	return sim_rand_below(&r, n);
}

/* -- making values --------------------------------------------------------- */

static const char *some_text(size_t most)
{
	static const char *const bits[] = {
		"a", "Z", "0", " ", "\"", "\\", "/", "\n", "\x01", "\x7f",
		"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "{", "]",
		"null",
	};
	char *s = sim_mem_arena_alloc(&arena, TEXT_MAX + 8);
	size_t len = 0, want = below((most < TEXT_MAX ? most : TEXT_MAX) + 1);

	for (;;) {
		const char *b = bits[below(sizeof(bits) / sizeof(bits[0]))];

		if (len + strlen(b) > want)
			return s;
		memcpy(s + len, b, strlen(b));
		len += strlen(b);
	}
}

static const char *some_bound(void)
{
	static const char *const bounds[] = {
		"2023-01-01", "2023", "2023-07", "2024-02-29T09:30:00Z",
		"2024-02-29 09:30", "20240102T093000+0200",
	};

	return bounds[below(sizeof(bounds) / sizeof(bounds[0]))];
}

static const char *some_json(void)
{
	static const char *const texts[] = {
		"{}", "[]", "null", "true", "-1.50", "1e9", "\"\\u0001\"",
		"{\"a\":{\"b\":[1,2.0,\"x\"]},\"c\":null}",
		"[[187.15,\"187.20\"],false]",
	};

	return texts[below(sizeof(texts) / sizeof(texts[0]))];
}

/* Few or many digits; as a number no more than a double holds. */
static sim_dec some_dec(bool as_text)
{
	int64_t v = (int64_t)(sim_rand_next(&r) >> (1 + below(63)));

	if (!as_text)
		v %= INT64_C(1000000000000000);
	return below(2) ? v : -v;
}

static int64_t some_int(int64_t lo, int64_t hi)
{
	uint64_t span = (uint64_t)hi - (uint64_t)lo;

	switch (below(4)) {
	case 0:
		return lo;
	case 1:
		return hi;
	default:
		return (int64_t)((uint64_t)lo +
				 (span == UINT64_MAX ? sim_rand_next(&r) :
				  below(span + 1)));
	}
}

/* Not a number goes as null, which is absent where a field is optional. */
static double some_num(bool is_required)
{
	return is_required && !below(5) ? NAN :
		sim_rand_normal(&r) * (double)(1 + below(1000000));
}

static int some_word(const struct sim_message_field *f)
{
	int n = 0;
	size_t len;

	if (f->vocab) {
		while (strcmp(f->vocab->text(n), "?"))
			n++;
		return (int)below((uint64_t)n);
	}
	while (sim_message_word_text(f->words, n, &len)[len])
		n++;
	return (int)below((uint64_t)n + 1);
}

static void fill(int object, char *data);

static void fill_lists(const struct sim_message_field *f, char *data)
{
	size_t n = below(LIST_MAX + 1);
	size_t size = f->kind == SIM_MESSAGE_STRS ? sizeof(const char *) :
		sim_message_table_of(f->object).size;
	char *items = sim_mem_arena_alloc(&arena, (n + 1) * size);

	for (size_t i = 0; i < n; i++) {
		if (f->kind == SIM_MESSAGE_STRS)
			((const char **)(void *)items)[i] = some_text(TEXT_MAX);
		else
			fill(f->object, items + i * size);
	}
	*(const void **)(void *)(data + f->at) = items;
	*(size_t *)(void *)(data + f->n_at) = n;
}

static void fill_text(const struct sim_message_field *f, const char **to)
{
	if (f->kind == SIM_MESSAGE_BOUND)
		*to = some_bound();
	else if (!strcmp(f->name, "session_id"))
		*to = below(2) ? "a" : "0-b.c";
	else
		*to = some_text(f->hi ? (size_t)f->hi : TEXT_MAX);
}

static void fill_field(const struct sim_message_field *f, char *data)
{
	void *at = data + f->at, *p;

	switch (f->kind) {
	case SIM_MESSAGE_INT:
		*(int64_t *)at = some_int(f->lo, f->hi);
		break;
	case SIM_MESSAGE_DEC:
		*(sim_dec *)at = some_dec(style.as_text);
		break;
	case SIM_MESSAGE_FIG:
		*(sim_dec *)at = some_dec(style.as_text && !style.is_wire);
		break;
	case SIM_MESSAGE_NUM:
		*(double *)at = some_num(f->is_required);
		if (f->hi)
			*(double *)at = fabs(*(double *)at);
		break;
	case SIM_MESSAGE_BOOL:
		*(bool *)at = below(2);
		break;
	case SIM_MESSAGE_TIME:
		*(sim_time *)at = some_int(-INT64_C(9000000000) * SIM_TIME_SEC,
					   INT64_C(9000000000) * SIM_TIME_SEC);
		break;
	case SIM_MESSAGE_WORD:
	case SIM_MESSAGE_VOCAB:
		*(int *)at = some_word(f);
		break;
	case SIM_MESSAGE_OBJ:
	case SIM_MESSAGE_FLAT:
		p = sim_mem_arena_alloc(&arena,
					sim_message_table_of(f->object).size);
		fill(f->object, p);
		*(const void **)at = p;
		break;
	case SIM_MESSAGE_LIST:
	case SIM_MESSAGE_STRS:
		fill_lists(f, data);
		break;
	case SIM_MESSAGE_RAW:
		/* null is absent */
		do
			((struct sim_message_raw *)at)->text = some_json();
		while (!strcmp(((struct sim_message_raw *)at)->text, "null"));
		break;
	default:
		fill_text(f, at);
	}
}

static enum sim_message_place here(void)
{
	return style.is_wire ? SIM_MESSAGE_WIRE : SIM_MESSAGE_PIPE;
}

static void fill(int object, char *data)
{
	const struct sim_message_field *f =
		sim_message_table_of(object).fields;

	for (; f->name; f++) {
		bool is_flat = f->kind == SIM_MESSAGE_FLAT && style.is_wire;

		if (f->is_alias || !(f->place & here()) ||
		    (!f->is_required && !is_flat && below(2)))
			continue;
		fill_field(f, data);
		*((bool *)data + f->has_at) = true;
	}
}

/* -- comparing them -------------------------------------------------------- */

static bool same(int object, const char *a, const char *b);

static bool same_lists(const struct sim_message_field *f, const char *a,
		       const char *b)
{
	size_t n = *(const size_t *)(const void *)(a + f->n_at);
	const char *x = *(const char *const *)(const void *)(a + f->at);
	const char *y = *(const char *const *)(const void *)(b + f->at);
	bool is_same = n == *(const size_t *)(const void *)(b + f->n_at);

	for (size_t i = 0; is_same && i < n; i++) {
		size_t size;

		if (f->kind == SIM_MESSAGE_STRS) {
			is_same = !strcmp(
				((const char *const *)(const void *)x)[i],
				((const char *const *)(const void *)y)[i]);
			continue;
		}
		size = sim_message_table_of(f->object).size;
		is_same = same(f->object, x + i * size, y + i * size);
	}
	return is_same;
}

static bool same_num(double a, double b)
{
	return isnan(a) ? isnan(b) : a == b;
}

static bool same_raw(const struct sim_message_raw *a,
		     const struct sim_message_raw *b)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;
	bool is_same;

	sim_json_init(&j, &out, false);
	sim_json_copy(&j, NULL, b->val);
	is_same = !strcmp(sim_buf_str(&out), a->text);
	sim_buf_release(&out);
	return is_same;
}

static bool same_field(const struct sim_message_field *f, const char *a,
		       const char *b)
{
	const void *x = a + f->at, *y = b + f->at;

	switch (f->kind) {
	case SIM_MESSAGE_INT:
	case SIM_MESSAGE_DEC:
	case SIM_MESSAGE_FIG:
	case SIM_MESSAGE_TIME:
		return *(const int64_t *)x == *(const int64_t *)y;
	case SIM_MESSAGE_NUM:
		return same_num(*(const double *)x, *(const double *)y);
	case SIM_MESSAGE_BOOL:
		return *(const bool *)x == *(const bool *)y;
	case SIM_MESSAGE_WORD:
	case SIM_MESSAGE_VOCAB:
		return *(const int *)x == *(const int *)y;
	case SIM_MESSAGE_OBJ:
	case SIM_MESSAGE_FLAT:
		return same(f->object, *(const char *const *)x,
			    *(const char *const *)y);
	case SIM_MESSAGE_LIST:
	case SIM_MESSAGE_STRS:
		return same_lists(f, a, b);
	case SIM_MESSAGE_RAW:
		return same_raw(x, y);
	default:
		return !strcmp(*(const char *const *)x,
			       *(const char *const *)y);
	}
}

static bool same(int object, const char *a, const char *b)
{
	const struct sim_message_field *f =
		sim_message_table_of(object).fields;

	for (; f->name; f++) {
		bool has;

		if (f->is_alias)
			continue;
		has = *((const bool *)a + f->has_at);
		if (has != *((const bool *)b + f->has_at))
			return false;
		if (has && !same_field(f, a, b))
			return false;
	}
	return true;
}

/* -- the test -------------------------------------------------------------- */

static int read_back(const struct sim_buf *text, enum sim_message_type type,
		     struct sim_message *m, struct sim_err *err)
{
	size_t n = text->len - 1;	/* without the newline */

	if (style.is_wire)
		return sim_message_decode_wire(text->data, n, n,
					       sim_message_dir(type), m, err);
	return sim_message_decode(text->data, n, sim_message_dir(type), m,
				  err);
}

static void one(enum sim_message_type type)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX), again = text;
	int object = sim_message_object(type);
	void *data = sim_mem_arena_alloc(&arena,
					 sim_message_table_of(object).size);
	const char *request_id = below(2) ? some_text(TEXT_MAX) : NULL;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_message m;

	style.session_id = style.is_wire && below(2) ? "s-1" : NULL;
	style.timestamp = below(2) ? SIM_TIME_NONE : (sim_time)below(1000) *
		SIM_TIME_DAY;
	fill(object, data);
	sim_message_encode(&text, type, data, request_id, &style);
	if (read_back(&text, type, &m, &err))
		ck_abort_msg("%s: %s", sim_buf_str(&text), err.msg);
	ck_assert_int_eq(m.type, type);
	ck_assert_pstr_eq(m.request_id, request_id);
	if (style.session_id &&
	    sim_message_table_of(object).is_data)
		ck_assert_str_eq(m.session_id, style.session_id);
	ck_assert_msg(same(object, data, m.data), "%s", sim_buf_str(&text));
	sim_message_encode(&again, type, m.data, request_id, &style);
	ck_assert_str_eq(sim_buf_str(&again), sim_buf_str(&text));
	sim_message_release(&m);
	sim_buf_release(&text);
	sim_buf_release(&again);
	sim_mem_arena_release(&arena);
}

static const struct sim_message_style styles[] = {
	{ .is_wire = false }, { .as_text = true, .is_money = true },
	{ .is_wire = true, .as_text = true, .is_money = true },
	{ .is_wire = true },
};

START_TEST(roundtrip)
{
	const char *full = getenv("SIM_LONG");
	int times = TIMES * (full && !strcmp(full, "1") ? 30 : 1);
	int tried = 0;

	sim_rand_init(&r, (uint64_t)_i, "roundtrip");
	style = styles[_i];
	for (int t = 0; t < SIM_MESSAGE__COUNT; t++) {
		enum sim_message_type type = (enum sim_message_type)t;

		if (!(sim_message_place(type) & here()))
			continue;
		for (int k = 0; k < times; k++)
			one(type);
		tried++;
	}
	ck_assert_int_gt(tried, style.is_wire ? 50 : 25);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("roundtrip");
	TCase *c = tcase_create("roundtrip");

	tcase_add_loop_test(c, roundtrip, 0,
			    (int)(sizeof(styles) / sizeof(styles[0])));
	tcase_set_timeout(c, 600);
	suite_add_tcase(s, c);
	return run_suite(s);
}
