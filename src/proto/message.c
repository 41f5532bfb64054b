/* message: the tables, from messages.def. */
#include "proto/message_priv.h"

#include <stddef.h>
#include <string.h>

/* -- vocabularies ---------------------------------------------------------- */

#define VOCAB(list) \
	static const char *list##_text(int v) \
	{ \
		return sim_vocab_##list##_text((enum sim_##list)v); \
	} \
	static bool list##_parse(const char *s, int *out) \
	{ \
		enum sim_##list v; \
		bool is_known = sim_vocab_##list##_parse(s, &v); \
		\
		if (is_known) \
			*out = (int)v; \
		return is_known; \
	} \
	static const struct sim_message_vocab vocab_##list = \
		{ #list, list##_text, list##_parse };
VOCAB(side)
VOCAB(order_type)
VOCAB(tif)
VOCAB(order_status)
VOCAB(fill_reason)
#undef VOCAB

/* -- tables ---------------------------------------------------------------- */

enum object {
#define SIM_MESSAGE_OBJECT(name, help, ...) OBJECT_##name,
#define SIM_MESSAGE(name, dir, place, help, ...) OBJECT_##name,
#define SIM_MESSAGE_AS(name, dir, place, object, help)
#define SIM_MESSAGE_ALIAS(text, name)
#include "proto/messages.def"
#undef SIM_MESSAGE_OBJECT
#undef SIM_MESSAGE
	OBJECT__COUNT
};

#define R true, SIM_MESSAGE_BOTH
#define O false, SIM_MESSAGE_BOTH
#define PR true, SIM_MESSAGE_PIPE
#define WR true, SIM_MESSAGE_WIRE
#define WO false, SIM_MESSAGE_WIRE
#define T_STR(x, a, b) .hi = (a)
#define T_INT(x, a, b) .lo = (a), .hi = (b)
#define T_DEC(x, a, b) .hi = 0
#define T_FIG(x, a, b) .hi = 0
#define T_NUM(x, a, b) .hi = (b)
#define T_BOOL(x, a, b) .hi = 0
#define T_TIME(x, a, b) .hi = 0
#define T_BOUND(x, a, b) .hi = 0
#define T_OPT(x, a, b) .hi = (a)
#define T_WORD(x, a, b) .words = (a)
#define T_VOCAB(x, a, b) .vocab = &vocab_##a
#define T_OBJ(x, a, b) .object = OBJECT_##a
#define T_FLAT(x, a, b) .object = OBJECT_##a
#define T_LIST(x, a, b) .object = OBJECT_##a, .hi = (b), \
	.n_at = offsetof(self, n_##x)
#define T_STRS(x, a, b) .n_at = offsetof(self, n_##x)
#define T_RAW(x, a, b) .hi = 0

/* `need` is two values: whether it is required, and where. */
#define F(kind_, name_, a, b, need, help) \
	{ #name_, SIM_MESSAGE_##kind_, need, .at = offsetof(self, name_), \
	  .has_at = offsetof(self, has_##name_), T_##kind_(name_, a, b) },
#define A(name_) { .name = #name_, .is_alias = true },

/* A function per table, so that F knows the struct as `self`. */
#define SIM_MESSAGE_OBJECT(name_, help, ...) \
	static const struct sim_message_field *name_##_fields(void) \
	{ \
		typedef struct sim_message_##name_ self; \
		static const struct sim_message_field f[] = { \
			__VA_ARGS__ { .name = NULL, .at = sizeof(self) } \
		}; \
		return f; \
	}
#define SIM_MESSAGE(name, dir, place, help, ...) \
	SIM_MESSAGE_OBJECT(name, help, __VA_ARGS__)
#define SIM_MESSAGE_AS(name, dir, place, object, help)
#include "proto/messages.def"
#undef SIM_MESSAGE_OBJECT
#undef SIM_MESSAGE
#undef F
#undef A

static const struct {
	const char *name;
	bool is_data;
	size_t size;
	const struct sim_message_field *(*fields)(void);
} objects[] = {
#define SIM_MESSAGE_OBJECT(name, help, ...) \
	{ #name, false, sizeof(struct sim_message_##name), name##_fields },
#define SIM_MESSAGE(name, dir, place, help, ...) \
	{ #name, true, sizeof(struct sim_message_##name), name##_fields },
#include "proto/messages.def"
#undef SIM_MESSAGE_OBJECT
#undef SIM_MESSAGE
#undef SIM_MESSAGE_AS
};

#define SIM_MESSAGE_OBJECT(name, help, ...)
static const struct {
	const char *name;
	enum sim_message_dir dir;
	enum sim_message_place place;
	enum object object;
} messages[] = {
#define SIM_MESSAGE_AS(name, dir, place, object, help) \
	{ #name, SIM_MESSAGE_##dir, SIM_MESSAGE_##place, OBJECT_##object },
#define SIM_MESSAGE(name, dir, place, help, ...) \
	SIM_MESSAGE_AS(name, dir, place, name, help)
#include "proto/messages.def"
#undef SIM_MESSAGE
#undef SIM_MESSAGE_AS
#undef SIM_MESSAGE_ALIAS
};

static const struct {
	const char *name;
	enum sim_message_type type;
} aliases[] = {
#define SIM_MESSAGE(name, dir, place, help, ...)
#define SIM_MESSAGE_AS(name, dir, place, object, help)
#define SIM_MESSAGE_ALIAS(text, name) { text, SIM_MESSAGE_##name },
#include "proto/messages.def"
};

static const struct {
	const char *text, *kind;
} codes[] = {
#define SIM_ERROR_CODE(code, carrier, kind, help) { #code, #kind },
#include "proto/error_code.def"
};

struct sim_message_table sim_message_table_of(int object)
{
	return (struct sim_message_table){ objects[object].name,
					   objects[object].is_data,
					   objects[object].size,
					   objects[object].fields() };
}

struct sim_message_table sim_message_table_for(enum sim_message_type type)
{
	return sim_message_table_of((int)messages[type].object);
}

int sim_message_object(enum sim_message_type type)
{
	return (int)messages[type].object;
}

const char *sim_message_name(int type)
{
	return type >= 0 && type < SIM_MESSAGE__COUNT ? messages[type].name :
		NULL;
}

enum sim_message_dir sim_message_dir(enum sim_message_type type)
{
	return messages[type].dir;
}

enum sim_message_place sim_message_place(enum sim_message_type type)
{
	return messages[type].place;
}

static bool goes(enum sim_message_type type, enum sim_message_dir dir,
		 enum sim_message_place place)
{
	return messages[type].dir == dir && (messages[type].place & place);
}

enum sim_message_type sim_message_find(const char *name,
				       enum sim_message_dir dir,
				       enum sim_message_place place)
{
	for (int i = 0; i < SIM_MESSAGE__COUNT; i++) {
		if (goes((enum sim_message_type)i, dir, place) &&
		    !strcmp(messages[i].name, name))
			return (enum sim_message_type)i;
	}
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (goes(aliases[i].type, dir, place) &&
		    !strcmp(aliases[i].name, name))
			return aliases[i].type;
	}
	return SIM_MESSAGE__COUNT;
}

/* -- codes ----------------------------------------------------------------- */

const char *sim_message_code_text(enum sim_message_code code)
{
	return codes[code].text;
}

int sim_message_code_kind(enum sim_message_code code)
{
	const struct sim_message_field *f = error_fields();

	while (strcmp(f->name, "error_type"))
		f++;
	return sim_message_word(f->words, codes[code].kind);
}

enum sim_message_code sim_message_code_find(const char *text)
{
	int i = 0;

	while (i < SIM_MESSAGE_CODE__COUNT && strcmp(codes[i].text, text))
		i++;
	return (enum sim_message_code)i;
}

/* -- words ----------------------------------------------------------------- */

const char *sim_message_word_text(const char *words, int i, size_t *len)
{
	while (i-- > 0)
		words += strcspn(words, "|") + 1;
	*len = strcspn(words, "|");
	return words;
}

int sim_message_word(const char *words, const char *s)
{
	for (int i = 0;; i++) {
		size_t len;
		const char *w = sim_message_word_text(words, i, &len);

		if (strlen(s) == len && !memcmp(w, s, len))
			return i;
		if (!w[len])
			return -1;
	}
}
