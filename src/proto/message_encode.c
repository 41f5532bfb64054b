/* message_encode: a message's struct to its line, by its table. */
#include "proto/message_priv.h"

#include <string.h>

static void put_object(struct sim_json *j, const char *key, int object,
		       const void *data, bool as_text);

void sim_message_dec(struct sim_json *j, const char *key, sim_dec v,
		     bool as_text)
{
	char text[SIM_DEC_STRMAX];

	if (as_text)
		sim_json_strn(j, key, text, sim_dec_format(v, 2, text));
	else
		sim_json_dec(j, key, v);
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
		     const char *items, size_t n, bool as_text)
{
	size_t size = sim_message_table_of(f->object).size;

	sim_json_array(j, f->name);
	for (size_t i = 0; i < n; i++)
		put_object(j, NULL, f->object, items + i * size, as_text);
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

static void put_field(struct sim_json *j, const struct sim_message_field *f,
		      const char *data, bool as_text)
{
	const void *at = data + f->at;
	size_t n = f->n_at ? *(const size_t *)(const void *)(data + f->n_at)
			   : 0;
	const char *text;

	switch (f->kind) {
	case SIM_MESSAGE_STR:
		sim_json_str(j, f->name, *(const char *const *)at);
		break;
	case SIM_MESSAGE_INT:
		sim_json_int(j, f->name, *(const int64_t *)at);
		break;
	case SIM_MESSAGE_DEC:
		sim_message_dec(j, f->name, *(const sim_dec *)at, as_text);
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
	case SIM_MESSAGE_OBJ:
		put_object(j, f->name, f->object, *(const void *const *)at,
			   as_text);
		break;
	case SIM_MESSAGE_LIST:
		put_list(j, f, *(const char *const *)at, n, as_text);
		break;
	case SIM_MESSAGE_STRS:
		put_strs(j, f->name, *(const char *const *const *)at, n);
		break;
	case SIM_MESSAGE_RAW:
		text = ((const struct sim_message_raw *)at)->text;
		sim_json_raw(j, f->name, text, strlen(text));
		break;
	}
}

static void put_object(struct sim_json *j, const char *key, int object,
		       const void *data, bool as_text)
{
	struct sim_message_table t = sim_message_table_of(object);

	sim_json_object(j, key);
	for (const struct sim_message_field *f = t.fields; f->name; f++) {
		if (f->is_required || *((const bool *)data + f->has_at))
			put_field(j, f, data, as_text);
	}
	sim_json_end(j);
}

void sim_message_encode(struct sim_buf *out, enum sim_message_type type,
			const void *data, const char *request_id,
			bool as_text)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "type", sim_message_name((int)type));
	put_object(&j, "data", sim_message_object(type), data, as_text);
	if (request_id)
		sim_json_str(&j, "request_id", request_id);
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}
