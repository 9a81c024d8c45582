#!/usr/bin/env python3
"""The dashboard by HTTPS, with a certificate that an authority of this test signed; and what is said of wrong ones."""
import http.client
import json
import re
import socket
import ssl
import subprocess

import _e2e as e2e

LOOPING = "    realtime: true\n    loop: true"


class Tls(e2e.Case):
    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, cwd=self.dir, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def setUp(self):
        super().setUp()
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
                     "-out", "ca.pem", "-subj", "/CN=Shop authority", "-days", 2)
        self.signed("server", days=2)

    def signed(self, name, days):
        (self.dir / f"{name}.cnf").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
                     f"{name}.csr", "-subj", "/CN=localhost")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile",
                     f"{name}.cnf", "-days", days, "-out", f"{name}.pem")

    def run_with(self, certificate, key):
        config = self.config(camera=LOOPING, dashboard=f"{{port: 0, certificate: {certificate}, key: {key}}}")
        (self.dir / "stderr.txt").unlink(missing_ok=True)
        return self.start(e2e.CHAIRSIDE, "run", "--config", config)

    def port(self):
        found = self.wait_for("the address",
                              lambda: re.search(r"the dashboard is served address=https://localhost:(\d+)/", self.stderr()))
        return int(found.group(1))

    def test_a_browser_that_trusts_the_authority_is_served(self):
        process = self.run_with("server.pem", "server.key")
        port = self.port()
        context = ssl.create_default_context(cafile=str(self.dir / "ca.pem"))
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)
        connection.request("GET", "/api/v1/session")
        answer = connection.getresponse()
        self.assertEqual((answer.status, json.loads(answer.read())["role"]), (200, "admin"))
        cookie = answer.getheader("Set-Cookie")
        self.assertIn("Secure", cookie)
        # The stream goes by the same way.
        connection.request("GET", "/api/v1/stream?topics=status", headers={"Cookie": cookie.split(";")[0]})
        stream = connection.getresponse()
        self.assertEqual(stream.status, 200)
        lines = [stream.readline() for _ in range(12)]
        self.assertTrue(any(line.startswith(b"event: status") for line in lines), lines)
        connection.close()
        # Who does not trust it, and who speaks an old or no TLS, gets nothing.
        with self.assertRaises(ssl.SSLCertVerificationError):
            http.client.HTTPSConnection("localhost", port, context=ssl.create_default_context(), timeout=30).request("GET", "/")
        plain = socket.create_connection(("127.0.0.1", port), timeout=30)
        plain.sendall(b"GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertNotIn(b"HTTP/1.1 200", plain.recv(4096))
        plain.close()
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)
        connection.request("GET", "/api/v1/session")
        self.assertEqual(connection.getresponse().status, 200, "it serves on")
        connection.close()
        self.stop(process)

    def refused(self, certificate, key, words):
        process = self.run_with(certificate, key)
        self.assertIn(process.wait(timeout=120), (1, 3))
        self.assertIn(words, self.stderr())

    def test_what_is_wrong_with_a_certificate_or_key_is_said(self):
        self.signed("other", days=2)
        self.openssl("ec", "-in", "server.key", "-out", "locked.key", "-aes128", "-passout", "pass:word")
        (self.dir / "words.pem").write_text("no certificate\n")
        self.refused("missing.pem", "server.key", "does not exist")
        self.refused("words.pem", "server.key", "words.pem holds no certificate in PEM form")
        self.refused("server.pem", "words.pem", "words.pem holds no private key in PEM form")
        self.refused("server.pem", "other.key", "does not belong to the certificate")
        self.refused("server.pem", "locked.key", "is locked by a password")

    def test_a_certificate_that_ended_is_used_and_the_log_says_so(self):
        self.openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-extfile", "server.cnf", "-days",
                     "-1", "-out", "old.pem")
        process = self.run_with("old.pem", "server.key")
        self.port()
        self.assertIn("the certificate of the dashboard is no longer valid", self.stderr())
        self.stop(process)


e2e.need_video()
e2e.main()
