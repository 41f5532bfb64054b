"""Hold while the fast simple average is above the slow one: what
`simutrador simulate --strategy sma-cross` does, order for order.

Prices are counted in units of 1e-8, so the averages are compared exactly.
-p profile=columns has its bars as columns.
"""
from simutrador import Strategy


class SmaCross(Strategy):
    params = {"fast": 10, "slow": 30, "size": "percent:95", "side": "long",
              "profile": "rows", "wake": "bar"}
    subscribe = ["execution_report", "order_update", "corporate_action"]

    def on_start(self):
        self.profile = self.p.profile
        self.wake = self.p.wake
        self.closes = {symbol: [] for symbol in self.symbols}

    def on_bar(self, bar):
        self.closes[bar.symbol].append(round(bar.close * 1e8))
        self.decide(bar.symbol)

    def on_rows(self, rows):
        if len(self.symbols) == 1:
            closes, = self.closes.values()
            # Of the bars that came late no older ones are ever looked at.
            closes += [round(row[5] * 1e8) for row in rows[-self.p.slow - 1:]]
        else:
            for row in rows:
                self.closes[self.symbols[row[1]]].append(round(row[5] * 1e8))
        if self.is_live:
            for row in rows:
                self.decide(self.symbols[row[1]])

    def decide(self, symbol):
        fast, slow = self.p.fast, self.p.slow
        closes = self.closes[symbol]
        if len(closes) <= slow:
            return
        f = sum(closes[-fast:]) * slow
        s = sum(closes[-slow:]) * fast
        self.follow(symbol, (f > s) - (f < s), self.p.size, self.p.side)


if __name__ == "__main__":
    SmaCross.run()
