#!/bin/sh
# embed.sh HEADER NAME=FILE...: C source with each file as a list of lines
# called NAME, ending in NULL; HEADER declares them.
set -eu
echo '/* Made by tools/embed.sh; not to be edited. */'
echo "#include \"$1\""
shift
echo
echo '#include <stddef.h>'
for pair in "$@"; do
	printf '\nconst char *const %s[] = {\n' "${pair%%=*}"
	sed -e 's/[\\"]/\\&/g' -e 's/	/\\t/g' -e 's/.*/	"&",/' "${pair#*=}"
	printf '\tNULL\n};\n'
done
