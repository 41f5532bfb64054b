/*
 * Hold while the fast simple average is above the slow one: what
 * `simutrador simulate --strategy sma-cross` does, order for order.
 *
 *	cc -O2 -o sma sma.c
 *	simutrador simulate --exec ./sma --symbols ACME -p fast=10 -p slow=30
 */
#include "simutrador_pipe.h"

struct averages {
	int64_t *closes;
	size_t n, cap;
	int64_t fast, slow;
};

static long fast, slow;
static char size[64], side[16], profile[16], wake[4096];

static long whole(struct simutrador *s, const char *name,
		  const char *otherwise)
{
	char buf[24];

	return strtol(simutrador_param(s, name, otherwise, buf, sizeof(buf)),
		      NULL, 10);
}

static void text(struct simutrador *s, const char *name,
		 const char *otherwise, char *to, size_t n)
{
	char buf[4096];

	snprintf(to, n, "%s", simutrador_param(s, name, otherwise, buf,
					       sizeof(buf)));
}

static void on_start(struct simutrador *s)
{
	fast = whole(s, "fast", "10");
	slow = whole(s, "slow", "30");
	text(s, "size", "percent:95", size, sizeof(size));
	text(s, "side", "long", side, sizeof(side));
	text(s, "profile", "rows", profile, sizeof(profile));
	text(s, "wake", "bar", wake, sizeof(wake));
	s->profile = profile;
	s->wake = wake;
	for (int i = 0; i < s->nsyms; i++) {
		s->syms[i].user = calloc(1, sizeof(struct averages));
		if (!s->syms[i].user)
			simutrador_fail("out of memory");
	}
}

static void on_bar(struct simutrador *s, const struct simutrador_bar *b)
{
	struct averages *a = s->syms[b->sym].user;
	size_t t = a->n++;
	int wish = SIMUTRADOR_NONE;

	if (a->n > a->cap) {
		a->cap = 2 * a->cap + 1024;
		a->closes = realloc(a->closes, a->cap * sizeof(*a->closes));
		if (!a->closes)
			simutrador_fail("out of memory");
	}
	a->closes[t] = b->close;
	a->fast += b->close - (t >= (size_t)fast ? a->closes[t - (size_t)fast]
						 : 0);
	a->slow += b->close - (t >= (size_t)slow ? a->closes[t - (size_t)slow]
						 : 0);
	if (t >= (size_t)slow) {
		__extension__ typedef __int128 wide;
		wide f = (wide)a->fast * slow, l = (wide)a->slow * fast;

		wish = (f > l) - (f < l);
	}
	simutrador_follow(s, b->sym, wish, size, side);
}

static void on_end(struct simutrador *s)
{
	for (int i = 0; i < s->nsyms; i++) {
		struct averages *a = s->syms[i].user;

		free(a->closes);
		free(a);
	}
}

int main(void)
{
	struct simutrador s = {
		.name = "sma", .on_start = on_start, .on_bar = on_bar,
		.on_end = on_end,
		.subscribe = "[\"execution_report\",\"order_update\","
			"\"corporate_action\"]",
	};

	return simutrador_run(&s);
}
