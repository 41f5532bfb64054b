-- MACD: long while it is above its signal line, short while below; needs a
-- margin account.
name = "macd"
params = {
	fast = { 12, min = 1, max = 1000 },
	slow = { 26, min = 2, max = 1000 },
	signal = { 9, min = 1, max = 1000 },
}

function on_start(ctx)
	macd = ctx:macd("close", ctx.p.fast, ctx.p.slow, ctx.p.signal)
end

function on_bar(ctx, bar)
	local share = 60 / #ctx.symbols

	if ctx:working() then return end
	if crosses_above(macd.macd, macd.signal) then
		ctx:target { percent = share }
	elseif crosses_below(macd.macd, macd.signal) then
		ctx:target { side = "sell", percent = share }
	end
end
