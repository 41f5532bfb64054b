-- Volatility targeting: hold so much that the position would swing by 10% a
-- year, adjusted only when it is off by a tenth.
name = "volatility-target"
params = {
	target = { 10, min = 1, max = 100, help = "percent a year" },
	period = { 20, min = 2, max = 500, help = "bars it is measured over" },
	band = { 0.1, min = 0, max = 1, help = "part it may be off" },
}

function on_start(ctx)
	-- Standard deviation of the daily changes, in percent.
	changes = ctx:roc("close", 1)
	deviation = ctx:stddev(changes, ctx.p.period)
end

function on_bar(ctx, bar)
	local yearly = deviation * math.sqrt(252)
	local share = math.min(95, 100 * ctx.p.target / yearly) / #ctx.symbols
	local held = 100 * ctx:value() / ctx.equity

	if yearly > 0 and not ctx:working() and
	   math.abs(held - share) > ctx.p.band * share then
		ctx:target { percent = share }
	end
end
