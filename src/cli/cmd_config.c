/* simutrador config: settings, where they come from, where files lie. */
#include "cli/cli.h"

#include "cli/settings_env.h"

#include <string.h>

#include "util/str.h"

#define FILES_MAX	16

extern const struct sim_cmd sim_cmd_config_list, sim_cmd_config_get,
	sim_cmd_config_path;

static bool show_origin;

static const struct sim_opt list_opts[] = {
	{ SIM_OPT_FLAG, "show-origin", .help = "say where each value stands",
	  .value = &show_origin },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col list_cols[] = {
	{ "key", SIM_OUT_COL_ID }, { "value", 0 }, { "origin", 0 },
	{ "help", SIM_OUT_COL_WIDE }, { NULL, 0 }
};
static const char *const list_examples[] = {
	"simutrador config list",
	"simutrador config list --show-origin -o table",
	NULL
};

static const struct sim_out_col *list_cols_of(void)
{
	static const struct sim_out_col without[] = {
		{ "key", SIM_OUT_COL_ID }, { "value", 0 },
		{ "help", SIM_OUT_COL_WIDE }, { NULL, 0 }
	};

	return show_origin ? list_cols : without;
}

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_out *o = cli->out;

	(void)err;
	sim_out_list(o, list_cols_of());
	for (int i = 0; i < SIM_SETTINGS__COUNT; i++) {
		const struct sim_settings_value *v = &cli->settings->values[i];

		sim_out_row(o);
		sim_out_str(o, "key", sim_settings_rows[i].key);
		sim_out_str(o, "value", sim_settings_shown(cli->settings, i));
		if (show_origin)
			sim_out_str(o, "origin", v->origin);
		sim_out_str(o, "help", sim_settings_rows[i].help);
		sim_out_row_end(o);
	}
	sim_out_end(o);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_config_list = {
	.name = "config list", .summary = "list settings and their values",
	.operands = "", .opts = list_opts, .cols = list_cols,
	.cols_of = list_cols_of, .examples = list_examples, .run = run_list,
};

static const struct sim_out_col get_cols[] = {
	{ "key", 0 }, { "value", SIM_OUT_COL_ID }, { "origin", 0 },
	{ NULL, 0 }
};
static const char *const get_examples[] = {
	"simutrador config get color",
	"simutrador config get color -o name",
	NULL
};

static int run_get(struct sim_cli *cli, struct sim_err *err)
{
	const char *names[SIM_SETTINGS__COUNT + 1] = { NULL }, *near;
	int i = sim_settings_find(cli->argv[0]);

	if (i < 0) {
		for (int k = 0; k < SIM_SETTINGS__COUNT; k++)
			names[k] = sim_settings_rows[k].key;
		near = sim_str_near(cli->argv[0], names);
		return sim_err_set(err, SIM_E_USAGE,
				   "there is no setting '%s'%s%s%s",
				   cli->argv[0], near ? "; did you mean '"
						      : "; config list shows"
							" them",
				   near ? near : "", near ? "'?" : "");
	}
	sim_out_object(cli->out, get_cols);
	sim_out_str(cli->out, "key", sim_settings_rows[i].key);
	sim_out_str(cli->out, "value", sim_settings_shown(cli->settings, i));
	sim_out_str(cli->out, "origin", cli->settings->values[i].origin);
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_config_get = {
	.name = "config get", .summary = "print one setting",
	.operands = "KEY", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SETTING, .cols = get_cols,
	.examples = get_examples, .run = run_get,
};

static const struct sim_out_col path_cols[] = {
	{ "what", 0 }, { "path", SIM_OUT_COL_ID }, { "exists", 0 }, { NULL, 0 }
};
static const char *const path_examples[] = {
	"simutrador config path",
	NULL
};

static void path_row(struct sim_out *o, const char *what, const char *path,
		     bool exists)
{
	sim_out_row(o);
	sim_out_str(o, "what", what);
	sim_out_str(o, "path", path);
	sim_out_bool(o, "exists", exists);
	sim_out_row_end(o);
}

static int run_path(struct sim_cli *cli, struct sim_err *err)
{
	static const char *const folders[] = { "store", "runs", "calendars" };
	struct sim_settings_file files[FILES_MAX];
	size_t n = sim_settings_files(cli->arena, files, FILES_MAX);
	const char *env = sim_settings_env_file(cli->arena);
	int rc = SIM_OK;

	sim_out_list(cli->out, path_cols);
	if (env)
		path_row(cli->out, "env", env, true);
	for (size_t i = 0; i < n; i++)
		path_row(cli->out, "config", files[i].path, files[i].exists);
	for (size_t i = 0; i < 3 && !rc; i++) {
		const char *path;

		rc = sim_cli_folder(cli, folders[i], &path, err);
		if (!rc)
			path_row(cli->out, folders[i], path,
				 sim_settings_exists(path));
	}
	sim_out_end(cli->out);
	return rc;
}

const struct sim_cmd sim_cmd_config_path = {
	.name = "config path", .summary = "list the files and folders in use",
	.operands = "", .cols = path_cols, .examples = path_examples,
	.run = run_path,
};
