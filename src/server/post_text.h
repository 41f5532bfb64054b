/* post_text: the templates of letter.def, as lines; generated when the program
 * is built.  Each list ends in NULL. */
#ifndef SIM_POST_TEXT_H
#define SIM_POST_TEXT_H

#define SIM_LETTER(id, template, life, has_code, help) \
	extern const char *const sim_post_text_##id[];
#include "db/letter.def"
#undef SIM_LETTER

#endif
