/* of_run: columns are lent, sums are made.  See of_run.h. */
#include "report/of_run.h"

void sim_of_run(const struct sim_run_result *r, struct sim_report_input *in)
{
	*in = (struct sim_report_input){
		.strategy = r->strategy, .timeframe = r->timeframe,
		.currency = r->nsyms ? r->instruments[0].currency : NULL,
		.partial = r->stop_step != 0,
		.from = SIM_TIME_NONE, .to = SIM_TIME_NONE,
		.initial = r->account.initial, .start = r->first,
		.curve = {
			.n = r->equity.n, .time = r->equity.time,
			.equity = r->equity.value, .is_close = r->equity.eod,
			.gross = r->equity.gross, .net = r->equity.net,
		},
		.periods_per_year = r->periods,
		.instruments = r->instruments, .positions = r->positions,
		.n_symbols = r->nsyms,
		.fills = r->fills, .n_fills = r->nfills,
		.reach = r->nreach ? r->reach : NULL,
		.dividends = r->account.dividends,
		.interest = r->account.interest,
		.borrow_fees = r->account.fees,	/* less commissions */
		.orders = {
			.accepted = r->counts.submitted - r->counts.rejected,
			.rejected = r->counts.rejected,
			.expired = r->counts.expired,
			.cancelled = r->counts.cancelled,
		},
		.has_band = r->band.is_known,
		.band_low = r->band.low, .band_high = r->band.high,
	};
	for (size_t i = 0; i < r->nfills; i++)
		in->borrow_fees -= r->fills[i].commission;
}
