/*
 * session_again: sessions of random orders, changes and brackets over several
 * symbols, cut at random points, in the middle of what is told too, and made
 * again from what they recorded, have the log of the same session undisturbed;
 * each execution comes once, each batch is applied once.  What can't be made
 * again is refused.
 */
#include "suite.h"

#include "stage.h"

#define BARS 300
#define EXECS 20000

/* -- what the client does, by step ----------------------------------------- */

/* The k-th message of a step; false: it has no more.  It follows from the seed
 * alone, so that it is the same whoever asks, and when. */
static bool message_of(uint64_t seed, uint64_t step, uint64_t k,
		       char line[4096])
{
	static const char *const symbols[] = { "AAA", "BBB", "CCC" };
	struct sim_rand r;
	char name[32];
	uint64_t what, sym;
	size_t n;

	snprintf(name, sizeof(name), "%" PRIu64 ".%" PRIu64, step, k);
	sim_rand_init(&r, seed, name);
	if (k > 3 || sim_rand_below(&r, 3))
		return false;
	what = sim_rand_below(&r, 10);
	sym = sim_rand_below(&r, 3);
	if (what == 0) {
		snprintf(line, 4096, "{\"type\":\"cancel_all\",\"data\":"
			 "{\"symbol\":\"%s\"}}", symbols[sym]);
	} else if (what <= 3) {
		uint64_t past = step - sim_rand_below(&r, step < 9 ? step : 9);

		snprintf(line, 4096, what == 1 ?
			 "{\"type\":\"cancel_order\",\"data\":{\"order_id\":"
			 "\"o%" PRIu64 ".0.0/stop_loss\"}}" :
			 "{\"type\":\"replace_order\",\"data\":{\"order_id\":"
			 "\"o%" PRIu64 ".0.0\",\"quantity\":25}}", past);
	} else {
		uint64_t orders = 1 + sim_rand_below(&r, 3);

		n = (size_t)snprintf(line, 4096, "{\"type\":\"order_batch\","
				     "\"data\":{\"batch_id\":\"b%s\","
				     "\"execution_mode\":\"%s\",\"orders\":[",
				     name, sim_rand_below(&r, 4) ?
				     "best_effort" : "atomic");
		for (uint64_t i = 0; i < orders; i++) {
			uint64_t limit = 70 + sim_rand_below(&r, 60);
			bool is_buy = sim_rand_below(&r, 5) < 3;

			n += (size_t)snprintf(
				line + n, 4096 - n, "%s{\"order_id\":\"o%s.%"
				PRIu64 "\",\"symbol\":\"%s\",\"side\":\"%s\","
				"\"quantity\":%" PRIu64, i ? "," : "", name, i,
				symbols[sim_rand_below(&r, 3)],
				is_buy ? "buy" : "sell",
				1 + sim_rand_below(&r, 60));
			switch (sim_rand_below(&r, 4)) {
			case 0:
				n += (size_t)snprintf(
					line + n, 4096 - n, ",\"type\":"
					"\"limit\",\"price\":%" PRIu64 ","
					"\"time_in_force\":\"gtc\"", limit);
				break;
			case 1:
				if (is_buy)
					n += (size_t)snprintf(
						line + n, 4096 - n,
						",\"stop_loss\":60,"
						"\"take_profit\":%" PRIu64,
						120 + limit % 7);
				break;
			default:
				break;
			}
			line[n++] = '}';
		}
		snprintf(line + n, 4096 - n, "]}}");
	}
	return true;
}

/* -- what it is told ------------------------------------------------------- */

struct diary {
	unsigned char seen[EXECS];	/* times, by number of execution_id */
	uint64_t last_execution, last_tick;
	size_t executions;
};

static void note_executions(struct diary *d, const char *line)
{
	static const char key[] = "\"execution_id\":\"e";

	for (const char *p = line; (p = strstr(p, key)); p++) {
		uint64_t id = strtoull(p + sizeof(key) - 1, NULL, 10);

		ck_assert_uint_lt(id, EXECS);
		d->seen[id]++;
		d->executions++;
		if (id > d->last_execution)
			d->last_execution = id;
	}
}

/* Read the first `keep` lines of what was said (SIZE_MAX: all); the others are
 * lost. */
static void read_lines(struct diary *d, struct client *c, size_t keep)
{
	char *text = sim_mem_strdup(client_heard(c)), *next = text, *line;

	for (size_t i = 0; i < keep && (line = strsep(&next, "\n")) && *line;
	     i++) {
		const char *tick = strstr(line, "\"type\":\"tick\"");

		note_executions(d, line);
		if (tick)
			d->last_tick = strtoull(
				strstr(tick, "\"sequence_id\":") + 14, NULL,
				10);
		ck_assert_msg(!strstr(line, "DUPLICATE_ORDER_ID"), "%s", line);
	}
	sim_mem_free(text);
}

/* -- cut and go on --------------------------------------------------------- */

static int make_again(struct client *c, const struct sim_session_again *a,
		      struct sim_err *err)
{
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;

	sim_session_free(c->s);
	c->s = NULL;
	ck_assert_int_eq(client_make(c, &why), 0);
	sim_buf_release(&why.details);
	return sim_session_rebuild(c->s, a, err);
}

static struct sim_session_input *inputs_of(const struct client *c)
{
	struct sim_session_input *in = sim_mem_array(c->nkept + 1,
						     sizeof(*in));

	for (size_t i = 0; i < c->nkept; i++)
		in[i] = (struct sim_session_input){
			c->kept[i].step, c->kept[i].line, c->kept[i].len
		};
	return in;
}

/* The connection is lost, or the server: the client comes back. */
static void come_back(struct client *c, struct diary *d, uint64_t processed)
{
	struct sim_session_sink sink = client_sink(c);
	struct sim_session_input *in = inputs_of(c);
	const struct sim_session_again a = {
		.inputs = in, .n = c->nkept, .now = client_now(c),
		.last_processed = processed,
		.last_execution = d->last_execution,
		.has_last_execution = true,
	};
	struct sim_err err = SIM_ERR_INIT;
	size_t kept = c->nkept;
	const char *tick;

	ck_assert_msg(!make_again(c, &a, &err), "%s", err.msg);
	ck_assert_uint_eq(c->nkept, kept);
	sim_mem_free(in);
	sim_session_attach(c->s, &sink);
	sim_buf_reset(&c->said);
	sim_session_say_sync(c->s, "again", client_now(c), c->now_ms);
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&c->said), "\"state_sync\""));
	tick = strstr(sim_buf_str(&c->said), "\"type\":\"tick\"");
	if (tick)
		ck_assert_uint_eq(processed + 1, strtoull(
			strstr(tick, "\"sequence_id\":") + 14, NULL, 10));
	read_lines(d, c, SIZE_MAX);
}

/* Send the messages of a step from the k-th on, at most n. */
static uint64_t send_from(struct client *c, uint64_t seed, uint64_t step,
			  uint64_t k, uint64_t n)
{
	char line[4096];

	for (; n-- && message_of(seed, step, k, line); k++)
		ck_assert_int_eq(client_line(c, line), 1);
	return k;
}

/* Those that can be sent twice. */
static void send_batches_again(struct client *c, uint64_t seed, uint64_t step,
			       uint64_t n)
{
	char line[4096];

	for (uint64_t k = 0; k < n && message_of(seed, step, k, line); k++)
		if (strstr(line, "order_batch"))
			ck_assert_int_eq(client_line(c, line), 1);
}

static const char config[] = "{\"type\":\"create_session\",\"data\":"
	"{\"symbols\":[\"CCC\",\"AAA\",\"BBB\"],\"start_date\":\"2020-01-01\","
	"\"end_date\":\"2020-01-01\",\"initial_capital\":100000,"
	"\"account\":\"margin\"}}";

/* Drive a session to its end; rand NULL: undisturbed. */
static void drive(struct client *c, uint64_t seed, struct sim_rand *rand,
		  struct diary *d)
{
	memset(d, 0, sizeof(*d));
	client_send(c, "{\"type\":\"start_simulation\",\"data\":{}}");
	while (client_run(c, 1)) {
		uint64_t step = sim_session_sequence(c->s), k;

		if (sim_session_state(c->s) != SIM_SESSION_RUNNING)
			break;
		if (rand && !sim_rand_below(rand, 20)) {
			/* Part of what the step said is lost. */
			read_lines(d, c, sim_rand_below(rand, 6));
			come_back(c, d, d->last_tick);
			if (d->last_tick < step)
				continue;
		}
		read_lines(d, c, SIZE_MAX);
		k = send_from(c, seed, step, 0,
			      rand ? sim_rand_below(rand, 4) : 9);
		if (rand && !sim_rand_below(rand, 20)) {
			read_lines(d, c, SIZE_MAX);
			come_back(c, d, step - sim_rand_below(rand, 2));
			/* Nothing was recorded in this step: it comes anew. */
			if (sim_session_sequence(c->s) < step)
				ck_assert_uint_eq(client_run(c, 1), 1);
			ck_assert_uint_eq(sim_session_sequence(c->s), step);
			send_batches_again(c, seed, step, k);
		}
		send_from(c, seed, step, k, 9);
		read_lines(d, c, SIZE_MAX);
		client_ack(c);
	}
	read_lines(d, c, SIZE_MAX);
}

START_TEST(same)
{
	static struct diary a, b;
	struct client c;
	struct stage x;
	struct sim_rand r;
	uint64_t rounds = getenv("SIM_LONG") ? 300 : 12;
	size_t executions = 0;

	stage_open(&x, BARS);
	for (uint64_t seed = 1; seed <= rounds; seed++) {
		char hash[80], name[16];
		const char *h;

		client_open(&c, &x, config);
		drive(&c, seed, NULL, &a);
		sim_session_log(c.s, &h);
		snprintf(hash, sizeof(hash), "%s", h);
		ck_assert_uint_eq(strlen(hash), 64);
		client_close(&c);

		snprintf(name, sizeof(name), "cut %" PRIu64, seed);
		sim_rand_init(&r, seed, name);
		client_open(&c, &x, config);
		drive(&c, seed, &r, &b);
		sim_session_log(c.s, &h);
		ck_assert_str_eq(h, hash);
		ck_assert_uint_eq(a.executions, b.executions);
		ck_assert_uint_eq(a.last_execution, a.executions);
		ck_assert_mem_eq(a.seen, b.seen, sizeof(a.seen));
		for (size_t i = 1; i <= b.executions; i++)
			ck_assert_int_eq(b.seen[i], 1);
		executions += a.executions;
		client_close(&c);
	}
	ck_assert_uint_gt(executions, rounds * 50);
	stage_close(&x);
}
END_TEST

/* -- paused, stopped, never started ---------------------------------------- */

START_TEST(states)
{
	struct sim_session_again none = { .now = STAGE_NOW };
	struct client c;
	struct stage x;
	struct diary d;

	stage_open(&x, BARS);
	client_open(&c, &x, config);
	ck_assert_int_eq(make_again(&c, &none, NULL), 0);
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_READY);
	client_close(&c);

	memset(&d, 0, sizeof(d));
	client_open(&c, &x, config);
	client_send(&c, "{\"type\":\"start_simulation\",\"data\":"
		    "{\"max_pending_ticks\":5}}");
	ck_assert_uint_eq(client_run(&c, 9), 5);
	client_send(&c, "{\"type\":\"pause_simulation\"}");
	come_back(&c, &d, 2);
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_PAUSED);
	/* The three that were not dealt with are told again. */
	ck_assert_uint_eq(d.last_tick, 5);
	ck_assert_uint_eq(sim_session_sequence(c.s), 5);
	client_send(&c, "{\"type\":\"resume_simulation\"}");
	ck_assert_uint_eq(client_run(&c, 9), 2);
	client_send(&c, "{\"type\":\"stop_simulation\"}");
	come_back(&c, &d, 7);
	ck_assert_uint_eq(client_run(&c, 9), 1);
	client_expect(&c, "\"type\":\"simulation_complete\"");
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- refused --------------------------------------------------------------- */

static void expect_refusal(struct client *c, struct sim_session_again *a,
			   int code, const char *part)
{
	struct sim_session_input *in = inputs_of(c);
	struct sim_err err = SIM_ERR_INIT;

	if (!a->inputs)
		a->inputs = in;
	ck_assert_int_eq(make_again(c, a, &err), code);
	ck_assert_msg(strstr(err.msg, part) != NULL, "%s", err.msg);
	sim_mem_free(in);
}

START_TEST(refused)
{
	static const char bad[] = "{\"type\":\"tick\"}";
	struct sim_session_again a = { .now = STAGE_NOW };
	struct sim_session_input wrong[3];
	struct client c;
	struct stage x;

	stage_open(&x, BARS);
	client_open(&c, &x, config);
	client_send(&c, "{\"type\":\"start_simulation\",\"data\":{}}");
	ck_assert_uint_eq(c.nkept, 2);
	a.n = 2;
	a.last_processed = BARS + 1;
	expect_refusal(&c, &a, SIM_E_INVAL,
		       "last_processed_sequence_id 301 is no tick");
	for (int i = 0; i < 2; i++)
		wrong[i] = (struct sim_session_input){
			0, c.kept[i].line, c.kept[i].len
		};
	wrong[2] = (struct sim_session_input){ BARS + 1, bad, strlen(bad) };
	a.inputs = wrong;
	a.n = 3;
	a.last_processed = 0;
	expect_refusal(&c, &a, SIM_E_DATA, "input 3 of what was recorded");
	wrong[2].step = 3;
	expect_refusal(&c, &a, SIM_E_DATA, "input 3 of what was recorded");
	wrong[0] = wrong[2];
	expect_refusal(&c, &a, SIM_E_DATA, "input 1 of what was recorded");
	/* Other bars than those it ran on. */
	stage_bars(&x, "AAA", 9, BARS, 0);
	a.inputs = NULL;
	a.n = 2;
	expect_refusal(&c, &a, SIM_E_REPRO, "the bars of the store");
	client_close(&c);
	stage_close(&x);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("session_again");
	TCase *tc = tcase_create("session_again");

	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, same);
	tcase_add_test(tc, states);
	tcase_add_test(tc, refused);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
