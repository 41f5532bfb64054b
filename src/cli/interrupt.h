/* interrupt: Ctrl-C, SIGTERM and --timeout, for work that ends in good order.
 *
 * The first signal asks for an end, the second ends the program at once, and
 * with it what strategies have started.
 */
#ifndef SIM_INTERRUPT_H
#define SIM_INTERRUPT_H

#include "util/stop.h"

/* Whether a signal came, and which. */
extern struct sim_stop sim_interrupt;

/* A signal that ends the program ends what strategies have started. */
void sim_interrupt_guard(void);
/* From now on signals only ask. */
void sim_interrupt_catch(void);
/* The SIM_E_* of the signal that came. */
int sim_interrupt_code(void);

#endif
