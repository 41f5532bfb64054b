"""The indicators of whole bars: see formulas.py."""
from formulas import (
    D, atr_of, back, change, div, each, ema_of, high_of, indicator, low_of,
    mean, middle, minus, rma_of, sma_of, together, true_range, typical,
    window)


# -- bars -------------------------------------------------------------------

@indicator("avgprice")
def avgprice(d):
    return [each(lambda o, h, l, c: (o + h + l + c) / 4, d["open"],
                 d["high"], d["low"], d["close"])]


@indicator("medprice")
def medprice(d):
    return [middle(d)]


@indicator("typprice")
def typprice(d):
    return [typical(d)]


@indicator("wclprice")
def wclprice(d):
    return [each(lambda h, l, c: (h + l + c + c) / 4, d["high"], d["low"],
                 d["close"])]


@indicator("bop")
def bop(d):
    return [each(lambda o, h, l, c: div(c - o, h - l, D(0)), d["open"],
                 d["high"], d["low"], d["close"])]


@indicator("open", "high", "low", "close")
def heikin(d):
    rows = []
    for o, h, l, c in zip(d["open"], d["high"], d["low"], d["close"]):
        hc = (o + h + l + c) / 4
        ho = (rows[-1][0] + rows[-1][3]) / 2 if rows else (o + c) / 2
        rows.append([ho, max(h, ho, hc), min(l, ho, hc), hc])
    return [list(c) for c in zip(*rows)]


@indicator("qstick")
def qstick(d, period):
    return [sma_of(minus(d["close"], d["open"]), period)]


# -- volume -----------------------------------------------------------------

@indicator("obv")
def obv(d):
    out = []
    for i, (c, v) in enumerate(zip(d["close"], d["volume"])):
        if i == 0:
            out.append(v)
        else:
            last = d["close"][i - 1]
            out.append(out[-1] + (v if c > last else -v if c < last else 0))
    return [out]


@indicator("pvt")
def pvt(d):
    out = [D(0)]
    for i in range(1, len(d["close"])):
        last = d["close"][i - 1]
        out.append(out[-1] + d["volume"][i] * (d["close"][i] - last) / last)
    return [out]


def index_of(d, moves):
    out = [D(1000)]
    for i in range(1, len(d["close"])):
        c, last = d["close"][i], d["close"][i - 1]
        if moves(d["volume"][i], d["volume"][i - 1]):
            out.append(out[-1] * (1 + (c - last) / last))
        else:
            out.append(out[-1])
    return [out]


@indicator("nvi")
def nvi(d):
    return index_of(d, lambda v, last: v < last)


@indicator("pvi")
def pvi(d):
    return index_of(d, lambda v, last: v > last)


def flow_of(d):
    return each(lambda h, l, c, v:
                div((c - l) - (h - c), h - l, D(0)) * v,
                d["high"], d["low"], d["close"], d["volume"])


def total(xs):
    return [sum(xs[:i + 1]) for i in range(len(xs))]


@indicator("ad")
def ad(d):
    return [total(flow_of(d))]


@indicator("adosc")
def adosc(d, fast, slow):
    line = total(flow_of(d))
    return [minus(ema_of(line, fast), ema_of(line, slow))]


@indicator("cmf")
def cmf(d, period):
    return [window(period, lambda f, v: div(sum(f), sum(v), D(0)),
                   flow_of(d), d["volume"])]


@indicator("mfi")
def mfi(d, period):
    def signed(h, l, c, v, a, b, e):
        now, then = h + l + c, a + b + e
        flow = now / 3 * v
        return flow if now > then else -flow if now < then else D(0)

    def f(w):
        up, down = sum(x for x in w if x > 0), sum(-x for x in w if x < 0)
        if up + down == 0:
            return D(50)
        return D(100) if down == 0 else 100 - 100 / (1 + D(up) / down)
    flows = each(signed, d["high"], d["low"], d["close"], d["volume"],
                 back(d["high"], 1), back(d["low"], 1), back(d["close"], 1))
    return [window(period, f, flows)]


@indicator("vwap")
def vwap(d):
    tp = typical(d)
    pv = total([a * b for a, b in zip(tp, d["volume"])])
    return [each(lambda a, b, t: div(a, b, t), pv, total(d["volume"]), tp)]


@indicator("eom")
def eom(d, period, unit):
    def f(move, h, l, v):
        return div(move, v, D(0)) * (h - l) * unit
    return [sma_of(each(f, change(middle(d)), d["high"], d["low"],
                        d["volume"]), period)]


@indicator("force")
def force_index(d, period):
    return [ema_of(each(lambda m, v: m * v, change(d["close"]), d["volume"]),
                   period)]


# -- oscillators ------------------------------------------------------------

def place_of(d, n):
    return each(lambda c, l, h: div(100 * (c - l), h - l, D(50)), d["close"],
                low_of(d["low"], n), high_of(d["high"], n))


@indicator("k", "d")
def stoch(data, period, smooth, d):
    k = sma_of(place_of(data, period), smooth)
    return together(k, sma_of(k, d))


@indicator("k", "d")
def stochf(data, period, d):
    k = place_of(data, period)
    return together(k, sma_of(k, d))


@indicator("williams_r")
def williams_r(d, period):
    return [each(lambda p: p - 100, place_of(d, period))]


@indicator("cci")
def cci(d, period):
    def f(w):
        m = mean(w)
        dev = mean([abs(x - m) for x in w])
        if max(w) == min(w):
            return D(0)
        return (w[-1] - m) / (D("0.015") * dev)
    return [window(period, f, typical(d))]


@indicator("ultosc")
def ultosc(d, short, middle, long):
    bp = each(lambda c, l, last: c - min(l, last), d["close"], d["low"],
              back(d["close"], 1))

    def part(n):
        return window(n, lambda a, b: div(sum(a), sum(b), D("0.5")), bp,
                      true_range(d))
    return [each(lambda a, b, c: 100 * (4 * a + 2 * b + c) / 7, part(short),
                 part(middle), part(long))]


@indicator("ao")
def ao(d, fast, slow):
    return [minus(sma_of(middle(d), fast), sma_of(middle(d), slow))]


@indicator("fisher", "signal")
def fisher(d, period):
    mid = middle(d)
    v, f, fs, ss = D(0), D(0), [], []
    for m, h, l in zip(mid, high_of(mid, period), low_of(mid, period)):
        if h is None:
            fs.append(None)
            ss.append(None)
            continue
        v = (D("0.33") * 2 * (div(m - l, h - l, D("0.5")) - D("0.5")) +
             D("0.67") * v)
        v = D("0.999") if v > D("0.99") else v
        v = -D("0.999") if v < -D("0.99") else v
        ss.append(f)
        f = ((1 + v) / (1 - v)).ln() / 2 + f / 2
        fs.append(f)
    return [fs, ss]


# -- trend ------------------------------------------------------------------

def wilder_sum(xs, n):
    """The first n summed; then less a part n of itself, plus the new one."""
    out, seed, value = [], [], None
    for x in xs:
        if x is not None and value is not None:
            value = value - value / n + x
        elif x is not None:
            seed.append(x)
            value = sum(seed) if len(seed) == n else None
        out.append(value)
    return out


def di_of(d, n):
    up = change(d["high"])
    down = each(lambda x: -x, change(d["low"]))
    plus = each(lambda u, w: u if u > w and u > 0 else D(0), up, down)
    less = each(lambda u, w: w if w > u and w > 0 else D(0), up, down)
    t = wilder_sum(true_range(d), n)

    def f(m, r):
        return div(100 * m, r, D(0))
    return [each(f, wilder_sum(plus, n), t), each(f, wilder_sum(less, n), t)]


def dx_of(d, n):
    return each(lambda p, m: div(100 * abs(p - m), p + m, D(0)),
                *di_of(d, n))


@indicator("plus_di", "minus_di")
def di(d, period):
    return di_of(d, period)


@indicator("dx")
def dx(d, period):
    return [dx_of(d, period)]


@indicator("adx", "plus_di", "minus_di")
def adx(d, period):
    return together(rma_of(dx_of(d, period), period), *di_of(d, period))


@indicator("adxr")
def adxr(d, period):
    a = rma_of(dx_of(d, period), period)
    return [each(lambda x, y: (x + y) / 2, a, back(a, period))]


def aroon_of(d, n):
    def since(w, best):
        age = list(reversed(w)).index(best(w))
        return D(100) * (n - age) / n
    return [window(n + 1, lambda w: since(w, max), d["high"]),
            window(n + 1, lambda w: since(w, min), d["low"])]


@indicator("up", "down")
def aroon(d, period):
    return aroon_of(d, period)


@indicator("aroonosc")
def aroonosc(d, period):
    return [minus(*aroon_of(d, period))]


@indicator("psar")
def psar(d, step, max_):
    high, low, out = d["high"], d["low"], [None]
    af0 = min(step, max_)
    up, down = high[1] - high[0], low[0] - low[1]
    rising = not (down > 0 and down > up)
    sar, ep = (low[0], high[1]) if rising else (high[0], low[1])
    af, before = af0, 1
    for i in range(1, len(high)):
        highs = max(high[before], high[i])
        lows = min(low[before], low[i])
        if rising and low[i] <= sar:
            rising, sar, af, ep = False, max(ep, highs), af0, low[i]
            out.append(sar)
        elif not rising and high[i] >= sar:
            rising, sar, af, ep = True, min(ep, lows), af0, high[i]
            out.append(sar)
        else:
            out.append(sar)
            if rising and high[i] > ep:
                ep, af = high[i], min(max_, af + step)
            elif not rising and low[i] < ep:
                ep, af = low[i], min(max_, af + step)
        sar = sar + af * (ep - sar)
        sar = min(sar, lows) if rising else max(sar, highs)
        before = i
    return [out]


@indicator("plus", "minus")
def vortex(d, period):
    vp = each(lambda h, l: abs(h - l), d["high"], back(d["low"], 1))
    vm = each(lambda l, h: abs(l - h), d["low"], back(d["high"], 1))

    def f(a, b):
        return div(sum(a), sum(b), D(0))
    return [window(period, f, vp, true_range(d)),
            window(period, f, vm, true_range(d))]


@indicator("supertrend", "direction")
def supertrend(d, period, mult):
    a, mid, close = atr_of(d, period), middle(d), d["close"]
    lines, ways, upper, lower, way = [], [], None, None, -1
    for i, r in enumerate(a):
        if r is None:
            lines.append(None)
            ways.append(None)
            continue
        bu, bl = mid[i] + mult * r, mid[i] - mult * r
        if upper is None:
            upper, lower = bu, bl
        else:
            last = close[i - 1]
            upper = bu if bu < upper or last > upper else upper
            lower = bl if bl > lower or last < lower else lower
            if way == -1:
                way = 1 if close[i] > upper else -1
            else:
                way = -1 if close[i] < lower else 1
        lines.append(lower if way == 1 else upper)
        ways.append(D(way))
    return [lines, ways]


@indicator("conversion", "base", "span_a", "span_b")
def ichimoku(d, conversion, base, span):
    def mid(n):
        return each(lambda h, l: (h + l) / 2, high_of(d["high"], n),
                    low_of(d["low"], n))
    c, b = mid(conversion), mid(base)
    return together(c, b, each(lambda x, y: (x + y) / 2, c, b), mid(span))


@indicator("bull", "bear")
def elder_ray(d, period):
    e = ema_of(d["close"], period)
    return [minus(d["high"], e), minus(d["low"], e)]
