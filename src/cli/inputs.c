/* inputs: opens series when they are asked for, and keeps them. */
#include "cli/inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/job.h"
#include "cli/sess_run.h"
#include "util/file.h"
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
	if (sim_cli_folder(cli, "", &x->source.hidden, NULL))
		x->source.hidden = NULL;
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
	if (!rc)
		x->spec = sim_verify_spec(x->in);
	return rc;
}

int sim_inputs_open_either(struct sim_cli *cli, const char *id,
			   struct sim_inputs *x, struct sim_err *err)
{
	int rc;

	if (sim_saved_is_run(id) || !sim_connect_has_sessions(cli))
		return sim_inputs_open(cli, id, x, err);
	sim_inputs_begin(cli, x);
	rc = sim_sess_run_hold(cli, id, &x->session, &x->folder, err);
	if (!rc)
		x->spec = sim_sess_run_spec(x->session);
	return rc;
}

static void abandon(void *ctx, const struct sim_run_result *r,
		    const struct sim_err *why)
{
	struct sim_inputs *x = ctx;

	(void)r;
	sim_progress_end(&x->bar);
	sim_cli_exit(x->cli, SIM_E_STRATEGY, why);
}

void sim_inputs_watch(struct sim_inputs *x)
{
	x->spec->abandon = abandon;
	x->spec->abandon_ctx = x;
}

void sim_inputs_end(struct sim_inputs *x)
{
	sim_progress_end(&x->bar);
	sim_verify_close(x->in);
	sim_sess_run_drop(x->session);
	if (x->folder)
		sim_folder_close(x->folder);
	while (x->all) {
		struct sim_inputs_series *s = x->all;

		x->all = s->next;
		sim_source_release(&s->source);
		sim_mem_free(s);
	}
}

/* -- bundles ------------------------------------------------------------- */

bool sim_inputs_is_bundle(const char *name)
{
	size_t n = strlen(name);

	if (!strcmp(name, "last") ||
	    (n > 1 && *name == 'r' && strspn(name + 1, "0123456789") == n - 1))
		return false;
	return sim_source_is_file(name);
}

static int make_dir(struct sim_inputs_bundle *b, struct sim_err *err)
{
	const char *tmp = getenv("TMPDIR");

	b->dir = sim_file_join(tmp && *tmp ? tmp : "/tmp", "simutrador.XXXXXX");
	if (mkdtemp(b->dir))
		return SIM_OK;
	sim_err_set(err, SIM_E_CANTCREAT, "%s cannot be made: %s", b->dir,
		    strerror(errno));
	sim_mem_free(b->dir);
	b->dir = NULL;
	return SIM_E_CANTCREAT;
}

int sim_inputs_unbundle(const char *file, struct sim_inputs_bundle *b,
			struct sim_err *err)
{
	char id[SIM_FOLDER_ID];
	int rc;

	memset(b, 0, sizeof(*b));
	b->text.max = SIM_BUF_MAX;
	rc = sim_file_read(file, SIM_BUF_MAX, &b->text, err);
	if (!rc)
		rc = sim_bundle_parse(sim_buf_str(&b->text), b->text.len,
				      &b->bundle, err);
	if (!rc)
		rc = make_dir(b, err);
	if (!rc)
		rc = sim_bundle_unpack(&b->bundle, b->dir, id, err);
	if (!rc) {
		b->calendars = sim_file_join(b->dir, "calendars");
		rc = sim_bundle_calendars(&b->bundle, b->calendars, err);
	}
	if (!rc)
		rc = sim_folder_open_any(b->dir, id, &b->folder, err);
	if (rc)
		sim_err_prefix(err, "%s", file);
	return rc;
}

void sim_inputs_forget(struct sim_inputs_bundle *b)
{
	if (b->folder)
		sim_folder_close(b->folder);
	sim_bundle_close(&b->bundle);
	sim_buf_release(&b->text);
	if (b->dir && sim_file_remove_tree(b->dir, NULL))
		errno = 0;		/* a folder of the system's to sweep */
	sim_mem_free(b->dir);
	sim_mem_free(b->calendars);
}

static int load_bundled(void *ctx, const char *symbol, struct sim_bar_tf tf,
			const char *file, struct sim_run_data *d,
			struct sim_err *err)
{
	struct sim_inputs *x = ctx;

	(void)file;
	return sim_bundle_load(&x->bundle->bundle, x->bundle->folder, symbol,
			       tf, d, err);
}

void sim_inputs_use(struct sim_inputs *x, struct sim_inputs_bundle *b)
{
	x->bundle = b;
	x->source.load = load_bundled;
	x->source.calendar_dir = b->calendars;
	x->source.is_elsewhere = true;
}
