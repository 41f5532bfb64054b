"""What the tests of the manuals share: messages.def and other lists of the
sources, read, and as the lines that a page has to hold."""
import os
import re
import textwrap

TOP = os.environ.get("top_srcdir", ".")
KINDS = {"STR": "text", "INT": "whole number", "DEC": "decimal",
         "FIG": "decimal", "NUM": "number", "BOOL": "true or false",
         "TIME": "time", "BOUND": "date or time",
         "STRS": "list of texts", "RAW": "object or list"}
NEEDS = {"PIPE": {"R", "O", "PR", "PO"}, "WIRE": {"R", "O", "WR", "WO"}}
FIELD = (r'F\((\w+), (\w+), ("[^"]*"|\w+), (\w+), ([PW]?[RO]), '
         r'"((?:[^"\\]|\\.)*)"\)((?: A\(\w+\))*)')


def read(path):
    with open(os.path.join(TOP, path), encoding="ascii") as f:
        return f.read()


def rows(path, name):
    """The rows NAME(...) of a list, each a list of its arguments."""
    text = re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)
    found = re.findall(r"^%s\(((?:\"[^\"]*\"|[^\")])*)\)" % name, text, re.M)
    assert found, "%s has no %s" % (path, name)
    return [[re.sub(r"\s+", " ", x).strip().strip('"') for x in
             re.findall(r'\s*("[^"]*"|[^",]+)', row)] for row in found]


class Messages:
    """Those that go at a place: PIPE or WIRE."""

    def __init__(self, place):
        self.place = place
        source = re.sub(r"/\*.*?\*/", "", read("src/proto/messages.def"),
                        flags=re.S)
        self.states = re.search(r"#define SESSION_STATES \\\s*\"([^\"]*)\"",
                                source).group(1).split("|")
        self.out, self.into, self.objects = [], [], {}
        self.body = {}		# of a message: its fields' text
        self.data = {}		# of a message that has another's: whose
        for part in re.split(r"\n(?=SIM_MESSAGE)", source):
            self.take(part)
        self.aliases = [x for x in re.findall(
            r'SIM_MESSAGE_ALIAS\("(\w+)", (\w+)\)', source)
            if x[1] in dict(self.out + self.into)]

    def take(self, part):
        m = re.match(r'SIM_MESSAGE_OBJECT\((\w+), "([^"]*)",(.*)', part, re.S)
        if m:
            self.objects[m.group(1)] = m.group(2)
            self.body[m.group(1)] = m.group(3)
        m = re.match(r'SIM_MESSAGE\((\w+), (\w+), (\w+), "([^"]*)",(.*)',
                     part, re.S)
        if m:
            self.add(*m.group(1, 2, 3, 4))
            self.body[m.group(1)] = m.group(5)
        m = re.match(r'SIM_MESSAGE_AS\((\w+), (\w+), (\w+), (\w+), "([^"]*)"',
                     part)
        if m:
            self.add(*m.group(1, 2, 3, 5))
            self.data[m.group(1)] = m.group(4)

    def add(self, name, direction, place, text):
        if place in (self.place, "BOTH"):
            (self.out if direction == "OUT" else self.into).append(
                (name, text))

    def fields(self, name):
        """(kind, name, a, b, need, help, other spellings)"""
        body = self.body[self.data.get(name, name)]
        found = re.findall(FIELD, body)
        assert len(found) == len(re.findall(r"\bF\(", body)), body
        return [x for x in found if x[4] in NEEDS[self.place]]

    def shown_objects(self):
        """Those that fields and messages name, in their order."""
        wanted = set()
        todo = [x[0] for x in self.out + self.into]
        while todo:
            name = todo.pop()
            if name in self.data:
                wanted.add(self.data[name])
            for field in self.fields(name):
                if field[0] in ("OBJ", "FLAT", "LIST") and \
                        field[2] not in wanted:
                    wanted.add(field[2])
                    todo.append(field[2])
        return [x for x in self.objects if x in wanted]

    # -- as lines ----------------------------------------------------------

    def kind_of(self, kind, a, b):
        if kind == "WORD":
            words = self.states if a == "SESSION_STATES" else \
                a.strip('"').split("|")
            return " or ".join(words)
        if kind == "VOCAB":
            return "text"
        if kind in ("OBJ", "FLAT"):
            return a.replace("_", " ")
        if kind == "LIST":
            return "list of " + a.replace("_", " ") + \
                (", at most " + b if b != "0" else "")
        if kind == "OPT":
            return "text of at most %s bytes, number, true or false" % a
        if kind == "STR" and a != "0":
            return "text of at most %s bytes" % a
        if kind == "NUM" and b != "0":
            return "number, 0 or more"
        if kind == "INT" and not a.startswith("INT") and \
                not b.startswith("INT"):
            return "whole number from %s to %s" % (a, b)
        return KINDS[kind]

    def item(self, field):
        kind, name, a, b, need, text, other = field
        optional = need.endswith("O")
        if kind == "FLAT" and self.place == "WIRE":
            return ["and the fields of " + a.replace("_", " ") +
                    (", none of which has to be there" if optional else "")]
        names = " , ".join([name] + re.findall(r"A\((\w+)\)", other))
        what = self.kind_of(kind, a, b) + ("; optional" if optional else "")
        return [".It Cm %s Pq %s" % (names, what)] + wrapped(text)

    def lines_of(self, name):
        if name in self.data:
            whose = self.data[name]
            return ["The fields of %s." % whose.replace("_", " ")]
        out, flat = [], []
        for field in self.fields(name):
            lines = self.item(field)
            (out if lines[0].startswith(".It") else flat).extend(lines)
        if out:
            out = [".Bl -tag -width Ds -compact"] + out + [".El"]
        if flat:
            out += [x[0].upper() + x[1:] + "." for x in
                    [x if out else x.replace("and the", "The")
                     for x in flat]]
        return out

    def lines(self, them, us):
        """The sections of a manual."""
        lines = []
        parts = [(x.replace("_", " "), self.objects[x], x)
                 for x in self.shown_objects()]
        for title, group in (
                ("From the " + us, [(n, t, n) for n, t in self.out]),
                ("From the " + them, [(n, t, n) for n, t in self.into]),
                ("Parts of them", parts)):
            lines += [".Ss " + title, ".Bl -tag -width Ds"]
            for name, text, key in group:
                lines += [".It Cm " + name] + wrapped(text) + \
                    self.lines_of(key)
            lines.append(".El")
        assert len(lines) > 300, "messages.def was not understood"
        return lines


def wrapped(text):
    """A sentence a line, cut at 78."""
    lines = []
    for sentence in re.split(r"(?<=\.) ", text.replace('\\"', '"')):
        lines += textwrap.wrap(sentence, 78, break_long_words=False,
                               break_on_hyphens=False)
    return lines


def compare(page, got, want):
    """Say where the page's lines leave those that it has to hold."""
    for i, line in enumerate(want):
        if i >= len(got) or got[i] != line:
            print("%s has %r; the source gives %r" %
                  (page, got[i] if i < len(got) else "nothing", line))
            return False
    return True


def section(page, title):
    begin = page.index(".Sh %s\n" % title)
    return page[begin:page.index(".Sh ", begin + 4)]


def below(text, first):
    """The lines from the first one on."""
    lines = text.splitlines()
    return lines[lines.index(first):] if first in lines else []
