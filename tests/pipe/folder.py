"""Runs of a command whose files are named from its folder: made again from any
other, and what is said when the folder is gone."""
import os
import sys

from pipetest import ACME, Home, Tally
from wrong import ORDER, at

TRADE = at(3, ORDER % ',"quantity":1')
RUN = ". ./trade.sh\n"


def again(t, home, run, what, cwd):
    """Whatever makes a run again does so in its folder."""
    for args in (("run", "verify", run), ("run", "replay", run),
                 ("explain", "fill", "1", "--run", run),
                 ("run", "fork", run, "--at", "1", "--no-save")):
        rc, out, err = home.run(*args, cwd=cwd)
        t.check("%s: %s" % (what, args[1]), rc == 0, rc, out, err)


def main():
    t = Tally()
    with Home() as home:
        own = os.path.join(home.path, "own")
        other = os.path.join(home.path, "other")
        os.mkdir(own)
        os.mkdir(other)
        home.file("own/trade.sh", TRADE)
        home.file("own/run.sh", RUN)
        run = ("simulate", "--exec", "sh run.sh", "--data", ACME)
        rc, out, err = home.run(*run, cwd=own)
        t.check("a run", rc == 0 and '"fills":1' in out, rc, out, err)
        again(t, home, "r1", "elsewhere", other)
        rc, out, err = home.run("run", "fork", "r1", "--at", "1", "--exec",
                                "sh ../own/run.sh", cwd=other)
        t.check("a fork that can't find its file fails", rc == 83, rc, err)
        home.file("other/run.sh", "cd ../own\n" + RUN)
        rc, out, err = home.run("run", "fork", "r1", "--at", "1", "--exec",
                                "sh run.sh", cwd=other)
        t.check("a fork with a command of another folder", rc == 0, rc, err)
        again(t, home, "last", "two folders", home.path)
        rc, out, err = home.run("run", "bundle", "r1", "r1.bundle")
        t.check("a bundle", rc == 0, rc, err)
        bundle = os.path.join(home.path, "r1.bundle")
        rc, out, err = home.run("run", "verify", bundle, cwd=own)
        t.check("a bundle starts it where we are", rc == 0, rc, out, err)
        rc, out, err = home.run("run", "verify", bundle, cwd=home.path)
        t.check("and nowhere else", rc == 83, rc, out, err)
        os.rename(own, own + ".away")
        for args in (("run", "verify", "r1"), ("run", "verify", "last")):
            rc, out, err = home.run(*args)
            t.check("its folder is gone", rc == 66 and
                    "which is no folder any more; put it back" in err,
                    rc, out, err)
        os.rename(own + ".away", own)
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
