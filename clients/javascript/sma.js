/*
 * Hold while the fast simple average is above the slow one: what
 * `simutrador simulate --strategy sma-cross` does, order for order.
 *
 * Prices are counted in units of 1e-8, so the averages are compared exactly
 * as long as their sums stay below 2^53.
 */
"use strict";

const { Strategy, NONE } = require("./simutrador");

class SmaCross extends Strategy {
	static params = { fast: 10, slow: 30, size: "percent:95", side: "long",
			  profile: "rows", wake: "bar" };
	subscribe = ["execution_report", "order_update", "corporate_action"];

	onStart() {
		this.profile = this.p.profile;
		this.wake = this.p.wake;
		this.averages = {};
		for (const symbol of this.symbols)
			this.averages[symbol] = { closes: [], fast: 0, slow: 0 };
	}

	onBar(bar) {
		const { fast, slow, size, side } = this.p;
		const a = this.averages[bar.symbol];
		const close = Math.round(bar.close * 1e8);
		const t = a.closes.length;
		a.closes.push(close);
		a.fast += close - (t >= fast ? a.closes[t - fast] : 0);
		a.slow += close - (t >= slow ? a.closes[t - slow] : 0);
		let wish = NONE;
		if (t >= slow)
			wish = Math.sign(a.fast * slow - a.slow * fast);
		this.follow(bar.symbol, wish, size, side);
	}
}

SmaCross.run();
