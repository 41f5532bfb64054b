/* vocab: lookups generated from the .def lists; aliases are '|'-separated. */
#include "model/vocab.h"

#include <string.h>

struct word {
	const char *text, *aliases;
};

/* Does `s` stand in the '|'-separated list? */
static bool in_list(const char *list, const char *s)
{
	size_t n = strlen(s);

	while (list && *list) {
		size_t k = strcspn(list, "|");

		if (k == n && !memcmp(list, s, n))
			return true;
		list += k + (list[k] == '|');
	}
	return false;
}

static int find(const struct word *w, int count, const char *s)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(w[i].text, s) || in_list(w[i].aliases, s))
			return i;
	return -1;
}

/* The two lookups of one list; `words` is its table. */
#define LOOKUPS(list, COUNT) \
const char *sim_vocab_##list##_text(enum sim_##list v) \
{ \
	return (unsigned)v < COUNT ? list##_words[v].text : "?"; \
} \
bool sim_vocab_##list##_parse(const char *s, enum sim_##list *out) \
{ \
	int i = find(list##_words, COUNT, s); \
\
	if (i >= 0) \
		*out = (enum sim_##list)i; \
	return i >= 0; \
}

static const struct word side_words[] = {
#define SIM_SIDE(name, text) { text, 0 },
#include "model/side.def"
#undef SIM_SIDE
};
static const struct word order_type_words[] = {
#define SIM_ORDER_TYPE(name, text, fix, aliases) { text, aliases },
#include "model/order_type.def"
#undef SIM_ORDER_TYPE
};
static const struct word tif_words[] = {
#define SIM_TIF(name, text, fix, aliases) { text, aliases },
#include "model/tif.def"
#undef SIM_TIF
};
static const struct word order_status_words[] = {
#define SIM_ORDER_STATUS(name, text, fix) { text, 0 },
#include "model/order_status.def"
#undef SIM_ORDER_STATUS
};
static const struct word fill_reason_words[] = {
#define SIM_FILL_REASON(name, text) { text, 0 },
#include "model/fill_reason.def"
#undef SIM_FILL_REASON
};
static const struct word reject_words[] = {
#define SIM_REJECT(name, code) { code, 0 },
#include "model/reject.def"
#undef SIM_REJECT
};
static const struct word end_reason_words[] = {
#define SIM_END_REASON(name, text) { text, 0 },
#include "model/end_reason.def"
#undef SIM_END_REASON
};
static const struct word event_type_words[] = {
#define SIM_EVENT_TYPE(name, text) { text, 0 },
#include "model/event_type.def"
#undef SIM_EVENT_TYPE
};
static const struct word asset_class_words[] = {
#define SIM_ASSET_CLASS(name, text) { text, 0 },
#include "model/asset_class.def"
#undef SIM_ASSET_CLASS
};

LOOKUPS(side, SIM_SIDE__COUNT)
LOOKUPS(order_type, SIM_ORDER_TYPE__COUNT)
LOOKUPS(tif, SIM_TIF__COUNT)
LOOKUPS(order_status, SIM_ORDER_STATUS__COUNT)
LOOKUPS(fill_reason, SIM_FILL_REASON__COUNT)
LOOKUPS(reject, SIM_REJECT__COUNT)
LOOKUPS(end_reason, SIM_END_REASON__COUNT)
LOOKUPS(event_type, SIM_EVENT_TYPE__COUNT)
LOOKUPS(asset_class, SIM_ASSET_CLASS__COUNT)
