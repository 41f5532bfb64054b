/* message_encode: a message's struct to its line, by its table. */
#include "proto/message_priv.h"

#include <string.h>

#include "util/digits.h"

typedef const struct sim_message_style style;

static void put_object(struct sim_json *j, const char *key, int object,
		       const void *data, style *st);
static void put_fields(struct sim_json *j, int object, const void *data,
		       style *st);

void sim_message_dec(struct sim_json *j, const char *key, sim_dec v,
		     const struct sim_message_style *st)
{
	char text[SIM_DEC_STRMAX];
	size_t n = sim_dec_format(v, st->is_money ? 2 : 0, text);

	if (st->as_text)
		sim_json_strn(j, key, text, n);
	else
		sim_json_raw(j, key, text, n);
}

static void put_strs(struct sim_json *j, const char *key,
		     const char *const *s, size_t n)
{
	sim_json_array(j, key);
	for (size_t i = 0; i < n; i++)
		sim_json_str(j, NULL, s[i]);
	sim_json_end(j);
}

static void put_list(struct sim_json *j, const struct sim_message_field *f,
		     const char *items, size_t n, style *st)
{
	size_t size = sim_message_table_of(f->object).size;

	sim_json_array(j, f->name);
	for (size_t i = 0; i < n; i++)
		put_object(j, NULL, f->object, items + i * size, st);
	sim_json_end(j);
}

static void put_word(struct sim_json *j, const struct sim_message_field *f,
		     int v)
{
	size_t len;
	const char *w;

	if (f->vocab) {
		sim_json_str(j, f->name, f->vocab->text(v));
		return;
	}
	w = sim_message_word_text(f->words, v, &len);
	sim_json_strn(j, f->name, w, len);
}

static void put_raw(struct sim_json *j, const char *key,
		    const struct sim_message_raw *r)
{
	if (r->text)
		sim_json_raw(j, key, r->text, strlen(r->text));
	else if (r->val)
		sim_json_copy(j, key, r->val);
	else
		sim_json_raw(j, key, "{}", 2);
}

/* What is one value of the struct. */
static void put_plain(struct sim_json *j, const struct sim_message_field *f,
		      const void *at, style *st)
{
	switch (f->kind) {
	case SIM_MESSAGE_INT:
		sim_json_int(j, f->name, *(const int64_t *)at);
		break;
	case SIM_MESSAGE_FIG:
		if (st->is_wire) {
			sim_json_dec(j, f->name, *(const sim_dec *)at);
			break;
		}
		/* fall through */
	case SIM_MESSAGE_DEC:
		sim_message_dec(j, f->name, *(const sim_dec *)at, st);
		break;
	case SIM_MESSAGE_NUM:
		sim_json_double(j, f->name, *(const double *)at);
		break;
	case SIM_MESSAGE_BOOL:
		sim_json_bool(j, f->name, *(const bool *)at);
		break;
	case SIM_MESSAGE_TIME:
		sim_json_time(j, f->name, *(const sim_time *)at);
		break;
	case SIM_MESSAGE_WORD:
	case SIM_MESSAGE_VOCAB:
		put_word(j, f, *(const int *)at);
		break;
	case SIM_MESSAGE_RAW:
		put_raw(j, f->name, at);
		break;
	default:
		sim_json_str(j, f->name, *(const char *const *)at);
	}
}

static void put_field(struct sim_json *j, const struct sim_message_field *f,
		      const char *data, style *st)
{
	const void *at = data + f->at;
	size_t n = f->n_at ? *(const size_t *)(const void *)(data + f->n_at)
			   : 0;

	switch (f->kind) {
	case SIM_MESSAGE_FLAT:
		if (st->is_wire) {
			put_fields(j, f->object, *(const void *const *)at, st);
			break;
		}
		/* fall through */
	case SIM_MESSAGE_OBJ:
		put_object(j, f->name, f->object, *(const void *const *)at,
			   st);
		break;
	case SIM_MESSAGE_LIST:
		put_list(j, f, *(const char *const *)at, n, st);
		break;
	case SIM_MESSAGE_STRS:
		put_strs(j, f->name, *(const char *const *const *)at, n);
		break;
	default:
		put_plain(j, f, at, st);
	}
}

static void put_fields(struct sim_json *j, int object, const void *data,
		       style *st)
{
	struct sim_message_table t = sim_message_table_of(object);
	enum sim_message_place here = st->is_wire ? SIM_MESSAGE_WIRE :
		SIM_MESSAGE_PIPE;

	for (const struct sim_message_field *f = t.fields; f->name; f++) {
		if (f->is_alias || !(f->place & here))
			continue;
		if (f->is_required || *((const bool *)data + f->has_at))
			put_field(j, f, data, st);
	}
}

/* Each message's data is about the session, wherever it stands; what names a
 * session itself does so. */
static void put_session(struct sim_json *j, int object, style *st)
{
	struct sim_message_table t = sim_message_table_of(object);

	if (st->session_id && !(t.fields[0].name &&
				!strcmp(t.fields[0].name, "session_id")))
		sim_json_str(j, "session_id", st->session_id);
}

static void put_object(struct sim_json *j, const char *key, int object,
		       const void *data, style *st)
{
	sim_json_object(j, key);
	if (sim_message_table_of(object).is_data)
		put_session(j, object, st);
	put_fields(j, object, data, st);
	sim_json_end(j);
}

/* With milliseconds, also when they are none. */
static void put_timestamp(struct sim_json *j, sim_time t)
{
	int64_t day = sim_time_day_of(t);
	unsigned ms = (unsigned)((t - day * SIM_TIME_DAY) / SIM_TIME_MS);
	unsigned sec = ms / 1000;
	char text[] = "YYYY-MM-DDThh:mm:ss.mmmZ";

	sim_time_format_date(day, text);
	text[10] = 'T';
	sim_digits_2(text + 11, sec / 3600);
	sim_digits_2(text + 14, sec / 60 % 60);
	sim_digits_2(text + 17, sec % 60);
	text[20] = (char)('0' + ms % 1000 / 100);
	sim_digits_2(text + 21, ms % 100);
	sim_json_strn(j, "timestamp", text, sizeof(text) - 1);
}

static void begin(struct sim_json *j, struct sim_buf *out,
		  enum sim_message_type type)
{
	sim_json_init(j, out, false);
	sim_json_object(j, NULL);
	sim_json_str(j, "type", sim_message_name((int)type));
}

static void finish(struct sim_json *j, const char *request_id, style *st)
{
	if (request_id)
		sim_json_str(j, "request_id", request_id);
	if (st->is_wire && st->timestamp != SIM_TIME_NONE)
		put_timestamp(j, st->timestamp);
	sim_json_end(j);
	sim_buf_putc(j->out, '\n');
}

static void put_data(struct sim_json *j, const char *key,
		     enum sim_message_type type, const void *data, style *st)
{
	int object = sim_message_object(type);

	sim_json_object(j, key);
	put_session(j, object, st);
	put_fields(j, object, data, st);
	sim_json_end(j);
}

void sim_message_encode(struct sim_buf *out, enum sim_message_type type,
			const void *data, const char *request_id,
			const struct sim_message_style *st)
{
	struct sim_json j;

	begin(&j, out, type);
	put_data(&j, "data", type, data, st);
	finish(&j, request_id, st);
}

void sim_message_encode_text(struct sim_buf *out, enum sim_message_type type,
			     const char *data, const char *request_id,
			     const struct sim_message_style *st)
{
	struct sim_json j;

	begin(&j, out, type);
	sim_json_raw(&j, "data", data, strlen(data));
	finish(&j, request_id, st);
}

void sim_message_encode_data(struct sim_buf *out, enum sim_message_type type,
			     const void *data,
			     const struct sim_message_style *st)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	put_data(&j, NULL, type, data, st);
}
