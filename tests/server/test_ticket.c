/* Tests of ticket.c: once, in time, and not too many. */
#include <ctype.h>
#include <pthread.h>
#include <string.h>

#include "server/ticket.h"
#include "suite.h"

#define SEC UINT64_C(1000000000)

static const struct sim_token_claims who = {
	.user = "u_1", .key = "k_2", .jti = "k_2.x",
	.plan = SIM_PLAN_ENTERPRISE, .issued = 1, .expires = 2,
};

static void issue(struct sim_ticket *t, uint64_t now, char *text)
{
	ck_assert_int_eq(sim_ticket_issue(t, &who, now, text, NULL), 0);
}

static enum sim_token_status redeem(struct sim_ticket *t, const char *text,
				    uint64_t now)
{
	struct sim_token_claims c;

	return sim_ticket_redeem(t, text, strlen(text), now, &c);
}

START_TEST(good_once)
{
	struct sim_ticket *t = sim_ticket_new(10);
	struct sim_token_claims c = { .user = "" };
	char a[SIM_TICKET_TEXT], b[SIM_TICKET_TEXT];

	issue(t, SEC, a);
	issue(t, SEC, b);
	ck_assert_str_ne(a, b);
	ck_assert_uint_eq(strlen(a), 34);
	ck_assert(!strncmp(a, "t_", 2));
	for (int i = 2; i < 34; i++)
		ck_assert(isxdigit((unsigned char)a[i]));
	ck_assert_int_eq(sim_ticket_redeem(t, a, 34, 2 * SEC, &c),
			 SIM_TOKEN_OK);
	ck_assert_str_eq(c.user, "u_1");
	ck_assert_str_eq(c.key, "k_2");
	ck_assert_str_eq(c.jti, "k_2.x");
	ck_assert_int_eq(c.plan, SIM_PLAN_ENTERPRISE);
	ck_assert_int_eq(c.expires, 2);
	ck_assert_int_eq(redeem(t, a, 2 * SEC), SIM_TOKEN_INVALID);
	ck_assert_int_eq(redeem(t, b, 2 * SEC), SIM_TOKEN_OK);
	sim_ticket_free(t);
	sim_ticket_free(NULL);
}
END_TEST

static const struct {
	uint64_t age_ns;
	enum sim_token_status want;
} ages[] = {
	{ 0, SIM_TOKEN_OK },
	{ 30 * SEC - 1, SIM_TOKEN_OK },
	{ 30 * SEC, SIM_TOKEN_EXPIRED },
	{ 3600 * SEC, SIM_TOKEN_EXPIRED },
};

START_TEST(good_for_a_time)
{
	struct sim_ticket *t = sim_ticket_new(10);
	char text[SIM_TICKET_TEXT];

	issue(t, 5 * SEC, text);
	ck_assert_int_eq(redeem(t, text, 5 * SEC + ages[_i].age_ns),
			 ages[_i].want);
	sim_ticket_free(t);
}
END_TEST

/* Another thread's clock may be read a little earlier. */
START_TEST(from_the_future)
{
	struct sim_ticket *t = sim_ticket_new(10);
	char text[SIM_TICKET_TEXT];

	issue(t, 5 * SEC, text);
	ck_assert_int_eq(redeem(t, text, 5 * SEC - 1000), SIM_TOKEN_OK);
	sim_ticket_free(t);
}
END_TEST

START_TEST(not_a_ticket)
{
	struct sim_ticket *t = sim_ticket_new(10);
	char text[SIM_TICKET_TEXT], other[40];
	struct sim_token_claims c;

	issue(t, SEC, text);
	ck_assert_int_eq(sim_ticket_redeem(t, NULL, 0, SEC, &c),
			 SIM_TOKEN_MISSING);
	ck_assert_int_eq(redeem(t, "", SEC), SIM_TOKEN_MISSING);
	ck_assert_int_eq(redeem(t, "  ", SEC), SIM_TOKEN_MISSING);
	ck_assert_int_eq(redeem(t, "t_", SEC), SIM_TOKEN_INVALID);
	memcpy(other, text, sizeof(text));
	for (int i = 2; i < 34; i++) {
		other[i] = text[i] == '0' ? '1' : '0';
		ck_assert_int_eq(redeem(t, other, SEC), SIM_TOKEN_INVALID);
		other[i] = text[i];
	}
	other[34] = 'a';
	other[35] = '\0';
	ck_assert_int_eq(redeem(t, other, SEC), SIM_TOKEN_INVALID);
	ck_assert_int_eq(redeem(t, text, SEC), SIM_TOKEN_OK);
	sim_ticket_free(t);
}
END_TEST

START_TEST(no_more_than_fit)
{
	struct sim_ticket *t = sim_ticket_new(3);
	struct sim_err err = SIM_ERR_INIT;
	char text[4][SIM_TICKET_TEXT];

	for (int i = 0; i < 3; i++)
		issue(t, (uint64_t)i * SEC, text[i]);
	ck_assert_int_eq(sim_ticket_issue(t, &who, 29 * SEC, text[3], &err),
			 SIM_E_AGAIN);
	ck_assert_int_eq(redeem(t, text[1], 29 * SEC), SIM_TOKEN_OK);
	issue(t, 29 * SEC, text[3]);
	/* the one that expired makes room */
	issue(t, 30 * SEC, text[1]);
	ck_assert_int_eq(redeem(t, text[0], 30 * SEC), SIM_TOKEN_INVALID);
	for (int i = 1; i < 4; i++)
		ck_assert_int_eq(redeem(t, text[i], 31 * SEC), SIM_TOKEN_OK);
	sim_ticket_free(t);
}
END_TEST

static struct sim_ticket *shared;
static char shared_text[SIM_TICKET_TEXT];

static void *race(void *arg)
{
	(void)arg;
	return redeem(shared, shared_text, SEC) == SIM_TOKEN_OK ? shared : NULL;
}

START_TEST(of_many_threads_one_wins)
{
	pthread_t threads[16];
	int won = 0;

	shared = sim_ticket_new(4);
	issue(shared, SEC, shared_text);
	for (int i = 0; i < 16; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, race, NULL),
				 0);
	for (int i = 0; i < 16; i++) {
		void *res;

		pthread_join(threads[i], &res);
		won += res != NULL;
	}
	ck_assert_int_eq(won, 1);
	sim_ticket_free(shared);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ticket");
	TCase *c = tcase_create("ticket");

	tcase_add_test(c, good_once);
	tcase_add_loop_test(c, good_for_a_time, 0,
			    sizeof(ages) / sizeof(ages[0]));
	tcase_add_test(c, from_the_future);
	tcase_add_test(c, not_a_ticket);
	tcase_add_test(c, no_more_than_fit);
	tcase_add_test(c, of_many_threads_one_wins);
	suite_add_tcase(s, c);
	return run_suite(s);
}
