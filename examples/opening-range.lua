-- Opening range: after the first half hour of the day a stop order waits above
-- its high; what was bought is sold at the close.
name = "opening-range"
params = {
	minutes = { 30, min = 1, max = 240, help = "length of the range" },
	reward = { 2, min = 0.5, max = 10, help = "target, in ranges" },
}

function on_start(ctx)
	days = {}		-- by symbol: the day, its range, its bars
end

function on_bar(ctx, bar)
	local d = days[bar.symbol]

	if not d or d.date ~= ctx.date then
		d = { date = ctx.date, high = bar.high, low = bar.low, bars = 0 }
		days[bar.symbol] = d
	end
	d.bars = d.bars + 1
	if d.bars <= ctx.p.minutes then
		d.high = math.max(d.high, bar.high)
		d.low = math.min(d.low, bar.low)
	end
	if bar.is_eod then
		ctx:close { tag = "end of day" }
	elseif d.bars == ctx.p.minutes and d.high > d.low and ctx:flat() then
		ctx:buy {
			percent = 90 / #ctx.symbols, stop = d.high, tif = "day",
			stop_loss = d.low,
			take_profit = d.high + ctx.p.reward * (d.high - d.low)
		}
	end
end
