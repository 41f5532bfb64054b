/*
 * forms: W1 as the built-in strategy and in each form that is given as a file:
 * the same orders, so the same equity to the unit, and how long each takes of
 * the built-in's time.  All run by turns, so that they meet the same machine,
 * and what counts is what the process has worked; figures are medians, and a
 * ratio is the median of the turns' own.
 *
 *	forms BARS NAME=FILE...		(FILE.so or FILE.lua)
 */
#include <stdint.h>

#include "clock.h"
#include "data.h"
#include "job.h"
#include "util/file.h"
#include "util/mem.h"

#define REPS	15
#define FORMS	8

struct form {
	const char *name;
	struct job job;
	struct sim_buf text;
	double time[REPS];
	size_t fills;
	sim_dec equity;
};

/* As the built-in, but for where it comes from. */
static void form_init(struct form *f, const struct sim_bar_table *w1,
		      char *name)
{
	char *file = strchr(name, '=');
	struct sim_err err;

	job_init(&f->job, w1, 1);
	f->name = name;
	f->text = (struct sim_buf)SIM_BUF_INIT((size_t)1 << 24);
	if (!file)
		return;
	*file++ = '\0';
	f->job.spec.form.source = file;
	f->job.spec.form.kind = SIM_FORM_PLUGIN;
	if (!strstr(file, ".lua"))
		return;
	must(sim_file_read(file, (size_t)1 << 24, &f->text, &err), &err);
	f->job.spec.form.kind = SIM_FORM_LUA;
	f->job.spec.form.text = sim_buf_str(&f->text);
	f->job.spec.form.len = f->text.len;
}

static void form_run(struct form *f, int turn, struct sim_run_result *r)
{
	double t0 = seconds_worked();
	struct sim_err err;

	must(sim_run_execute(&f->job.spec, r, &err), &err);
	f->time[turn] = seconds_worked() - t0;
	f->fills = r->nfills;
	f->equity = r->account.equity;
}

/* How it did beside the first; whether it traded the same. */
static bool form_tell(const struct form *f, const struct form *first,
		      size_t bars)
{
	double time[REPS], share[REPS];

	for (int i = 0; i < REPS; i++) {
		time[i] = f->time[i];
		share[i] = f->time[i] / first->time[i];
	}
	printf("%-34s %12.2f %-16s %8.3f\n", f->name,
	       (double)bars / median(time, REPS) / 1e6,
	       f == first ? "M bars/s" : "M bars/s, times",
	       median(share, REPS));
	if (f->fills == first->fills && f->equity == first->equity)
		return true;
	printf("CHECK FAILED: %s trades otherwise\n", f->name);
	return false;
}

int main(int argc, char **argv)
{
	static char builtin[] = "W1 as a percentage, built-in";
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_bar_table w1 = SIM_BAR_TABLE_INIT;
	size_t bars = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	static struct form forms[FORMS];
	int n = argc - 1, failures = 0;

	if (bars < 1000 || n > FORMS)
		return 64;
	make_bars(&w1, bars, 0);
	for (int i = 0; i < n; i++)
		form_init(&forms[i], &w1, i ? argv[i + 1] : builtin);
	for (int turn = 0; turn < REPS; turn++)
		for (int i = 0; i < n; i++)
			form_run(&forms[i], turn, &r);
	for (int i = 0; i < n; i++) {
		failures += !form_tell(&forms[i], &forms[0], bars);
		sim_buf_release(&forms[i].text);
	}
	sim_run_result_release(&r);
	sim_bar_table_release(&w1);
	return failures ? 1 : 0;
}
