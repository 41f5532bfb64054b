/* sheet: which sections there are, and running them. */
#include "report/sheet_priv.h"

#include <string.h>

#include "util/mem.h"

struct section {
	const char *name, *title;
	void (*run)(struct sim_sheet_set *s);
};

static const struct section sections[] = {
#define SIM_SECTION(name, title, function) { name, title, function },
#include "report/sections.def"
#undef SIM_SECTION
};

static const char *const names[] = {
#define SIM_SECTION(name, title, function) name,
#include "report/sections.def"
#undef SIM_SECTION
	NULL
};

#define N_SECTIONS (sizeof(sections) / sizeof(*sections))

const char *const *sim_sheet_sections(void)
{
	return names;
}

static int check_section(const char *name, struct sim_err *err)
{
	struct sim_buf list = SIM_BUF_INIT(256);

	for (size_t i = 0; i < N_SECTIONS; i++) {
		if (!name || !strcmp(sections[i].name, name)) {
			sim_buf_release(&list);
			return 0;
		}
		sim_buf_printf(&list, "%s%s", i ? ", " : "",
			       sections[i].name);
	}
	sim_err_set(err, SIM_E_INVAL, "there is no section '%.40s'; use one of "
		    "%s", name, sim_buf_str(&list));
	sim_buf_release(&list);
	return SIM_E_INVAL;
}

int sim_sheet_build(const struct sim_report *r,
		    const struct sim_sheet_opts *opts, struct sim_sheet *out,
		    struct sim_err *err)
{
	struct sim_sheet_set s = { .r = r, .opts = opts };
	int rc = check_section(opts->section, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < N_SECTIONS; i++) {
		if (opts->section && strcmp(sections[i].name, opts->section))
			continue;
		sim_sheet_set_begin(&s, sections[i].title);
		sections[i].run(&s);
	}
	sim_sheet_set_finish(&s, out);
	return 0;
}

void sim_sheet_release(struct sim_sheet *s)
{
	for (size_t i = 0; i < s->n; i++)
		sim_buf_release(&s->pages[i]);
	sim_mem_free(s->pages);
	*s = (struct sim_sheet)SIM_SHEET_INIT;
}
