"""Hold while the fast simple average is above the slow one: what
`simutrador simulate --strategy sma-cross` does, order for order.

Prices are counted in units of 1e-8, so the averages are compared exactly.
-p profile=columns has its bars as columns.
"""
from simutrador import NONE, Strategy


class Averages:
    """The closes of a symbol and their last sums."""

    def __init__(self):
        self.closes = []
        self.fast = self.slow = 0


class SmaCross(Strategy):
    params = {"fast": 10, "slow": 30, "size": "percent:95", "side": "long",
              "profile": "rows", "wake": "bar"}
    subscribe = ["execution_report", "order_update", "corporate_action"]

    def on_start(self):
        self.profile = self.p.profile
        self.wake = self.p.wake
        self.averages = {symbol: Averages() for symbol in self.symbols}

    def on_bar(self, bar):
        fast, slow = self.p.fast, self.p.slow
        a = self.averages[bar.symbol]
        close = round(bar.close * 1e8)
        t = len(a.closes)
        a.closes.append(close)
        a.fast += close - (a.closes[t - fast] if t >= fast else 0)
        a.slow += close - (a.closes[t - slow] if t >= slow else 0)
        wish = NONE
        if t >= slow:
            f, s = a.fast * slow, a.slow * fast
            wish = (f > s) - (f < s)
        self.follow(bar.symbol, wish, self.p.size, self.p.side)


if __name__ == "__main__":
    SmaCross.run()
