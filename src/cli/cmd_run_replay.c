/* simutrador run replay: commands in, states and events out, a line each. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "cli/inputs.h"
#include "run/fork.h"
#include "run/replay.h"
#include "util/json.h"
#include "util/str.h"

extern const struct sim_cmd sim_cmd_run_replay;

#define LINE_MAX_BYTES 8192

static const char *at;
static const char *stop_when;

static const struct sim_opt opts[] = {
	{ SIM_OPT_STR, "at", .arg = "SEQ|TIME",
	  .help = "begin at the end of the step of this event, or at this"
		  " time", .value = &at },
	{ SIM_OPT_STR, "break", .arg = "EXPR",
	  .help = "a breakpoint: an expression over the state's fields",
	  .value = &stop_when },
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"printf 'step 3\\nback\\nstate\\n' | simutrador run replay r2",
	"echo continue | simutrador run replay r2 --break 'drawdown < -0.01'",
	NULL
};

/* A replay at work. */
struct work {
	struct sim_cli *cli;
	struct sim_inputs in;
	struct sim_replay *r;
};

/* -- out ----------------------------------------------------------------- */

static int put_line(struct work *w, const struct sim_buf *b,
		    struct sim_err *err)
{
	sim_out_write(w->cli->out, sim_buf_str(b), b->len);
	sim_out_puts(w->cli->out, "\n");
	return sim_out_flush(w->cli->out, err);
}

static int put_error(struct work *w, const struct sim_err *why,
		     struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;
	int rc;

	sim_json_init(&j, &b, false);
	sim_json_object(&j, NULL);
	sim_json_object(&j, "error");
	sim_json_str(&j, "code", sim_err_wire(why->code));
	sim_json_str(&j, "message", why->msg);
	sim_json_end(&j);
	sim_json_end(&j);
	rc = put_line(w, &b, err);
	sim_buf_release(&b);
	return rc;
}

/* The state, with its hash and why the replay stands there. */
static int put_state(struct work *w, const char *why, int hit,
		     struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char hash[SIM_SHA256_HEX];
	const char *state = sim_replay_state(w->r, hash);
	int rc;

	sim_buf_printf(&b, "{\"state\":%s,\"hash\":\"%s\"", state, hash);
	if (why)
		sim_buf_printf(&b, ",\"stopped\":\"%s\"", why);
	if (hit)
		sim_buf_printf(&b, ",\"break\":%d", hit);
	sim_buf_putc(&b, '}');
	rc = put_line(w, &b, err);
	sim_buf_release(&b);
	return rc;
}

/* The events of a step, each as {"event":...}. */
static void put_events(struct work *w, uint64_t step)
{
	size_t len = 0;
	const char *p = sim_replay_events(w->r, step, &len), *end;

	if (!p)
		return;
	end = p + len;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		nl = nl ? nl : end;
		sim_out_puts(w->cli->out, "{\"event\":");
		sim_out_write(w->cli->out, p, (size_t)(nl - p));
		sim_out_puts(w->cli->out, "}\n");
		p = nl + 1;
	}
}

/* -- commands ------------------------------------------------------------ */

static int count_of(const char *arg, uint64_t *n, struct sim_err *err)
{
	int64_t v = 1;
	int rc = *arg ? sim_str_int(arg, "the number of steps", 1,
				    INT64_C(1000000000), &v, err) : SIM_OK;

	*n = (uint64_t)v;
	return rc;
}

static int do_step(struct work *w, const char *arg, struct sim_err *err)
{
	uint64_t n, from = sim_replay_step(w->r);
	int rc = count_of(arg, &n, err);

	if (!rc)
		rc = sim_replay_seek(w->r, from + n, err);
	if (rc)
		return rc;
	while (from < sim_replay_step(w->r))
		put_events(w, ++from);
	return put_state(w, from == sim_replay_steps(w->r) ? "end" : NULL, 0,
			 err);
}

static int do_back(struct work *w, const char *arg, struct sim_err *err)
{
	uint64_t n, from = sim_replay_step(w->r);
	int rc = count_of(arg, &n, err);

	if (!rc)
		rc = sim_replay_seek(w->r, from > n ? from - n : 0, err);
	return rc ? rc : put_state(w, NULL, 0, err);
}

static int do_seek(struct work *w, const char *arg, struct sim_err *err)
{
	uint64_t seq, step;
	int rc = sim_fork_at(w->in.folder, arg, &seq, &step, err);

	if (!rc)
		rc = sim_replay_seek(w->r, step, err);
	return rc ? rc : put_state(w, NULL, 0, err);
}

static int do_break(struct work *w, const char *arg, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;
	int n = sim_replay_break(w->r, arg, err), rc;

	if (n < 0)
		return n;
	sim_json_init(&j, &b, false);
	sim_json_object(&j, NULL);
	sim_json_int(&j, "break", n);
	sim_json_str(&j, "expression", arg);
	sim_json_end(&j);
	rc = put_line(w, &b, err);
	sim_buf_release(&b);
	return rc;
}

static int do_continue(struct work *w, const char *arg, struct sim_err *err)
{
	int hit = 0, rc;

	(void)arg;
	rc = sim_replay_continue(w->r, &hit, err);
	return rc ? rc : put_state(w, hit ? "break" : "end", hit, err);
}

static int do_state(struct work *w, const char *arg, struct sim_err *err)
{
	(void)arg;
	return put_state(w, NULL, 0, err);
}

static const struct {
	const char *name;
	bool wants;			/* an argument */
	int (*run)(struct work *w, const char *arg, struct sim_err *err);
} commands[] = {
	{ "step", false, do_step }, { "back", false, do_back },
	{ "seek", true, do_seek }, { "break", true, do_break },
	{ "continue", false, do_continue }, { "state", false, do_state },
};

static int obey(struct work *w, char *line, struct sim_err *err)
{
	size_t n = strcspn(line, " \t");
	const char *arg = line + n + strspn(line + n, " \t");

	line[n] = '\0';
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, line))
			continue;
		if (commands[i].wants && !*arg)
			return sim_err_set(err, SIM_E_USAGE,
					   "%s needs something behind it",
					   line);
		return commands[i].run(w, arg, err);
	}
	return sim_err_set(err, SIM_E_USAGE, "there is no command '%.40s';"
			   " they are step, back, seek, break, continue, state"
			   " and quit", line);
}

/* Read a line without its end; false at the end of the input. */
static bool read_line(char *line, bool *is_long)
{
	size_t n;

	if (!fgets(line, LINE_MAX_BYTES, stdin))
		return false;
	n = strlen(line);
	*is_long = n + 1 == LINE_MAX_BYTES && line[n - 1] != '\n';
	while (n && strchr(" \t\r\n", line[n - 1]))
		line[--n] = '\0';
	return true;
}

/* What is wrong with a command is an answer; what is wrong with the output
 * ends it. */
static int converse(struct work *w, struct sim_err *err)
{
	char line[LINE_MAX_BYTES];
	bool is_long = false;
	int rc = SIM_OK;

	while (!rc && read_line(line, &is_long) && strcmp(line, "quit")) {
		struct sim_err why = SIM_ERR_INIT;

		if (is_long)
			return sim_err_set(err, SIM_E_DATA,
					   "a command is longer than %d bytes",
					   LINE_MAX_BYTES - 2);
		if (!*line)
			continue;
		rc = obey(w, line, &why);
		if (rc == SIM_E_IO)
			*err = why;
		else if (rc)
			rc = put_error(w, &why, err);
	}
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct work w = { .cli = cli };
	uint64_t seq, step = 0;
	int rc = sim_inputs_open(cli, cli->argv[0], &w.in, err);

	if (!rc)
		sim_inputs_watch(&w.in);
	if (!rc && at)
		rc = sim_fork_at(w.in.folder, at, &seq, &step, err);
	if (!rc)
		rc = sim_replay_open(w.in.folder, sim_verify_spec(w.in.in),
				     &w.r, err);
	sim_progress_end(&w.in.bar);
	if (!rc && stop_when) {
		rc = sim_replay_break(w.r, stop_when, err);
		rc = rc > 0 ? SIM_OK : rc;
	}
	if (!rc)
		rc = sim_replay_seek(w.r, step, err);
	if (!rc)
		rc = put_state(&w, NULL, 0, err);
	if (!rc)
		rc = converse(&w, err);
	sim_replay_close(w.r);
	sim_inputs_end(&w.in);
	return rc;
}

const struct sim_cmd sim_cmd_run_replay = {
	.name = "run replay",
	.summary = "go through a run step by step, forwards and backwards",
	.operands = "RUN", .min = 1, .max = 1, .words = SIM_OPT_WORDS_RUN,
	.opts = opts, .examples = examples, .flags = SIM_CMD_PLAIN,
	.run = run,
};
