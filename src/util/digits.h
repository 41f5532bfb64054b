/*
 * digits: unsigned numbers into text, two or eight digits at a time.
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

/*
 * Eight digits of v < 100,000,000 at once, as numbers from 0 to 9: the first
 * in the lowest byte.  Halves are split into halves, side by side.
 */
static inline uint64_t sim_digits_word(uint32_t v)
{
	uint64_t w = v / 10000 | (uint64_t)(v % 10000) << 32, high;

	high = (w * 10486 >> 20) & UINT64_C(0x7f0000007f);
	w = high | (w - 100 * high) << 16;
	high = (w * 103 >> 10) & UINT64_C(0x000f000f000f000f);
	return high | (w - 10 * high) << 8;
}

/* Write such a word. */
static inline void sim_digits_put(char *p, uint64_t word)
{
	word |= UINT64_C(0x3030303030303030);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	memcpy(p, &word, sizeof(word));
}

/* How many of its digits there are without zeros at the end. */
static inline size_t sim_digits_count(uint64_t word)
{
	return word ? 8 - (size_t)__builtin_clzll(word) / 8 : 0;
}

/* Eight digits of v < 100,000,000. */
static inline void sim_digits_8(char *p, uint32_t v)
{
	sim_digits_put(p, sim_digits_word(v));
}

/* The same without leading zeros; returns the length. */
static inline size_t sim_digits_head(char *p, uint32_t v)
{
	uint64_t word = sim_digits_word(v);
	size_t skip = (size_t)__builtin_ctzll(word | UINT64_C(1) << 56) / 8;

	sim_digits_put(p, word >> 8 * skip);
	return 8 - skip;
}

/* v without leading zeros; returns the length, at most SIM_DIGITS_U64MAX, and
 * there must be room for as many. */
static inline size_t sim_digits_u64(char *p, uint64_t v)
{
	const uint32_t unit = 100000000;
	uint64_t high = v / unit;
	size_t n;

	if (!high)
		return sim_digits_head(p, (uint32_t)v);
	if (high < unit) {
		n = sim_digits_head(p, (uint32_t)high);
	} else {
		n = sim_digits_head(p, (uint32_t)(high / unit)) + 8;
		sim_digits_8(p + n - 8, (uint32_t)(high % unit));
	}
	sim_digits_8(p + n, (uint32_t)(v % unit));
	return n + 8;
}

#endif
