/*
 * digits: unsigned numbers into text two digits at a time.
 *
 * Shared by the writers of dec, time, buf and ticks, which are the hot part of
 * logs and pipes.  Nothing here ends the text.
 */
#ifndef SIM_DIGITS_H
#define SIM_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SIM_DIGITS_U64MAX 20		/* digits of UINT64_MAX */

#define SIM_DIGITS_ROW(t) \
	t "0" t "1" t "2" t "3" t "4" t "5" t "6" t "7" t "8" t "9"
static const char sim_digits_pairs[201] =
	SIM_DIGITS_ROW("0") SIM_DIGITS_ROW("1") SIM_DIGITS_ROW("2")
	SIM_DIGITS_ROW("3") SIM_DIGITS_ROW("4") SIM_DIGITS_ROW("5")
	SIM_DIGITS_ROW("6") SIM_DIGITS_ROW("7") SIM_DIGITS_ROW("8")
	SIM_DIGITS_ROW("9");

/* Two digits of v < 100. */
static inline void sim_digits_2(char *p, unsigned v)
{
	memcpy(p, sim_digits_pairs + 2 * v, 2);
}

/* Four digits of v < 10,000. */
static inline void sim_digits_4(char *p, unsigned v)
{
	sim_digits_2(p, v / 100);
	sim_digits_2(p + 2, v % 100);
}

/* Eight digits of v < 100,000,000. */
static inline void sim_digits_8(char *p, uint32_t v)
{
	sim_digits_4(p, v / 10000);
	sim_digits_4(p + 4, v % 10000);
}

/* v without leading zeros; returns the length, at most SIM_DIGITS_U64MAX. */
static inline size_t sim_digits_u64(char *p, uint64_t v)
{
	char tmp[SIM_DIGITS_U64MAX];
	size_t i = sizeof(tmp);

	while (v >= 100) {
		i -= 2;
		sim_digits_2(tmp + i, (unsigned)(v % 100));
		v /= 100;
	}
	if (v >= 10) {
		i -= 2;
		sim_digits_2(tmp + i, (unsigned)v);
	} else {
		tmp[--i] = (char)('0' + v);
	}
	memcpy(p, tmp + i, sizeof(tmp) - i);
	return sizeof(tmp) - i;
}

#endif
