"""A TCP gate between a client and a server on loopback: passes everything on until it is told to slow, hold, or cut it.

Runs in threads of the test; port is free and chosen at start.
"""
import socket
import threading
import time

CHUNK = 16384


class Gate:
    """`target`: port of the server. Everything else may be changed at any time."""

    def __init__(self, target):
        self.target = target
        self.bytes_per_s = 0     # 0: as fast as it goes
        self.held = False        # connections stay open and nothing passes: a half-open line
        self.closed = False      # new connections are turned away at once
        self.cut_after = 0       # a connection is reset after so many bytes from the server; 0: never
        self.connections = 0
        self.cuts = 0
        self._pairs = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.closed:
                self._reset(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
            except OSError:
                self._reset(client)
                continue
            server.settimeout(None)
            with self._lock:
                self.connections += 1
                self._pairs.add((client, server))
            for source, sink, counts in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pass_on, args=(source, sink, counts, (client, server)), daemon=True).start()

    @staticmethod
    def _reset(end):
        """RST rather than FIN: a cable that was pulled, not a farewell."""
        try:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            end.close()
        except OSError:
            pass

    def _pass_on(self, source, sink, from_server, pair):
        passed = 0
        try:
            while True:
                data = source.recv(CHUNK)
                if not data:
                    break
                while self.held:
                    time.sleep(0.02)
                if self.bytes_per_s:
                    time.sleep(len(data) / self.bytes_per_s)
                passed += len(data)
                if from_server and self.cut_after and passed > self.cut_after:
                    sink.sendall(data[:len(data) // 2])  # in the middle of a picture
                    self.cuts += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        self._drop(pair)

    def _drop(self, pair):
        with self._lock:
            self._pairs.discard(pair)
        for end in pair:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            self._reset(end)

    def cut(self):
        """Every connection, now."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._drop(pair)
            self.cuts += 1

    def close(self):
        self._listener.close()
        self.cut()
