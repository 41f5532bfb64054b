/*
 * complete: the words a shell may offer, from the command table.
 *
 * `simutrador __complete WORD... CURRENT` prints one candidate a line, a tab
 * and what it is; a line ":files" asks the shell for file names.  Symbols,
 * runs and calendars are looked up as they are now; failures print nothing.
 */
#ifndef SIM_COMPLETE_H
#define SIM_COMPLETE_H

/* argv: the words after the program's name, the last one unfinished. */
int sim_complete_main(int argc, char **argv);

#endif
