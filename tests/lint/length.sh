#!/bin/sh
# Small pieces: a function has at most 80 lines (median at most 15, 95th
# percentile at most 60, over src/), 6 parameters and 3 levels of nesting; a
# file at most 800 lines, a header of src/ 300.  length.allow holds what may
# exceed.  Nesting is seen from indentation: a control statement starting
# behind four tabs or more stands inside three others.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need_ctags
c_files src tests tools >"$lint_tmp/files"
{
	xargs wc -l <"$lint_tmp/files" | awk '$2 != "total" {
		print "file", $2, $1, 800
		if ($2 ~ /^src\/.*\.h$/)
			print "header", $2, $1, 300
	}'
	# shellcheck disable=SC2046
	tags f '%{line} %{end} %{input}:%{name} %{signature}' \
		$(cat "$lint_tmp/files") | awk '{
		print "function", $3, $2 - $1 + 1, 80
		sig = $0
		sub(/^[^(]*\(/, "", sig)
		gsub(/\([^()]*\)/, "", sig)
		print "parameters", $3, gsub(/,/, "", sig) + 1, 6
	}'
	grep '^src/' "$lint_tmp/files" | xargs awk -f "$lint_dir/strip.awk" |
		awk -F: '{
		s = $0
		sub(/^[^:]*:[^:]*:/, "", s)
		if (match(s, /^\t+(\} *else )?(if|for|while|do|switch)[ ({]/)) {
			match(s, /^\t+/)
			print "nesting", $1 ":" $2, RLENGTH, 3
		}
	}'
} >"$lint_tmp/sizes"

awk '
FILENAME ~ /length\.allow$/ {
	if (!/^#/ && NF == 3)
		allow[$1 " " $2] = $3
	next
}
{
	key = $1 " " $2
	most = key in allow ? allow[key] : $4
	if ($3 > most)
		printf "%s: %s of %d, at most %d\n", $2, $1, $3, most
	if (key in allow && $3 > $4 && $3 == allow[key])
		used[key] = 1
}
END {
	for (key in allow)
		if (!(key in used))
			printf "length.allow: \"%s %d\" is not needed, or more than needed\n", key, allow[key]
}' "$lint_dir/length.allow" "$lint_tmp/sizes" >>"$faults"

awk '$1 == "function" && $2 ~ /^src\// { print $3 }' "$lint_tmp/sizes" |
	sort -n | awk '
	{ n[NR] = $1 }
	END {
		if (!NR)
			exit
		median = n[int((NR + 1) / 2)]
		p95 = n[int((NR * 95 + 99) / 100)]
		printf "%d functions in src/: median %d lines, 95%% within %d, longest %d\n", NR, median, p95, n[NR] >"/dev/stderr"
		if (median > 15 || p95 > 60)
			printf "src/: median %d and 95th percentile %d, at most 15 and 60\n", median, p95
	}' >>"$faults"
verdict
