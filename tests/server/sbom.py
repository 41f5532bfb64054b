"""`make sbom` names each library that the program is linked with, and what it
opens when it runs, in the version that is installed."""
import json
import os
import re
import subprocess
import sys

SRC = os.path.abspath(os.environ.get("top_srcdir", "."))
BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
PKG = os.environ.get("PKG_CONFIG") or "pkg-config"
# Of the C compiler and its library.
OWN = re.compile(r"lib(c|m|dl|rt|pthread|gcc_s|asan|ubsan|tsan|lsan|tinfow?)"
                 r"\.so|lib(a|t|l|ub)san|libclang_rt|ld-|linux-vdso")


def made(ev):
    out = subprocess.run(
        ["sh", os.path.join(SRC, "tools", "sbom.sh"), "simutrador", "1.2\"",
         ev], env=dict(os.environ, top_srcdir=SRC, PKG_CONFIG=PKG),
        stdout=subprocess.PIPE, check=True).stdout
    return out, json.loads(out)


def needed():
    out = subprocess.run(["readelf", "-d", os.path.join(BUILD, "simutrador")],
                         stdout=subprocess.PIPE, check=True, text=True).stdout
    return {x for x in re.findall(r"NEEDED.*\[(.*?)\]", out)
            if not OWN.match(x)}


def main():
    faults = []

    def check(what, is_right, *seen):
        if not is_right:
            faults.append(what)
            print("FAIL: %s %s" % (what, seen))

    try:
        libraries = needed()
    except (OSError, subprocess.CalledProcessError):
        print("skipped: there is no readelf, or no program")
        return 77
    text, bom = made("-lev" if "libev.so.4" in libraries else "")
    check("the same bytes", made("-lev" if "libev.so.4" in libraries
                                 else "")[0] == text)
    check("what it is", bom["bomFormat"] == "CycloneDX" and
          bom["specVersion"] == "1.5" and
          bom["metadata"]["component"]["version"] == "1.2\"", bom)
    names = [c["name"] for c in bom["components"]]
    check("each once", len(set(names)) == len(names) > 10, names)
    check("the program needs them", bom["dependencies"] == [
        {"ref": "simutrador", "dependsOn": names}], bom["dependencies"])
    flags = set()
    for c in bom["components"]:
        if c["name"] == "libev":
            flags.add("ev")
            continue
        p = subprocess.run([PKG, "--libs-only-l", c["name"]], text=True,
                           stdout=subprocess.PIPE, check=True)
        flags |= set(re.findall(r"-l(\S+)", p.stdout))
        p = subprocess.run([PKG, "--modversion", c["name"]], text=True,
                           stdout=subprocess.PIPE, check=True)
        check(c["name"] + ": its version", c["version"] == p.stdout.strip() and
              c["purl"] == "pkg:generic/%s@%s" % (c["name"], c["version"]), c)
    for lib in libraries:
        check(lib + " is in it",
              re.match(r"lib(.*?)\.so", lib).group(1) in flags, flags)
    check("what is opened when it runs", "libcurl" in names, names)
    check("nothing of the tests", "check" not in names, names)
    print("%d failed" % len(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
