"""A server for tests of clients that answers wrongly, in every way."""
import socket
import threading
import time


def answer(status, body, head=""):
    return ("HTTP/1.1 %s\r\nConnection: close\r\n%s\r\n%s" %
            (status, head, body)).encode()


def ours(status, code, message="why", head=""):
    return answer(status, '{"error": "%s", "message": "%s"}' %
                  (code, message), head)


TOKEN = ('{"access_token": "%s", "expires_in": %d, "token_type": "Bearer",'
         ' "user_id": "u_1", "plan": "free"}')


class Fake:
    """Answers each connection with the next of `answers`, the last one for
    ever: bytes, or a function of (socket, request)."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                c = self.listener.accept()[0]
            except OSError:
                return
            what = self.answers[0]
            if len(self.answers) > 1:
                self.answers.pop(0)
            threading.Thread(target=self.one, args=(c, what),
                             daemon=True).start()

    def one(self, c, what):
        with c:
            try:
                request = self.hear(c)
                self.asked.append(request)
                if callable(what):
                    what(c, request)
                else:
                    c.sendall(what)
                c.shutdown(socket.SHUT_WR)
                while c.recv(65536):
                    pass
            except OSError:
                pass

    @staticmethod
    def hear(c):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = c.recv(65536)
            if not piece:
                return data.decode("latin-1")
            data += piece
        head, body = data.split(b"\r\n\r\n", 1)
        size = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        while len(body) < size:
            piece = c.recv(65536)
            if not piece:
                break
            body += piece
        return (head + b"\r\n\r\n" + body).decode("latin-1")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


def slow(c, _):
    """No answer before they end it."""
    while c.recv(65536):
        pass


def drip(c, _):
    """Bytes that come, and never enough."""
    c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
    while True:
        c.sendall(b" ")
        time.sleep(0.1)


def huge(c, _):
    c.sendall(b"HTTP/1.1 200 OK\r\n\r\n{\"x\": \"")
    for _ in range(64):
        c.sendall(b"x" * 65536)


def many_headers(c, _):
    c.sendall(b"HTTP/1.1 200 OK\r\n")
    for i in range(40):
        c.sendall(b"X-%d: " % i + b"y" * 16000 + b"\r\n")
    c.sendall(b"\r\n{}")


def nothing(c, _):
    pass


def echo(c, request):
    """Says what was asked, secrets and all."""
    text = request.replace("\r\n", " ").replace('"', "'")
    c.sendall(ours("400 Bad", "INVALID_PARAMS", text))
