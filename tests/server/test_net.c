/* Addresses, answers and refusals of net, without a client. */
#include <string.h>
#include <unistd.h>

#include "server/net_priv.h"
#include "suite.h"

static const struct { const char *s; bool good; } blocks[] = {
	{ "127.0.0.1", true }, { "10.0.0.0/8", true }, { "0.0.0.0/0", true },
	{ "1.2.3.4/32", true }, { "::1", true }, { "fd00::/8", true },
	{ "::/0", true }, { "::1/128", true },
	{ "", false }, { "10.0.0.0/33", false }, { "::1/129", false },
	{ "10.0.0.0/", false }, { "10.0.0.0/8x", false }, { "10.0.0", false },
	{ "10.0.0.0/-1", false }, { "localhost", false },
	{ "10.0.0.0/0008", false }, { "1.2.3.4.5", false },
};

START_TEST(block)
{
	struct sim_net_block b;

	ck_assert_msg(sim_net_addr_block(blocks[_i].s, &b) == blocks[_i].good,
		      "%s", blocks[_i].s);
}
END_TEST

static const struct { const char *block, *ip; bool is_in; } pairs[] = {
	{ "10.0.0.0/8", "10.255.0.1", true },
	{ "10.0.0.0/8", "11.0.0.1", false },
	{ "10.0.0.0/9", "10.127.255.255", true },
	{ "10.0.0.0/9", "10.128.0.0", false },
	{ "1.2.3.4", "1.2.3.4", true }, { "1.2.3.4", "1.2.3.5", false },
	{ "0.0.0.0/0", "9.9.9.9", true }, { "0.0.0.0/0", "::1", false },
	{ "::/0", "9.9.9.9", true }, { "fd00::/8", "fdff::1", true },
	{ "fd00::/8", "fe00::1", false }, { "::1", "127.0.0.1", false },
	{ "::ffff:1.2.3.4", "1.2.3.4", true },
};

START_TEST(within)
{
	struct sim_net_block b;
	struct sim_net_ip ip;
	const char *s = pairs[_i].ip;

	ck_assert(sim_net_addr_block(pairs[_i].block, &b));
	ck_assert(sim_net_addr_parse(s, strlen(s), &ip));
	ck_assert_msg(sim_net_addr_in(&ip, &b, 1) == pairs[_i].is_in,
		      "%s in %s", s, pairs[_i].block);
}
END_TEST

START_TEST(answer)
{
	struct sim_net_answer a;
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	char long_text[400];

	memset(long_text, 'v', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	sim_net_answer_init(&a, 200);
	sim_net_answer_error(&a, 429, "RATE_LIMITED", "too \"many\"");
	sim_net_answer_header(&a, "Retry-After", "%d", 7);
	sim_net_answer_header(&a, "X-\r\nBad", "a\r\nInjected: %s", "b");
	sim_net_answer_header(&a, "X-Long", "%s", long_text);
	for (int i = 0; i < 20; i++)
		sim_net_answer_header(&a, "X-More", "%d", i);
	ck_assert_uint_eq(a.n_headers, SIM_NET_HEADERS);
	ck_assert_uint_eq(strlen(a.headers[2].value),
			  SIM_NET_HEADER_VALUE - 1);
	sim_net_answer_write(&a, false, &out);
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&out), "HTTP/1.1 429 Too "
				     "Many Requests\r\n"));
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&out),
				     "\r\nRetry-After: 7\r\n"));
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&out),
				     "\r\nX-Bad: aInjected: b\r\n"));
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&out), "\r\n\r\n"
		"{\"error\":\"RATE_LIMITED\","
		"\"message\":\"too \\\"many\\\"\"}"));
	sim_buf_release(&out);
	sim_net_answer_write(&a, true, &out);
	ck_assert_str_eq(strstr(sim_buf_str(&out), "\r\n\r\n"), "\r\n\r\n");
	sim_buf_release(&out);
	sim_net_answer_release(&a);
}
END_TEST

static const char *const bad_proxies[] = { "nowhere" };

static void set_address(struct sim_net_config *c)
{
	c->listeners[0].address = "not-an-address";
}

static void set_port(struct sim_net_config *c)
{
	c->listeners[0].port = 65536;
}

static void set_descriptor(struct sim_net_config *c)
{
	c->listeners[0].fd = dup(0);
}

static void set_none(struct sim_net_config *c)
{
	c->n_listeners = 0;
}

static void set_certificate(struct sim_net_config *c)
{
	c->cert_path = "/nonexistent/cert.pem";
}

static void set_both(struct sim_net_config *c)
{
	c->cert_path = "/nonexistent/cert.pem";
	c->key_path = "/nonexistent/key.pem";
}

static void set_proxy(struct sim_net_config *c)
{
	c->proxies = bad_proxies;
	c->n_proxies = 1;
}

static void set_headers(struct sim_net_config *c)
{
	c->limits.header_bytes = 70000;
}

static void set_connections(struct sim_net_config *c)
{
	c->limits.connections = 0;
}

static void set_time(struct sim_net_config *c)
{
	c->limits.header_ms = 0;
}

static const struct {
	void (*set)(struct sim_net_config *c);
	int code;
	const char *word;
} refusals[] = {
	{ set_address, SIM_E_INVAL, "not-an-address" },
	{ set_port, SIM_E_INVAL, "65536" },
	{ set_descriptor, SIM_E_INVAL, "no listening socket" },
	{ set_none, SIM_E_INVAL, "listeners" },
	{ set_certificate, SIM_E_INVAL, "key" },
	{ set_both, SIM_E_CONFIG, "cert.pem" },
	{ set_proxy, SIM_E_INVAL, "nowhere" },
	{ set_headers, SIM_E_INVAL, "70000" },
	{ set_connections, SIM_E_INVAL, "connections" },
	{ set_time, SIM_E_INVAL, "time limit" },
};

START_TEST(refusal)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_net_config c;
	struct sim_net *net = NULL;

	sim_net_config_init(&c);
	c.listeners[0].port = c.listeners[1].port = 0;
	refusals[_i].set(&c);
	ck_assert_int_eq(sim_net_open(&c, &net, &err), refusals[_i].code);
	ck_assert_ptr_null(net);
	ck_assert_msg(strstr(err.msg, refusals[_i].word), "%s", err.msg);
}
END_TEST

START_TEST(taken)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_net_config c;
	struct sim_net *net, *other;

	sim_net_config_init(&c);
	c.listeners[0].port = c.listeners[1].port = 0;
	ck_assert_int_eq(sim_net_open(&c, &net, &err), 0);
	c.listeners[0].port = sim_net_port(net, 0);
	ck_assert_int_eq(sim_net_open(&c, &other, &err), SIM_E_UNAVAILABLE);
	ck_assert_msg(strstr(err.msg, "cannot listen"), "%s", err.msg);
	ck_assert_int_eq(sim_net_port(net, 2), 0);
	sim_net_free(net);	/* never started */
	sim_net_free(NULL);
}
END_TEST

/* Nothing that is named by a number of the past, or of nothing. */
START_TEST(late_calls)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_net_config c;
	struct sim_net_answer a;
	struct sim_net *net;
	uint64_t ids[] = { 0, 1, 77 << 20, UINT64_MAX };
	int before = dup(0), after;

	close(before);
	sim_net_config_init(&c);
	c.listeners[0].port = c.listeners[1].port = 0;
	ck_assert_int_eq(sim_net_open(&c, &net, &err), 0);
	ck_assert_int_eq(sim_net_start(net, &err), 0);
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		ck_assert_int_eq(sim_net_send(net, ids[i], "x", 1),
				 SIM_E_NOENT);
		ck_assert_int_eq(sim_net_send_lines(net, ids[i], "x\n", 2),
				 SIM_E_NOENT);
		sim_net_close(net, ids[i], 1000, "x");
		sim_net_more(net, ids[i]);
		ck_assert_uint_eq(sim_net_queued(net, ids[i]), 0);
		sim_net_answer_init(&a, 200);
		sim_buf_puts(&a.body, "{}");
		sim_net_reply(net, ids[i], &a);
	}
	sim_net_stop(net, 1000, NULL);
	ck_assert(sim_net_wait(net, 5000));
	sim_net_free(net);
	after = dup(0);
	ck_assert_int_eq(before, after);	/* all descriptors are back */
	close(after);
}
END_TEST

#define ROWS(t) (int)(sizeof(t) / sizeof(*(t)))

int main(void)
{
	Suite *s = suite_create("net");
	TCase *addresses = tcase_create("addresses");
	TCase *answers = tcase_create("answers");
	TCase *opening = tcase_create("opening");

	tcase_add_loop_test(addresses, block, 0, ROWS(blocks));
	tcase_add_loop_test(addresses, within, 0, ROWS(pairs));
	tcase_add_test(answers, answer);
	tcase_add_loop_test(opening, refusal, 0, ROWS(refusals));
	tcase_add_test(opening, taken);
	tcase_add_test(opening, late_calls);
	suite_add_tcase(s, addresses);
	suite_add_tcase(s, answers);
	suite_add_tcase(s, opening);
	return run_suite(s);
}
