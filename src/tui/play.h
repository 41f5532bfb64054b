/*
 * play: a stored run as a conversation: what a session would say of it, step
 * by step, from any step on.
 *
 * It runs in a process of its own (channel.h) while the tape of the run plays:
 * what it says of a step is a function of that step alone, so hearing the same
 * steps again gives the same picture.  Orders are called by their numbers and
 * fills eN, as `explain` knows them.
 *
 * Hears:  pause_simulation, resume_simulation, step_simulation, set_speed, and
 *         !from STEP   stand at the end of this step; answered with the same
 *                      line, before which everything is of the past
 *         !to STEP     as step_simulation, as far as this step
 *         !seek PLACE  an event's number or a time: answered !sought STEP
 *         !break EXPR  a breakpoint: answered !broken NUMBER EXPR
 *         !continue    to a breakpoint: answered !go STEP NUMBER (0: the end)
 *         Between the steps it says !done STEP now and then, from 0 on.
 *         What is wrong with one of them is answered !wrong SENTENCE.
 */
#ifndef SIM_PLAY_H
#define SIM_PLAY_H

#include "run/replay.h"

struct sim_play {
	const struct sim_folder *folder;
	struct sim_replay *replay;
	int64_t (*now_ms)(void);	/* monotonic */
};

/* The work of the process, as sim_channel_work; ctx: a struct sim_play. */
int sim_play_work(void *ctx, int fd, struct sim_err *err) SIM_MUST_CHECK;

#endif
