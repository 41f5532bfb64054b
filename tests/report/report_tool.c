/*
 * report_tool FACE SEED STEPS FILL_EVERY [NAME]: a made-up run (fixture.h) as
 * pages, HTML, JSON or rows on stdout, for the scripts in this folder.  Faces:
 * sheet ascii color html json line, and trades|equity|metrics with .json
 * .ndjson .csv.  STEPS ending in m makes one-minute steps.
 */
#include "fixture.h"

#include "report/html.h"
#include "report/report_out.h"
#include "report/sheet.h"

static void sheet(const struct sim_report *r, const char *face,
		  struct sim_buf *out)
{
	struct sim_sheet_opts o = { .ascii = !strcmp(face, "ascii"),
				    .color = !strcmp(face, "color") };
	struct sim_sheet s = SIM_SHEET_INIT;
	struct sim_err err = SIM_ERR_INIT;

	if (sim_sheet_build(r, &o, &s, &err))
		exit(1);
	for (size_t i = 0; i < s.n; i++)
		sim_buf_printf(out, "%s\n", sim_buf_str(&s.pages[i]));
	sim_sheet_release(&s);
}

static void rows(const struct sim_report *r, const char *face,
		 struct sim_buf *out)
{
	static const char *const formats[] = { ".json", ".ndjson", ".csv" };
	static const struct {
		const char *name;
		void (*write)(const struct sim_report *,
			      enum sim_report_out_format, struct sim_buf *);
	} lists[] = { { "trades", sim_report_out_trades },
		      { "equity", sim_report_out_equity },
		      { "metrics", sim_report_out_metrics } };

	for (size_t i = 0; i < 3; i++)
		for (size_t f = 0; f < 3; f++) {
			char name[32];

			snprintf(name, sizeof(name), "%s%s", lists[i].name,
				 formats[f]);
			if (!strcmp(name, face))
				lists[i].write(r,
					(enum sim_report_out_format)f, out);
		}
}

static void face(const struct sim_report *r, const char *name,
		 struct sim_buf *out)
{
	if (!strcmp(name, "html"))
		sim_html_report(r, out);
	else if (!strcmp(name, "json"))
		sim_report_out_json(r, out);
	else if (!strcmp(name, "line"))
		sim_report_out_line(r, out);
	else if (strchr(name, '.'))
		rows(r, name, out);
	else
		sheet(r, name, out);
}

int main(int argc, char **argv)
{
	struct fixture f;
	struct fixture_opts o = { .step_ns = SIM_TIME_DAY };
	struct sim_report r;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	char *end;

	if (argc < 5)
		return 2;
	o.seed = strtoull(argv[2], NULL, 10);
	o.steps = strtoull(argv[3], &end, 10);
	if (*end == 'm')
		o.step_ns = SIM_TIME_MIN;
	o.fill_every = (unsigned)strtoul(argv[4], NULL, 10);
	o.name = argc > 5 ? argv[5] : "sma-cross";
	fixture_make(&f, &o);
	if (sim_report_build(&f.in, &r, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	face(&r, argv[1], &out);
	fwrite(sim_buf_str(&out), 1, out.len, stdout);
	sim_buf_release(&out);
	sim_report_release(&r);
	fixture_free(&f);
	return 0;
}
