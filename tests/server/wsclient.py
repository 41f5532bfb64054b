"""A WebSocket and HTTP client for tests, in Python's standard library alone.

It shares no code with the program.  Nothing is hidden: frames go out with
whatever bits, masks, lengths and fragments a test wants, and come in as they
are.

    from wsclient import Client, Refused, Closed, http

    answer = http(port, "POST", "/auth/token", {"X-API-Key": key})
    c = Client(port, "/ws/simulate?token=" + token)   # or raises Refused
    c.send({"type": "ping", "data": {}})              # dict: as JSON
    c.recv()                      # next text, parsed when it is JSON
    c.expect("pong")              # next message of that type, others kept
    c.ask("create_session", {...})       # with a request_id, gives its reply
    c.wait_close()                # (code, reason)
"""

import base64
import collections
import hashlib
import json
import os
import socket
import ssl
import struct
import time

# Seconds for what has to come, on a machine however busy.
PATIENCE = 60

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

Frame = collections.namedtuple("Frame", "fin rsv op payload masked")


class Answer:
    """An HTTP answer; header names are lower case."""

    def __init__(self, head, body=b""):
        lines = head.decode("latin-1").split("\r\n")
        parts = lines[0].split(" ", 2)
        self.version = parts[0]
        self.status = int(parts[1]) if len(parts) > 1 else 0
        self.reason = parts[2] if len(parts) > 2 else ""
        self.header_list = [tuple(x.strip() for x in line.split(":", 1))
                            for line in lines[1:] if ":" in line]
        self.headers = {k.lower(): v for k, v in self.header_list}
        self.body = body

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return "<%d %s %r>" % (self.status, self.reason, self.body[:200])


class Refused(Exception):
    """The handshake was answered with something else than 101."""

    def __init__(self, answer):
        super().__init__(repr(answer))
        self.answer = answer


class Closed(Exception):
    """The other side closed: code (1006: without a close frame), reason."""

    def __init__(self, code, reason=""):
        super().__init__("%d %s" % (code, reason))
        self.code = code
        self.reason = reason


def connect(port, host="127.0.0.1", timeout=PATIENCE, tls=False, rcvbuf=None):
    """To a port, or to the Unix socket of that path."""
    if isinstance(port, str):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(timeout)
        sock.connect(port)
        return sock
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    if rcvbuf:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    sock.settimeout(timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.connect((host, port))
    if tls:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        sock = context.wrap_socket(sock, server_hostname="localhost")
    return sock


class Reader:
    """Bytes of a socket, as many as are asked for."""

    def __init__(self, sock):
        self.sock = sock
        self.kept = b""

    def more(self):
        got = self.sock.recv(65536)
        if not got:
            raise EOFError
        self.kept += got

    def exactly(self, n):
        while len(self.kept) < n:
            self.more()
        got, self.kept = self.kept[:n], self.kept[n:]
        return got

    def until(self, mark):
        while mark not in self.kept:
            self.more()
        got, self.kept = self.kept.split(mark, 1)
        return got

    def answer(self, is_head=False):
        """The next HTTP answer."""
        answer = Answer(self.until(b"\r\n\r\n"))
        if is_head or answer.status in (101, 100, 204, 304):
            return answer
        if "content-length" in answer.headers:
            answer.body = self.exactly(int(answer.headers["content-length"]))
        else:
            try:
                while True:
                    self.more()
            except EOFError:
                answer.body, self.kept = self.kept, b""
        return answer


def request_bytes(method, path, headers=None, body=None, host="localhost"):
    """A request as bytes.  Headers: dict or list of pairs; a body without
    Content-Length gets one."""
    pairs = list(headers.items() if isinstance(headers, dict)
                 else headers or [])
    names = {k.lower() for k, _ in pairs}
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
        if "content-type" not in names:
            pairs.append(("Content-Type", "application/json"))
    if isinstance(body, str):
        body = body.encode()
    if "host" not in names:
        pairs.insert(0, ("Host", host))
    if body is not None and "content-length" not in names:
        pairs.append(("Content-Length", str(len(body))))
    head = "%s %s HTTP/1.1\r\n" % (method, path)
    head += "".join("%s: %s\r\n" % pair for pair in pairs)
    return head.encode("latin-1") + b"\r\n" + (body or b"")


def http(port, method="GET", path="/health", headers=None, body=None,
         host="127.0.0.1", timeout=PATIENCE, tls=False):
    """One request on a connection of its own."""
    sock = connect(port, host, timeout, tls)
    with sock:
        sock.sendall(request_bytes(method, path, headers, body))
        return Reader(sock).answer(method == "HEAD")


def raw(port, data, timeout=PATIENCE, host="127.0.0.1", first=0):
    """Send bytes as they are; everything that comes until the end of the
    connection (then the second value is True) or the timeout, which counts
    from what comes first, if that does in `first` seconds."""
    sock = connect(port, host)
    got = b""
    with sock:
        try:
            sock.sendall(data)
        except OSError:
            pass
        until = time.monotonic() + max(timeout, first)
        while time.monotonic() < until:
            try:
                sock.settimeout(max(0.01, until - time.monotonic()))
                piece = sock.recv(65536)
            except socket.timeout:
                return got, False
            except OSError:
                return got, True
            if not piece:
                return got, True
            if not got:
                until = time.monotonic() + timeout
            got += piece
    return got, False


def mask_bytes(payload, key):
    if key == b"\0\0\0\0":
        return payload
    long = (key * (len(payload) // 4 + 1))[:len(payload)]
    return (int.from_bytes(payload, "big") ^
            int.from_bytes(long, "big")).to_bytes(len(payload), "big")


def frame_bytes(op, payload=b"", fin=True, rsv=0, mask=True, length=None,
                size=None):
    """A frame.  mask: True a random key, False none, or four bytes.
    length: the one to state, size: 7, 16 or 64 bits to state it in."""
    if isinstance(payload, str):
        payload = payload.encode()
    n = len(payload) if length is None else length
    if size is None:
        size = 7 if n < 126 else 16 if n < 65536 else 64
    bit = 0 if mask is False else 0x80
    head = bytes([(0x80 if fin else 0) | rsv << 4 | op])
    if size == 7:
        head += bytes([bit | n])
    elif size == 16:
        head += bytes([bit | 126]) + struct.pack(">H", n)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", n)
    if mask is False:
        return head + payload
    key = os.urandom(4) if mask is True else mask
    return head + key + mask_bytes(payload, key)


def close_payload(code, reason=b""):
    if isinstance(reason, str):
        reason = reason.encode()
    return struct.pack(">H", code) + reason


class Client:
    """A WebSocket.  `headers` replaces or (value None) removes a header of the
    handshake."""

    def __init__(self, port, path="/ws/simulate", headers=None,
                 timeout=PATIENCE,
                 host="127.0.0.1", tls=False, rcvbuf=None, auto_pong=True):
        self.sock = connect(port, host, timeout, tls, rcvbuf)
        self.reader = Reader(self.sock)
        self.auto_pong = auto_pong
        self.kept = collections.deque()
        self.closed = None
        self.serial = 0
        key = base64.b64encode(os.urandom(16)).decode()
        fields = {"Host": "localhost:%s" % port, "Upgrade": "websocket",
                  "Connection": "Upgrade", "Sec-WebSocket-Key": key,
                  "Sec-WebSocket-Version": "13"}
        for name, value in (headers or {}).items():
            fields[name] = value
        fields = {k: v for k, v in fields.items() if v is not None}
        try:
            self.sock.sendall(request_bytes("GET", path, fields))
            self.handshake = self.reader.answer()
            if self.handshake.status != 101:
                raise Refused(self.handshake)
            want = base64.b64encode(hashlib.sha1(
                (fields.get("Sec-WebSocket-Key", "") + GUID).encode())
                .digest()).decode()
            if self.handshake.headers.get("sec-websocket-accept") != want:
                raise AssertionError("Sec-WebSocket-Accept is wrong: %r" %
                                     self.handshake.headers)
        except BaseException:
            self.sock.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.abort()

    # -- out --

    def send_raw(self, data):
        self.sock.sendall(data)

    def send_slow(self, data, seconds=0.01, step=1):
        for i in range(0, len(data), step):
            self.sock.sendall(data[i:i + step])
            time.sleep(seconds)

    def send_frame(self, op, payload=b"", **kw):
        self.sock.sendall(frame_bytes(op, payload, **kw))

    def send(self, message):
        """A text message; a dict or list is sent as JSON."""
        if not isinstance(message, (str, bytes)):
            message = json.dumps(message)
        self.send_frame(TEXT, message)

    def send_type(self, type_, data=None, request_id=None):
        message = {"type": type_, "data": data if data is not None else {}}
        if request_id is not None:
            message["request_id"] = request_id
        self.send(message)

    # -- in --

    def settimeout(self, seconds):
        self.sock.settimeout(seconds)

    def recv_frame(self):
        """The next frame as it came; EOFError or OSError at the end."""
        a, b = self.reader.exactly(2)
        n = b & 0x7f
        if n == 126:
            n = struct.unpack(">H", self.reader.exactly(2))[0]
        elif n == 127:
            n = struct.unpack(">Q", self.reader.exactly(8))[0]
        key = self.reader.exactly(4) if b & 0x80 else None
        payload = self.reader.exactly(n)
        if key:
            payload = mask_bytes(payload, key)
        return Frame(bool(a & 0x80), a >> 4 & 7, a & 15, payload, bool(key))

    def _ended(self, code, reason=""):
        self.closed = (code, reason)
        raise Closed(code, reason)

    def recv_text(self):
        """The next text message; pings are answered, Closed is raised at the
        end."""
        if self.closed:
            raise Closed(*self.closed)
        parts = []
        while True:
            try:
                f = self.recv_frame()
            except socket.timeout:
                raise
            except (EOFError, OSError):
                self._ended(1006)
            if f.rsv or f.masked:
                raise AssertionError("the server sent %r" % (f,))
            if f.op == PING:
                if self.auto_pong:
                    self.send_frame(PONG, f.payload)
            elif f.op == CLOSE:
                try:
                    self.send_frame(CLOSE, f.payload[:2])
                except OSError:
                    pass
                if len(f.payload) < 2:
                    self._ended(1005)
                self._ended(struct.unpack(">H", f.payload[:2])[0],
                            f.payload[2:].decode())
            elif f.op in (TEXT, BINARY, CONTINUATION):
                parts.append(f.payload)
                if f.fin:
                    return b"".join(parts).decode()

    def recv(self, timeout=None):
        """The next message: parsed JSON, or the text when it isn't any."""
        if self.kept:
            return self.kept.popleft()
        return self._read(timeout)

    def _read(self, timeout=None):
        before = self.sock.gettimeout()
        if timeout is not None:
            self.sock.settimeout(timeout)
        try:
            text = self.recv_text()
        finally:
            if timeout is not None:
                self.sock.settimeout(before)
        try:
            return json.loads(text)
        except ValueError:
            return text

    def expect(self, type_, timeout=PATIENCE, where=None):
        """The next message of this type (and for which where(message) holds);
        the others stay for later calls, in their order."""
        def fits(m):
            return (isinstance(m, dict) and m.get("type") == type_ and
                    (where is None or where(m)))
        for m in self.kept:
            if fits(m):
                self.kept.remove(m)
                return m
        until = time.monotonic() + timeout
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("no %s came; kept: %r" %
                                   (type_, list(self.kept)[-5:]))
            m = self._read(left)
            if fits(m):
                return m
            self.kept.append(m)

    def ask(self, type_, data=None, timeout=PATIENCE):
        """Send with a request_id and give what echoes it."""
        self.serial += 1
        rid = "r%d" % self.serial
        self.send_type(type_, data, rid)
        until = time.monotonic() + timeout
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("no reply to %s" % type_)
            m = self._read(left)
            if isinstance(m, dict) and m.get("request_id") == rid:
                return m
            self.kept.append(m)

    def silent(self, seconds=0.2):
        """Whether nothing comes for so long (what comes is kept)."""
        try:
            self.kept.append(self._read(seconds))
            return False
        except socket.timeout:
            return True

    def wait_close(self, timeout=PATIENCE):
        """Read to the end: (code, reason)."""
        until = time.monotonic() + timeout
        try:
            while True:
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError("the connection was not closed")
                self.kept.append(self._read(left))
        except Closed as e:
            return e.code, e.reason

    # -- end --

    def close(self, code=1000, reason="", timeout=PATIENCE):
        """The closing handshake; what the server answered."""
        if not self.closed:
            self.send_frame(CLOSE, close_payload(code, reason))
            try:
                self.wait_close(timeout)
            except (OSError, TimeoutError):
                self.closed = (1006, "")
        self.sock.close()
        return self.closed

    def abort(self, reset=False):
        """Drop the connection without a close frame; reset: with RST."""
        try:
            if reset:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                     struct.pack("ii", 1, 0))
            self.sock.close()
        except OSError:
            pass
