/* simutrador run bundle and unbundle: a run in one file, and back. */
#include "cli/cli.h"

#include <string.h>

#include "cli/inputs.h"
#include "run/bundle.h"
#include "util/file.h"

extern const struct sim_cmd sim_cmd_run_bundle, sim_cmd_run_unbundle;

static const struct sim_out_col bundle_cols[] = {
	{ "run_id", SIM_OUT_COL_ID }, { "file", 0 }, { "bytes", 0 },
	{ NULL, 0 }
};
static const char *const bundle_examples[] = {
	"simutrador run bundle r1 r1.bundle", NULL
};
static const char *const unbundle_examples[] = {
	"simutrador run bundle r1 r1.bundle && simutrador run unbundle"
	" r1.bundle", NULL
};

static void put(struct sim_out *o, const char *id, const char *file,
		size_t bytes)
{
	sim_out_object(o, bundle_cols);
	sim_out_str(o, "run_id", id);
	sim_out_str(o, "file", file);
	sim_out_int(o, "bytes", (int64_t)bytes);
	sim_out_end(o);
}

static int write_it(struct sim_cli *cli, struct sim_inputs *in,
		    struct sim_err *err)
{
	const char *file = cli->argv[1];
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc = sim_bundle_write(in->folder, sim_verify_spec(in->in), &b,
				  err);

	if (!rc && !strcmp(file, "-")) {
		sim_out_write(cli->out, sim_buf_str(&b), b.len);
	} else if (!rc) {
		rc = sim_file_write(file, sim_buf_str(&b), b.len, 0666, err);
		if (!rc)
			put(cli->out, in->folder->id, file, b.len);
	}
	sim_buf_release(&b);
	return rc;
}

static int run_bundle(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_inputs in;
	int rc = sim_inputs_open(cli, cli->argv[0], &in, err);

	if (!rc)
		rc = write_it(cli, &in, err);
	sim_inputs_end(&in);
	return rc;
}

const struct sim_cmd sim_cmd_run_bundle = {
	.name = "run bundle",
	.summary = "write a run and all that verifying it needs into one file",
	.operands = "RUN FILE", .min = 2, .max = 2,
	.words = SIM_OPT_WORDS_RUN, .cols = bundle_cols,
	.examples = bundle_examples, .run = run_bundle,
};

static int run_unbundle(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_bundle bundle = { NULL, 0, NULL };
	char id[SIM_FOLDER_ID];
	const char *dir;
	int rc = sim_cli_folder(cli, "runs", &dir, err);

	if (!rc)
		rc = sim_file_read(cli->argv[0], SIM_BUF_MAX, &b, err);
	if (!rc)
		rc = sim_bundle_parse(sim_buf_str(&b), b.len, &bundle, err);
	if (!rc)
		rc = sim_bundle_unpack(&bundle, dir, id, err);
	if (!rc)
		put(cli->out, id, cli->argv[0], b.len);
	sim_bundle_close(&bundle);
	sim_buf_release(&b);
	return rc;
}

const struct sim_cmd sim_cmd_run_unbundle = {
	.name = "run unbundle",
	.summary = "put the run of a bundle among the saved ones",
	.operands = "FILE", .min = 1, .max = 1, .words = SIM_OPT_WORDS_FILE,
	.cols = bundle_cols, .examples = unbundle_examples,
	.run = run_unbundle,
};
