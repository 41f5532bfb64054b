/* qr: a text as a square code that a telephone reads off a terminal; the only
 * home of libqrencode. */
#ifndef SIM_QR_H
#define SIM_QR_H

#include "util/buf.h"

/*
 * Two modules a character, with half blocks of UTF-8.
 *
 * Takes:  color: with escape sequences for black on white; else light ones are
 *         drawn, which suits a dark terminal.
 * Errors: SIM_E_INVAL the text is too long for a code (2,000 bytes).
 */
int sim_qr_draw(const char *text, bool color, struct sim_buf *out,
		struct sim_err *err) SIM_MUST_CHECK;

#endif
