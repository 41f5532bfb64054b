/*
 * ws_hear: connect to a WebSocket and print what comes, for odd.py:
 *	ws_hear PORT QUEUE PING SILENCE [AWAY_MS...]
 *
 * First it is away for so long, again and again, with one look at the socket
 * after each; then it hears all to the end, and prints how that came.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/ws.h"
#include "util/mem.h"

static int look(struct sim_ws *ws, int timeout_ms)
{
	struct sim_err err = SIM_ERR_INIT;
	char *text;
	size_t n;
	int rc = sim_ws_receive(ws, timeout_ms, &text, &n, &err);

	if (rc == 1) {
		printf("%zu %.40s\n", n, text);
		sim_mem_free(text);
	}
	return rc;
}

static int hear(struct sim_ws *ws, char **away)
{
	int rc = 0;

	for (; *away && rc >= 0; away++) {
		usleep((useconds_t)atoi(*away) * 1000);
		rc = look(ws, 0);
	}
	while (rc >= 0)
		rc = look(ws, -1);
	return rc;
}

int main(int argc, char **argv)
{
	struct sim_ws_target t = { .host = "127.0.0.1", .path = "/" };
	struct sim_ws_config c = { .has_no_proxy = true,
				   .message_max = 1 << 20 };
	struct sim_err err = SIM_ERR_INIT;
	const struct sim_ws_end *end;
	struct sim_ws *ws;

	if (argc < 5)
		return 2;
	t.port = atoi(argv[1]);
	c.queue_max = (size_t)atoi(argv[2]);
	c.ping_s = atoi(argv[3]);
	c.silence_s = atoi(argv[4]);
	if (sim_ws_new(&c, &ws, &err))
		return 1;
	if (!sim_ws_connect(ws, &t, 60000, &err))
		hear(ws, argv + 5);
	end = sim_ws_end(ws);
	printf("end %d %d %d %s\n", end->http_status, end->retry_ms,
	       end->close_code, end->reason);
	sim_ws_free(ws);
	return 0;
}
