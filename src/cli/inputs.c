/* inputs: opens series when they are asked for, and keeps them. */
#include "cli/inputs.h"

#include <string.h>

#include "cli/job.h"
#include "util/mem.h"

/* Series that live until the inputs end. */
struct sim_inputs_series {
	struct sim_source source;
	struct sim_inputs_series *next;
};

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	struct sim_inputs *x = ctx;

	sim_progress_step(&x->bar, done, total);
}

static int load(void *ctx, const char *symbol, struct sim_bar_tf tf,
		const char *file, struct sim_run_data *d, struct sim_err *err)
{
	struct sim_inputs *x = ctx;
	struct sim_inputs_series *s = sim_mem_zalloc(sizeof(*s));
	const struct sim_source_want want = {
		.name = file ? file : symbol, .symbol = symbol,
		.tf = { true, tf }, .whole = true,
		.kind = file ? SIM_SOURCE_FILE : SIM_SOURCE_SYMBOL,
	};
	int rc;

	s->source = (struct sim_source)SIM_SOURCE_INIT;
	s->next = x->all;
	x->all = s;
	rc = sim_source_open(x->cli, &want, &s->source, err);
	if (!rc)
		*d = sim_job_data(&s->source, file);
	return rc;
}

void sim_inputs_begin(struct sim_cli *cli, struct sim_inputs *x)
{
	memset(x, 0, sizeof(*x));
	x->cli = cli;
	x->source.ctx = x;
	x->source.load = load;
	x->source.progress = progress;
	if (sim_cli_folder(cli, "calendars", &x->source.calendar_dir, NULL))
		x->source.calendar_dir = NULL;
	sim_progress_start(&x->bar, cli, "bars");
}

int sim_inputs_open(struct sim_cli *cli, const char *id, struct sim_inputs *x,
		    struct sim_err *err)
{
	int rc;

	sim_inputs_begin(cli, x);
	rc = sim_saved_open(cli, id, &x->folder, err);
	if (!rc)
		rc = sim_verify_open(x->folder, &x->source, &x->in, err);
	return rc;
}

void sim_inputs_end(struct sim_inputs *x)
{
	sim_progress_end(&x->bar);
	sim_verify_close(x->in);
	if (x->folder)
		sim_folder_close(x->folder);
	while (x->all) {
		struct sim_inputs_series *s = x->all;

		x->all = s->next;
		sim_source_release(&s->source);
		sim_mem_free(s);
	}
}
