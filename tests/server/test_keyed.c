/* Tests of keyed.c: against a plain list of the same. */
#include <stdbool.h>
#include <string.h>

#include "server/keyed.h"
#include "suite.h"
#include "util/rand.h"

#define MAX 300
#define KEYS 500

struct model {
	int keys[MAX], n;		/* oldest first */
};

static int model_find(const struct model *m, int key)
{
	for (int i = 0; i < m->n; i++)
		if (m->keys[i] == key)
			return i;
	return -1;
}

static void model_drop(struct model *m, int i)
{
	memmove(&m->keys[i], &m->keys[i + 1],
		(size_t)(m->n - i - 1) * sizeof(int));
	m->n--;
}

static void compare(struct sim_keyed *t, const struct model *m)
{
	int *v = sim_keyed_oldest(t);

	ck_assert_uint_eq(sim_keyed_count(t), (size_t)m->n);
	for (int i = 0; i < m->n; i++, v = sim_keyed_after(t, v)) {
		ck_assert_ptr_nonnull(v);
		ck_assert_int_eq(*v, m->keys[i] + 1000);
	}
	ck_assert_ptr_null(v);
}

static void add(struct sim_keyed *t, struct model *m, int key)
{
	int *v = sim_keyed_add(t, &key, sizeof(key));

	if (m->n == MAX) {
		ck_assert_ptr_null(v);
		return;
	}
	ck_assert_ptr_nonnull(v);
	ck_assert_int_eq(*v, 0);
	*v = key + 1000;
	m->keys[m->n++] = key;
}

START_TEST(like_a_list)
{
	struct sim_keyed *t = sim_keyed_new(MAX, sizeof(int));
	struct model m = { { 0 }, 0 };
	struct sim_rand r;
	bool was_full = false;

	sim_rand_init(&r, 1, "test");
	for (int i = 0; i < 20000; i++) {
		int key = (int)(sim_rand_next(&r) % KEYS);
		int at = model_find(&m, key);
		int *v = sim_keyed_find(t, &key, sizeof(key));

		ck_assert_int_eq(v != NULL, at >= 0);
		if (!v) {
			add(t, &m, key);
		} else if (sim_rand_next(&r) % 4) {
			sim_keyed_touch(t, v);
			model_drop(&m, at);
			m.keys[m.n++] = key;
		} else {
			sim_keyed_drop(t, v);
			model_drop(&m, at);
		}
		was_full |= m.n == MAX;
		if (i % 100 == 0)
			compare(t, &m);
	}
	ck_assert(was_full);
	compare(t, &m);
	sim_keyed_free(t);
}
END_TEST

START_TEST(keys_are_bytes)
{
	struct sim_keyed *t = sim_keyed_new(10, 1);
	unsigned char key[SIM_KEYED_MAX] = { 0 };

	ck_assert_ptr_nonnull(sim_keyed_add(t, "", 0));
	ck_assert_ptr_nonnull(sim_keyed_add(t, key, 1));
	ck_assert_ptr_nonnull(sim_keyed_add(t, key, sizeof(key)));
	ck_assert_ptr_null(sim_keyed_find(t, key, 2));
	ck_assert_ptr_nonnull(sim_keyed_find(t, "", 0));
	ck_assert_ptr_ne(sim_keyed_find(t, key, 1),
			 sim_keyed_find(t, key, sizeof(key)));
	sim_keyed_free(t);
	sim_keyed_free(NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("keyed");
	TCase *c = tcase_create("keyed");

	tcase_add_test(c, like_a_list);
	tcase_add_test(c, keys_are_bytes);
	suite_add_tcase(s, c);
	return run_suite(s);
}
