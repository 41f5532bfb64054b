/*
 * fuzz_bundle: any bytes are a bundle whose every part and bar can be read, or
 * are refused with a sentence.  The hashes of what has the shape of a bundle
 * are made right, so that what is behind them is reached.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/bundle.h"
#include "util/mem.h"

#define HEADING "simutrador-bundle-1\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct sim_buf *b)
{
	static struct sim_instrument ins = { .symbol = "A" };
	static struct sim_folder f = {
		.result = { .nsyms = 1, .instruments = &ins,
			    .timeframe = "daily" },
	};
	struct sim_err err = SIM_ERR_INIT;
	struct sim_bundle x;
	struct sim_run_data d;
	struct sim_bar_tf tf;

	if (sim_bar_tf_parse("daily", &tf, NULL))
		abort();
	if (sim_bundle_parse(sim_buf_str(b), b->len, &x, &err)) {
		if (!err.msg[0] || strchr(err.msg, '\n'))
			abort();
		return;
	}
	if (!sim_bundle_load(&x, &f, "A", tf, &d, &err)) {
		for (size_t i = 1; i < d.bars.n; i++)
			if (d.bars.ts[i] <= d.bars.ts[i - 1] ||
			    d.bars.low[i] > d.bars.high[i])
				abort();
	} else if (!err.msg[0]) {
		abort();
	}
	sim_bundle_close(&x);
}

/* The input as the bars of a bundle that is sound but for them. */
static void wrap(const uint8_t *data, size_t size)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	uint8_t hash[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX];

	sim_sha256_of(data, size, hash);
	sim_sha256_hex(hash, hex);
	sim_buf_printf(&b, HEADING "%s %zu %s\n", size & 1 ? "bars/0" :
		       "actions/0", size, hex);
	sim_buf_add(&b, data, size);
	sim_sha256_of(sim_buf_str(&b), b.len, hash);
	sim_sha256_hex(hash, hex);
	sim_buf_printf(&b, "end 1 %s\n", hex);
	look(&b);
	sim_buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_buf_add(&b, data, size);
	look(&b);
	sim_buf_release(&b);
	wrap(data, size);
	return 0;
}
