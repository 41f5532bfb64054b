/* template_text: the files of templates.def, as lines; generated when the
 * program is built.  Each list ends in NULL. */
#ifndef SIM_TEMPLATE_TEXT_H
#define SIM_TEMPLATE_TEXT_H

#define SIM_LANG(lang, try)
#define SIM_TEMPLATE(id, lang, file) \
	extern const char *const sim_template_text_##id[];
#define SIM_EXAMPLE(id, name) \
	extern const char *const sim_template_text_ex_##id[];
#include "cli/templates.def"
#undef SIM_LANG
#undef SIM_TEMPLATE
#undef SIM_EXAMPLE

#endif
