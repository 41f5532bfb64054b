# Hold while the fast simple average is above the slow one: what
# `simutrador simulate --strategy sma-cross` does, order for order.

function value(name, otherwise)
{
	return name in params ? params[name] : otherwise
}

function on_start()
{
	fast = value("fast", 10) + 0
	slow = value("slow", 30) + 0
	size = value("size", "percent:95")
	side = value("side", "long")
	subscribe = "[\"execution_report\",\"order_update\"," \
		"\"corporate_action\"]"
}

function on_bar(symbol, close_,   t, wish)
{
	t = bars[symbol]++
	closes[symbol, t] = close_
	fast_sum[symbol] += close_
	slow_sum[symbol] += close_
	if (t >= fast)
		fast_sum[symbol] -= closes[symbol, t - fast]
	if (t >= slow) {
		slow_sum[symbol] -= closes[symbol, t - slow]
		delete closes[symbol, t - slow]
		wish = sign(fast_sum[symbol] * slow - slow_sum[symbol] * fast)
	}
	follow(symbol, wish + 0, size, side)
}
