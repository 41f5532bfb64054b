# completions: thin scripts that ask `simutrador __complete`.
bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/site-functions
fishcompdir = $(datadir)/fish/vendor_completions.d
dist_bashcomp_DATA = %D%/simutrador
dist_zshcomp_DATA = %D%/_simutrador
dist_fishcomp_DATA = %D%/simutrador.fish
