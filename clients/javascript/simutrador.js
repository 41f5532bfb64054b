/*
 * Strategies for simutrador in JavaScript: one file, nothing but Node.
 *
 *	const { Strategy } = require("./simutrador");
 *
 *	class Dip extends Strategy {
 *		static params = { drop: 2 };
 *
 *		onBar(bar) {
 *			if (!this.position(bar.symbol) &&
 *			    bar.close < bar.open * (1 - this.p.drop / 100))
 *				this.buy(bar.symbol, 10);
 *		}
 *	}
 *
 *	Dip.run();
 *
 * simutrador-pipe(7) documents the messages behind it.
 */
"use strict";

const fs = require("fs");

const NONE = 0, LONG = 1, SHORT = -1, FLAT = 2;
const UNIT = 100000000n;

/* Lines of standard input, as they come. */
class Lines {
	constructor() {
		this.chunk = Buffer.alloc(1 << 20);
		this.rest = "";
		this.lines = [];
		this.next = 0;
		this.decoder = new (require("string_decoder").StringDecoder)();
	}

	read() {
		while (this.next === this.lines.length) {
			const n = this.fill();
			if (!n)
				return null;
			const parts = (this.rest + this.decoder.write(
				this.chunk.subarray(0, n))).split("\n");
			this.rest = parts.pop();
			this.lines = parts;
			this.next = 0;
		}
		return this.lines[this.next++];
	}

	fill() {
		try {
			return fs.readSync(0, this.chunk, 0, this.chunk.length);
		} catch (e) {
			if (e.code === "EOF")
				return 0;
			throw e;
		}
	}
}

function write(text) {
	const bytes = Buffer.from(text);
	let at = 0;
	while (at < bytes.length)
		at += fs.writeSync(1, bytes, at);
}

/* A bar's time (text in rows, microseconds in columns) as a Date. */
function when(time) {
	return typeof time === "string" ? new Date(time) :
		new Date(time / 1000);
}

class Strategy {
	static params = {};		/* name: default */
	profile = "rows";		/* or "columns" */
	wake = "bar";			/* or an expression */
	warmupBars = 0;
	subscribe = null;		/* topics; null: all */

	/* -- to be overridden --------------------------------------------- */

	onStart() { }
	onBars(bars) {
		for (const bar of bars)
			this.onBar(bar);
	}
	onBar(bar) { }
	onFill(fill) { }
	onOrder(update) { }
	onReject(orderId, reason) { }
	onAccount(account) { }
	onAction(action) { }
	onTimer(timerId) { }
	onError(error) {
		console.error(`${error.error_code}: ${error.message}`);
	}
	onEnd(result) { }

	/* -- what a strategy can do --------------------------------------- */

	/* Submit an order after this step; fields are those of an order. */
	order(side, symbol, quantity, fields = {}) {
		const order = { order_id: `o${++this.made}`, symbol, side,
				...fields };
		if (quantity !== undefined && quantity !== null)
			order.quantity = quantity;
		this.batch.push(order);
		this.symbolOf.set(order.order_id, symbol);
		this.open[symbol].add(order.order_id);
		return order.order_id;
	}

	buy(symbol, quantity, fields) {
		return this.order("buy", symbol, quantity, fields);
	}

	sell(symbol, quantity, fields) {
		return this.order("sell", symbol, quantity, fields);
	}

	/* Leave the position, if there is one. */
	close(symbol) {
		const held = this.held[symbol];
		if (!held)
			return null;
		return this.order(held > 0 ? "sell" : "buy", symbol,
				  Math.abs(held), { reduce_only: true,
						    time_in_force: "gtc" });
	}

	cancel(orderId) { this.send("cancel_order", { order_id: orderId }); }
	cancelAll() { this.send("cancel_all", {}); }
	replace(orderId, fields) {
		this.send("replace_order", { order_id: orderId, ...fields });
	}
	setTimer(timerId, fields) {
		this.send("timer_set", { timer_id: timerId, ...fields });
	}
	log(message) { this.send("log", { message: String(message) }); }
	metric(name, value) { this.send("metric", { name, value }); }
	annotate(text, symbol) {
		this.send("annotate", symbol ? { text, symbol } : { text });
	}
	stop() { this.send("stop_simulation", {}); }

	position(symbol) { return this.held[symbol]; }
	working(symbol) { return this.open[symbol].size > 0; }

	/*
	 * Hold what is wished for, as the built-in strategies do: wish is
	 * LONG, SHORT, FLAT or NONE; size is percent:N of equity, shared by
	 * the symbols, qty:N or notional:N; side long, short or long-short.
	 */
	follow(symbol, wish, size = "percent:95", side = "long") {
		if (!this.isLive)
			return;
		const t = this.trade[symbol];
		const held = this.held[symbol];
		const now = Math.sign(held);
		if (now !== t.was) {
			if (!now && !t.leaving)
				t.blocked = t.was;
			t.leaving = false;
			t.was = now;
		}
		if (t.blocked && wish !== NONE && wish !== now &&
		    wish !== t.blocked)
			t.blocked = 0;
		let target = wish;
		if (wish === FLAT || (side === "long" && wish < 0) ||
		    (side === "short" && wish > 0))
			target = 0;
		if (wish === NONE || wish === t.blocked || target === now ||
		    this.working(symbol))
			return;
		if (held) {
			t.leaving = true;
			this.ifRefused.set(this.close(symbol), 0);
		}
		if (target)
			this.ifRefused.set(this.order(
				target > 0 ? "buy" : "sell", symbol, null,
				{ time_in_force: "gtc", ...this.sized(size) }),
				target);
	}

	/* -- the machinery ------------------------------------------------ */

	isLive = false;			/* false while bars of the past come */
	out = "";
	batch = [];
	made = 0;
	symbolOf = new Map();
	ifRefused = new Map();

	static run() {
		const self = new this();
		const lines = new Lines();
		let line;
		while ((line = lines.read()) !== null) {
			const m = JSON.parse(line);
			const hear = self[`hear_${m.type}`];
			if (hear)
				hear.call(self, m.data);
		}
	}

	send(type, data) {
		this.out += JSON.stringify({ type, data }) + "\n";
	}

	flush(last) {
		if (this.batch.length) {
			this.send("order_batch", { orders: this.batch });
			this.batch = [];
		}
		write(this.out + last);
		this.out = "";
	}

	/* Exact: the share of a percentage is cut, not rounded. */
	sized(text) {
		const [kind, amount] = text.split(":");
		const [whole, part = ""] = amount.split(".");
		let units = BigInt(whole + part.padEnd(8, "0"));
		if (kind === "percent")
			units /= BigInt(this.symbols.length);
		const digits = String(units % UNIT).padStart(8, "0");
		return { [kind === "qty" ? "quantity" : kind]:
			 `${units / UNIT}.${digits}` };
	}

	parameters(given) {
		const defaults = this.constructor.params;
		const p = { ...defaults };
		for (const [name, text] of Object.entries(given)) {
			if (!(name in defaults))
				throw new Error(`there is no parameter ${name}`);
			p[name] = typeof defaults[name] === "number" ?
				Number(text) : text;
		}
		return p;
	}

	hear_hello(data) {
		this.hello = data;
		this.symbols = data.session.symbols;
		this.p = this.parameters(data.params);
		this.held = {};
		this.open = {};
		this.trade = {};
		for (const s of this.symbols) {
			this.held[s] = 0;
			this.open[s] = new Set();
			this.trade[s] = { was: 0, blocked: 0, leaving: false };
		}
		this.onStart();
		const ready = { name: this.constructor.name,
				profile: this.profile, wake: this.wake,
				warmup_bars: this.warmupBars };
		if (this.subscribe)
			ready.subscribe = this.subscribe;
		write(JSON.stringify({ type: "ready", data: ready }) + "\n" +
		      this.out);
		this.out = "";
	}

	barsOf(candles) {
		const bars = [];
		for (const symbol in candles) {
			const c = candles[symbol];
			for (const bar of Array.isArray(c) ? c : [c]) {
				bar.symbol = symbol;
				bar.time = bar.date;
				bars.push(bar);
			}
		}
		return bars;
	}

	step(data, bars) {
		this.isLive = data.sequence_id !== undefined;
		if (this.isLive) {
			this.now = data.sim_time;
			this.isEod = data.is_eod;
		}
		this.onBars(bars);
		if (this.isLive)
			this.flush('{"type":"tick_ack","data":{"sequence_id":' +
				   data.sequence_id + "}}\n");
	}

	hear_tick(data) { this.step(data, this.barsOf(data.candles)); }
	hear_history_snapshot(data) {
		this.step(data, this.barsOf(data.candles));
	}
	hear_bars(data) {
		this.step(data, !data.rows ? this.barsOf(data.candles) :
			  data.rows.map(([time, sym, open, high, low, close,
					  volume]) =>
				({ symbol: this.symbols[sym], time, open, high,
				   low, close, volume })));
	}

	hear_execution_report(data) {
		this.held[data.symbol] = data.position;
		if (!data.remaining_quantity)
			this.open[data.symbol].delete(data.order_id);
		this.onFill(data);
	}

	hear_order_update(data) {
		if (data.status !== "accepted")
			this.open[data.symbol].delete(data.order_id);
		this.onOrder(data);
	}

	hear_order_cancelled(data) {
		const symbol = this.symbolOf.get(data.order_id);
		if (symbol)
			this.open[symbol].delete(data.order_id);
	}

	hear_batch_ack(data) {
		for (const [id, why] of Object.entries(data.rejected_orders)) {
			const symbol = this.symbolOf.get(id);
			this.open[symbol].delete(id);
			if (this.ifRefused.has(id))
				this.trade[symbol].blocked =
					this.ifRefused.get(id);
			this.onReject(id, why);
		}
		this.ifRefused.clear();
	}

	hear_corporate_action(data) {
		this.held[data.symbol] = data.quantity;
		this.onAction(data);
	}

	hear_account_snapshot(data) { this.onAccount(data); }
	hear_timer(data) { this.onTimer(data.timer_id); }
	hear_error(data) { this.onError(data); }
	hear_simulation_end(data) {
		this.onEnd(data);
		this.flush('{"type":"bye"}\n');
	}
}

module.exports = { Strategy, NONE, LONG, SHORT, FLAT, when };
