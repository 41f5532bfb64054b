/*
 * message: the messages of the protocol as structs, and JSON from and to them.
 *
 * Structs, tables, codec and manual follow from messages.def, so they cannot
 * disagree.  A line is {"type": T, "data": {...}, "request_id": R?}; unknown
 * fields are ignored.
 */
#ifndef SIM_MESSAGE_H
#define SIM_MESSAGE_H

#include "model/vocab.h"
#include "util/json.h"
#include "util/mem.h"

/* JSON as text (to be encoded) or as a value (decoded). */
struct sim_message_raw {
	const char *text;
	const struct sim_json_val *val;
};

/* A field `x` is followed by has_x, which matters where it is optional; lists
 * by n_x. */
#define SIM_MESSAGE_C_STR(x, a) const char *x;
#define SIM_MESSAGE_C_INT(x, a) int64_t x;
#define SIM_MESSAGE_C_DEC(x, a) sim_dec x;
#define SIM_MESSAGE_C_NUM(x, a) double x;
#define SIM_MESSAGE_C_BOOL(x, a) bool x;
#define SIM_MESSAGE_C_TIME(x, a) sim_time x;
#define SIM_MESSAGE_C_WORD(x, a) int x;
#define SIM_MESSAGE_C_VOCAB(x, a) int x;
#define SIM_MESSAGE_C_OBJ(x, a) const struct sim_message_##a *x;
#define SIM_MESSAGE_C_LIST(x, a) \
	const struct sim_message_##a *x; size_t n_##x;
#define SIM_MESSAGE_C_STRS(x, a) const char *const *x; size_t n_##x;
#define SIM_MESSAGE_C_RAW(x, a) struct sim_message_raw x;

#define F(kind, name, a, b, need, help) \
	SIM_MESSAGE_C_##kind(name, a) bool has_##name;
#define SIM_MESSAGE_OBJECT(name, help, ...) \
	struct sim_message_##name { __VA_ARGS__ char end; };
#define SIM_MESSAGE(name, dir, help, ...) \
	SIM_MESSAGE_OBJECT(name, help, __VA_ARGS__)
#define SIM_MESSAGE_ALIAS(text, name)
#include "proto/messages.def"
#undef SIM_MESSAGE_OBJECT
#undef SIM_MESSAGE
#undef F

enum sim_message_type {
#define SIM_MESSAGE_OBJECT(name, help, ...)
#define SIM_MESSAGE(name, dir, help, ...) SIM_MESSAGE_##name,
#include "proto/messages.def"
#undef SIM_MESSAGE_OBJECT
#undef SIM_MESSAGE
#undef SIM_MESSAGE_ALIAS
	SIM_MESSAGE__COUNT
};

/* A decoded line.  What it points to lives until sim_message_release(). */
struct sim_message {
	enum sim_message_type type;	/* SIM_MESSAGE__COUNT: unknown */
	const char *name;		/* the type as it came */
	const char *request_id;		/* NULL: none */
	const void *data;		/* struct sim_message_TYPE; or NULL */
	struct sim_json_doc *doc;
	struct sim_mem_arena arena;
};

enum sim_message_dir { SIM_MESSAGE_OUT, SIM_MESSAGE_IN };

/* The type's name; NULL past the last. */
const char *sim_message_name(int type);
enum sim_message_dir sim_message_dir(enum sim_message_type type);

/*
 * Read a line of n bytes, without its newline.  A type that is not known, or
 * does not go in direction `dir`, is no error: .type says so.
 *
 * Gives:  *m, released by the caller also when it is unknown.
 * Errors: SIM_E_DATA not JSON, no type, or a field that is missing or wrong,
 *         which is named with its path: "order_batch.orders[0].quantity".
 */
int sim_message_decode(const char *line, size_t n, enum sim_message_dir dir,
		       struct sim_message *m, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_message_release(struct sim_message *m);

/*
 * Append a message and its newline.  Optional fields come when their has_ is
 * set.
 *
 * Takes:  data, the struct of the type; as_text: decimals as strings with two
 *         decimals or more, else as numbers.
 */
void sim_message_encode(struct sim_buf *out, enum sim_message_type type,
			const void *data, const char *request_id,
			bool as_text);

/* A decimal in either dress, for RAW fields. */
void sim_message_dec(struct sim_json *j, const char *key, sim_dec v,
		     bool as_text);

#endif
