# The bundled sample; README says which commands made it.
dist_pkgdata_DATA = %D%/README %D%/ACME_1min.csv %D%/ACME_daily.csv \
	%D%/BOLT_daily.csv %D%/CRUX_daily.csv
# What strategy new starts from; also part of the program.
templatesdir = $(pkgdatadir)/templates
dist_templates_DATA = %D%/templates/strategy.lua %D%/templates/strategy.py \
	%D%/templates/strategy.js %D%/templates/strategy.c \
	%D%/templates/strategy.sh %D%/templates/strategy.awk
# What is written to people; also part of the program.
mailtextdir = $(pkgdatadir)/mail
dist_mailtext_DATA = %D%/mail/register.txt %D%/mail/known.txt %D%/mail/taken.txt \
	%D%/mail/reset.txt %D%/mail/email.txt %D%/mail/email-changed.txt \
	%D%/mail/password-changed.txt %D%/mail/totp-enabled.txt %D%/mail/totp-disabled.txt \
	%D%/mail/key-created.txt %D%/mail/reuse.txt
# Units for systemd; they lie beside the program, and are enabled by nobody but
# the administrator.
systemdunitdir = $(prefix)/lib/systemd/system
dist_systemdunit_DATA = %D%/systemd/simutrador.socket
nodist_systemdunit_DATA = %D%/systemd/simutrador.service
EXTRA_DIST += %D%/systemd/simutrador.service.in
CLEANFILES += %D%/systemd/simutrador.service
%D%/systemd/simutrador.service: %D%/systemd/simutrador.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D%/systemd && \
	$(SED) 's|@bindir[@]|$(bindir)|' \
		$(srcdir)/%D%/systemd/simutrador.service.in >$@.new && \
	mv $@.new $@
