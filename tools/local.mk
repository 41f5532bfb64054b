# What the build runs: mdoctext turns the manual into C source.
noinst_PROGRAMS += tools/mdoctext
tools_mdoctext_SOURCES = %D%/mdoctext.c
EXTRA_DIST += %D%/embed.sh
