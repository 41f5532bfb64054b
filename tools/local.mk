# What the build runs: mdoctext turns the manual into C source.
noinst_PROGRAMS += tools/mdoctext
tools_mdoctext_SOURCES = %D%/mdoctext.c
EXTRA_DIST += %D%/embed.sh
EXTRA_DIST += %D%/sbom.sh

# The libraries of this build, as CycloneDX.
sbom:
	$(AM_V_GEN)top_srcdir='$(srcdir)' PKG_CONFIG='$(PKG_CONFIG)' \
		$(SHELL) $(srcdir)/%D%/sbom.sh $(PACKAGE) $(VERSION) \
		'$(EV_LIBS)' >simutrador.cdx.json.new
	$(AM_V_at)mv simutrador.cdx.json.new simutrador.cdx.json
CLEANFILES += simutrador.cdx.json simutrador.cdx.json.new
.PHONY: sbom
