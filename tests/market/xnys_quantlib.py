"""XNYS open days 1990-2030 against QuantLib's New York Stock Exchange.

Covers which days are open; QuantLib knows nothing of early closes.  Skipped
where the QuantLib module (Debian: quantlib-python) is absent.
"""
import os
import subprocess
import sys

try:
    import QuantLib as ql
except ImportError:
    # Debian's module belongs to Debian's interpreter.
    system = "/usr/bin/python3"
    if os.environ.get("XNYS_QUANTLIB_AGAIN") or not os.path.exists(system):
        print("skipped: no QuantLib module for Python")
        sys.exit(77)
    os.environ["XNYS_QUANTLIB_AGAIN"] = "1"
    os.execv(system, [system] + sys.argv)

import datetime

# Where QuantLib and the exchange differ: date, open at the exchange?, why.
KNOWN = {
    "2025-01-09": (False, "closed in mourning for President Carter, which "
                          "QuantLib before 1.37 does not know"),
}


def main():
    driver = os.path.join(os.environ["top_builddir"], "tests/market/xnys_days")
    out = subprocess.run([driver], check=True, capture_output=True, text=True)
    ours = {line.split()[0] for line in out.stdout.splitlines()}
    calendar = ql.UnitedStates(ql.UnitedStates.NYSE)
    day = datetime.date(1990, 1, 1)
    bad, known = 0, set()
    while day.year <= 2030:
        text = day.isoformat()
        theirs = calendar.isBusinessDay(ql.Date(day.day, day.month, day.year))
        is_open = text in ours
        if is_open != theirs:
            if text in KNOWN and KNOWN[text][0] == is_open:
                known.add(text)
            else:
                bad += 1
                print(f"{text} {day:%a}: open {is_open}, QuantLib {theirs}")
        day += datetime.timedelta(days=1)
    for text in sorted(set(KNOWN) - known):
        # A newer QuantLib may agree; then our answer must be the known one.
        if (text in ours) != KNOWN[text][0]:
            bad += 1
            print(f"{text}: {KNOWN[text][1]}")
    print(f"{len(ours)} open days, {len(known)} known differences, {bad} bad")
    return 1 if bad or len(ours) < 10000 else 0


sys.exit(main())
