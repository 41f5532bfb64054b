"""HTML, JSON and CSV of made-up runs, read back by the standard library.

HTML: well-formed (every element closed in order), only known elements, no
script, nothing loaded, hostile names escaped, below 500 kB for a million bars.
JSON, NDJSON and CSV: the same rows in each, exact decimals, sums that balance.
Not covered: what a browser makes of the page.
"""
import csv
import io
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser

TOOL = os.path.join(os.environ.get("top_builddir", "."),
                    "tests/report/report_tool")
VOID = {"meta"}
KNOWN = VOID | {"html", "head", "title", "style", "body", "header", "main",
                "h1", "h2", "h3", "p", "b", "span", "div", "table", "thead",
                "tbody", "tr", "th", "td", "svg", "path", "text"}
INSIDE = {"tr": {"thead", "tbody"}, "td": {"tr"}, "th": {"tr"},
          "thead": {"table"}, "tbody": {"table"}, "text": {"svg"},
          "h1": {"header"}, "title": {"head"}, "style": {"head"}}
EVIL = "<script>alert(\"x\")</script>&amp;' \u00e9\u20ac"


def tool(*args):
    return subprocess.run([TOOL, *map(str, args)], check=True,
                          capture_output=True).stdout


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.text, self.count, self.attrs = [], [], {}, []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        assert tag in KNOWN, tag
        parent = self.open[-1] if self.open else None
        assert parent in INSIDE.get(tag, {parent}), (tag, parent)
        self.count[tag] = self.count.get(tag, 0) + 1
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), (tag, names)
        for name, value in attrs:
            assert name not in ("src", "href", "style") and name[:2] != "on"
            self.attrs.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert "svg" in self.open, tag
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def check_html(*args):
    raw = tool("html", *args)
    text = raw.decode("utf-8")
    assert text.startswith("<!DOCTYPE html>\n<html lang=\"en\">")
    assert len(raw) < 500000, len(raw)
    for word in ("http", "url(", "@import", "<script"):
        assert word not in text.lower(), word
    assert "prefers-color-scheme:dark" in text
    page = Page(text)
    for tag, n in (("html", 1), ("title", 1), ("h1", 1), ("svg", 2),
                   ("style", 1), ("main", 1)):
        assert page.count[tag] == n, (tag, page.count)
    for chart in text.split("<svg")[1:]:
        labels = re.findall('class="axis end">(-?[0-9.]+)%?<', chart)
        digits = {len(v.partition(".")[2]) for v in labels}
        assert len(digits) <= 1 and "-0.00" not in labels, labels
        assert len(set(labels)) == len(labels), labels
    return page


def rows_of(list_name, *args):
    doc = json.loads(tool(list_name + ".json", *args),
                     parse_float=Decimal, parse_int=Decimal)
    lines = [json.loads(line, parse_float=Decimal, parse_int=Decimal)
             for line in tool(list_name + ".ndjson", *args).splitlines()]
    table = list(csv.reader(io.StringIO(
        tool(list_name + ".csv", *args).decode())))
    assert doc == lines
    assert len(table) == len(doc) + 1
    for row, want in zip(table[1:], doc):
        assert table[0] == list(want)
        for got, value in zip(row, want.values()):
            if isinstance(value, bool):
                assert got == str(value).lower()
            elif isinstance(value, Decimal):
                assert Decimal(got) == value, (got, value)
            else:
                assert got == (value or ""), (got, value)
    return doc


def check_rows(*args):
    doc = json.loads(tool("json", *args), parse_float=Decimal,
                     parse_int=Decimal)
    line = json.loads(tool("line", *args), parse_float=Decimal,
                      parse_int=Decimal)
    trades = rows_of("trades", *args)
    equity = rows_of("equity", *args)
    assert doc.pop("trades") == trades
    assert doc == line
    e = doc["equity"]
    assert e["unexplained"] == 0
    net = sum(t["net"] for t in trades)
    assert net == e["closed_trades_net"] + e["open_trades_net"]
    assert e["start"] + net + e["dividends"] + e["interest"] \
        - e["borrow_fees"] == e["end"]
    if equity:
        assert equity[-1]["equity"] == e["end"]
    for t in trades:
        assert t["net"] == t["gross"] - t["fees"]
    metrics = json.loads(tool("metrics.json", *args), parse_float=Decimal,
                         parse_int=Decimal)
    assert metrics == doc["metrics"]
    table = dict(csv.reader(io.StringIO(
        tool("metrics.csv", *args).decode())))
    for key, value in metrics.items():
        got = table[key]
        assert (got == "" if value is None else
                Decimal(got) == value if isinstance(value, Decimal)
                else got == value), key


def main():
    if not os.path.exists(TOOL):
        print("report_tool is not built")
        sys.exit(77)
    page = check_html(3, 500, 5, EVIL)
    assert EVIL in page.text or EVIL in "".join(page.text)
    assert any("<b>" not in (v or "") for v in page.attrs)
    for args in ((1, 0, 0), (1, 1, 1), (2, 3, 1), (5, 900, 3)):
        check_html(*args)
        check_rows(*args)
    check_html(4, "1000000m", 300)
    print("pages and rows read back")


main()
