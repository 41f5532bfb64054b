"""What the server closed, opened by the Python standard library alone: AES-256
in Galois/counter mode, as NIST SP 800-38D and FIPS 197 say it.  And codes by
time, as RFC 6238 says it."""
import base64
import hashlib
import hmac
import json
import os
import sqlite3
import struct


def times(a, b):
    """In the field of AES."""
    out = 0
    while b:
        out ^= a if b & 1 else 0
        a = a << 1 ^ (0x11b if a & 0x80 else 0)
        b >>= 1
    return out


def boxes():
    out = []
    for x in range(256):
        y = next((i for i in range(256) if times(x, i) == 1), 0)
        z = 0
        for i in range(5):
            z ^= (y << i | y >> (8 - i)) & 255
        out.append(z ^ 0x63)
    return out


SBOX = boxes()


def round_keys(key):
    words = [list(key[i:i + 4]) for i in range(0, 32, 4)]
    more = 1
    for i in range(8, 60):
        w = list(words[-1])
        if i % 8 == 0:
            w = [SBOX[x] for x in w[1:] + w[:1]]
            w[0] ^= more
            more = times(more, 2)
        elif i % 8 == 4:
            w = [SBOX[x] for x in w]
        words.append([a ^ b for a, b in zip(words[-8], w)])
    return [sum(words[i:i + 4], []) for i in range(0, 60, 4)]


def block(keys, data):
    s = [a ^ b for a, b in zip(data, keys[0])]
    for n in range(1, 15):
        s = [SBOX[s[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if n < 14:
            t = []
            for c in range(0, 16, 4):
                col = s[c:c + 4]
                for i in range(4):
                    t.append(times(col[i], 2) ^ times(col[(i + 1) % 4], 3) ^
                             col[(i + 2) % 4] ^ col[(i + 3) % 4])
            s = t
        s = [a ^ b for a, b in zip(s, keys[n])]
    return bytes(s)


def ghash(h, data):
    y = 0
    h = int.from_bytes(h, "big")
    for i in range(0, len(data), 16):
        x = y ^ int.from_bytes(data[i:i + 16].ljust(16, b"\0"), "big")
        y, v = 0, h
        for bit in range(127, -1, -1):
            if x >> bit & 1:
                y ^= v
            v = v >> 1 ^ (0xe1 << 120 if v & 1 else 0)
    return y.to_bytes(16, "big")


def padded(data):
    return data + b"\0" * (-len(data) % 16)


def gcm_open(key, nonce, data, tag, more):
    keys = round_keys(key)
    h = block(keys, bytes(16))
    sums = padded(more) + padded(data) + struct.pack(
        ">QQ", 8 * len(more), 8 * len(data))
    first = block(keys, nonce + b"\0\0\0\1")
    want = bytes(a ^ b for a, b in zip(ghash(h, sums), first))
    if want != tag:
        raise ValueError("the tag is wrong")
    out = b""
    for i in range(0, len(data), 16):
        pad = block(keys, nonce + struct.pack(">I", 2 + i // 16))
        out += bytes(a ^ b for a, b in zip(data[i:i + 16], pad))
    return out


def unseal(box, user, purpose, path):
    """By the keys of a file."""
    with open(path, encoding="ascii") as f:
        keys = [bytes.fromhex(line) for line in f.read().split()]
    assert box[0] == 1
    key = next(k for k in keys if hashlib.sha256(k).digest()[:4] == box[1:5])
    return gcm_open(key, box[5:17], box[17:-16], box[-16:],
                    box[:5] + ("%s|%s" % (user, purpose)).encode())


# Options of a server whose mail waits in the outbox, to be read there: nobody
# listens at this port.
WAITS = ("--smtp", "smtp://127.0.0.1:9", "--mail-from", "post@example.org")


class Post:
    """The outbox of a server's home."""

    def __init__(self, home):
        folder = os.path.join(home.path, ".local", "share", "simutrador")
        self.db = os.path.join(folder, "server.db")
        self.key = os.path.join(folder, "seal.key")

    def rows(self, sql, *args):
        db = sqlite3.connect(self.db, timeout=60)
        try:
            return db.execute(sql, args).fetchall()
        finally:
            db.close()

    def mails(self, to):
        """(template, arguments), oldest first; those already sent have
        none."""
        return [(t, json.loads(unseal(a, i, "mail", self.key)) if a else {})
                for t, a, i in self.rows(
                    "SELECT template, arguments, message_id FROM outbox"
                    " WHERE recipient = ? ORDER BY id", to)]

    def last(self, to):
        return self.mails(to)[-1]


def totp(secret, when):
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", int(when) // 30),
                   hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) %
                     1000000)
