"""The set-up finds the machine's own Debian entry, in both formats of apt, and changes nothing of it but the suite."""

import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/other-suite.sh"


def derived(**sources):
    """What the script writes for a machine with these sources, `list` or `sources`, or None if it gives up."""
    with tempfile.TemporaryDirectory() as machine, tempfile.TemporaryDirectory() as out:
        (Path(machine) / "sources.list.d").mkdir()
        for name, text in sources.items():
            (Path(machine) / ("sources.list" if name == "list" else "sources.list.d/debian.sources")).write_text(text)
        run = subprocess.run([SCRIPT, "bookworm-backports", out, machine], capture_output=True)
        written = [file.read_text() for file in Path(out).iterdir()]
        return written[0] if run.returncode == 0 and len(written) == 1 else None


class OtherSuite(unittest.TestCase):
    def test_a_one_line_entry(self):
        text = (
            "# deb http://mirror.example/debian bookworm main\n"
            "deb http://mirror.example/security bookworm-security main\n"
            "deb-src http://mirror.example/debian bookworm main\n"
            "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib\n"
        )
        self.assertEqual(
            "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm-backports main contrib\n",
            derived(list=text),
        )

    def test_a_stanza(self):
        text = (
            "Types: deb\nURIs: http://mirror.example/security\nSuites: bookworm-security\nComponents: main\n\n"
            "Types: deb deb-src\n# ours\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n"
            "Components: main\nSigned-By: /k.gpg\n"
        )
        self.assertEqual(
            "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm-backports\nComponents: main\n"
            "Signed-By: /k.gpg\n",
            derived(sources=text),
        )

    def test_a_stanza_that_is_switched_off_or_holds_only_sources_does_not_count(self):
        for stanza in (
            "Enabled: no\nTypes: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n",
            "Types: deb-src\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n",
        ):
            self.assertIsNone(derived(sources=stanza))

    def test_a_machine_of_another_release(self):
        self.assertIsNone(derived(list="deb http://mirror.example/debian trixie main\n"))


if __name__ == "__main__":
    unittest.main()
