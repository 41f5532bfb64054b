/*
 * figure: numbers and times as the dashboard writes them: thousands set apart
 * by a blank, a sign where it matters, a fixed number of decimals.
 */
#ifndef SIM_FIGURE_H
#define SIM_FIGURE_H

#include "util/buf.h"

#define SIM_FIGURE_MAX 48		/* bytes of any of them */

/* v to `decimals` (0..8) of them, half-even: "103 551.53". */
char *sim_figure_dec(char out[SIM_FIGURE_MAX], sim_dec v, int decimals);
/* The same with a sign: "+176.50", "-3.00", "0.00". */
char *sim_figure_signed(char out[SIM_FIGURE_MAX], sim_dec v, int decimals);
/* As many decimals as it has, at most `decimals`: quantities. */
char *sim_figure_quantity(char out[SIM_FIGURE_MAX], sim_dec v, int decimals);
/* At most five columns: "950", "18.2k", "1.25M", "-3.1k". */
char *sim_figure_short(char out[SIM_FIGURE_MAX], double v);
/* Percent with a sign: "+0.71%"; "" when it is not finite. */
char *sim_figure_percent(char out[SIM_FIGURE_MAX], double v, int decimals);
/* A whole number: "18 204". */
char *sim_figure_count(char out[SIM_FIGURE_MAX], uint64_t v);
/* "▲", "▼" or " ": which way it went. */
const char *sim_figure_arrow(double v);

/* The wall clock of a zone `offset` seconds east: HH:MM:SS, HH:MM,
 * YYYY-MM-DD; "" for SIM_TIME_NONE. */
char *sim_figure_clock(char out[SIM_FIGURE_MAX], sim_time t, int offset);
char *sim_figure_minute(char out[SIM_FIGURE_MAX], sim_time t, int offset);
char *sim_figure_date(char out[SIM_FIGURE_MAX], sim_time t, int offset);
/* MM-DD, for axes. */
char *sim_figure_day(char out[SIM_FIGURE_MAX], sim_time t, int offset);
/* Seconds as "45s", "3m20s", "2h05m", "3d04h". */
char *sim_figure_span(char out[SIM_FIGURE_MAX], int64_t seconds);

/* The decimals that a price of this size is shown with, of those it has. */
int sim_figure_decimals(sim_dec price);

#endif
