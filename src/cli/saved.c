/* saved: looks in the folder of runs. */
#include "cli/saved.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/sess_run.h"
#include "util/numbered.h"
#include "util/str.h"

int sim_saved_open(struct sim_cli *cli, const char *id, struct sim_folder **f,
		   struct sim_err *err)
{
	const char *dir;
	int rc = sim_cli_folder(cli, "runs", &dir, err);

	return rc ? rc : sim_folder_open(dir, id, f, err);
}

int sim_saved_open_any(struct sim_cli *cli, const char *id,
		       struct sim_folder **f, struct sim_err *err)
{
	const char *dir;
	int rc = sim_cli_folder(cli, "runs", &dir, err);

	return rc ? rc : sim_folder_open_any(dir, id, f, err);
}

bool sim_saved_is_run(const char *id)
{
	return !strcmp(id, "last") || sim_numbered_of(id, 'r');
}

int sim_saved_open_either(struct sim_cli *cli, const char *id,
			  struct sim_folder **f, struct sim_err *err)
{
	if (id && (sim_saved_is_run(id) || !sim_connect_has_sessions(cli)))
		return sim_saved_open(cli, id, f, err);
	return sim_sess_run_open(cli, id, f, err);
}

struct sim_run_out sim_saved_out(const struct sim_folder *f)
{
	const struct sim_json_val *root = sim_json_root(f->summary);
	const char *created = sim_json_as_str(sim_json_get(root, "created"));
	struct sim_run_out out = {
		.result = &f->result, .run_id = f->id,
		.created = SIM_TIME_NONE,
		.benchmark = sim_json_as_str(sim_json_get(root, "benchmark")),
	};

	if (created && sim_time_parse(created, strlen(created), &out.created,
				      NULL, NULL))
		out.created = SIM_TIME_NONE;
	return out;
}

int sim_saved_tear(struct sim_cli *cli, const char *id,
		   struct sim_tear_opts *how, struct sim_folder **f,
		   struct sim_tear *t, struct sim_err *err)
{
	int rc = sim_saved_open_either(cli, id, f, err);

	if (rc)
		return rc;
	how->run_id = (*f)->id;
	how->benchmark = sim_saved_out(*f).benchmark;
	rc = sim_tear_build(&(*f)->result, how, t, err);
	if (rc) {
		sim_tear_release(t);
		sim_folder_close(*f);
	}
	return rc;
}

int sim_saved_print(struct sim_cli *cli, enum sim_run_out_what what,
		    struct sim_run_out_filter filter, struct sim_err *err)
{
	struct sim_run_out out;
	struct sim_folder *f;
	int rc = sim_saved_open(cli, cli->argv[0], &f, err);

	if (rc)
		return rc;
	out = sim_saved_out(f);
	out.filter = filter;
	rc = sim_run_out_print(cli->out, &out, what, err);
	sim_folder_close(f);
	return rc;
}

sim_time sim_saved_now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	struct timespec ts;
	int64_t s;

	if (epoch && !sim_str_int(epoch, "SOURCE_DATE_EPOCH", 0,
				  INT64_C(9000000000), &s, NULL))
		return s * SIM_TIME_SEC;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (sim_time)ts.tv_sec * SIM_TIME_SEC;
}
