/* completion_text: the scripts of completions/, as lines; generated when the
 * program is built.  Each list ends in NULL. */
#ifndef SIM_COMPLETION_TEXT_H
#define SIM_COMPLETION_TEXT_H

extern const char *const sim_completion_text_bash[];
extern const char *const sim_completion_text_zsh[];
extern const char *const sim_completion_text_fish[];

#endif
