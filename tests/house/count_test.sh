#!/bin/sh
# count.sh sums what each kind of test says of itself, and fails when a test
# failed, when a program broke without counting, or when nothing ran.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=$top_srcdir/tests/house/count.sh
mkdir -p "$work/tests/a" "$work/none/tests"
passed=0

# result NAME RESULT: a test with this result, its log from stdin.
result()
{
	cat >"$work/tests/a/$1.log"
	printf ':test-result: %s\n:global-test-result: %s\n' "$2" "$2" \
		>"$work/tests/a/$1.trs"
}

# expect STATUS LAST-LINE FOLDER
expect()
{
	status=0
	line=$(sh "$count" "$3" | tail -n 1) || :
	sh "$count" "$3" >/dev/null || status=$?
	if [ "$status $line" != "$1 $2" ]; then
		echo "expected '$1 $2', found '$status $line'"
		exit 1
	fi
	passed=$((passed + 1))
}

expect 1 '0 passed, 0 failed, 0 skipped' "$work/none"
printf '100%%: Checks: 12, Failures: 0, Errors: 0\nPASS tests/a/u (exit status: 0)\n' |
	result unit PASS
expect 0 '12 passed, 0 failed, 0 skipped' "$work"
echo 'no output of its own' | result script PASS
echo '30 passed, 0 failed, 2 skipped' | result table PASS
printf '.....\nRan 5 tests in 0.1s\n\nOK (skipped=1)\n' | result python PASS
echo 'no data' | result absent SKIP
expect 0 '47 passed, 0 failed, 4 skipped' "$work"
printf '50%%: Checks: 4, Failures: 1, Errors: 1\n' | result broken FAIL
expect 1 '49 passed, 2 failed, 4 skipped' "$work"
echo 'Segmentation fault' | result crashed FAIL
printf 'Ran 3 tests in 1s\n\nFAILED (failures=1, errors=1)\n' |
	result snake FAIL
expect 1 '50 passed, 5 failed, 4 skipped' "$work"
echo '7 passed' | result liar FAIL
expect 1 '57 passed, 6 failed, 4 skipped' "$work"
sh "$count" "$work" >"$work/out" || :
grep -q '^FAIL: tests/a/crashed$' "$work/out"
grep -q '^skipped: tests/a/absent: no data$' "$work/out"
echo "$((passed + 2)) passed"
