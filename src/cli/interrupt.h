/* interrupt: Ctrl-C, SIGTERM and --timeout, for work that ends in good order.
 *
 * The first signal asks for an end, the second ends the program at once.
 */
#ifndef SIM_INTERRUPT_H
#define SIM_INTERRUPT_H

#include <signal.h>

/* The signal that came, or 0. */
extern volatile sig_atomic_t sim_interrupt_signal;

/* From now on signals only ask. */
void sim_interrupt_catch(void);
/* The SIM_E_* of the signal that came. */
int sim_interrupt_code(void);

#endif
