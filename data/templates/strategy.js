/*
 * @NAME@: buy a close above the average of the last bars, sell one below.
 *
 *	simutrador strategy check --exec 'node @NAME@.js'
 *	simutrador simulate --exec 'node @NAME@.js' --symbols ACME -p bars=30
 */
"use strict";

const { Strategy, LONG, SHORT, NONE } = require("./simutrador");

class Mine extends Strategy {
	static params = { bars: 20 };

	onStart() {
		this.closes = {};
		for (const symbol of this.symbols)
			this.closes[symbol] = [];
	}

	onBar(bar) {
		const closes = this.closes[bar.symbol];
		let wish = NONE;

		closes.push(bar.close);
		if (closes.length > this.p.bars)
			closes.shift();
		if (closes.length === this.p.bars) {
			const sum = closes.reduce((a, b) => a + b, 0);

			wish = bar.close > sum / closes.length ? LONG : SHORT;
		}
		// Side long: what is not wished for is sold, never sold short.
		this.follow(bar.symbol, wish, "percent:95", "long");
	}
}

Mine.run();
