/*
 * net_log: lines of libwebsockets and of net, few of them whatever a client
 * does, without what stood in a query string; and the clock.
 *
 * libwebsockets has one log callback for the process, so there is one net at a
 * time whose op gets the lines.
 */
#include <libwebsockets.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/net_priv.h"

#define AT_ONCE		20	/* and then one a second */
#define SECOND_US	1000000

static struct {
	pthread_mutex_t lock;
	struct sim_net *net;
	int64_t second;
	unsigned left, kept_back;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER, .left = AT_ONCE };

int64_t sim_net_log_now_us(void)
{
	return lws_now_usecs();
}

/* One printable line, without what follows a question mark. */
static void clean(char *s)
{
	char *to = s;

	while (*s) {
		if (*s == '?') {
			*to++ = '?';
			s += strcspn(s, " \t\r\n");
			continue;
		}
		*to++ = (unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s;
		s++;
	}
	while (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* Gives: whether this line may be said, and how many were not before it. */
static struct sim_net *admit(unsigned *kept_back)
{
	int64_t second = lws_now_usecs() / SECOND_US;
	struct sim_net *net = NULL;

	*kept_back = 0;
	pthread_mutex_lock(&state.lock);
	if (second > state.second + AT_ONCE)
		state.second = second - AT_ONCE;
	for (; state.second < second; state.second++)
		state.left += state.left < AT_ONCE;
	if (state.left) {
		state.left--;
		*kept_back = state.kept_back;
		state.kept_back = 0;
		net = state.net;
	} else {
		state.kept_back++;
	}
	pthread_mutex_unlock(&state.lock);
	return net;
}

static void say(enum sim_net_level level, char *line)
{
	unsigned kept_back;
	struct sim_net *net = admit(&kept_back);
	char count[64];

	if (!net || !net->ops.log)
		return;
	if (kept_back) {
		snprintf(count, sizeof(count), "%u lines were left out",
			 kept_back);
		net->ops.log(net->c.ctx, SIM_NET_LOG_WARNING, count);
	}
	clean(line);
	net->ops.log(net->c.ctx, level, line);
}

static void hear(int level, const char *text)
{
	char line[256];

	snprintf(line, sizeof(line), "libwebsockets: %s", text);
	say(level & LLL_ERR ? SIM_NET_LOG_ERROR : SIM_NET_LOG_WARNING, line);
}

void sim_net_log_add(enum sim_net_level level, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	say(level, line);
}

void sim_net_log_begin(struct sim_net *net)
{
	pthread_mutex_lock(&state.lock);
	state.net = net;
	pthread_mutex_unlock(&state.lock);
	lws_set_log_level(LLL_ERR | LLL_WARN, hear);
}

void sim_net_log_end(void)
{
	lws_set_log_level(0, NULL);
	pthread_mutex_lock(&state.lock);
	state.net = NULL;
	pthread_mutex_unlock(&state.lock);
}
