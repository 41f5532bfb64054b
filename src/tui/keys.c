/* keys: the table, and what the user changes in it. */
#include "tui/keys.h"

#include <string.h>

#include "util/str.h"

static const struct sim_keys_row rows[] = {
#define SIM_KEY(action, keys, needs, hint, help, command) \
	{ #action, keys, SIM_KEYS_##needs, hint, help, command },
#include "tui/keys.def"
#undef SIM_KEY
};

const struct sim_keys_row *sim_keys_row(int action)
{
	return action >= 0 && action < SIM_KEYS__COUNT ? &rows[action] : NULL;
}

/* -- binding --------------------------------------------------------------- */

static void unbind(struct sim_keys *k, size_t i)
{
	k->n--;
	memmove(&k->bound[i], &k->bound[i + 1],
		(k->n - i) * sizeof(k->bound[0]));
}

static void bind_one(struct sim_keys *k, enum sim_keys_action action,
		     const struct sim_screen_event *ev)
{
	for (size_t i = k->n; i-- > 0; )
		if (k->bound[i].code == ev->code &&
		    k->bound[i].is_alt == ev->is_alt)
			unbind(k, i);
	if (k->n == SIM_KEYS_BOUND)
		return;
	k->bound[k->n].code = ev->code;
	k->bound[k->n].is_alt = ev->is_alt;
	k->bound[k->n++].action = action;
}

/* Keys up to the end of a text of n bytes, separated by blanks or commas. */
static int bind_keys(struct sim_keys *k, enum sim_keys_action action,
		     const char *s, size_t n, struct sim_err *err)
{
	const char *end = s + n;
	struct sim_screen_event ev;

	while (s < end) {
		size_t used = sim_screen_key_parse(s, &ev);

		if (ev.kind != SIM_SCREEN_KEY || s + used > end ||
		    (s + used < end && !strchr(" ,", s[used])))
			return sim_err_set(err, SIM_E_CONFIG,
					   "'%.*s' is no key; keys are written"
					   " as x, <C-x>, <A-x>, <Enter>, <F5>",
					   (int)(end - s), s);
		bind_one(k, action, &ev);
		s += used + (s + used < end);
	}
	return SIM_OK;
}

static int find_action(const char *s, size_t n, enum sim_keys_action *out,
		       struct sim_err *err)
{
	const char *names[SIM_KEYS__COUNT + 1] = { NULL };
	char word[64] = "";
	const char *near;

	for (int i = 0; i < SIM_KEYS__COUNT; i++) {
		names[i] = rows[i].name;
		if (strlen(names[i]) != n || strncmp(names[i], s, n))
			continue;
		*out = (enum sim_keys_action)i;
		return SIM_OK;
	}
	memcpy(word, s, n < sizeof(word) - 1 ? n : sizeof(word) - 1);
	near = sim_str_near(word, names);
	return sim_err_set(err, SIM_E_CONFIG, "'%s' is nothing that a key of"
			   " the dashboard does%s%s%s", word,
			   near ? "; did you mean '" :
			   "; simutrador-dashboard(1) lists them",
			   near ? near : "", near ? "'?" : "");
}

static int rebind(struct sim_keys *k, const char *word, size_t n,
		  struct sim_err *err)
{
	const char *eq = memchr(word, '=', n);
	enum sim_keys_action action = SIM_KEYS__COUNT;
	size_t len;
	int rc;

	if (!eq || eq == word)
		return sim_err_set(err, SIM_E_CONFIG, "'%.*s' is not"
				   " ACTION=KEY", (int)n, word);
	len = (size_t)(eq - word);
	rc = find_action(word, len, &action, err);
	if (rc)
		return rc;
	for (size_t i = k->n; i-- > 0; )
		if (k->bound[i].action == action)
			unbind(k, i);
	return bind_keys(k, action, eq + 1, n - len - 1, err);
}

int sim_keys_bind(struct sim_keys *k, const char *text, struct sim_err *err)
{
	int rc = SIM_OK;

	k->n = 0;
	for (int i = 0; !rc && i < SIM_KEYS__COUNT; i++)
		rc = bind_keys(k, (enum sim_keys_action)i, rows[i].keys,
			       strlen(rows[i].keys), err);
	while (!rc && text && *text) {
		size_t n = strcspn(text, " ");

		if (n)
			rc = rebind(k, text, n, err);
		text += n;
		text += strspn(text, " ");
	}
	return rc;
}

enum sim_keys_action sim_keys_find(const struct sim_keys *k, uint32_t code,
				   bool is_alt)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->bound[i].code == code && k->bound[i].is_alt == is_alt)
			return k->bound[i].action;
	return SIM_KEYS__COUNT;
}

const char *sim_keys_shown(const struct sim_keys *k,
			   enum sim_keys_action action, char buf[24])
{
	for (size_t i = 0; i < k->n; i++)
		if (k->bound[i].action == action)
			return sim_screen_key_name(k->bound[i].code,
						   k->bound[i].is_alt, buf);
	return "";
}
