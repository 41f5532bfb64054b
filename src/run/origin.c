/* origin: members of summary.json and fork.json. */
#include "run/origin.h"

void sim_origin_write(struct sim_json *j, const struct sim_form *f)
{
	if (f->kind == SIM_FORM_BUILTIN)
		return;
	if (!f->text) {
		sim_json_str(j, "source", f->source);
		sim_json_bool(j, "sandbox", f->sandbox);
	}
	if (f->directory)
		sim_json_str(j, "directory", f->directory);
	sim_json_int(j, "callback_ms", f->limits.callback_ms);
	sim_json_int(j, "memory_bytes", (int64_t)f->limits.memory);
}

bool sim_origin_read(const struct sim_json_val *v, struct sim_form *f)
{
	const char *source = sim_json_as_str(sim_json_get(v, "source"));
	int64_t n;

	if (source)
		f->source = source;
	f->directory = sim_json_as_str(sim_json_get(v, "directory"));
	if (!sim_json_as_bool(sim_json_get(v, "sandbox"), &f->sandbox))
		f->sandbox = false;
	if (sim_json_as_int(sim_json_get(v, "callback_ms"), &n) && n > 0)
		f->limits.callback_ms = n;
	if (sim_json_as_int(sim_json_get(v, "memory_bytes"), &n) && n > 0)
		f->limits.memory = (size_t)n;
	return source != NULL;
}
