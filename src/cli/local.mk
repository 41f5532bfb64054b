noinst_LIBRARIES += libsim_cli.a
libsim_cli_a_SOURCES = \
	%D%/commands.def %D%/formopt.def %D%/jobopt.def %D%/optimize.def \
	%D%/settings.def \
	%D%/failif.c %D%/failif.h \
	%D%/formopt.c %D%/formopt.h \
	%D%/cli.c %D%/cli.h %D%/cli_open.c \
	%D%/complete.c %D%/complete.h \
	%D%/completion_text.h \
	%D%/help.c %D%/help.h %D%/help_json.c \
	%D%/live.c %D%/live.h \
	%D%/opt.c %D%/opt.h \
	%D%/member.c %D%/member.h \
	%D%/modes.c %D%/modes.h \
	%D%/pager.c %D%/pager.h \
	%D%/out.c %D%/out.h %D%/out_priv.h %D%/out_expr.c \
	%D%/out_stamp.c %D%/out_stamp.h %D%/out_table.c %D%/out_template.c \
	%D%/out_text.c \
	%D%/settings.c %D%/settings.h \
	%D%/settings_env.c %D%/settings_env.h \
	%D%/target.c %D%/target.h \
	%D%/term.c %D%/term.h \
	%D%/timeout.c %D%/timeout.h \
	%D%/admin.c %D%/admin.h \
	%D%/ask.c %D%/ask.h \
	%D%/auth.c %D%/auth.h \
	%D%/bars_out.c %D%/bars_out.h \
	%D%/compat_out.c %D%/compat_out.h \
	%D%/explain_out.c %D%/explain_out.h \
	%D%/far.c %D%/far.h \
	%D%/inputs.c %D%/inputs.h \
	%D%/interrupt.c %D%/interrupt.h \
	%D%/job.c %D%/job.h \
	%D%/profile.c %D%/profile.h \
	%D%/refusal.c %D%/refusal.h \
	%D%/progress.c %D%/progress.h \
	%D%/qr.c %D%/qr.h \
	%D%/remove.c %D%/remove.h \
	%D%/run_out.c %D%/run_out.h \
	%D%/opt_words.c %D%/opt_words.h \
	%D%/saved.c %D%/saved.h \
	%D%/sweep_args.c %D%/sweep_args.h \
	%D%/sweep_job.c %D%/sweep_job.h \
	%D%/sweep_luck.c %D%/sweep_luck.h \
	%D%/sweep_out.c %D%/sweep_out.h \
	%D%/sweep_rows.c %D%/sweep_rows.h \
	%D%/source.c %D%/source.h \
	%D%/tear.c %D%/tear.h \
	%D%/cmd_admin.c %D%/cmd_admin_key.c %D%/cmd_admin_seal.c \
	%D%/cmd_admin_user.c %D%/cmd_admin_users.c \
	%D%/cmd_auth.c %D%/cmd_auth_account.c \
	%D%/cmd_auth_key.c \
	%D%/cmd_calendar.c \
	%D%/cmd_completion.c \
	%D%/cmd_config.c \
	%D%/cmd_dashboard.c \
	%D%/cmd_data.c \
	%D%/cmd_data_actions.c \
	%D%/cmd_data_import.c \
	%D%/cmd_data_make.c \
	%D%/cmd_data_quality.c \
	%D%/cmd_doctor.c \
	%D%/cmd_explain.c \
	%D%/cmd_health.c \
	%D%/cmd_help.c \
	%D%/cmd_indicator.c \
	%D%/cmd_model.c \
	%D%/cmd_metrics.c \
	%D%/cmd_optimize.c \
	%D%/cmd_optimize_saved.c \
	%D%/cmd_order.c %D%/cmd_order_send.c \
	%D%/cmd_account.c %D%/cmd_position.c %D%/cmd_quote.c \
	%D%/cmd_tick.c \
	%D%/cmd_session.c %D%/cmd_session_create.c \
	%D%/cmd_session_attach.c %D%/cmd_session_watch.c \
	%D%/connect.c %D%/connect.h \
	%D%/order_send.c %D%/order_send.h \
	%D%/order_text.c %D%/order_text.h %D%/order_text_file.c \
	%D%/seen.c %D%/seen.h \
	%D%/sess.c %D%/sess.h %D%/sess_log.c %D%/sess_log.h \
	%D%/sess_pace.c %D%/sess_pace.h \
	%D%/sess_replay.c %D%/sess_replay.h \
	%D%/sess_run.c %D%/sess_run.h \
	%D%/sess_stream.c %D%/sess_stream.h \
	%D%/cmd_portfolio.c %D%/cmd_portfolio_journal.c \
	%D%/cmd_portfolio_metrics.c \
	%D%/cmd_report.c \
	%D%/cmd_serve.c %D%/serve_local.c %D%/serve_local.h \
	%D%/serve_mail.c %D%/serve_mail.h %D%/serve_manager.c %D%/serve_manager.h %D%/cmd_run.c \
	%D%/cmd_run_check.c \
	%D%/cmd_run_notes.c \
	%D%/cmd_run_bundle.c \
	%D%/cmd_run_exec.c \
	%D%/cmd_run_diff.c \
	%D%/cmd_run_fork.c \
	%D%/cmd_run_replay.c \
	%D%/cmd_simulate.c \
	%D%/cmd_strategy.c %D%/cmd_strategy_check.c \
	%D%/cmd_strategy_new.c %D%/example.c %D%/example.h \
	%D%/template_text.h %D%/templates.def \
	%D%/cmd_version.c
nodist_libsim_cli_a_SOURCES = \
	%D%/completion_text.c \
	%D%/help_pages.c \
	%D%/template_text.c
CLEANFILES += %D%/completion_text.c %D%/help_pages.c %D%/template_text.c
LIBS_CLI = libsim_cli.a $(LIBS_TUI) libsim_server.a libsim_mail.a libsim_backend.a \
	libsim_client.a libsim_db.a $(LIBS_SWEEP) $(SQLITE_LIBS) \
	$(QRENCODE_LIBS) $(LWS_LIBS) $(EV_LIBS) $(JWT_LIBS)

# The manual and the completion scripts are part of the program.
%D%/help_pages.c: $(dist_man_MANS) tools/mdoctext$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D% && pages= && \
	for p in $(dist_man_MANS); do \
		test -f $$p || p=$(srcdir)/$$p; pages="$$pages $$p"; done && \
	tools/mdoctext$(EXEEXT) $$pages >$@.tmp && mv $@.tmp $@
%D%/completion_text.c: completions/simutrador completions/_simutrador \
		completions/simutrador.fish tools/embed.sh
	$(AM_V_GEN)$(MKDIR_P) %D% && $(SHELL) $(srcdir)/tools/embed.sh \
	cli/completion_text.h \
	sim_completion_text_bash=$(srcdir)/completions/simutrador \
	sim_completion_text_zsh=$(srcdir)/completions/_simutrador \
	sim_completion_text_fish=$(srcdir)/completions/simutrador.fish \
	>$@.tmp && mv $@.tmp $@
TEMPLATE_FILES = \
	lua=$(srcdir)/data/templates/strategy.lua \
	py=$(srcdir)/data/templates/strategy.py \
	py_client=$(srcdir)/clients/python/simutrador.py \
	c=$(srcdir)/data/templates/strategy.c \
	c_header=$(srcdir)/include/simutrador.h \
	js=$(srcdir)/data/templates/strategy.js \
	js_client=$(srcdir)/clients/javascript/simutrador.js \
	sh=$(srcdir)/data/templates/strategy.sh \
	awk=$(srcdir)/data/templates/strategy.awk \
	awk_client=$(srcdir)/clients/sh/simutrador.awk \
	ex_bollinger=$(srcdir)/examples/bollinger.lua \
	ex_dip=$(srcdir)/examples/dip.lua \
	ex_grid=$(srcdir)/examples/grid.lua \
	ex_macd=$(srcdir)/examples/macd.lua \
	ex_opening_range=$(srcdir)/examples/opening-range.lua \
	ex_rotation=$(srcdir)/examples/rotation.lua \
	ex_rsi_reversion=$(srcdir)/examples/rsi-reversion.lua \
	ex_sma_cross=$(srcdir)/examples/sma-cross.lua \
	ex_turtle=$(srcdir)/examples/turtle.lua \
	ex_two_frames=$(srcdir)/examples/two-frames.lua \
	ex_volatility_target=$(srcdir)/examples/volatility-target.lua
%D%/template_text.c: Makefile tools/embed.sh include/simutrador.h
	$(AM_V_GEN)$(MKDIR_P) %D% && args= && \
	for f in $(TEMPLATE_FILES); do \
		args="$$args sim_template_text_$$f"; done && \
	$(SHELL) $(srcdir)/tools/embed.sh cli/template_text.h $$args \
	>$@.tmp && mv $@.tmp $@
