/* simutrador health: is a server there, and well? */
#include <string.h>
#include <time.h>

#include "cli/target.h"

extern const struct sim_cmd sim_cmd_health;

static const char *url;

static const struct sim_opt opts[] = {
	{ SIM_OPT_STR, "url", .arg = "URL",
	  .help = "this server, instead of --server's or server_url's",
	  .value = &url },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "url", 0 }, { "status", SIM_OUT_COL_ID }, { "server_version", 0 },
	{ "server_time", 0 }, { "latency_ms", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador health || test $? = 69",
	"simutrador health --url http://127.0.0.1:8003 || test $? = 69",
	NULL
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void print(struct sim_cli *cli, const char *at,
		  const struct sim_json_val *root, int64_t took_ms)
{
	struct sim_out *o = cli->out;

	sim_out_object(o, cols);
	sim_out_str(o, "url", at);
	sim_out_str(o, "status",
		    sim_json_as_str(sim_json_get(root, "status")));
	sim_out_str(o, "server_version",
		    sim_json_as_str(sim_json_get(root, "server_version")));
	sim_out_str(o, "server_time",
		    sim_json_as_str(sim_json_get(root, "server_time")));
	sim_out_int(o, "latency_ms", took_ms);
	sim_out_end(o);
}

static int judge(const char *at, const char *status, struct sim_err *err)
{
	if (!strcmp(status, "ok"))
		return SIM_OK;
	if (!strcmp(status, "degraded"))
		return sim_err_set(err, SIM_E_FALSE, "%s serves, but says that"
				   " it is degraded; its log says why", at);
	if (!strcmp(status, "unhealthy"))
		return sim_err_set(err, SIM_E_UNAVAILABLE, "%s says that it is"
				   " unhealthy; its log says why", at);
	return sim_err_set(err, SIM_E_PROTO, "%s answers with a status that no"
			   " simutrador server has; check the URL", at);
}

static int ask(struct sim_cli *cli, const struct sim_target *t, const char *at,
	       struct sim_err *err)
{
	const struct sim_http_request rq = { .method = "GET",
					     .path = "/health" };
	const struct sim_http_server s = {
		.url = at, .ca_file = t->ca_file,
		.timeout_ms = t->timeout_ms,
	};
	struct sim_http_answer a;
	int64_t start = now_ms();
	int rc = sim_http_call(&s, &rq, &a, err);
	const struct sim_json_val *root = a.doc ? sim_json_root(a.doc) : NULL;
	const char *status = sim_json_as_str(sim_json_get(root, "status"));

	if (!rc || (a.status == 503 && status)) {
		rc = judge(at, status ? status : "", err);
		if (rc != SIM_E_PROTO)
			print(cli, at, root, now_ms() - start);
	}
	sim_http_answer_release(&a);
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	char given[SIM_HTTP_URL];
	struct sim_target t;
	int rc = sim_target_of(cli, &t, err);

	if (!rc && url)
		rc = sim_http_url("--url", url, given, err);
	return rc ? rc : ask(cli, &t, url ? given : t.url, err);
}

const struct sim_cmd sim_cmd_health = {
	.name = "health", .summary = "is a server there, and well?",
	.operands = "", .opts = opts, .cols = cols, .examples = examples,
	.run = run,
};
