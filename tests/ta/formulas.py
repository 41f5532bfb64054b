"""Every indicator once more, in decimal arithmetic with 50 digits.

Written from the published formulas, the slow and obvious way: each window is
summed anew, nothing is updated.  vectors.py makes the vectors from it.  A
function takes the columns of the bars and the options, and gives one list an
output, None where there is no value.
"""
from decimal import Decimal as D, getcontext

getcontext().prec = 50
FORMULAS = {}


def indicator(*outputs):
    def add(f):
        FORMULAS[f.__name__.rstrip("_")] = (f, outputs)
        return f
    return add


# -- pieces -----------------------------------------------------------------

def div(a, b, flat):
    return flat if b == 0 else a / b


def window(n, f, *columns):
    """f of the newest n values of each column, once none is missing."""
    out = []
    for i in range(len(columns[0])):
        parts = [c[max(0, i - n + 1):i + 1] for c in columns]
        ok = all(len(p) == n and None not in p for p in parts)
        out.append(f(*parts) if ok else None)
    return out


def each(f, *columns):
    return [None if None in row else f(*row) for row in zip(*columns)]


def back(xs, n):
    return [None] * min(n, len(xs)) + xs[:max(0, len(xs) - n)]


def mean(xs):
    return sum(xs) / len(xs)


def smooth(xs, n, k):
    """Start: mean of the first n values; then a part k of the way."""
    out, seed, value = [], [], None
    for x in xs:
        if x is None:
            out.append(None)
        elif value is None:
            seed.append(x)
            value = mean(seed) if len(seed) == n else None
            out.append(value)
        else:
            value = x * k + value * (1 - k)
            out.append(value)
    return out


def ema_of(xs, n):
    return smooth(xs, n, D(2) / (n + 1))


def rma_of(xs, n):
    return smooth(xs, n, D(1) / n)


def sma_of(xs, n):
    return window(n, mean, xs)


def wma_of(xs, n):
    def f(w):
        return (sum((i + 1) * x for i, x in enumerate(w)) /
                (D(n) * (n + 1) / 2))
    return window(n, f, xs)


def high_of(xs, n):
    return window(n, max, xs)


def low_of(xs, n):
    return window(n, min, xs)


def change(xs, n=1):
    return each(lambda x, y: x - y, xs, back(xs, n))


def true_range(d):
    return each(lambda h, l, c: max(h - l, abs(h - c), abs(l - c)),
                d["high"], d["low"], back(d["close"], 1))


def atr_of(d, n):
    return rma_of(true_range(d), n)


def typical(d):
    return each(lambda h, l, c: (h + l + c) / 3,
                d["high"], d["low"], d["close"])


def middle(d):
    return each(lambda h, l: (h + l) / 2, d["high"], d["low"])


def together(*outs):
    """All outputs start with the last of them."""
    rows = [r if None not in r else [None] * len(r) for r in zip(*outs)]
    return [list(c) for c in zip(*rows)]


def minus(a, b):
    return each(lambda x, y: x - y, a, b)


# -- averages ---------------------------------------------------------------

@indicator("sma")
def sma(d, period):
    return [sma_of(d["real"], period)]


@indicator("ema")
def ema(d, period):
    return [ema_of(d["real"], period)]


@indicator("rma")
def rma(d, period):
    return [rma_of(d["real"], period)]


@indicator("wma")
def wma(d, period):
    return [wma_of(d["real"], period)]


@indicator("dema")
def dema(d, period):
    e1 = ema_of(d["real"], period)
    e2 = ema_of(e1, period)
    return [each(lambda a, b: 2 * a - b, e1, e2)]


@indicator("tema")
def tema(d, period):
    e1 = ema_of(d["real"], period)
    e2 = ema_of(e1, period)
    e3 = ema_of(e2, period)
    return [each(lambda a, b, c: 3 * a - 3 * b + c, e1, e2, e3)]


@indicator("t3")
def t3(d, period, v):
    # e3 to e6 are combined as the paper expands its three passes
    e = [d["real"]]
    for _ in range(6):
        e.append(ema_of(e[-1], period))
    c1, c2 = -v ** 3, 3 * v ** 2 + 3 * v ** 3
    c3, c4 = -6 * v ** 2 - 3 * v - 3 * v ** 3, 1 + 3 * v + v ** 3 + 3 * v ** 2
    return [each(lambda a, b, c, f: c1 * f + c2 * c + c3 * b + c4 * a,
                 e[3], e[4], e[5], e[6])]


@indicator("trima")
def trima(d, period):
    half = (period + 1) // 2
    weights = [min(i + 1, period - i, half) for i in range(period)]

    def f(w):
        return sum(k * x for k, x in zip(weights, w)) / sum(weights)
    return [window(period, f, d["real"])]


@indicator("hma")
def hma(d, period):
    root = 1
    while (root + 1) ** 2 <= period:
        root += 1
    raw = each(lambda a, b: 2 * a - b, wma_of(d["real"], period // 2),
               wma_of(d["real"], period))
    return [wma_of(raw, root)]


def ratio_of(xs, n):
    def f(w):
        path = sum(abs(b - a) for a, b in zip(w, w[1:]))
        return div(abs(w[-1] - w[0]), path, D(0))
    return window(n + 1, f, xs)


@indicator("er")
def er(d, period):
    return [ratio_of(d["real"], period)]


@indicator("kama")
def kama(d, period, fast, slow):
    xs, out, value = d["real"], [], None
    quick, lazy = D(2) / (fast + 1), D(2) / (slow + 1)
    for i, e in enumerate(ratio_of(xs, period)):
        if e is not None:
            value = xs[i - 1] if value is None else value
            c = (e * (quick - lazy) + lazy) ** 2
            value = value + c * (xs[i] - value)
        out.append(value)
    return [out]


@indicator("zlema")
def zlema(d, period):
    lag = (period - 1) // 2
    data = each(lambda x, y: x + (x - y), d["real"], back(d["real"], lag))
    return [ema_of(data, period)]


@indicator("vwma")
def vwma(d, period):
    def f(x, v):
        return div(sum(a * b for a, b in zip(x, v)), sum(v), x[-1])
    return [window(period, f, d["real"], d["volume"])]


# -- momentum ---------------------------------------------------------------

@indicator("mom")
def mom(d, period):
    return [change(d["real"], period)]


def rocp_of(xs, n):
    return each(lambda x, y: div(x - y, y, D(0)), xs, back(xs, n))


@indicator("rocp")
def rocp(d, period):
    return [rocp_of(d["real"], period)]


def roc_of(xs, n):
    return each(lambda x: 100 * x, rocp_of(xs, n))


@indicator("roc")
def roc(d, period):
    return [roc_of(d["real"], period)]


@indicator("coppock")
def coppock(d, long, short, period):
    both = each(lambda a, b: a + b, roc_of(d["real"], long),
                roc_of(d["real"], short))
    return [wma_of(both, period)]


def rsi_of(xs, n):
    move = change(xs)
    up = rma_of(each(lambda x: max(x, D(0)), move), n)
    down = rma_of(each(lambda x: max(-x, D(0)), move), n)

    def f(u, w):
        if w == 0:
            return D(50) if u == 0 else D(100)
        # Two bars that are equal by the formula stay equal.
        return round(100 - 100 / (1 + u / w), 30)
    return each(f, up, down)


@indicator("rsi")
def rsi(d, period):
    return [rsi_of(d["real"], period)]


@indicator("k", "d")
def stochrsi(data, rsi, stoch, k, d):
    r = rsi_of(data["real"], rsi)
    raw = each(lambda x, l, h: div(100 * (x - l), h - l, D(50)),
               r, low_of(r, stoch), high_of(r, stoch))
    kk = sma_of(raw, k)
    return together(kk, sma_of(kk, d))


@indicator("cmo")
def cmo(d, period):
    def f(w):
        up = sum(x for x in w if x > 0)
        down = sum(-x for x in w if x < 0)
        return div(100 * (up - down), D(up + down), D(0))
    return [window(period, f, change(d["real"]))]


@indicator("macd", "signal", "hist")
def macd(d, fast, slow, signal):
    line = minus(ema_of(d["real"], fast), ema_of(d["real"], slow))
    sig = ema_of(line, signal)
    return together(line, sig, minus(line, sig))


@indicator("apo")
def apo(d, fast, slow):
    return [minus(ema_of(d["real"], fast), ema_of(d["real"], slow))]


@indicator("ppo")
def ppo(d, fast, slow):
    return [each(lambda a, b: 100 * (a - b) / b, ema_of(d["real"], fast),
                 ema_of(d["real"], slow))]


@indicator("trix")
def trix(d, period):
    e = d["real"]
    for _ in range(3):
        e = ema_of(e, period)
    return [roc_of(e, 1)]


@indicator("tsi")
def tsi(d, long, short):
    move = change(d["real"])
    a = ema_of(ema_of(move, long), short)
    b = ema_of(ema_of(each(abs, move), long), short)
    return [each(lambda x, y: div(100 * x, y, D(0)), a, b)]


@indicator("dpo")
def dpo(d, period):
    return [minus(back(d["real"], period // 2 + 1),
                  sma_of(d["real"], period))]


# -- highest and lowest -----------------------------------------------------

@indicator("highest")
def highest(d, period):
    return [high_of(d["real"], period)]


@indicator("lowest")
def lowest(d, period):
    return [low_of(d["real"], period)]


@indicator("upper", "middle", "lower")
def donchian(d, period):
    h, l = high_of(d["high"], period), low_of(d["low"], period)
    return [h, each(lambda a, b: (a + b) / 2, h, l), l]


@indicator("midprice")
def midprice(d, period):
    return [each(lambda a, b: (a + b) / 2, high_of(d["high"], period),
                 low_of(d["low"], period))]


@indicator("midpoint")
def midpoint(d, period):
    return [each(lambda a, b: (a + b) / 2, high_of(d["real"], period),
                 low_of(d["real"], period))]


@indicator("drawdown")
def max_drawdown(d, period):
    def f(w):
        return max([D(0)] + [100 * (a - b) / a for i, a in enumerate(w)
                             for b in w[i + 1:]])
    return [window(period, f, d["real"])]


@indicator("ulcer")
def ulcer(d, period):
    fall = each(lambda x, h: 100 * (x - h) / h, d["real"],
                high_of(d["real"], period))
    return [window(period, lambda w: mean([x * x for x in w]).sqrt(), fall)]


@indicator("median")
def median(d, period):
    def f(w):
        w = sorted(w)
        n = len(w)
        return (w[(n - 1) // 2] + w[n // 2]) / 2
    return [window(period, f, d["real"])]


# -- range and volatility ---------------------------------------------------

@indicator("tr")
def tr(d):
    return [true_range(d)]


@indicator("atr")
def atr(d, period):
    return [atr_of(d, period)]


@indicator("natr")
def natr(d, period):
    return [each(lambda a, c: 100 * a / c, atr_of(d, period), d["close"])]


@indicator("chaikin_vol")
def chaikin_vol(d, period, change):
    return [roc_of(ema_of(minus(d["high"], d["low"]), period), change)]


@indicator("choppiness")
def choppiness(d, period):
    def f(t, h, l):
        height = max(h) - min(l)
        if height == 0:
            return D(100)
        return 100 * (sum(t) / height).log10() / D(period).log10()
    return [window(period, f, true_range(d), d["high"], d["low"])]


@indicator("mass")
def mass(d, period, sum):
    e1 = ema_of(minus(d["high"], d["low"]), period)
    e2 = ema_of(e1, period)
    part = each(lambda a, b: div(a, b, D(1)), e1, e2)
    return [each(lambda m: m * sum, sma_of(part, sum))]


@indicator("parkinson")
def parkinson(d, period):
    sq = each(lambda h, l: (h / l).ln() ** 2, d["high"], d["low"])
    return [each(lambda m: (m / (4 * D(2).ln())).sqrt(), sma_of(sq, period))]


@indicator("hist_vol")
def hist_vol(d, period, year):
    move = each(lambda x, y: (x / y).ln(), d["real"], back(d["real"], 1))
    return [window(period, lambda w: (variance(w, 1) * D(year)).sqrt(), move)]


# -- moments ----------------------------------------------------------------

def variance(w, ddof):
    m = mean(w)
    return sum((x - m) ** 2 for x in w) / (len(w) - ddof)


@indicator("var")
def var(d, period, ddof):
    return [window(period, lambda w: variance(w, ddof), d["real"])]


@indicator("stddev")
def stddev(d, period, ddof):
    return [window(period, lambda w: variance(w, ddof).sqrt(), d["real"])]


@indicator("zscore")
def zscore(d, period, ddof):
    def f(w):
        return div(w[-1] - mean(w), variance(w, ddof).sqrt(), D(0))
    return [window(period, f, d["real"])]


def fit(w):
    """Intercept and slope by the normal equations."""
    n, xs = D(len(w)), range(len(w))
    sx, sy = sum(xs), sum(w)
    sxx = sum(x * x for x in xs)
    sxy = sum(x * y for x, y in zip(xs, w))
    slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    return (sy - slope * sx) / n, slope


def line_at(d, period, at):
    def f(w):
        a, b = fit(w)
        return a + b * at
    return [window(period, f, d["real"])]


@indicator("linreg")
def linreg(d, period):
    return line_at(d, period, period - 1)


@indicator("intercept")
def linreg_intercept(d, period):
    return line_at(d, period, 0)


@indicator("tsf")
def tsf(d, period):
    return line_at(d, period, period)


@indicator("slope")
def linreg_slope(d, period):
    return [window(period, lambda w: fit(w)[1], d["real"])]


@indicator("r2")
def r2(d, period):
    def f(w):
        a, b = fit(w)
        m = mean(w)
        rest = sum((y - a - b * x) ** 2 for x, y in enumerate(w))
        total = sum((y - m) ** 2 for y in w)
        return D(0) if total == 0 else 1 - rest / total
    return [window(period, f, d["real"])]


# -- bands ------------------------------------------------------------------

def bands_of(d, n, mult):
    mid = sma_of(d["real"], n)
    dev = window(n, lambda w: mult * variance(w, 0).sqrt(), d["real"])
    return [each(lambda a, b: a + b, mid, dev), mid, minus(mid, dev)]


@indicator("upper", "middle", "lower")
def bbands(d, period, mult):
    return bands_of(d, period, mult)


@indicator("b")
def bbands_b(d, period, mult):
    u, _, l = bands_of(d, period, mult)
    return [each(lambda x, a, b: div(x - b, a - b, D("0.5")), d["real"], u, l)]


@indicator("width")
def bbands_width(d, period, mult):
    return [each(lambda a, m, b: 100 * (a - b) / m,
                 *bands_of(d, period, mult))]


@indicator("upper", "middle", "lower")
def keltner(d, period, atr, mult):
    mid, a = ema_of(d["close"], period), atr_of(d, atr)
    return together(each(lambda m, x: m + mult * x, mid, a), mid,
                    each(lambda m, x: m - mult * x, mid, a))


@indicator("long", "short")
def chandelier(d, period, mult):
    a = atr_of(d, period)
    return together(
        each(lambda h, x: h - mult * x, high_of(d["high"], period), a),
        each(lambda l, x: l + mult * x, low_of(d["low"], period), a))
