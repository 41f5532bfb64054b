/* example: the commands of data/README as parameters of the generator. */
#include "cli/example.h"

#include <string.h>

#include "market/gen.h"

static const struct {
	const char *symbol;
	sim_dec start;			/* in cents */
	double drift, volatility, jump_rate, jump_size, volume;
} rows[SIM_EXAMPLE_SYMBOLS] = {
	{ "ACME", 4800, 0.14, 0.28, 5, 0.05, 3200000 },
	{ "BOLT", 11200, 0.06, 0.16, 3, 0.03, 1100000 },
	{ "CRUX", 2350, 0.04, 0.42, 8, 0.07, 5600000 },
};

static int64_t day(const char *date)
{
	sim_time t = 0;

	if (sim_time_parse(date, strlen(date), &t, NULL, NULL))
		SIM_BUG("a date of the sample");
	return sim_time_day_of(t);
}

static void describe(struct sim_example *e, int i)
{
	struct sim_run_data *d = &e->data[i];

	memcpy(d->instrument.symbol, rows[i].symbol,
	       strlen(rows[i].symbol) + 1);
	d->instrument.tick_size = SIM_DEC_ONE / 100;
	d->instrument.lot_size = SIM_DEC_ONE;
	d->instrument.multiplier = SIM_DEC_ONE;
	memcpy(d->instrument.currency, "USD", sizeof("USD"));
	memcpy(d->instrument.calendar, "XNYS", sizeof("XNYS"));
	d->tf = (struct sim_bar_tf){ SIM_BAR_TF_DAY, SIM_TIME_DAY };
	d->bars = sim_bar_table_view(&e->bars[i]);
	d->calendar = e->cal;
}

int sim_example_open(struct sim_example *e, struct sim_err *err)
{
	struct sim_gen g;
	int rc;

	memset(e, 0, sizeof(*e));
	for (int i = 0; i < SIM_EXAMPLE_SYMBOLS; i++)
		e->bars[i] = (struct sim_bar_table)SIM_BAR_TABLE_INIT;
	rc = sim_calendar_open("XNYS", NULL, &e->cal, err);
	for (int i = 0; !rc && i < SIM_EXAMPLE_SYMBOLS; i++) {
		sim_gen_defaults(&g);
		g.cal = e->cal;
		g.tf = (struct sim_bar_tf){ SIM_BAR_TF_DAY, SIM_TIME_DAY };
		g.from = day("2019-01-02");
		g.to = day("2023-12-29");
		g.symbol = rows[i].symbol;
		g.seed = 11;
		g.start = rows[i].start * (SIM_DEC_ONE / 100);
		g.drift = rows[i].drift;
		g.volatility = rows[i].volatility;
		g.jump_rate = rows[i].jump_rate;
		g.jump_size = rows[i].jump_size;
		g.volume = rows[i].volume;
		rc = sim_gen_bars(&g, &e->bars[i], err);
		describe(e, i);
	}
	return rc;
}

void sim_example_release(struct sim_example *e)
{
	for (int i = 0; i < SIM_EXAMPLE_SYMBOLS; i++)
		sim_bar_table_release(&e->bars[i]);
	sim_calendar_close(e->cal);
	memset(e, 0, sizeof(*e));
}
