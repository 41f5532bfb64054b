"""Strategies for simutrador in Python: one file, the standard library alone.

    from simutrador import Strategy

    class Dip(Strategy):
        params = {"drop": 2.0}

        def on_bar(self, bar):
            if not self.position(bar.symbol) and \\
                    bar.close < bar.open * (1 - self.p.drop / 100):
                self.buy(bar.symbol, 10)

    Dip.run()

    simutrador simulate --exec 'python3 dip.py' --symbols ACME -p drop=1.5

simutrador-pipe(7) documents the messages behind it.
"""
import collections
import datetime
import json
import os
import sys

Bar = collections.namedtuple("Bar", "symbol time open high low close volume")
NONE, LONG, SHORT, FLAT = 0, 1, -1, 2
_UNIT = 10 ** 8
_ACK = b'{"type":"tick_ack","data":{"sequence_id":%d}}\n'


def when(time):
    """A bar's time (text in rows, microseconds in columns) as a datetime."""
    if isinstance(time, str):
        return datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
    return datetime.datetime.fromtimestamp(time / 1e6, datetime.timezone.utc)


class Parameters:
    """The values of -p, by name, each of its default's type."""

    def __init__(self, defaults, given):
        for name in given:
            if name not in defaults:
                sys.exit("there is no parameter '%s'; there are: %s" %
                         (name, ", ".join(defaults) or "none"))
        for name, default in defaults.items():
            text = given.get(name)
            try:
                setattr(self, name, default if text is None
                        else type(default)(text))
            except ValueError:
                sys.exit("the parameter %s is '%s', which is no %s" %
                         (name, text, type(default).__name__))


class Strategy:
    """Derive from it, say what to do in on_bar and call run()."""

    params = {}             # name: default
    profile = "rows"        # or "columns"
    wake = "bar"            # or an expression: other steps come later
    warmup_bars = 0         # steps that come as history
    subscribe = None        # topics; None: all

    # -- to be overridden ---------------------------------------------------

    def on_start(self):
        """The run is known: self.symbols, self.instruments, self.p."""

    def on_bars(self, bars):
        """All bars of a step, or of a block of late ones (not is_live)."""
        for bar in bars:
            self.on_bar(bar)

    def on_bar(self, bar):
        """A bar has closed."""

    def on_rows(self, rows):
        """The same in columns, as lists: time, number of the symbol, open,
        high, low, close, volume."""
        symbols = self.symbols
        self.on_bars([Bar(symbols[sym], time, o, h, l, c, v)
                      for time, sym, o, h, l, c, v in rows])

    def on_fill(self, fill):
        """An execution_report, as a dict."""

    def on_order(self, update):
        """An order_update, as a dict."""

    def on_reject(self, order_id, reason):
        """An order was refused."""

    def on_account(self, account):
        """An account_snapshot, as a dict."""

    def on_action(self, action):
        """A corporate_action, as a dict."""

    def on_timer(self, timer_id):
        """A timer that set_timer() asked for is due."""

    def on_error(self, error):
        """What was asked for can't be done."""
        print("%(error_code)s: %(message)s" % error, file=sys.stderr)

    def on_end(self, result):
        """The run is over; the data of simulation_end."""

    # -- what a strategy can do ---------------------------------------------

    def order(self, side, symbol, quantity=None, **fields):
        """Submit an order after this step; returns its id.

        Fields are those of an order in simutrador-pipe(7): type, price,
        stop_price, percent, notional, time_in_force, stop_loss, ...
        """
        self._orders_made += 1
        order_id = fields.setdefault("order_id", "o%d" % self._orders_made)
        fields["symbol"] = symbol
        fields["side"] = side
        if quantity is not None:
            fields["quantity"] = quantity
        self._batch.append(fields)
        self._order_symbol[order_id] = symbol
        self._working[symbol].add(order_id)
        return order_id

    def buy(self, symbol, quantity=None, **fields):
        return self.order("buy", symbol, quantity, **fields)

    def sell(self, symbol, quantity=None, **fields):
        return self.order("sell", symbol, quantity, **fields)

    def close(self, symbol):
        """Leave the position, if there is one."""
        held = self.position(symbol)
        if held:
            self.order("sell" if held > 0 else "buy", symbol, abs(held),
                       reduce_only=True, time_in_force="gtc")

    def cancel(self, order_id):
        self._send("cancel_order", order_id=order_id)

    def cancel_all(self, symbol=None):
        self._send("cancel_all", **({"symbol": symbol} if symbol else {}))

    def replace(self, order_id, **fields):
        self._send("replace_order", order_id=order_id, **fields)

    def set_timer(self, timer_id, **fields):
        """Fields: at, or after_sec; every_sec."""
        self._send("timer_set", timer_id=timer_id, **fields)

    def log(self, message):
        self._send("log", message=str(message))

    def metric(self, name, value):
        self._send("metric", name=name, value=value)

    def annotate(self, text, symbol=None):
        fields = {"text": str(text)}
        if symbol:
            fields["symbol"] = symbol
        self._send("annotate", **fields)

    def stop(self):
        """End the run after this step."""
        self._send("stop_simulation")

    def position(self, symbol):
        """Units held; negative: short."""
        return self._position[symbol]

    def working(self, symbol):
        """Are orders of ours open?"""
        return bool(self._working[symbol])

    def follow(self, symbol, wish, size="percent:95", side="long"):
        """Hold what is wished for, as the built-in strategies do.

        wish is LONG, SHORT, FLAT or NONE (as it is); size is percent:N of
        equity, shared by the symbols, qty:N or notional:N; side is long,
        short or long-short.  After a refusal, or when the position ended by
        itself, the same wish is not followed again until it has changed.
        """
        if not self.is_live:
            return
        t = self._trade[symbol]
        held = self._position[symbol]
        now = (held > 0) - (held < 0)
        if now != t.was:
            if not now and not t.leaving:
                t.blocked = t.was
            t.leaving = False
            t.was = now
        if t.blocked and wish not in (NONE, now, t.blocked):
            t.blocked = 0
        target = wish
        if wish == FLAT or (side == "long" and wish < 0) or \
                (side == "short" and wish == LONG):
            target = 0
        if wish in (NONE, t.blocked) or target == now or \
                self._working[symbol]:
            return
        if held:
            t.leaving = True
            self._if_refused[self.order(
                "sell" if held > 0 else "buy", symbol, abs(held),
                reduce_only=True, time_in_force="gtc")] = 0
        if target:
            self._if_refused[self.order(
                "buy" if target > 0 else "sell", symbol,
                time_in_force="gtc", **self._size(size))] = target

    # -- the machinery ------------------------------------------------------

    is_live = False         # False while bars of the past come

    @classmethod
    def run(cls):
        """Speak with simutrador until the run is over."""
        self = cls()
        sys.stdin.reconfigure(encoding="utf-8", newline="\n")
        read = sys.stdin.readline
        decode = json.JSONDecoder().raw_decode
        heard = {name[6:]: getattr(self, name) for name in dir(self)
                 if name.startswith("_hear_")}
        while True:
            line = read()
            if not line:
                break
            message = decode(line)[0]
            hear = heard.get(message["type"])
            if hear:
                hear(message["data"])

    def __init__(self):
        self._out = []
        self._batch = []
        self._orders_made = 0
        self._order_symbol = {}
        self._if_refused = {}
        self._sizes = {}

    def _send(self, kind, /, **data):
        self._out.append(json.dumps({"type": kind, "data": data}).encode() +
                         b"\n")

    def _flush(self, last):
        if self._batch:
            self._send("order_batch", orders=self._batch)
            self._batch = []
        self._out.append(last)
        os.write(1, b"".join(self._out))
        self._out.clear()

    def _size(self, text):
        if text not in self._sizes:
            kind, _, amount = text.partition(":")
            whole, _, part = amount.partition(".")
            units = int(whole + part.ljust(8, "0"))
            if kind == "percent":
                units //= len(self.symbols)
            name = {"qty": "quantity"}.get(kind, kind)
            self._sizes[text] = {name: "%d.%08d" % divmod(units, _UNIT)}
        return self._sizes[text]

    def _hear_hello(self, data):
        self.hello = data
        self.symbols = data["session"]["symbols"]
        self.instruments = data["instruments"]
        self.p = Parameters(self.params, data["params"])
        self._position = dict.fromkeys(self.symbols, 0)
        self._working = {symbol: set() for symbol in self.symbols}
        self._trade = {symbol: _Trade() for symbol in self.symbols}
        self.on_start()
        ready = {"name": type(self).__name__, "profile": self.profile,
                 "wake": self.wake, "warmup_bars": self.warmup_bars}
        if self.subscribe is not None:
            ready["subscribe"] = self.subscribe
        early, self._out = self._out, []
        self._send("ready", **ready)
        self._out += early
        os.write(1, b"".join(self._out))
        self._out.clear()

    def _bars_of(self, candles):
        return [Bar(symbol, c["date"], c["open"], c["high"], c["low"],
                    c["close"], c["volume"])
                for symbol, many in candles.items()
                for c in (many if isinstance(many, list) else (many,))]

    def _hear_tick(self, data):
        self.is_live = True
        self.now = data["sim_time"]
        self.is_eod = data["is_eod"]
        self.on_bars([Bar(symbol, *c.values())
                      for symbol, c in data["candles"].items()])
        if self._batch or self._out:
            self._flush(_ACK % data["sequence_id"])
        else:
            os.write(1, _ACK % data["sequence_id"])

    def _hear_history_snapshot(self, data):
        self.is_live = False
        self.on_bars(self._bars_of(data["candles"]))

    def _hear_bars(self, data):
        self.is_live = "sequence_id" in data
        if self.is_live:
            self.now = data["sim_time"]
            self.is_eod = data["is_eod"]
        if "rows" in data:
            self.on_rows(data["rows"])
        else:
            self.on_bars(self._bars_of(data["candles"]))
        if self.is_live:
            self._flush(_ACK % data["sequence_id"])

    def _hear_execution_report(self, data):
        symbol = data["symbol"]
        self._position[symbol] = data["position"]
        if not data["remaining_quantity"]:
            self._working[symbol].discard(data["order_id"])
        self.on_fill(data)

    def _hear_order_update(self, data):
        if data["status"] != "accepted":
            self._working[data["symbol"]].discard(data["order_id"])
        self.on_order(data)

    def _hear_order_cancelled(self, data):
        symbol = self._order_symbol.get(data["order_id"])
        if symbol:
            self._working[symbol].discard(data["order_id"])

    def _hear_batch_ack(self, data):
        for order_id, reason in data["rejected_orders"].items():
            symbol = self._order_symbol[order_id]
            self._working[symbol].discard(order_id)
            if order_id in self._if_refused:
                self._trade[symbol].blocked = self._if_refused[order_id]
            self.on_reject(order_id, reason)
        self._if_refused.clear()

    def _hear_corporate_action(self, data):
        self._position[data["symbol"]] = data["quantity"]
        self.on_action(data)

    def _hear_account_snapshot(self, data):
        self.on_account(data)

    def _hear_timer(self, data):
        self.on_timer(data["timer_id"])

    def _hear_error(self, data):
        self.on_error(data)

    def _hear_simulation_end(self, data):
        self.on_end(data)
        self._flush(b'{"type":"bye"}\n')


class _Trade:
    """What follow() remembers of a symbol."""

    __slots__ = ("was", "blocked", "leaving")

    def __init__(self):
        self.was = self.blocked = 0
        self.leaving = False
