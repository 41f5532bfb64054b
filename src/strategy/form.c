/* form: the table of forms, and what each is called. */
#include "strategy/form.h"

#include <string.h>

#include "strategy/lua.h"
#include "strategy/pipe.h"
#include "strategy/plugin.h"
#include "strategy/registry.h"

static int open_builtin(const struct sim_form *f, struct sim_strategy *out,
			struct sim_err *err)
{
	return sim_registry_new(f->source, f->params, f->nparams, out, err);
}

static const struct {
	const char *name;
	int (*open)(const struct sim_form *f, struct sim_strategy *out,
		    struct sim_err *err);
} rows[] = {
#define SIM_FORM(id, name, opener, option, arg, words, help) { name, opener },
#define SIM_FORM_FILE(id, name, opener, ext, help) { name, opener },
#include "strategy/form.def"
#undef SIM_FORM
#undef SIM_FORM_FILE
};

const char *sim_form_name(int kind)
{
	return kind >= 0 && kind < SIM_FORM__COUNT ? rows[kind].name : NULL;
}

int sim_form_find(const char *name)
{
	for (int i = 0; i < SIM_FORM__COUNT; i++) {
		if (!strcmp(rows[i].name, name))
			return i;
	}
	return -1;
}

void sim_form_label(const struct sim_form *f, char out[SIM_FORM_NAME_MAX])
{
	const char *s = f->source;
	size_t n = strcspn(s, " \t\n");

	if (f->kind == SIM_FORM_BUILTIN)
		n = strlen(s);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '/') {
			s += i + 1;
			n -= i + 1;
			i = (size_t)-1;
		}
	}
	n = n < SIM_FORM_NAME_MAX ? n : SIM_FORM_NAME_MAX - 1;
	memcpy(out, s, n);
	out[n] = '\0';
}

int sim_form_open(const struct sim_form *f, struct sim_strategy *out,
		  struct sim_err *err)
{
	return rows[f->kind].open(f, out, err);
}
