#!/usr/bin/python3
"""The command line of the finished program: what it takes, what it refuses and how, what its shell completion offers."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["BUSBAR_PROGRAM"]
SOURCE = Path(os.environ["BUSBAR_SOURCE_DIR"])


def busbar(*words, environment=None):
    """Runs to the end; the environment has no BUSBAR_ variables but the given ones."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BUSBAR_")}
    return subprocess.run([PROGRAM, *map(str, words)], env={**clean, **(environment or {})}, capture_output=True,
                          text=True, timeout=60)


def written(*words, environment=None):
    """The options in force, as config-gen writes them: {"protocol.t1": "5"}."""
    run = busbar(*words, "config-gen", environment=environment)
    if run.returncode != 0:
        raise AssertionError(run.stderr)
    options, table = {}, ""
    for line in run.stdout.splitlines():
        if line.startswith("["):
            table = line.strip("[]") + "."
        elif " = " in line and not line.startswith("#"):
            key, value = line.split(" = ", 1)
            options[table + key] = value
    return options


class CommandLine(unittest.TestCase):
    def refuses(self, *words, says, environment=None):
        """Bad usage: exit code 2, nothing on standard output, one line on standard error."""
        run = busbar(*words, environment=environment)
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertEqual(run.stdout, "")
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertIn(says, run.stderr)

    def test_says_what_it_is(self):
        run = busbar("--version")
        self.assertEqual(run.returncode, 0)
        self.assertRegex(run.stdout, r"^busbar \d+\.\d+\.\d+")
        for words in ([], ["iec104-client"], ["iec104-client", "redis"], ["config", "check"], ["store", "set"]):
            run = busbar(*words, "--help")
            self.assertEqual(run.returncode, 0, words)
            self.assertIn("--help", run.stdout)

    def test_without_a_word_shows_the_help_and_fails(self):
        run = busbar()
        self.assertEqual(run.returncode, 2)
        self.assertIn("iec104-server", run.stderr)

    def test_takes_the_client_command_line_of_the_requirements(self):
        options = written("iec104-client", "--id", "rtu-1", "--log-level", "debug",
                          "client", "--host", "10.0.0.1", "--port", "2500", "--t0", "31", "--t1", "16", "--t2", "11",
                          "--t3", "21", "-k", "30", "-w", "20",
                          "redis", "--host", "valkey:7000", "--pwd", "secret", "--stream-max-length", "5",
                          "--in-stream", "updates")
        for path, value in {"id": '"rtu-1"', "log_level": '"debug"', "network.host": '"10.0.0.1"',
                            "network.port": "2500", "protocol.t0": "31", "protocol.t1": "16", "protocol.t2": "11",
                            "protocol.t3": "21", "protocol.k": "30", "protocol.w": "20", "redis.host": '"valkey"',
                            "redis.port": "7000", "streams.max_length": "5", "streams.updates": '"updates"'}.items():
            self.assertEqual(options[path], value, path)

    def test_takes_the_server_command_line_of_the_requirements(self):
        options = written("iec104-server", "--id", "srv1", "--log-level", "off",
                          "redis", "--host", "valkey:7000", "--port", "7001")
        self.assertEqual(options["id"], '"srv1"')
        self.assertEqual(options["log_level"], '"off"')
        self.assertEqual((options["redis.host"], options["redis.port"]), ('"valkey"', "7001"))

    def test_combines_subcommands_in_any_order(self):
        options = written("iec104-client", "redis", "--host", "a", "client", "--host", "b", "--id", "x")
        self.assertEqual((options["redis.host"], options["network.host"], options["id"]), ('"a"', '"b"', '"x"'))

    def test_prefers_flag_to_environment_to_file_to_default(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write("[protocol]\nt1 = 101\nt3 = 103\nk = 104\n")
            file.flush()
            options = written("iec104-client", "--config", file.name, "client", "--t1", "121",
                              environment={"BUSBAR_CLIENT_T1": "111", "BUSBAR_CLIENT_T3": "113"})
        self.assertEqual([options[f"protocol.{name}"] for name in ("t1", "t3", "k", "t2")], ["121", "113", "104", "10"])

    def test_writes_a_file_that_it_takes_back(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "gateway.toml"
            self.assertEqual(busbar("iec104-server", "--id", "x", "server", "-k", "30", "config-gen", file).returncode, 0)
            self.assertEqual(written("iec104-server", "--config", file),
                             written("iec104-server", "--id", "x", "server", "-k", "30"))
            self.assertEqual(busbar("config", "check", file).stdout, f"{file}: good\n")

    def test_never_writes_the_password(self):
        run = busbar("iec104-client", "redis", "--pwd", "topsecret", "config-gen")
        self.assertNotIn("topsecret", run.stdout + run.stderr)

    def test_refuses_bad_values_in_one_line_that_names_the_option(self):
        client = ("iec104-client", "--id", "x")
        self.refuses("iec104-client", says="--id: must be given")
        self.refuses("iec104-client", "--id", "a b", says='--id: "a b" must be')
        self.refuses(*client, "--log-level", "loud", says='--log-level: "loud" must be one of trace, debug')
        self.refuses(*client, "client", "--t0", "0", says="client --t0: 0 must be 1-255 s")
        self.refuses(*client, "client", "--t1", "256", says="client --t1: 256 must be 1-255 s")
        self.refuses(*client, "client", "--t2", "15", says="client --t2: 15 must be less than t1 (15)")
        self.refuses(*client, "client", "--t3", "soon", says='client --t3: "soon" must be a whole number')
        self.refuses(*client, "client", "-k", "32768", says="client -k: 32768 must be 1-32767")
        self.refuses(*client, "client", "-w", "13", says="client -w: 13 must not be more than k (12)")
        self.refuses(*client, "client", "--port", "0", says="client --port: 0 must be 1-65535")
        self.refuses(*client, "redis", "--port", "65536", says="redis --port: 65536 must be 1-65535")
        self.refuses(*client, "redis", "--host", "a:b", says='redis --host: "a:b"')
        self.refuses(*client, "redis", "--stream-max-length", "0", says="redis --stream-max-length: 0 must be")
        self.refuses(*client, "redis", "--pwd-file", "/nowhere", says="redis --pwd-file: /nowhere cannot be read")
        self.refuses(*client, "--config", "/nowhere", says="--config: /nowhere cannot be read")
        self.refuses(*client, says="BUSBAR_CLIENT_T1: 300 must be 1-255 s", environment={"BUSBAR_CLIENT_T1": "300"})
        self.refuses("iec104-server", "--id", "x", "server", "--port", "80", says="server --port: 80 must be 2404-2420")
        self.refuses("iec104-server", "--id", "x", "server", "--max-connections", "101", says="--max-connections: 101")

    def test_refuses_words_it_does_not_know(self):
        self.refuses("nonsense", says="nonsense was not expected")
        self.refuses("config", "chek", "x", says="chek was not expected")
        self.refuses("iec104-client", "--id", "x", "client", "--t4", "1", says="--t4")
        self.refuses("iec104-client", "--id", says="--id")

    def test_says_where_a_file_is_malformed(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write("[protocol]\nt1 = \n")
            file.flush()
            self.refuses("iec104-client", "--id", "x", "--config", file.name, says=f"{file.name}: line 2, column")
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write("[protocol]\n\nt1 = 0\n")
            file.flush()
            self.refuses("iec104-client", "--id", "x", "--config", file.name, says=f"{file.name}:3: protocol.t1: 0 must be")

    def test_checks_files_without_running_anything(self):
        for example in sorted((SOURCE / "examples/config").iterdir()):
            run = busbar("config", "check", example)
            self.assertEqual((run.returncode, run.stdout), (0, f"{example}: good\n"), run.stderr)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"protocol":{"t1":0,"k":0},"cause":"standard"}')
            file.flush()
            run = busbar("config", "check", file.name)
            self.assertEqual(run.returncode, 2)
            self.assertEqual(run.stdout, f"{file.name}: protocol.t1: 0 must be 1-255 s\n"
                                         f"{file.name}: protocol.k: 0 must be 1-32767 frames\n")
        self.refuses("config", "check", "/nowhere", says="/nowhere cannot be read")
        self.refuses("config", "check", "x", "--as", "nothing", says="--as")

    def test_prints_schemas(self):
        for kind in ("iec104-server", "iec104-client", "iec102-client", "mapping"):
            schema = json.loads(busbar("config", "schema", kind).stdout)
            self.assertEqual(schema["$schema"], "https://json-schema.org/draft/2020-12/schema")

    def test_fails_when_it_cannot_write(self):
        with open("/dev/full", "w") as full:
            run = subprocess.run([PROGRAM, "iec104-server", "config-gen"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(run.returncode, 1)
        self.refuses("iec104-server", "config-gen", "/nowhere/x.toml", says="/nowhere/x.toml cannot be written")


class Completion(unittest.TestCase):
    def offered(self, *words):
        """What bash offers for the last word."""
        script = busbar("completion", "bash").stdout
        quoted = " ".join(f"'{word}'" for word in ("busbar", *words))
        run = subprocess.run(["bash", "-c", f"{script}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _busbar\n"
                                            'printf "%s\\n" "${COMPREPLY[@]}"'], capture_output=True, text=True, check=True)
        self.assertEqual(run.stderr, "")
        return set(run.stdout.split())

    def test_offers_what_can_come_next(self):
        self.assertLessEqual({"iec104-server", "iec104-client", "config", "store", "--help"}, self.offered(""))
        self.assertEqual(self.offered("iec104-s"), {"iec104-server"})
        self.assertLessEqual({"client", "redis", "config-gen", "--id"}, self.offered("iec104-client", ""))
        self.assertEqual(self.offered("iec104-client", "client", "--t"),
                         {"--t0", "--t1", "--t2", "--t3", "--time-zone", "--tls", "--tls-certificate", "--tls-key",
                          "--tls-ca", "--tls-crl", "--tls-allowed", "--tls-min-version"})

    def test_offers_the_other_subcommand_after_one(self):
        self.assertIn("redis", self.offered("iec104-client", "client", "--host", "a", ""))
        self.assertIn("--in-stream", self.offered("iec104-client", "client", "--host", "a", "redis", "--in"))

    def test_offers_the_words_of_a_choice(self):
        self.assertEqual(self.offered("iec104-client", "--log-level", "d"), {"debug"})
        self.assertEqual(self.offered("completion", ""), {"bash", "zsh", "fish", "--help", "-h"})
        self.assertEqual(self.offered("config", "schema", "m"), {"mapping"})

    def test_is_there_for_zsh_and_fish(self):
        self.assertTrue(busbar("completion", "zsh").stdout.startswith("#compdef busbar\n"))
        self.assertIn("-l log-level", busbar("completion", "fish").stdout)


class Interoperability(unittest.TestCase):
    def test_each_station_has_a_statement_in_both_forms(self):
        for station in ("controlled", "controlling"):
            text = busbar("interoperability", station).stdout
            self.assertTrue(text.startswith("# IEC 60870-5-104 interoperability: Busbar "), text[:80])
            self.assertIn(f"as {station} station", text.splitlines()[0])
            self.assertIn("| 36 | M_ME_TF_1 |", text)
            self.assertIn("| 45 | C_SC_NA_1 |", text)
            self.assertIn("| t2 | 10 | 1 - 255 | s |", text)
            page = busbar("interoperability", station, "--format", "html").stdout
            self.assertEqual(page.count("<tr>"), text.count("\n|") - text.count("|---|\n"), "the same rows")
        self.assertIn("| t0 | 30 |", busbar("interoperability", "controlling").stdout)

    def test_types_that_are_refused_are_not_stated_as_supported(self):
        rows = [line.split(" | ") for line in busbar("interoperability").stdout.splitlines() if line.startswith("| ")]
        supported = {row[0].strip("| "): row[-1].strip("| ") for row in rows if len(row) == 4}
        self.assertEqual([supported[number] for number in ("100", "105", "110", "120")], ["X", "X", "X", "X"])
        self.assertEqual([supported[number] for number in ("104", "106", "127")], ["no", "no", "no"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
