/* scope: sets of scopes, read and written. */
#include "db/scope.h"

#include <string.h>

#include "util/str.h"

const char *const sim_scope_names[] = {
#define SIM_SCOPE(id, name, help) name,
#include "db/scope.def"
#undef SIM_SCOPE
	NULL
};

/* The scope of n bytes, or 0. */
static unsigned scope_of(const char *s, size_t n)
{
	for (unsigned i = 0; sim_scope_names[i]; i++)
		if (strlen(sim_scope_names[i]) == n &&
		    !memcmp(sim_scope_names[i], s, n))
			return 1U << i;
	return 0;
}

int sim_scope_parse(const char *s, unsigned *out, struct sim_err *err)
{
	char shown[SIM_STR_QUOTEMAX];
	unsigned all = 0;

	for (s += strspn(s, " ,"); *s; s += strspn(s, " ,")) {
		size_t n = strcspn(s, " ,");
		unsigned one = scope_of(s, n);

		if (!one) {
			sim_str_quote(s, n, shown);
			return sim_err_set(err, SIM_E_INVAL, "%s is no scope; "
					   "the scopes are simulate, read, "
					   "account and admin", shown);
		}
		all |= one;
		s += n;
	}
	if (!all)
		return sim_err_set(err, SIM_E_INVAL, "a key without scopes is "
				   "good for nothing; give some of simulate, "
				   "read, account and admin");
	*out = all;
	return SIM_OK;
}

void sim_scope_put(struct sim_buf *b, unsigned scopes)
{
	const char *gap = "";

	for (unsigned i = 0; sim_scope_names[i]; i++) {
		if (!(scopes & 1U << i))
			continue;
		sim_buf_printf(b, "%s%s", gap, sim_scope_names[i]);
		gap = " ";
	}
}
