"""@NAME@: buy a close above the average of the last bars, sell one below.

    simutrador strategy check --exec 'python3 @NAME@.py'
    simutrador simulate --exec 'python3 @NAME@.py' --symbols ACME -p bars=30
"""
import collections

from simutrador import LONG, SHORT, NONE, Strategy


class Mine(Strategy):
    params = {"bars": 20}

    def on_start(self):
        self.closes = {symbol: collections.deque(maxlen=self.p.bars)
                       for symbol in self.symbols}

    def on_bar(self, bar):
        closes = self.closes[bar.symbol]
        closes.append(bar.close)
        wish = NONE
        if len(closes) == self.p.bars:
            average = sum(closes) / len(closes)
            wish = LONG if bar.close > average else SHORT
        # side long: what is not wished for is sold, never sold short.
        self.follow(bar.symbol, wish, "percent:95", "long")


if __name__ == "__main__":
    Mine.run()
