#!/usr/bin/env python3
"""Frames of `simutrador dashboard --snapshot` over a run and over a pipe: going
back gives the same picture, one comes to a step the same way from everywhere,
breakpoints and explanations are those of the commands, and what is typed does
what the command does.  Not covered: a terminal (tmux.py)."""
import os
import random
import re
import subprocess
import sys
import tempfile

build = os.path.abspath(os.environ.get("top_builddir", "."))
top = os.path.abspath(os.environ.get("top_srcdir", "."))
sim = os.path.join(build, "simutrador")
is_long = os.environ.get("SIM_LONG") == "1"
passed = failed = 0


def environment(home):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("SIMUTRADOR_", "XDG_", "CLICOLOR", "LC_"))
           and k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LANG",
                         "COLORFGBG", "COLORTERM")}
    env.update(HOME=home, TERM="xterm-256color", LC_ALL="C.UTF-8", TZ="UTC")
    return env


def run(args, stdin=None, status=0):
    done = subprocess.run([sim] + args, env=env, capture_output=True,
                          input=stdin, timeout=600)
    if done.returncode != status:
        sys.exit(f"FAIL: {args}: status {done.returncode}\n"
                 + done.stderr.decode())
    return done.stdout.decode()


def frame(keys, size="110x34", what="r1", stdin=None, more=()):
    pressed = ["--keys", keys] if keys else []
    if what == "r1" and "--at" not in more:
        pressed += ["--at", "0"]
    return run(["dashboard", what, "--snapshot", "--size", size, *pressed,
                *more], stdin)


def check(ok, what, shown=""):
    global passed, failed
    if ok:
        passed += 1
        return
    failed += 1
    print(f"FAIL: {what}\n{shown}")


def steps():
    frames = [frame("." * n) for n in (0, 1, 5, 6)]
    check(len(set(frames)) == 4, "steps show")
    check("step 5 of" in frames[2], "where one stands", frames[2])
    check(frame("......,") == frames[2], "a step back")
    check(frame("," * 3) == frames[0], "back at the beginning stays there")
    check(frame("J5<Enter>") == frames[2], "a seek is as good as steps")
    check(frame("J400<Enter>J5<Enter>") == frames[2], "from the future")
    check(frame("J6<Enter>J-1<Enter>") == frames[2], "relative")
    end = frame("J100%<Enter>")
    check("100.0%" in end and "completed" in end, "the end", end)
    check(frame("J100%<Enter>......<Esc>") == end, "nothing behind it")
    check(run(["dashboard", "r1", "--snapshot", "--size", "110x34"]) ==
          frame("J100%<Enter>"), "a run is opened at its end")
    for at in ("300", "50%", "#4", "2019-06-03"):
        check(frame("", more=["--at", at]) == frame(f"J{at}<Enter>"),
              f"opened at {at}")
    check("ends here" in frame("", more=["--at", "100%"]) + frame(
        ".", more=["--at", "100%"]), "no step behind the end")
    far = frame("J300<Enter>")
    check(frame("J700<Enter>J300<Enter>") == far, "back from far")
    check(frame("J299<Enter>.") == far, "a step to there")
    check(frame("J5<Enter>mJ300<Enter>mJ400<Enter>''<Esc>")
          .count("step 300 of") == 1, "bookmarks")
    check(frame("J#1<Enter>").count("step ") > 0, "an event's number")


def breakpoints():
    shown = frame("Bdrawdown < -0.1<Enter>C", size="110x34")
    told = run(["run", "replay", "r1", "--break", "drawdown < -0.1"],
               b"continue\n")
    step = told.split('"step":')[2].split(",")[0]
    check(f"step {step} of" in shown, f"breakpoint at step {step}", shown)
    check("breakpoint 1 holds" in shown, "said so", shown)
    shown = frame("Bnonsense(<Enter>")
    check("breakpoint" in shown or "expression" in shown, "a wrong one",
          shown)
    check("no breakpoint" in frame("C"), "there is none")


def explain():
    shown = frame("J300<Enter>5e", size="110x60")
    check("Decision" in shown and "--run r1" in shown, "explain", shown)
    check("Decision" not in frame("J300<Enter>5e<Esc>"), "away with it")


def typed():
    shown = frame(":run list -o table<Enter>")
    check("run_id" in shown and "sma-cross" in shown, "a command", shown)
    check("did you mean" in frame(":runn list<Enter>"), "a wrong one")
    check("\n:run list\n" in frame(":run lis<Tab>"), "completion")
    shown = frame(":run <Tab>")
    check("replay" in shown and "verify" in shown, "all that fits", shown)
    shown = frame(":version<Enter><Esc>:data list<Enter><Esc>@")
    check("simutrador data list" in shown and "simutrador version" in shown,
          "the commands that were run", shown)
    check("simutrador" in frame(":version<Enter><Esc>:<Up><Enter>"),
          "brought back")
    check("ACME" in frame("5/ACME<Enter>J300<Enter>"), "filter")


def views():
    plain = frame("J300<Enter>")
    check(frame("J300<Enter>L") != plain, "another layout")
    check(frame("J300<Enter>Lu<Esc>") ==
          frame("J300<Enter>LLuu<Esc>"), "undone")
    # What is undone is that alone.
    shown = frame("J300<Enter>5/buy<Enter>4/none<Enter>u5<Esc>")
    check("/buy" in shown, "the other filter stays", shown)
    check("/none" not in frame("J300<Enter>5/buy<Enter>4/none<Enter>u<Esc>"),
          "a filter undone")
    check("/buy" not in frame("J300<Enter>5/buy<Enter>u<Esc>"), "and this")
    check("▾" in frame("J300<Enter>5o<Esc>") and
          "▾" not in frame("J300<Enter>5ou<Esc>"), "sorting undone")
    check("▾" in frame("J300<Enter>5ou<C-r><Esc>"), "and made again")
    row = next(i for i, line in enumerate(plain.splitlines())
               if " Fills " in line)
    shown = frame(f"J300<Enter><Click {row},0><Drag {row - 6},0>"
                  f"<Drop {row - 6},0>")
    check(" Fills " in shown.splitlines()[row - 6], "a border dragged", shown)
    check(frame(f"J300<Enter>2<Click {row},0><Drag {row - 6},0>"
                f"<Drag {row - 4},0><Drop {row - 4},0>u2<Esc>") ==
          frame("J300<Enter>2<Esc>"), "and undone")
    check("Keys" in frame("?") or "keys" in frame("?"), "help")
    check(frame("J300<Enter>?<Esc>") == plain, "help goes away")
    check("only a stored run" in frame("J", what="-", stdin=b""), "a pipe")
    for size in ("250x70", "100x30", "80x24", "60x16", "40x10", "20x4",
                 "1x1"):
        cols, rows = map(int, size.split("x"))
        for keys in ("J300<Enter>", "?", ":run <Tab>", "@", "J"):
            lines = frame(keys, size=size).splitlines()
            check(len(lines) <= rows and max(map(len, lines), default=0)
                  <= cols, f"{size} {keys}", "\n".join(lines))
    check("no session to trade in" in frame("b"), "no orders in a run")


def pipe():
    lines = run(["run", "replay", "r1"], b"step 3\n").encode()
    shown = frame("", what="-", stdin=lines)
    check("stdin" in shown, "a pipe that says nothing known", shown)
    tick = ('{"type":"tick","data":{"sequence_id":%d,"sim_time":'
            '"2024-01-%02dT21:00:00Z","timeframe":"daily","candles":'
            '{"ZED":{"date":"2024-01-%02dT14:30:00Z","open":10,"high":11,'
            '"low":9,"close":10.5,"volume":100}},"is_eod":true}}\n')
    text = "".join(tick % (i, i + 1, i + 1) for i in range(1, 9))
    shown = frame("", what="-", stdin=text.encode())
    check("ZED" in shown and "10.5" in shown, "what a strategy hears", shown)
    shown = frame(" ", what="-", stdin=text.encode())
    check("holds its clock" in shown, "nobody to tell", shown)
    shown = frame("", what="-", stdin=b"no JSON\n" + text.encode())
    check("ZED" in shown, "a bad line is passed over", shown)


def plain():
    said = run(["dashboard", "r1", "--plain"])
    fills = re.search(r"Fills ([\d ]*\d)", frame("J100%<Enter>5"))
    check(fills and said.count(" fill: ") ==
          int(fills.group(1).replace(" ", "")), "all fills in words", said)
    check("fill: bought " in said and "completed, step " in said,
          "and the end", said[-300:])
    said = run(["dashboard", "r1", "--plain", "--at", "300"])
    check("step 300, equity" in said, "up to a step", said[-300:])
    lines = run(["run", "replay", "r1"], b"step 60\n").encode()
    said = run(["dashboard", "-", "--plain"], lines)
    check("fill: " in said and "nothing more comes\n" in said,
          "a pipe in words", said[-300:])


def colours():
    path = os.path.join(env["HOME"], "mine")
    with open(path, "w", encoding="ascii") as f:
        f.write("# mine\ntitle #00b4ff underline\n")
    ways = ["--theme-file", path, "--color", "always"]
    shown = frame("", more=ways)
    check("\x1b[0;4;38;5;39m" in shown, "colours of one's own", repr(shown))
    check("\x1b[0;4;38;5;39m" not in frame("c<Esc>", more=ways), "the next")
    check(frame("cccccc<Esc>", more=ways) == frame("<Esc>", more=ways),
          "and round")
    with open(path, "w", encoding="ascii") as f:
        f.write("title blue\n")
    run(["dashboard", "r1", "--snapshot", *ways], status=78)


def wrong():
    run(["dashboard", "r99", "--snapshot"], status=66)
    run(["dashboard", "none", "--snapshot"], status=66)
    run(["dashboard", "-", "--snapshot", "--at", "3"], b"", status=64)
    run(["dashboard", "r1", "--plain", "--snapshot"], status=64)
    run(["dashboard", "r1", "--size", "10x10"], status=64)
    run(["dashboard", "r1", "--snapshot", "--size", "10"], status=64)
    run(["dashboard", "r1", "--snapshot", "--layout", "none"], status=64)
    run(["dashboard", "r1", "--snapshot", "--bind", "quitt=x"], status=78)
    run(["dashboard", "r1", "--snapshot", "--bind", "quit=<No>"], status=78)
    run(["dashboard", "r1"], status=69)
    shown = frame("Q.", more=["--bind", "quit=Q"])
    check("step 0 of" in shown, "a key of one's own")


def monkey():
    """Keys at random: nothing may fail, and each frame fits."""
    rng = random.Random(7)
    keys = (list("jkgGhlvionNyutcLMrmBCJ/:@?e[]+_{}.,;123456789bsxXfFR'\"")
            + ["<Enter>", "<Esc>", "<Tab>", "<S-Tab>", "<lt>", "<Up>",
               "<Down>", "<Left>", "<Right>", "<PgUp>", "<PgDn>", "<Home>",
               "<End>", "<Bs>", "<Del>", "<C-d>", "<C-u>", "<C-l>", "<C-r>",
               "<A-h>", "<A-l>", "<F1>", "<Click 3,5>", "<Click 20,30>",
               "<Drag 8,20>", "<Drag 15,60>", "<Drop 1,1>",
               "<Wheel-Up 5,5>", "<Wheel-Down 9,40>", "<Size 80x24>",
               "<Size 40x10>", "<Size 17x5>", "<Size 130x45>", "é", "漢"])
    count, part = (100000, 10000) if is_long else (3000, 1000)
    for i in range(count // part):
        text = "J200<Enter>" + "".join(rng.choice(keys)
                                       for _ in range(part))
        lines = frame(text).splitlines()
        check(0 < len(lines) <= 45, f"monkey {i}")


def nothing_yet():
    """Whoever has nothing is told how to come by something."""
    for what in ([], ["--size", "80x24", "--snapshot"]):
        said = subprocess.run([sim, "dashboard", *what], env=env,
                              capture_output=True, timeout=60)
        check(said.returncode == 66 and b"nothing to show yet" in said.stderr
              and b"data import" in said.stderr, "nothing to show",
              said.stderr.decode())


with tempfile.TemporaryDirectory() as home:
    env = environment(home)
    nothing_yet()
    run(["data", "import", f"{top}/data/ACME_daily.csv", "--symbol", "ACME"])
    run(["simulate", "--symbols", "ACME", "--strategy", "sma-cross", "-q"])
    steps()
    breakpoints()
    explain()
    typed()
    views()
    pipe()
    plain()
    colours()
    wrong()
    monkey()
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(failed != 0)
