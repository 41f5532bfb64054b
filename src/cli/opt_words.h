/*
 * opt_words: options back as the words that set them, so that another process
 * can be told the same.
 */
#ifndef SIM_OPT_WORDS_H
#define SIM_OPT_WORDS_H

#include "cli/opt.h"
#include "util/json.h"

/* A list of words, ended by NULL once it has one; owned. */
struct sim_opt_words_list {
	char **v;
	size_t n, cap;
};
void sim_opt_words_add(struct sim_opt_words_list *l, const char *word);
void sim_opt_words_release(struct sim_opt_words_list *l);

/* Add "--name=value" for every option of the table that has a value (also from
 * the settings), but those that skip (NULL-ended names) lists. */
void sim_opt_words_from(const struct sim_opt *opts, const char *const *skip,
			struct sim_opt_words_list *l);
/* Add the strings of a JSON list.  Errors: SIM_E_DATA it is none. */
int sim_opt_words_read(const struct sim_json_val *v,
		       struct sim_opt_words_list *l, struct sim_err *err)
	SIM_MUST_CHECK;
/*
 * Set the options of a table, and operands, from words.
 *
 * Takes:  l outlives the values; operands has room for l->n pointers.
 * Errors: those of sim_opt_parse.
 */
int sim_opt_words_parse(const struct sim_opt_words_list *l,
			const struct sim_opt *opts, char **operands,
			int *noperands, struct sim_err *err) SIM_MUST_CHECK;

#endif
