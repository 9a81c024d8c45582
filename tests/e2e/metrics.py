#!/usr/bin/env python3
"""/metrics of the running service, read by the real Prometheus: its format, deploy/'s alerts and deploy/'s dashboard."""
# timeout: 600
import json
import re
import subprocess
import unittest
import urllib.error
import urllib.parse
import urllib.request

import _e2e as e2e

SERVERS = e2e.DEPS / "servers"
RULES = e2e.ROOT / "deploy/prometheus/chairside.rules.yml"
GRAFANA = e2e.ROOT / "deploy/grafana/chairside.json"
# What only shows once something went wrong, or once there is a central store; alerts and charts may name it.
NOT_ALWAYS = {"chairside_outbox_dropped_total", "chairside_clock_offset_seconds", "chairside_sync_last_success_age_seconds"}


def read(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return answer.read().decode()


def promtool(*arguments, text=None):
    return subprocess.run([SERVERS / "promtool", *map(str, arguments)], input=text, capture_output=True, text=True, timeout=120)


@unittest.skipUnless((SERVERS / "promtool").exists(), "Prometheus is not in .deps/servers")
class Metrics(e2e.Case):
    def serve(self, **more):
        config = self.config(camera="    realtime: true\n    loop: true", dashboard="{port: 0}", **more)
        process = self.start(e2e.CHAIRSIDE, "run", "--config", config)
        found = self.wait_for("the dashboard's address",
                              lambda: re.search(r"the dashboard is served address=http://localhost:(\d+)/", self.stderr()))
        return process, f"127.0.0.1:{found.group(1)}"

    def values(self, address):
        pairs = (line.rsplit(" ", 1) for line in read(f"http://{address}/metrics").splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def test_the_numbers_are_those_of_the_store_and_the_format_is_right(self):
        process, address = self.serve()
        self.wait_for("stays that ended", lambda: any(name.startswith("chairside_stays_total{") for name in self.values(address)), seconds=180)
        text = read(f"http://{address}/metrics")
        checked = promtool("check", "metrics", text=text)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""), checked.stdout)
        described = (e2e.ROOT / "docs/metrics.md").read_text()
        for name in re.findall(r"^# TYPE (\w+)", text, re.MULTILINE):
            self.assertIn(f"`{name}`", described)
        values = self.values(address)
        frames = values['chairside_camera_frames_total{camera="street"}']
        self.assertGreater(frames, 20)
        self.assertGreaterEqual(values['chairside_stage_seconds_count{camera="street",stage="total"}'], frames)
        self.assertEqual(values['chairside_camera_state{camera="street",state="ok"}'], 1)
        def today():
            summary = self.status(self.dir / "config.yaml")["summary"]
            return {"CHAIR": summary["haircuts"], "WASH": summary["washes"], "WAIT": summary["waits"]}

        def said():
            values = self.values(address)
            return {kind: values[f'chairside_services_today{{type="{kind}"}}'] for kind in ("CHAIR", "WASH", "WAIT")}

        # Both move on; once they are the same, they are of the same thing.
        self.wait_for("the same counts in both", lambda: sum(said().values()) > 0 and said() == today())
        self.stop(process)

    def test_prometheus_reads_it_and_every_alert_and_chart_finds_its_numbers(self):
        process, address = self.serve()
        self.wait_for("stays that ended", lambda: any(name.startswith("chairside_stays_total{") for name in self.values(address)), seconds=180)
        config = self.dir / "prometheus.yml"
        config.write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(RULES)],
            "scrape_configs": [{"job_name": "chairside", "static_configs": [{"targets": [address]}]}]}))
        checked = promtool("check", "config", config)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        server = self.start(SERVERS / "prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.dir / 'tsdb'}",
                            "--web.listen-address=127.0.0.1:0", "--log.level=info")
        found = self.wait_for("Prometheus", lambda: re.search(r"Listening on.*address=(127\.0\.0\.1:\d+)", self.stderr()))
        base = f"http://{found.group(1)}/api/v1"

        def ask(expression):
            try:
                return json.loads(read(f"{base}/query?" + urllib.parse.urlencode({"query": expression})))["data"]["result"]
            except urllib.error.HTTPError as wrong:
                self.fail(f"{expression}: {wrong.read().decode()}")

        def ready():
            try:
                return read(f"http://{found.group(1)}/-/ready")
            except urllib.error.HTTPError:  # 503 while it reads its own files
                return ""

        self.wait_for("Prometheus to be ready", ready)
        self.wait_for("three scrapes", lambda: ask("count_over_time(chairside_uptime_seconds[1m]) >= 3"))
        known = {name for name in json.loads(read(f"{base}/label/__name__/values"))["data"]}
        panels = json.loads(GRAFANA.read_text())["panels"]
        charts = {panel["title"]: target["expr"].replace("$instance", ".*") for panel in panels for target in panel["targets"]}
        self.assertGreater(len(charts), 15)
        for title, expression in charts.items():
            for name in re.findall(r"\b(?:chairside|process)_\w+", expression):
                self.assertIn(name, known, title)
            # Rates need two scrapes within their range, which there were.
            self.assertTrue(ask(expression), (title, expression))
        rules = json.loads(read(f"{base}/rules"))["data"]["groups"][0]["rules"]
        self.assertGreater(len(rules), 8)
        for rule in rules:
            for name in re.findall(r"\bchairside_\w+", rule["query"]):
                self.assertIn(name, known | NOT_ALWAYS, rule["name"])
        self.wait_for("the first evaluation", lambda: all(
            rule["health"] == "ok" for rule in json.loads(read(f"{base}/rules"))["data"]["groups"][0]["rules"]))
        self.assertEqual(ask('ALERTS{alertstate="firing"}'), [])
        # Down: the alert for it waits for its two minutes.
        self.stop(process)
        self.wait_for("the alert", lambda: ask('ALERTS{alertname="ChairsideDown"}'))
        server.terminate()
        server.wait(30)

    def test_alerts_come_when_they_should_and_not_before(self):
        checked = promtool("test", "rules", e2e.ROOT / "tests/e2e/alerts.yml")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


if __name__ == "__main__":
    e2e.need_video()
    e2e.main()
