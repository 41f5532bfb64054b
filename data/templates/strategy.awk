# @NAME@: buy a close above the average of the last bars, sell one below.
#
#	simutrador strategy check --exec 'sh @NAME@.sh'
#	simutrador simulate --exec 'sh @NAME@.sh' --symbols ACME -p bars=30

function on_start()
{
	n = "bars" in params ? params["bars"] + 0 : 20
}

# close_ counts units of 1e-8.
function on_bar(symbol, close_,   t, wish)
{
	t = seen[symbol]++
	closes[symbol, t] = close_
	sum[symbol] += close_
	if (t >= n) {
		sum[symbol] -= closes[symbol, t - n]
		delete closes[symbol, t - n]
		wish = sign(close_ * n - sum[symbol])
	}
	# Side long: what is not wished for is sold, never sold short.
	follow(symbol, wish + 0, "percent:95", "long")
}
