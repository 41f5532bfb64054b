/*
 * instrument: what is traded and by which rules.
 */
#ifndef SIM_INSTRUMENT_H
#define SIM_INSTRUMENT_H

#include "model/vocab.h"
#include "util/dec.h"

#define SIM_INSTRUMENT_SYMBOL	33	/* 32 characters and NUL */

struct sim_instrument {
	char symbol[SIM_INSTRUMENT_SYMBOL];
	sim_dec tick_size;		/* > 0 */
	sim_dec lot_size;		/* > 0; quantities are its multiples */
	sim_dec multiplier;	/* money per unit of price and quantity */
	char currency[4];		/* ISO 4217 */
	enum sim_asset_class asset_class;
	char calendar[24];		/* XNYS, 24/7, 24/5, or a file's name */
};

/* Symbols match [A-Za-z0-9._:/=^-]{1,32}, case kept.
 * Errors: SIM_E_INVAL with the symbol and the rule. */
int sim_instrument_check_symbol(const char *symbol, struct sim_err *err)
	SIM_MUST_CHECK;
/* Percent-encode everything but [A-Za-z0-9._-] for file names (a leading dot
 * too); buf holds 3 * 32 + 1 bytes. */
void sim_instrument_encode(const char *symbol, char buf[97]);
/* Inverse; false when `name` is not what encode makes. */
bool sim_instrument_decode(const char *name,
			   char symbol[SIM_INSTRUMENT_SYMBOL]);

#endif
