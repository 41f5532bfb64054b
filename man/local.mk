# The manual, in mdoc; also part of the program (help TOPIC).
dist_man_MANS += %D%/simutrador.1 %D%/simutrador-admin.1 %D%/simutrador-calendar.1 \
	%D%/simutrador-completion.1 %D%/simutrador-config.1 \
	%D%/simutrador-data.1 %D%/simutrador-indicator.1 \
	%D%/simutrador-model.1 %D%/simutrador-optimize.1 \
	%D%/simutrador-order.1 \
	%D%/simutrador-portfolio.1 %D%/simutrador-run.1 \
	%D%/simutrador-simulate.1 %D%/simutrador-strategy.1 \
	%D%/simutrador.conf.5 %D%/simutrador-orders.5 \
	%D%/simutrador-calendar.5
dist_man_MANS += %D%/simutrador-report.1 %D%/simutrador-metrics.1 \
	%D%/simutrador-metrics.7
dist_man_MANS += %D%/simutrador-fills.7 %D%/simutrador-explain.1
dist_man_MANS += %D%/simutrador-expressions.7
dist_man_MANS += %D%/simutrador-runs.5 %D%/simutrador-strategies.7
dist_man_MANS += %D%/simutrador-lua.7
dist_man_MANS += %D%/simutrador_plugin.3
dist_man_MANS += %D%/simutrador-accounts.7 %D%/simutrador-pipe.7 \
	%D%/simutrador-protocol.7 %D%/simutrador-security.7
dist_man_MANS += %D%/simutrador-serve.8
dist_man_MANS += %D%/simutrador-auth.1 %D%/simutrador-doctor.1 \
	%D%/simutrador-health.1
dist_man_MANS += %D%/simutrador-dashboard.1
dist_man_MANS += %D%/simutrador-session.1 %D%/simutrador-position.1 \
	%D%/simutrador-account.1 %D%/simutrador-quote.1 \
	%D%/simutrador-tick.1 %D%/simutrador-tutorial.7
