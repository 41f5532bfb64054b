/*
 * forms: W1 as the built-in strategy and in each form that is given as a file:
 * the same orders, so the same equity to the unit, and how long each takes of
 * the built-in's time.
 *
 *	forms BARS NAME=FILE...		(FILE.so or FILE.lua)
 */
#include <stdint.h>

#include "clock.h"
#include "data.h"
#include "job.h"
#include "util/file.h"
#include "util/mem.h"

#define REPS 15

struct figure {
	double seconds;
	size_t fills;
	sim_dec equity;
};

static struct figure measure(const struct job *j)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct figure f = { 0, 0, 0 };
	struct sim_err err;
	double time[REPS];

	for (int i = 0; i < REPS; i++) {
		double t0 = seconds();

		must(sim_run_execute(&j->spec, &r, &err), &err);
		time[i] = seconds() - t0;
	}
	f.seconds = median(time, REPS);
	f.fills = r.nfills;
	f.equity = r.account.equity;
	sim_run_result_release(&r);
	return f;
}

static struct figure measure_file(struct job *j, const char *file)
{
	struct sim_buf text = SIM_BUF_INIT((size_t)1 << 24);
	struct figure f;
	struct sim_err err;

	j->spec.form.source = file;
	j->spec.form.kind = SIM_FORM_PLUGIN;
	if (strstr(file, ".lua")) {
		must(sim_file_read(file, (size_t)1 << 24, &text, &err), &err);
		j->spec.form.kind = SIM_FORM_LUA;
		j->spec.form.text = sim_buf_str(&text);
		j->spec.form.len = text.len;
	}
	f = measure(j);
	j->spec.form.text = NULL;
	sim_buf_release(&text);
	return f;
}

int main(int argc, char **argv)
{
	struct sim_bar_table w1 = SIM_BAR_TABLE_INIT;
	size_t bars = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	struct figure ours;
	struct job j;
	int failures = 0;

	if (bars < 1000)
		return 64;
	make_bars(&w1, bars, 0);
	job_init(&j, &w1, 1);
	ours = measure(&j);
	printf("%-34s %12.2f %-16s %8.3f\n", "W1 as a percentage, built-in",
	       (double)bars / ours.seconds / 1e6, "M bars/s", 1.0);
	for (int i = 2; i < argc; i++) {
		char *eq = strchr(argv[i], '=');
		struct figure f = measure_file(&j, eq + 1);

		*eq = '\0';
		printf("%-34s %12.2f %-16s %8.3f\n", argv[i],
		       (double)bars / f.seconds / 1e6, "M bars/s, times",
		       f.seconds / ours.seconds);
		if (f.fills == ours.fills && f.equity == ours.equity)
			continue;
		printf("CHECK FAILED: %s trades otherwise\n", argv[i]);
		failures++;
	}
	sim_bar_table_release(&w1);
	return failures ? 1 : 0;
}
