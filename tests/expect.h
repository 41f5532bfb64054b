/* Numbers and times that are expected, as text. */
#ifndef EXPECT_H
#define EXPECT_H
#include "suite.h"
#include "util/dec.h"
#include "util/time.h"

static inline void expect_time(sim_time t, const char *want)
{
	char text[SIM_TIME_STRMAX];

	sim_time_format(t, text);
	ck_assert_str_eq(text, want);
}

static inline void expect_dec(sim_dec v, const char *want)
{
	char text[SIM_DEC_STRMAX];

	sim_dec_format(v, 0, text);
	ck_assert_str_eq(text, want);
}
#endif
