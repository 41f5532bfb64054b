"""What the fault tests share: folders as bytes, and the disk that fails."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, "run"))
import simtest as t     # noqa: E402

LONG = bool(os.environ.get("SIM_LONG"))
SHIM = os.path.join(os.environ["top_builddir"], "tests", "fault", "shim.so")
EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}     # summaries are the same too


def tree(folder):
    """({path: bytes} of what counts, [what was left behind])."""
    files, left = {}, []
    for where, _, names in os.walk(folder):
        inner = os.path.relpath(where, folder)
        if os.path.basename(where).startswith(".new-"):
            left.append(inner)
        for name in names:
            path = os.path.join(inner, name)
            if ".new-" in path or ".tmp." in name:
                left.append(path)
            elif not name.startswith(".lock") and ".locks" not in inner:
                with open(os.path.join(where, name), "rb") as f:
                    files[path] = f.read()
    return files, left


def shim(home, at, how):
    """The environment in which step number `at` fails."""
    if not os.path.exists(SHIM):
        print("skipped: shim.so was not built")
        sys.exit(77)
    asan = os.environ.get("ASAN_OPTIONS", "")
    return dict(EPOCH, LD_PRELOAD=SHIM, FAULT_AT=str(at), FAULT_DO=how,
                FAULT_UNDER=os.path.join(home.path, "sim"),
                FAULT_COUNT=os.path.join(home.path, "steps"),
                ASAN_OPTIONS=f"{asan}:verify_asan_link_order=0")


def steps_of(home):
    with open(os.path.join(home.path, "steps"), encoding="ascii") as f:
        return int(f.read())


def copy(source, target):
    subprocess.run(["rm", "-rf", target], check=True)
    if os.path.exists(source):
        subprocess.run(["cp", "-a", source, target], check=True)
