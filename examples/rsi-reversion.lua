-- RSI reversion: buy what has fallen too fast inside an up trend, sell when it
-- has recovered.
name = "rsi-reversion"
params = {
	period = { 2, min = 2, max = 100, help = "bars of the RSI" },
	low = { 10, min = 1, max = 50, help = "buy below it" },
	high = { 65, min = 50, max = 99, help = "sell above it" },
	trend = { 200, min = 10, max = 1000, help = "bars of the trend" },
}

function on_start(ctx)
	rsi = ctx:rsi("close", ctx.p.period)
	trend = ctx:sma("close", ctx.p.trend)
end

function on_bar(ctx, bar)
	if ctx:working() then return end
	if ctx:flat() and rsi < ctx.p.low and bar.close > trend then
		ctx:buy { percent = 95 / #ctx.symbols, tag = "oversold" }
	elseif ctx:long() and rsi > ctx.p.high then
		ctx:close { tag = "recovered" }
	end
end
