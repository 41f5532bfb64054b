"""A server whose disk, memory and clock fail when a test says so: fail.so.

    with Failing(t, "torture") as s:
        s.ctl.disk(3)           # the 3rd step to the disk from now fails
        s.ctl.memory(5, ALL)    # the 5th allocation
        s.ctl.clock(86400)      # it is tomorrow
        s.ctl.calm()
"""
import errno
import mmap
import os
import struct
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from servertest import Home, Server

NOBODY, LIBRARIES, ALL = 0, 1, 2
FIELDS = ("clock_ns", "disk_count", "disk_at", "disk_for", "disk_errno",
          "mem_count", "mem_at", "mem_for", "mem_whose")
SHIM = os.path.join(os.path.abspath(os.environ.get("top_builddir", ".")),
                    "tests", "server", "fail.so")
FOREVER = 1 << 40


class Control:
    """The other side of fail.so, by its struct control."""

    def __init__(self):
        fd, self.path = tempfile.mkstemp(prefix="simfail")
        os.ftruncate(fd, 4096)
        self.map = mmap.mmap(fd, 4096)
        os.close(fd)

    def get(self, field):
        return struct.unpack_from("q", self.map, 8 * FIELDS.index(field))[0]

    def put(self, **fields):
        for field, value in fields.items():
            struct.pack_into("q", self.map, 8 * FIELDS.index(field), value)

    def disk(self, nth, count=1, error=errno.EIO):
        self.put(disk_at=0, disk_for=count, disk_errno=error)
        self.put(disk_at=self.get("disk_count") + nth)

    def memory(self, nth, whose, count=1):
        self.put(mem_at=0, mem_for=count, mem_whose=whose)
        self.put(mem_at=self.get("mem_count") + nth)

    def clock(self, seconds):
        self.put(clock_ns=int(seconds * 1e9))

    def calm(self):
        self.put(disk_at=0, mem_at=0, mem_whose=NOBODY)

    def close(self):
        self.map.close()
        os.unlink(self.path)


class Failing(Server):
    """`simutrador serve` with fail.so before it."""

    def __init__(self, tally, name, *options, home=None):
        self.ctl = Control()
        home = home or Home()
        asan = os.environ.get("ASAN_OPTIONS", "")
        super().__init__(tally, name, *options, home=home, env={
            "LD_PRELOAD": SHIM, "FAIL_CTL": self.ctl.path,
            "FAIL_UNDER": home.path,
            "ASAN_OPTIONS": asan + ":verify_asan_link_order=0"})
        self.own_home = True

    def forget(self):
        super().forget()
        if self.ctl:
            self.ctl.close()
            self.ctl = None
