/*
 * message: the messages of the protocol as structs, and JSON from and to them.
 *
 * Structs, tables, codec and manual follow from messages.def, so they cannot
 * disagree.  A line is {"type": T, "data": {...}, "request_id": R?}, on the
 * wire with a "timestamp", and a "session_id" in data; unknown fields are
 * ignored.
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
#define SIM_MESSAGE_C_FIG(x, a) sim_dec x;
#define SIM_MESSAGE_C_NUM(x, a) double x;
#define SIM_MESSAGE_C_BOOL(x, a) bool x;
#define SIM_MESSAGE_C_TIME(x, a) sim_time x;
#define SIM_MESSAGE_C_BOUND(x, a) const char *x;
#define SIM_MESSAGE_C_OPT(x, a) const char *x;
#define SIM_MESSAGE_C_WORD(x, a) int x;
#define SIM_MESSAGE_C_VOCAB(x, a) int x;
#define SIM_MESSAGE_C_OBJ(x, a) const struct sim_message_##a *x;
#define SIM_MESSAGE_C_FLAT(x, a) const struct sim_message_##a *x;
#define SIM_MESSAGE_C_LIST(x, a) \
	const struct sim_message_##a *x; size_t n_##x;
#define SIM_MESSAGE_C_STRS(x, a) const char *const *x; size_t n_##x;
#define SIM_MESSAGE_C_RAW(x, a) struct sim_message_raw x;

#define F(kind, name, a, b, need, help) \
	SIM_MESSAGE_C_##kind(name, a) bool has_##name;
#define A(name)
#define SIM_MESSAGE_OBJECT(name, help, ...) \
	struct sim_message_##name { __VA_ARGS__ char no_more; };
#define SIM_MESSAGE(name, dir, place, help, ...) \
	SIM_MESSAGE_OBJECT(name, help, __VA_ARGS__)
#define SIM_MESSAGE_AS(name, dir, place, object, help)
#define SIM_MESSAGE_ALIAS(text, name)
#include "proto/messages.def"
#undef SIM_MESSAGE_OBJECT
#undef SIM_MESSAGE
#undef SIM_MESSAGE_AS
#undef F
#undef A

enum sim_message_type {
#define SIM_MESSAGE_OBJECT(name, help, ...)
#define SIM_MESSAGE(name, dir, place, help, ...) SIM_MESSAGE_##name,
#define SIM_MESSAGE_AS(name, dir, place, object, help) SIM_MESSAGE_##name,
#include "proto/messages.def"
#undef SIM_MESSAGE_OBJECT
#undef SIM_MESSAGE
#undef SIM_MESSAGE_AS
#undef SIM_MESSAGE_ALIAS
	SIM_MESSAGE__COUNT
};

/* What an error or a session_error says for programs (error_code.def). */
enum sim_message_code {
#define SIM_ERROR_CODE(name, carrier, kind, help) SIM_MESSAGE_CODE_##name,
#include "proto/error_code.def"
#undef SIM_ERROR_CODE
	SIM_MESSAGE_CODE__COUNT
};

#define SIM_MESSAGE_DEPTH	16	/* levels of a line on the wire */
#define SIM_MESSAGE_ID_MAX	64	/* bytes of a session_id */
#define SIM_MESSAGE_REQUEST_MAX	128	/* bytes of a request_id */

/* A decoded line.  What it points to lives until sim_message_release(). */
struct sim_message {
	enum sim_message_type type;	/* SIM_MESSAGE__COUNT: unknown */
	const char *name;		/* the type as it came */
	const char *request_id;		/* NULL: none */
	const char *session_id;		/* of data; NULL: none */
	const void *data;		/* struct sim_message_TYPE; or NULL */
	struct sim_json_doc *doc;
	struct sim_mem_arena arena;
};

enum sim_message_dir { SIM_MESSAGE_OUT, SIM_MESSAGE_IN };
enum sim_message_place {
	SIM_MESSAGE_PIPE = 1, SIM_MESSAGE_WIRE = 2, SIM_MESSAGE_BOTH = 3
};

/* How a message is dressed.  Zeros: as the pipe has it. */
struct sim_message_style {
	bool is_wire;
	bool as_text;			/* decimals as strings */
	bool is_money;			/* with two decimals at least */
	const char *session_id;		/* first in data; NULL: none */
	sim_time timestamp;		/* of the wire; SIM_TIME_NONE: none */
};
/* As the server has it; session_id may be NULL. */
#define SIM_MESSAGE_STYLE_WIRE(session_id, now) \
	{ true, true, true, (session_id), (now) }

/* The type's name; NULL past the last. */
const char *sim_message_name(int type);
enum sim_message_dir sim_message_dir(enum sim_message_type type);
enum sim_message_place sim_message_place(enum sim_message_type type);

/* The code's text, and the error_type that goes with it. */
const char *sim_message_code_text(enum sim_message_code code);
int sim_message_code_kind(enum sim_message_code code);
/* The code of a text; SIM_MESSAGE_CODE__COUNT: there is none such. */
enum sim_message_code sim_message_code_find(const char *text);

/*
 * Read a line of n bytes of the pipe, without its newline.  A type that is not
 * known, or does not go in direction `dir`, is no error: .type says so.
 *
 * Gives:  *m, released by the caller also when it is unknown.
 * Errors: SIM_E_DATA not JSON, no type, or a field that is missing or wrong,
 *         which is named with its path: "order_batch.orders[0].quantity".
 */
int sim_message_decode(const char *line, size_t n, enum sim_message_dir dir,
		       struct sim_message *m, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * The same for a frame of the wire, which nobody is trusted to write.
 *
 * Takes:  max: bytes that a frame may have.
 * Gives:  *m in any case, released by the caller in any case: when a field is
 *         wrong it still has the name, request_id and session_id of the frame
 *         as far as these are right, so that it can be answered.
 * Errors: SIM_E_DATA (to be answered INVALID_PARAMS) too long, nested deeper
 *         than SIM_MESSAGE_DEPTH, or as above; fields that are missing are all
 *         named: "Missing required fields: symbols, start_date".
 */
int sim_message_decode_wire(const char *frame, size_t n, size_t max,
			    enum sim_message_dir dir, struct sim_message *m,
			    struct sim_err *err) SIM_MUST_CHECK;
void sim_message_release(struct sim_message *m);

/*
 * Append a message and its newline.  Optional fields come when their has_ is
 * set; those of the other place never.
 *
 * Takes:  data: the struct of the type (of SIM_MESSAGE_AS, of its object).
 */
void sim_message_encode(struct sim_buf *out, enum sim_message_type type,
			const void *data, const char *request_id,
			const struct sim_message_style *style);
/* The same with data that is JSON text already. */
void sim_message_encode_text(struct sim_buf *out, enum sim_message_type type,
			     const char *data, const char *request_id,
			     const struct sim_message_style *style);
/* Append the data alone. */
void sim_message_encode_data(struct sim_buf *out, enum sim_message_type type,
			     const void *data,
			     const struct sim_message_style *style);

/* A decimal in the style's dress, for RAW fields. */
void sim_message_dec(struct sim_json *j, const char *key, sim_dec v,
		     const struct sim_message_style *style);

#endif
