"""C plugins as a user builds them: the example of the manual and examples/sma.c
run, an older and shorter description is taken, every wrong plugin ends with its
sentence and status, and a run of a plugin verifies until the library changes."""
import json
import os
import re
import shlex
import subprocess
import sys

sys.dont_write_bytecode = True
import simtest as t

TOP = os.environ["top_srcdir"]
CC = shlex.split(os.environ.get("CC") or "cc")
DATA = "ACME=" + os.path.join(TOP, "data", "ACME_daily.csv")

BASE = """
#include <stdlib.h>
#include <simutrador.h>
static const struct simu_host *host;
%(more)s
static int init(const struct simu_host *h, void **self)
{ host = h; *self = malloc(8); %(init)s return 0; }
static int on_step(void *self, const struct simu_step *s)
{ struct simu_order o = SIMU_ORDER_INIT; uint32_t id = 0;
  (void)o; (void)id; (void)s; (void)self; o.size = SIMU_ONE; %(step)s
  return 0; }
static struct simu_strategy row = { SIMU_STRATEGY_INIT, .name = "p",
	.init = init, .on_step = on_step, .release = free, %(slots)s };
const struct simu_strategy *simu_strategy_entry(void)
{ %(entry)s return &row; }
"""
PARAM = "static const struct simu_param params[] = { %s };"


def build(home, name, text):
    source = os.path.join(home.path, name + ".c")
    with open(source, "w", encoding="ascii") as f:
        f.write(text)
    done = subprocess.run(
        [*CC, "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic",
         "-shared", "-fPIC", "-O1", "-I", os.path.join(TOP, "include"),
         "-o", os.path.join(home.path, name + ".so"), source],
        capture_output=True, text=True, check=False)
    if done.returncode:
        t.fail(f"{name} does not build:\n{done.stderr}")
    return f"./{name}.so"


def make(home, name, **parts):
    fill = dict.fromkeys(("init", "step", "more", "slots", "entry"), "")
    return build(home, name, BASE % {**fill, **parts})


def simulate(home, plugin, *args, status=0):
    return home.run("simulate", "--plugin", plugin, "--data", DATA, "-o",
                    "json", *args, status=status)


# What is wrong, arguments, status, what the sentence says.
WRONG = [
    (dict(entry="return NULL;"), (), 83, "gives NULL as its description"),
    (dict(entry="row.struct_size = 8;"), (), 83, "no size of its descri"),
    (dict(entry="row.struct_size = 60000;"), (), 83, "no size of its des"),
    (dict(entry="row.abi = 7;"), (), 83, "is built for interface 7"),
    (dict(entry="row.name = NULL;"), (), 83, "has no name"),
    (dict(entry="row.on_step = NULL;"), (), 83, "has no init or no on_step"),
    (dict(entry="row.wants = 2;"), (), 83, "wants something that this"),
    (dict(entry="row.init = NULL;"), (), 83, "has no init or no on_step"),
    (dict(entry="row.nparams = 65;"), (), 83, "more than 64 parameters"),
    (dict(entry="row.nparams = 1;"), (), 83, "no table of them"),
    (dict(more=PARAM % '{ "a b", "1", SIMU_INT, 0, 0, "" }',
          slots="SIMU_PARAMS(params)"), (), 83, "whose name is not made"),
    (dict(more=PARAM % '{ "a", "x", SIMU_INT, 0, 0, "" }',
          slots="SIMU_PARAMS(params)"), (), 83, "not of its kind"),
    (dict(more=PARAM % '{ "a", "9", SIMU_INT, 1, 5, "" }',
          slots="SIMU_PARAMS(params)"), (), 83, "out of its range"),
    (dict(more=PARAM % '{ "a", "1", 5, 0, 0, "" }',
          slots="SIMU_PARAMS(params)"), (), 83, "a parameter of no kind"),
    (dict(more=PARAM % ('{ "a", "1", SIMU_INT, 0, 0, "" }, '
                        '{ "a", "1", SIMU_INT, 0, 0, "" }'),
          slots="SIMU_PARAMS(params)"), (), 83, "a parameter twice"),
    (dict(more=PARAM % '{ "fast", "1", SIMU_INT, 1, 5, "" }',
          slots="SIMU_PARAMS(params)"), ("-p", "fst=3"), 64,
     "did you mean fast"),
    (dict(more=PARAM % '{ "fast", "1", SIMU_INT, 1, 5, "" }',
          slots="SIMU_PARAMS(params)"), ("-p", "fast=6"), 64,
     "must be a whole number from 1 to 5"),
    (dict(more=PARAM % '{ "fast", "1", SIMU_INT, 1, 5, "" }',
          slots="SIMU_PARAMS(params)"), ("-p", "fast=2.5"), 64,
     "must be a whole number"),
    (dict(more=PARAM % '{ "fast", "1", SIMU_INT, 1, 5, "" }',
          slots="SIMU_PARAMS(params)"), ("-p", "fast=2", "-p", "fast=3"), 64,
     "given twice"),
    (dict(init="return 5;"), (), 83, "init returned 5"),
    (dict(init='return h->fail(h, "no luck\\ntoday");'), (), 83,
     "no luck\\\\x0atoday"),
    (dict(step="return s->number == 9 ? -3 : 0;"), (), 83,
     "on_step returned -3 in step 9"),
    (dict(step='if (s->number == 9) host->fail(host, "enough");'), (), 83,
     "enough; what it did until then is saved as"),
    (dict(more="static int end(void *s) { (void)s; return 1; }",
          slots=".on_end = end"), (), 83, "on_end returned 1"),
    (dict(more="static int tick(void *s, uint64_t id) "
               "{ (void)s; return (int)id; }",
          init="h->timer(h, 0, 0, 4);", slots=".on_timer = tick"), (), 83,
     "on_timer returned 4 in step 1"),
    (dict(step="host->submit(host, &o, NULL);",
          more="static int fill(void *s, const struct simu_fill *f) "
               "{ (void)s; return f->qty == SIMU_ONE; }",
          slots=".on_fill = fill"), (), 83, "on_fill returned 1 in step 2"),
]

# Questions that are refused, not followed: the plugin looks at the answer.
ASK = """
static int bad(const struct simu_host *h)
{
	struct simu_order o = SIMU_ORDER_INIT, zero = { 0 };
	struct simu_account a = { 0 };
	int n = 0;

	o.size = SIMU_ONE; o.sym = 9;
	n += h->submit(h, &o, NULL) == SIMU_E_INVAL && *h->why(h);
	o.sym = 0; o.side = 2;
	n += h->submit(h, &o, NULL) == SIMU_E_INVAL;
	o.side = 0; o.type = -1;
	n += h->submit(h, &o, NULL) == SIMU_E_INVAL;
	o.type = 0; o.flags = 16;
	n += h->submit(h, &o, NULL) == SIMU_E_INVAL;
	o.flags = 0; o.size = -SIMU_ONE;
	n += h->submit(h, &o, NULL) == SIMU_E_REJECTED;
	n += h->submit(h, &zero, NULL) == SIMU_E_INVAL;
	n += h->cancel(h, 77) == SIMU_E_NOENT;
	n += h->order(h, 77, NULL) == SIMU_E_NOENT;
	n += h->bars(h, 1) == NULL;
	n += h->account(h, &a) == SIMU_E_INVAL;
	n += h->frame(h, "1h", 0) == NULL;
	n += h->timer(h, 0, 0, 1) == SIMU_E_INVAL;
	n += h->metric(h, "", 1) == SIMU_E_LIMIT;
	n += h->mark(h, 3, "x") == SIMU_E_LIMIT;
	n += h->param(h, "none") == NULL;
	a.struct_size = 24;	/* as an older plugin has it */
	n += h->account(h, &a) == 0 && a.initial > 0 && !a.equity;
	return n - 16;
}
"""

# Much of what a plugin may do, in one.
ALL = dict(
    more="""
static const struct simu_bars *daily;
static unsigned ticks, weeks;
static int tick(void *s, uint64_t id)
{ (void)s; ticks += (unsigned)id; return 0; }
static int end(void *s) { (void)s;
  host->metric(host, "ticks", ticks); return 0; }
""",
    init="""
	if (h->nsyms != 1 || h->seed != 7 || h->timeframe[0] != 'd') return 1;
	daily = h->frame(h, "weekly", 0);
	if (!daily || h->frame(h, "1min", 0) || !*h->why(h)) return 2;
	if (h->timer(h, h->now_ns(h), 10 * INT64_C(86400000000000), 1))
		return 3;
	if (h->submit(h, &(struct simu_order){ .struct_size = 72 }, NULL) >= 0)
		return 4;
""",
    step="""
	struct simu_order_state q = { .struct_size = sizeof(q) };
	struct simu_instrument ins = { .struct_size = sizeof(ins) };
	if (daily->n < weeks || daily->n > s->number / 4 + 1) return 5;
	weeks = (unsigned)daily->n;
	if (host->bars(host, 0)->n != s->number) return 6;
	if (!host->is_session_end(host, 0)) return 7;
	if (host->instrument(host, 0, &ins) || ins.tick_size <= 0) return 8;
	if (s->number == 3) {
		o.type = SIMU_LIMIT; o.tif = SIMU_GTC; o.limit = SIMU_ONE;
		if (host->submit(host, &o, &id) || id != 1) return 9;
		if (host->replace(host, 1, 0, 2 * SIMU_ONE, 0)) return 10;
		if (host->order(host, 1, &q) || q.limit != 2 * SIMU_ONE)
			return 11;
		if (host->next_order(host, 0, 0, &q) != 1) return 12;
		if (host->cancel(host, 1)) return 13;
		if (host->order(host, 1, &q) || q.status != SIMU_CANCELLED)
			return 14;
		if (host->next_order(host, 0, 0, NULL)) return 15;
		host->mark(host, 0, "turned back");
		host->log(host, "third day");
	}
	if (s->number == 40) { host->rand(host); host->stop(host); }
""", slots=".on_timer = tick, .on_end = end, "
          ".wants = SIMU_WANT_ENDED")


def wrong_ones(home):
    for i, (parts, args, status, said) in enumerate(WRONG):
        plugin = make(home, f"wrong{i}", **parts)
        done = simulate(home, plugin, *args, status=status)
        if said not in done.stderr or done.stderr.count("\n") != 1:
            t.fail(f"{parts}: said {done.stderr!r}, not {said!r}")
    with open(os.path.join(home.path, "text.so"), "w",
              encoding="ascii") as f:
        f.write("no library\n")
    build(home, "none", "int nothing;\n")
    for plugin, status, said in (
            ("./text.so", 83, "cannot be loaded"),
            ("./none.so", 83, "exports no simu_strategy_entry"),
            ("./gone.so", 66, "gone.so"), ("", 64, "needs a value"),
            (".", 66, "not a regular file")):
        done = simulate(home, plugin, status=status)
        if said not in done.stderr or done.stderr.count("\n") != 1:
            t.fail(f"{plugin}: said {done.stderr!r}, not {said!r}")
    for args, said in (
            (("--strategy", "sma-cross"), "more than one is given"),
            (("--sandbox",), "for a strategy of the form pipe"),
            (("--callback-timeout", "5"), "must be a time"),
            (("--memory-limit", "1G"), "for a strategy of the form lua")):
        done = simulate(home, "./wrong0.so", *args, status=64)
        if said not in done.stderr:
            t.fail(f"{args}: said {done.stderr!r}, not {said!r}")
    return len(WRONG) + 9


def older_and_newer(home):
    """Built when the interface was shorter, or with one that is longer."""
    old = make(home, "old", init="free(*self); *self = NULL;",
               entry="row.struct_size = "
               "offsetof(struct simu_strategy, on_fill); "
               "*(void **)&row.on_fill = &row;")
    simulate(home, old)
    longer = """
struct longer { struct simu_strategy row; void *unknown; };
static struct longer big;"""
    entry = ("big.row = row; big.row.struct_size = sizeof(big); "
             "big.unknown = %s; return &big.row;")
    simulate(home, make(home, "new", more=longer.replace(
        "static struct longer big;", ""),
        entry="static struct longer big; " + entry % "NULL"))
    done = simulate(home, make(home, "newer", more=longer.replace(
        "static struct longer big;", ""),
        entry="static struct longer big; " + entry % "&row"), status=83)
    if "callbacks that this version doesn't know" not in done.stderr:
        t.fail(done.stderr)


def hangs_later(home):
    """What comes back in a run and then no more ends whatever asks again."""
    plugin = make(home, "later", more="#include <unistd.h>", step="""
	if (s->number == 9) host->submit(host, &o, &id);
	if (s->number == 9 && getenv("SIMUTRADOR_HANGS")) pause();""")
    run = t.parse(simulate(home, plugin, "--callback-timeout",
                           "300ms").stdout)["run_id"]
    row = home.run("optimize", "sweep", "--plugin", plugin, "--data", DATA,
                   "--callback-timeout", "300ms", "-o", "ndjson").stdout
    home.write("row.json", row)
    for args in (("run", "verify", run), ("run", "replay", run),
                 ("explain", "fill", "1", "--run", run),
                 ("run", "fork", run, "--at", "1"),
                 ("run", "exec", "row.json")):
        home.run(*args)
        done = home.run(*args, env={"SIMUTRADOR_HANGS": "1"}, status=83)
        if "later.so: on_step took longer than 300 ms" not in done.stderr:
            t.fail(f"{args}: {done.stdout}{done.stderr}")


def crashes(home):
    """What dies, dies in a sentence; a sweep goes on without the point."""
    deep = ("static int deep(int n) { volatile char b[4096]; b[0] = (char)n; "
            "return n < 0 ? 0 : deep(n + 1) + b[0]; }")
    for name, parts, said in (
            ("segv", {"more": "static int *volatile nowhere;",
                      "step": "if (s->number == 9) *nowhere = 1;"},
             "on_step was ended by SIGSEGV (a bad address) in step 9"),
            ("fpe", {"more": "#include <signal.h>", "step": "raise(SIGFPE);"},
             "on_step was ended by SIGFPE (a division by zero) in step 1"),
            ("abort", {"step": "if (s->number == 3) abort();"},
             "on_step was ended by SIGABRT (abort) in step 3"),
            ("exit", {"step": "if (s->number == 3) exit(0);"},
             "on_step called exit() in step 3"),
            ("deep", {"more": deep, "step": "deep(0);"},
             "on_step was ended by SIGSEGV (a bad address) in step 1"),
            ("start", {"init": "abort();"},
             "init was ended by SIGABRT (abort)"),
            ("entry", {"entry": "abort();"},
             "simu_strategy_entry was ended by SIGABRT (abort)")):
        done = simulate(home, make(home, name, **parts), status=83)
        if f"{name}.so: {said}" not in done.stderr:
            t.fail(f"{name} said {done.stderr!r}, not {said!r}")
        sealed = "is saved as r" in done.stderr
        if sealed != ("step" in said):
            t.fail(f"{name} said {done.stderr!r}")
    plugin = make(home, "some", more=PARAM % '{ "a", "1", SIMU_INT, 0, 9, "" }',
                  slots="SIMU_PARAMS(params)",
                  init='if (h->param_int(h, "a") == 2) abort();')
    done = home.run("optimize", "sweep", "--plugin", plugin, "--data", DATA,
                    "-p", "a=1:3:1", status=83)
    if "point 1: some.so: init was ended by SIGABRT" not in done.stderr:
        t.fail(done.stderr)
    rows = home.run("optimize", "resume", "last", "-o",
                    "ndjson").stdout.splitlines()
    if ["error" in json.loads(x) for x in rows] != [False, True, False]:
        t.fail(f"resumed: {rows}")


def all_of_it(home):
    plugin = make(home, "all", **ALL)
    done = t.parse(simulate(home, plugin, "--seed", "7").stdout)
    if done["steps"] != 40 or done["partial"]:
        t.fail(f"stop: {done}")
    lines = open(os.path.join(home.path, "sim", "runs", done["run_id"],
                              "notes.ndjson"), encoding="utf-8").readlines()
    notes = [json.loads(x) for x in lines]
    if [n["kind"] for n in notes] != ["mark", "log", "metric"] or \
            notes[2]["name"] != "ticks" or not 4 <= notes[2]["value"] <= 6:
        t.fail(f"notes: {notes}")
    rows = home.run("run", "notes", done["run_id"]).stdout.splitlines()
    if [json.loads(x)["kind"] for x in rows] != ["mark", "log", "metric"]:
        t.fail(f"run notes: {rows}")
    said = f"ticks={notes[2]['value']}"
    if done["strategy_metrics"] != [said] or done["marks"] != 1:
        t.fail(f"run show: {done}")
    report = t.parse(home.run("report", "last", "-o", "json").stdout)
    if report["strategy_metrics"] != {"ticks": notes[2]["value"]} or \
            report["marks"][0]["text"] != "turned back" or \
            report["marks"][0]["symbol"] != "ACME":
        t.fail(f"report: {report['strategy_metrics']} {report['marks']}")
    for args in (("-o", "table"), ("--html", "-")):
        text = home.run("report", "last", *args).stdout
        for word in ("Said by the strategy", "ticks", "turned back"):
            if word not in text:
                t.fail(f"report {args}: no {word}")
    asks = make(home, "asks", more=ASK,
                step="if (s->number == 2) return bad(host);")
    simulate(home, asks)
    home.run("run", "verify", done["run_id"])
    with open(os.path.join(home.path, "all.so"), "ab") as f:
        f.write(b"\0")
    done = home.run("run", "verify", done["run_id"], status=84)
    if "all.so" not in done.stderr:
        t.fail(done.stderr)
    os.remove(os.path.join(home.path, "all.so"))
    done = home.run("run", "verify", "last", status=0)


LOOK = """
static int knows;
static uint64_t look(void *self, const struct simu_step *s, uint64_t n)
{ struct simu_order o = SIMU_ORDER_INIT;
  (void)self; (void)o; o.size = SIMU_ONE; knows = 1; %s
  return s->number < 6 ? 0 : n; }
"""


def quiet_ones(home):
    """Steps passed over change nothing, and who makes them do is found out."""
    data = "ACME=" + os.path.join(TOP, "data", "ACME_1min.csv")
    buy = "if (s->number == 5) host->submit(host, &o, NULL);"
    runs = {}
    for name, look, step, slots in (
            ("each", "", buy, ""),
            ("passes", "", buy, ".quiet = look"),
            ("cheats", "", buy.replace("5", "5 || (knows && s->number > 6)"),
             ".quiet = look"),
            ("asks", "host->submit(host, &o, NULL);", buy,
             ".quiet = look")):
        plugin = make(home, name, more="" if name == "each" else LOOK % look,
                      step=step, slots=slots)
        done = home.run("simulate", "--plugin", plugin, "--data", data, "-o",
                        "json", status=83 if name == "asks" else 0)
        if name == "asks":
            if "quiet asks the host for something" not in done.stderr:
                t.fail(done.stderr)
            continue
        runs[name] = t.parse(done.stdout)
        home.run("run", "verify", runs[name]["run_id"],
                 status=84 if name == "cheats" else 0)
    for key in ("log_hash", "fills", "steps"):
        if runs["each"][key] != runs["passes"][key]:
            t.fail(f"quiet changes {key}: {runs}")


def examples(home):
    page = open(os.path.join(TOP, "man", "simutrador_plugin.3"),
                encoding="ascii").read()
    text = re.search(r"\.Bd -literal\n(.*?)\n\.Ed", page, re.S).group(1)
    done = t.parse(simulate(home, build(home, "manual", text.replace(
        "\\e", "\\") + "\n"), "-p", "gain=1.5").stdout)
    if done["fills"] < 2:
        t.fail(f"the example of the manual trades {done['fills']} times")
    with open(os.path.join(TOP, "examples", "sma.c"), encoding="ascii") as f:
        sma = build(home, "sma", f.read())
    for p in ((), ("-p", "fast=3", "-p", "slow=8")):
        ours = t.parse(simulate(home, sma, *p).stdout)
        same = t.parse(home.run("simulate", "--strategy", "sma-cross",
                                "--data", DATA, "-o", "json", *p).stdout)
        if ours["log_hash"] != same["log_hash"] or not ours["fills"]:
            t.fail("examples/sma.c and sma-cross part")


def hangs(home):
    """One that does not come back: within its time, sealed, verifiable."""
    plugin = make(home, "hangs", step="""
	static volatile int never;
	if (s->number == 2) host->submit(host, &o, NULL);
	while (s->number == 50 && !never)\n\t\t;""")
    done = simulate(home, plugin, "--callback-timeout", "300ms", status=83)
    if "on_step took longer than 300 ms in step 50" not in done.stderr or \
            "saved as" not in done.stderr:
        t.fail(done.stderr)
    run = t.parse(done.stdout)
    if run["steps"] != 50 or "strategy-failed" not in run["stamps"] or \
            run["fills"] != 1:
        t.fail(f"what is left: {run}")


def main():
    with t.Home() as home:
        n = wrong_ones(home)
        older_and_newer(home)
        all_of_it(home)
        hangs(home)
        hangs_later(home)
        crashes(home)
        quiet_ones(home)
        examples(home)
    print(f"{n} wrong plugins; {n + 23} passed, 0 failed, 0 skipped")


main()
