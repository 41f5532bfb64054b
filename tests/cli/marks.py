"""A strategy's marks stand on the charts of a report: the page has a line at
each, with its words; the tear sheet a row that points at them.

Where they stand is computed here from the place of their step in the run.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", "."),
                                "tests/run"))
import simtest as t

LEFT, COLUMNS = 90, 960 - 90 - 12	# of the page's chart
CELLS, LABEL = 67, 13			# of the sheet's
SCRIPT = """
function on_bar(ctx, bar)
  n = (n or 0) + 1
  if n == 7 or n == %d then ctx:mark("<b> & '\303\251' " .. n) end
  if n == 50 then ctx:mark(string.rep("\303\251", 100)) end
end
"""


def main():
    with t.Home() as home:
        home.run("data", "gen", "ACME", "--timeframe", "daily", "--from",
                 "2020-01-02", "--to", "2022-12-30")
        steps = len(home.rows("data", "show", "ACME"))
        with open(os.path.join(home.path, "mark.lua"), "w",
                  encoding="latin-1") as f:
            f.write(SCRIPT % steps)
        home.run("simulate", "mark.lua", "--symbols", "ACME")
        home.run("report", "last", "--html", "page.html")
        with open(os.path.join(home.path, "page.html"),
                  encoding="utf-8") as f:
            found = re.findall(r'<path class="mark" d="M([0-9.]+) 10V276">'
                               r'<title>(.*)</title></path>', f.read())
        t.same("marks of the page", len(found), 3)
        for (x, said), (n, text) in zip(found, (
                (7, "&lt;b&gt; &amp; &#39;\u00e9&#39; 7"),
                (50, "\u00e9" * 40),
                (steps, "&lt;b&gt; &amp; &#39;\u00e9&#39; %d" % steps))):
            t.same("place", float(x),
                   round(LEFT + n / steps * COLUMNS, 1))
            t.same("words", said[21:], "ACME: " + text)
        sheet = home.run("report", "last", "--section", "curve", "-o",
                         "table").stdout
        row = next(x for x in sheet.splitlines() if "marks" in x)
        t.same("the row of marks", row,
               "      marks  " + "".join(
                   "^" if i in [n * CELLS // (steps + 1)
                                for n in (7, 50, steps)] else " "
                   for i in range(CELLS)))
        plain = [x for x in sheet.splitlines() if x][:23]
        assert len(plain) == 23 and "Drawdown" in plain[15], sheet


main()
