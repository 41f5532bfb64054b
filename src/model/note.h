/*
 * note: what a strategy says beside its orders: a number of its own, a mark on
 * the chart, a line of its log.
 *
 * Notes change no fill and stand in no event log.  Pointers are valid during
 * the call only.
 */
#ifndef SIM_NOTE_H
#define SIM_NOTE_H

#include "util/time.h"

#define SIM_NOTE_NAME_MAX 64		/* bytes of a name */
#define SIM_NOTE_TEXT_MAX 4096		/* bytes of a text */
#define SIM_NOTE_MAX 1000000		/* notes of a run */

enum sim_note_kind {
	SIM_NOTE_METRIC,		/* name, value: the last one counts */
	SIM_NOTE_MARK,			/* text, on sym (or the account) */
	SIM_NOTE_LOG			/* text */
};

struct sim_note {
	enum sim_note_kind kind;
	sim_time time;			/* the step's; set by the run */
	uint32_t sym;			/* UINT32_MAX: the account */
	const char *name;		/* METRIC */
	double value;			/* METRIC, finite */
	const char *text;		/* MARK, LOG: UTF-8 */
};

#endif
