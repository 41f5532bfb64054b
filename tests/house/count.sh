#!/bin/sh
# count.sh BUILD...: totals over the test results of these build folders.
#
# Names what failed and what was skipped, then prints one line, "N passed, N
# failed, N skipped", and exits 1 when something failed or nothing ran.  A unit
# test program counts its cases ("100%: Checks: N, Failures: F, Errors: E"), a
# Python test its own ("Ran N tests"), a script what it says ("N passed, N
# failed, N skipped") or else one.
set -eu

for build; do
	find "$build/tests" -name '*.trs' -type f
done | sort |
while read -r trs; do
	echo "@ $(sed -n 's/^:test-result: *//p' "$trs" | head -n 1) ${trs%.trs}"
	log=${trs%.trs}.log
	[ -f "$log" ] && sed 's/^@/ @/' "$log"
done | awk '
function end_of_test()
{
	if (name == "")
		return
	if (p + f + s == 0) {
		p += result == "PASS" || result == "XFAIL"
		s += result == "SKIP"
	}
	if (result == "SKIP")
		s += !s
	if (f == 0 && result !~ /^(PASS|XFAIL|SKIP)$/)
		f = 1
	if (f)
		print "FAIL: " name
	else if (s && last != "")
		print "skipped: " name ": " last
	passed += p
	failed += f
	skipped += s
}
/^@ / {
	end_of_test()
	result = $2
	name = $3
	sub(/^.*\/tests\//, "tests/", name)
	p = f = s = 0
	last = ""
	next
}
/^[0-9]+%: Checks: / {
	split($0, c, /[^0-9]+/)
	p += c[2] - c[3] - c[4]
	f += c[3] + c[4]
	next
}
/^Ran [0-9]+ tests? in / { p += $2; next }
/^OK \(skipped=/ || /^FAILED \(/ {
	n = split($0, c, /[^a-z0-9]+/)
	for (i = 1; i < n; i++) {
		if (c[i] == "skipped") { s += c[i + 1]; p -= c[i + 1] }
		if (c[i] == "failures" || c[i] == "errors") {
			f += c[i + 1]
			p -= c[i + 1]
		}
	}
	next
}
/^[0-9]+ passed/ {
	p += $1
	for (i = 3; i < NF; i++) {
		if ($(i + 1) ~ /^failed/)
			f += $i
		if ($(i + 1) ~ /^skipped/)
			s += $i
	}
	next
}
/^(SKIP|PASS|FAIL) [^ ]* \(exit status: / { next }
/[^ ]/ { if (!/^(PASS|SKIP|FAIL)/) last = $0 }
END {
	end_of_test()
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed > 0 || passed == 0
}'
