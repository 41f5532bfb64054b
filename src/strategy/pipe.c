/*
 * pipe: a strategy in another process, spoken to in lock-step.
 *
 * Its answer alone decides; how long it takes decides nothing but whether the
 * run goes on.
 */
#include "strategy/pipe.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "strategy/pipe_priv.h"
#include "strategy/sandbox.h"
#include "util/file.h"
#include "util/sha256.h"
#include "util/str.h"

#define SCRIPT_MAX	((size_t)64 << 20)	/* bytes of a file of code */
#define GRACE_MS	1000			/* from end of output to end */

/* -- what went wrong ------------------------------------------------------ */

int sim_pipe_fail(const struct sim_pipe *p, struct sim_err *err,
		  const char *fmt, ...)
{
	char text[420], time[SIM_TIME_STRMAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!p->talk.v || !p->talk.v->step)
		return sim_err_set(err, SIM_E_STRATEGY, "before the first "
				   "step the strategy's process %s", text);
	sim_time_format(p->talk.v->now, time);
	return sim_err_set(err, SIM_E_STRATEGY, "%s step %" PRIu64 " (%s) the "
			   "strategy's process %s", p->is_over ? "after" :
			   "in", p->talk.v->step, time, text);
}

/* Its output has ended although more was to come. */
static int fail_gone(struct sim_pipe *p, struct sim_err *err)
{
	struct sim_child_end end = sim_child_finish(&p->child, GRACE_MS);

	if (end.is_running)
		return sim_pipe_fail(p, err, "closed its output without "
				     "ending");
	if (end.signal)
		return sim_pipe_fail(p, err, "was ended by signal %d",
				     end.signal);
	return sim_pipe_fail(p, err, "ended with exit status %d; its error "
			     "output may say why", end.status);
}

static int fail_line(struct sim_pipe *p, const char *line, size_t n,
		     struct sim_err *err)
{
	char quoted[SIM_STR_QUOTEMAX];

	sim_str_quote(line, n, quoted);
	if (n > p->form.limits.line)
		return sim_pipe_fail(p, err, "wrote a line of more than %zu "
				     "bytes, which begins %s",
				     p->form.limits.line, quoted);
	return sim_pipe_fail(p, err, "ended its output inside of a line: %s",
			     quoted);
}

static int fail_late(struct sim_pipe *p, struct sim_err *err)
{
	if (p->child.to < 0)
		return sim_pipe_fail(p, err, "closed its input and then gave "
				     "no answer");
	return sim_pipe_fail(p, err, "gave no answer in %" PRId64 " ms; a "
			     "longer --ack-timeout would let it",
			     p->form.limits.callback_ms);
}

static int stopped(struct sim_err *err)
{
	return sim_err_set(err, SIM_E_INTR, "the run was stopped while the "
			   "strategy's process was waited for");
}

/* Hear a line.  1, or 0 at the end of its output. */
static int hear_one(struct sim_pipe *p, struct sim_err *err)
{
	const char *line;
	size_t n;
	int rc = sim_child_line(&p->child, &line, &n);

	if (rc == SIM_E_TIMEOUT)
		return fail_late(p, err);
	if (rc == SIM_E_DATA)
		return fail_line(p, line, n, err);
	if (rc == SIM_E_INTR)
		return stopped(err);
	if (!rc)
		return 0;
	rc = sim_pipe_hear(p, line, n, err);
	return rc ? rc : 1;
}

/* Hear lines until *flag is set. */
static int hear_until(struct sim_pipe *p, const bool *flag,
		      struct sim_err *err)
{
	int rc = 1;

	sim_child_turn(&p->child);
	p->is_asked = true;
	while (rc == 1 && (!*flag || (p->has_acked && p->orders_due > 0)))
		rc = hear_one(p, err);
	if (!rc)
		return fail_gone(p, err);
	p->is_asked = rc != 1;
	return rc == 1 ? SIM_OK : rc;
}

/* -- the run -------------------------------------------------------------- */

static int pipe_init(void *self, struct sim_strategy_view *v,
		     struct sim_err *err)
{
	struct sim_pipe *p = self;
	const struct sim_child_spec spec = {
		.command = p->form.source, .directory = p->form.directory,
		.line_max = p->form.limits.line,
		.wait_ms = p->form.limits.callback_ms,
		.sandbox = p->form.sandbox, .folder = p->folder,
		.hidden = p->form.hidden, .stop = p->form.stop,
	};
	int rc;

	p->talk.v = v;
	p->nsyms = v->nsyms;
	p->told = sim_mem_array(v->nsyms, sizeof(*p->told));
	sim_bar_tf_text(v->tf, p->talk.tick.timeframe);
	rc = sim_child_start(&p->child, &spec, err);
	if (rc)
		return rc;
	p->is_started = true;
	p->talk.out = p->talk.tick.out = &p->child.out;
	sim_pipe_hello(p);
	return hear_until(p, &p->is_ready, err);
}

static int pipe_step(void *self, struct sim_strategy_view *v,
		     struct sim_err *err)
{
	struct sim_pipe *p = self;
	bool wakes;
	int rc;

	p->talk.v = v;
	rc = sim_pipe_wake_test(p, &wakes, err);
	if (rc)
		return rc;
	if (v->step <= p->warmup) {
		if (v->step == p->warmup)
			sim_pipe_tell_bars(p, true, true);
		return SIM_OK;
	}
	if (!wakes)
		return SIM_OK;
	if (sim_stop_is_asked(p->form.stop))
		return stopped(err);
	p->timer_due = false;
	sim_talk_tell_events(&p->talk);
	if (p->wake)
		sim_pipe_tell_bars(p, false, false);
	sim_pipe_tell_step(p);
	p->has_acked = false;
	p->orders_due = 0;
	return hear_until(p, &p->has_acked, err);
}

static void pipe_event(void *self, const struct sim_event *ev)
{
	struct sim_pipe *p = self;

	if (ev->type == SIM_EVENT_TYPE_FILL)
		p->executions++;
	if (ev->type == SIM_EVENT_TYPE_FILL && p->filled)
		p->filled[ev->sym] = ev->time;
	if (p->is_ready)
		sim_talk_note(&p->talk, ev);
}

static int pipe_timer(void *self, struct sim_strategy_view *v, uint64_t id,
		      struct sim_err *err)
{
	struct sim_pipe *p = self;
	struct sim_message_timer t = { .timer_id = p->timers.name[id],
				       .sim_time = v->now };

	(void)err;
	p->talk.v = v;
	p->timer_due = true;
	sim_talk_send(&p->talk, SIM_MESSAGE_timer, &t, NULL);
	return SIM_OK;
}

/* A run that is stopped waits for its end a moment, and doesn't mind. */
static int end_stopped(struct sim_pipe *p)
{
	struct sim_err why;
	int rc = 1;

	p->child.spec.stop = NULL;
	if (p->child.spec.wait_ms > GRACE_MS)
		p->child.spec.wait_ms = GRACE_MS;
	while (rc == 1 && !p->has_bye)
		rc = hear_one(p, &why);
	sim_child_finish(&p->child, p->child.spec.wait_ms);
	return SIM_OK;
}

/* It may say bye, or close its output; and must then end well. */
static int pipe_end(void *self, struct sim_strategy_view *v,
		    struct sim_err *err)
{
	struct sim_pipe *p = self;
	struct sim_child_end end;
	int rc = 1;

	/* Stopped while it thinks. */
	if (p->is_asked)
		return SIM_OK;
	p->talk.v = v;
	sim_talk_tell_events(&p->talk);
	if (p->wake && v->step > p->warmup)
		sim_pipe_tell_bars(p, true, false);
	sim_pipe_tell_end(p);
	p->is_over = p->child.is_last = true;
	sim_child_turn(&p->child);
	if (sim_stop_is_asked(p->form.stop))
		return end_stopped(p);
	while (rc == 1 && !p->has_bye)
		rc = hear_one(p, err);
	if (rc < 0)
		return rc == SIM_E_INTR ? SIM_OK : rc;
	end = sim_child_finish(&p->child, p->form.limits.callback_ms);
	if (end.is_running && sim_stop_is_asked(p->form.stop))
		return SIM_OK;
	if (end.is_running)
		return sim_pipe_fail(p, err, "did not end within %" PRId64
				     " ms", p->form.limits.callback_ms);
	if (end.signal)
		return sim_pipe_fail(p, err, "was ended by signal %d",
				     end.signal);
	return !end.status ? SIM_OK :
		sim_pipe_fail(p, err, "ended with exit status %d; its error "
			      "output may say why", end.status);
}

static bool pipe_param(void *self, int i, struct sim_strategy_param *out)
{
	struct sim_pipe *p = self;

	if (i < 0 || (size_t)i >= p->form.nparams)
		return false;
	*out = p->params[i];
	return true;
}

static void pipe_free(void *self)
{
	struct sim_pipe *p = self;

	if (p->is_started)
		sim_child_kill(&p->child);
	sim_pipe_wake_free(p);
	sim_talk_names_release(&p->timers);
	sim_talk_release(&p->talk);
	sim_mem_free(p->told);
	sim_mem_free(p->params);
	sim_mem_free(p->folder);
	sim_mem_free(p);
}

static uint64_t pipe_warmup(void *self)
{
	return ((const struct sim_pipe *)self)->warmup;
}

static const struct sim_strategy_ops pipe_ops = {
	.name = "pipe", .summary = "a strategy in another process",
	.init = pipe_init, .on_step = pipe_step, .on_event = pipe_event,
	.on_timer = pipe_timer, .on_end = pipe_end, .param = pipe_param,
	.warmup = pipe_warmup, .free = pipe_free,
};

/* -- making --------------------------------------------------------------- */

/* The next word of a command that could be a file's name, as a path; NULL: no
 * more. */
static char *next_word(const char **s, const char *directory)
{
	static const char between[] = " \t\n'\"|&;<>()$`=";
	const char *start;
	char *word, *path;

	*s += strspn(*s, between);
	start = *s;
	*s += strcspn(*s, between);
	if (*s == start)
		return NULL;
	word = sim_mem_strndup(start, (size_t)(*s - start));
	if (!directory || *word == '/')
		return word;
	path = sim_file_join(directory, word);
	sim_mem_free(word);
	return path;
}

static bool is_code(const char *path)
{
	struct stat st;

	return !sim_sandbox_is_system(path) && !stat(path, &st) &&
		S_ISREG(st.st_mode) && (uint64_t)st.st_size <= SCRIPT_MAX;
}

/* The folder of a file's path. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return sim_mem_strdup(".");
	return sim_mem_strndup(path, slash == path ? 1 :
			       (size_t)(slash - path));
}

/* Its identity: the command, and the files that it names.  The first of them
 * says where it lives. */
static int identify(struct sim_pipe *p, char hash[SIM_SHA256_HEX],
		    struct sim_err *err)
{
	const char *s = p->form.source;
	uint8_t sum[SIM_SHA256_SIZE];
	struct sim_sha256 h;
	char *word;
	int rc = SIM_OK;

	sim_sha256_init(&h);
	sim_sha256_update(&h, "pipe", 5);
	sim_sha256_update(&h, s, strlen(s) + 1);
	while (!rc && (word = next_word(&s, p->form.directory))) {
		struct sim_file_map m;

		if (is_code(word)) {
			if (!p->folder)
				p->folder = folder_of(word);
			rc = sim_file_map(word, &m, err);
			if (!rc) {
				sim_sha256_update(&h, m.data, m.len);
				sim_file_unmap(&m);
			}
		}
		sim_mem_free(word);
	}
	if (!p->folder)
		p->folder = sim_mem_strdup(p->form.directory ?
					   p->form.directory : ".");
	sim_sha256_final(&h, sum);
	sim_sha256_hex(sum, hash);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct sim_strategy_param *)a)->name,
		      ((const struct sim_strategy_param *)b)->name);
}

static int take_params(struct sim_pipe *p, struct sim_err *err)
{
	size_t n = p->form.nparams;

	p->params = sim_mem_array(n + 1, sizeof(*p->params));
	for (size_t i = 0; i < n; i++)
		p->params[i] = p->form.params[i];
	if (n > 1)
		qsort(p->params, n, sizeof(*p->params), by_name);
	for (size_t i = 1; i < n; i++) {
		if (!strcmp(p->params[i].name, p->params[i - 1].name))
			return sim_err_set(err, SIM_E_INVAL, "the parameter "
					   "'%.40s' is given twice; give it "
					   "once", p->params[i].name);
	}
	return SIM_OK;
}

int sim_pipe_open(const struct sim_form *f, struct sim_strategy *out,
		  struct sim_err *err)
{
	struct sim_pipe *p;
	int rc;

	if (!f->source[strspn(f->source, " \t\n")])
		return sim_err_set(err, SIM_E_INVAL, "the command of the "
				   "strategy is empty; give one such as "
				   "'python3 sma.py'");
	p = sim_mem_zalloc(sizeof(*p));
	p->form = *f;
	p->child = (struct sim_child)SIM_CHILD_INIT;
	rc = take_params(p, err);
	if (!rc)
		rc = identify(p, out->hash, err);
	if (rc) {
		pipe_free(p);
		return rc;
	}
	out->ops = &pipe_ops;
	out->self = p;
	return SIM_OK;
}
