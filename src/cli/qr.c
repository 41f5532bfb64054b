/* qr: rows of modules to lines of half blocks. */
#include "cli/qr.h"

#include <qrencode.h>
#include <string.h>

#include "util/secret.h"

#define QUIET	2		/* light modules around, as scanners want */

/* Out of the code it is light. */
static bool is_dark(const QRcode *q, int x, int y)
{
	x -= QUIET;
	y -= QUIET;
	return x >= 0 && y >= 0 && x < q->width && y < q->width &&
		q->data[y * q->width + x] & 1;
}

/* By what is drawn: nothing, the upper half, the lower half, both. */
static const char *const halves[] = {
	" ", "\xe2\x96\x80", "\xe2\x96\x84", "\xe2\x96\x88"
};

static void draw_line(const QRcode *q, int y, bool color, struct sim_buf *out)
{
	int n = q->width + 2 * QUIET;

	sim_buf_puts(out, color ? "\033[30;107m" : "");
	for (int x = 0; x < n; x++) {
		bool up = is_dark(q, x, y), down = is_dark(q, x, y + 1);

		if (!color) {
			up = !up;
			down = !down && y + 1 < n;
		}
		sim_buf_puts(out, halves[up + 2 * down]);
	}
	sim_buf_puts(out, color ? "\033[0m\n" : "\n");
}

int sim_qr_draw(const char *text, bool color, struct sim_buf *out,
		struct sim_err *err)
{
	QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);

	if (!q)
		return sim_err_set(err, SIM_E_INVAL, "a text of %zu bytes is"
				   " too long for a code; at most 2000 were"
				   " expected", strlen(text));
	for (int y = 0; y < q->width + 2 * QUIET; y += 2)
		draw_line(q, y, color, out);
	sim_secret_wipe(q->data, (size_t)q->width * (size_t)q->width);
	QRcode_free(q);
	return SIM_OK;
}
