/* opt_words: one row of a table of options, one word or more. */
#include "cli/opt_words.h"

#include <string.h>

#include "util/buf.h"
#include "util/mem.h"

void sim_opt_words_add(struct sim_opt_words_list *l, const char *word)
{
	SIM_MEM_GROW(l->v, l->cap, l->n + 2);
	l->v[l->n++] = sim_mem_strdup(word);
	l->v[l->n] = NULL;
}

void sim_opt_words_release(struct sim_opt_words_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		sim_mem_free(l->v[i]);
	sim_mem_free(l->v);
	*l = (struct sim_opt_words_list){ NULL, 0, 0 };
}

static void add_value(struct sim_opt_words_list *l, const char *name,
		      const char *value)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_buf_puts(&b, "--");
	sim_buf_puts(&b, name);
	if (value) {
		sim_buf_putc(&b, '=');
		sim_buf_puts(&b, value);
	}
	sim_opt_words_add(l, b.data);
	sim_buf_release(&b);
}

static void add_list(struct sim_opt_words_list *l, const char *name,
		     const struct sim_opt_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		add_value(l, name, list->v[i]);
}

static void add_int(struct sim_opt_words_list *l, const char *name, int64_t v)
{
	struct sim_buf b = SIM_BUF_INIT(64);

	sim_buf_int(&b, v);
	if (v)
		add_value(l, name, b.data);
	sim_buf_release(&b);
}

static void add_row(struct sim_opt_words_list *l, const struct sim_opt *o)
{
	const char *text;
	const struct sim_opt_tf *tf;
	char name[16];

	switch (o->kind) {
	case SIM_OPT_FLAG:
		if (*(const bool *)o->value)
			add_value(l, o->name, NULL);
		break;
	case SIM_OPT_STR:
	case SIM_OPT_PATH:
	case SIM_OPT_ENUM:
		text = *(const char *const *)o->value;
		if (text && *text)
			add_value(l, o->name, text);
		break;
	case SIM_OPT_INT:
		add_int(l, o->name, *(const int64_t *)o->value);
		break;
	case SIM_OPT_TF:
		tf = o->value;
		if (tf->is_set)
			add_value(l, o->name, sim_bar_tf_text(tf->tf, name));
		break;
	case SIM_OPT_LIST:
	case SIM_OPT_PARAM:
		add_list(l, o->name, o->value);
		break;
	default:
		SIM_BUG("an option of a kind that has no words");
	}
}

static bool is_skipped(const char *const *skip, const char *name)
{
	while (*skip && strcmp(*skip, name))
		skip++;
	return *skip != NULL;
}

void sim_opt_words_from(const struct sim_opt *opts, const char *const *skip,
			struct sim_opt_words_list *l)
{
	for (; opts->kind != SIM_OPT_END; opts++)
		if (!is_skipped(skip, opts->name))
			add_row(l, opts);
}

int sim_opt_words_read(const struct sim_json_val *v,
		       struct sim_opt_words_list *l, struct sim_err *err)
{
	for (size_t i = 0; i < sim_json_len(v); i++) {
		const char *s = sim_json_as_str(sim_json_at(v, i));

		if (!s)
			return sim_err_set(err, SIM_E_DATA, "word %zu of args "
					   "is no text", i + 1);
		sim_opt_words_add(l, s);
	}
	return SIM_OK;
}

int sim_opt_words_parse(const struct sim_opt_words_list *l,
			const struct sim_opt *opts, char **operands,
			int *noperands, struct sim_err *err)
{
	static const struct sim_opt none[] = { { .kind = SIM_OPT_END } };
	struct sim_opt_line line = {
		.common = none, .own = opts, .operands = operands,
	};
	int rc = sim_opt_parse(&line, (int)l->n, l->v, err);

	*noperands = line.noperands;
	return rc;
}
