-- Momentum rotation: every month hold the strongest symbols of the last half
-- year in equal parts, and cash instead of what has lost.
name = "rotation"
params = {
	months = { 6, min = 1, max = 24 },
	hold = { 2, min = 1, max = 20, help = "symbols held at a time" },
}
warmup = function(p) return p.months * 21 end

function on_start(ctx)
	strength = ctx:roc("close", ctx.p.months * 21)
	month = nil
end

function on_step(ctx)
	local this = ctx:utc().month
	if this == month then return end
	month = this

	local ranked = {}
	for _, s in ipairs(ctx.symbols) do
		if ctx:warm(s) and strength:of(s) > 0 then
			ranked[#ranked + 1] = s
		end
	end
	table.sort(ranked, function(a, b)
		return strength:of(a) > strength:of(b)
	end)

	local share = 90 / ctx.p.hold
	local kept = {}
	for i = 1, math.min(ctx.p.hold, #ranked) do kept[ranked[i]] = true end
	-- First what is left, so that it pays for what is bought.
	for _, s in ipairs(ctx.symbols) do
		if not kept[s] then ctx:close { symbol = s } end
	end
	for s in pairs(kept) do
		ctx:target { symbol = s, percent = share }
	end
	ctx:metric("held", math.min(ctx.p.hold, #ranked))
end
