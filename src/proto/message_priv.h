/* message_priv: the field tables that encoder and decoder walk. */
#ifndef SIM_MESSAGE_PRIV_H
#define SIM_MESSAGE_PRIV_H

#include "proto/message.h"

enum sim_message_kind {
	SIM_MESSAGE_STR, SIM_MESSAGE_INT, SIM_MESSAGE_DEC, SIM_MESSAGE_FIG,
	SIM_MESSAGE_NUM, SIM_MESSAGE_BOOL, SIM_MESSAGE_TIME,
	SIM_MESSAGE_BOUND, SIM_MESSAGE_OPT, SIM_MESSAGE_WORD,
	SIM_MESSAGE_VOCAB, SIM_MESSAGE_OBJ, SIM_MESSAGE_FLAT, SIM_MESSAGE_LIST,
	SIM_MESSAGE_STRS, SIM_MESSAGE_RAW
};

/* A list of model/vocab.h. */
struct sim_message_vocab {
	const char *name;
	const char *(*text)(int v);
	bool (*parse)(const char *s, int *out);
};

struct sim_message_field {
	const char *name;		/* NULL ends a table */
	enum sim_message_kind kind;
	bool is_required;
	enum sim_message_place place;
	bool is_alias;			/* of the field before it */
	size_t at, has_at, n_at;	/* in the struct; n_at of lists */
	int64_t lo, hi;		/* INT; hi of STR: bytes, of LIST: items */
	const char *words;
	const struct sim_message_vocab *vocab;
	int object;			/* OBJ, FLAT, LIST: its index */
};

struct sim_message_table {
	const char *name;
	bool is_data;			/* of a message, not only a part */
	size_t size;
	const struct sim_message_field *fields;
};

/* The table of an object (by its index) or of a message. */
struct sim_message_table sim_message_table_of(int object);
struct sim_message_table sim_message_table_for(enum sim_message_type type);
/* The index of a message's data. */
int sim_message_object(enum sim_message_type type);
/* The type of a name or an alias that goes in `dir` at that place;
 * SIM_MESSAGE__COUNT. */
enum sim_message_type sim_message_find(const char *name,
				       enum sim_message_dir dir,
				       enum sim_message_place place);

/* Number of the word in "a|b|c", -1 when it is none; and back. */
int sim_message_word(const char *words, const char *s);
const char *sim_message_word_text(const char *words, int i, size_t *len);

#endif
