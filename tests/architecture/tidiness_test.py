"""What must not be in any tracked file, and how long a source file may be."""

import re
import unittest

from tracked import ROOT, text_of, tracked_files

FILES = tracked_files()

# The brackets keep the patterns from finding themselves.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(wor[k]|roo[t]|far[m])/\w"),
    "the name of a package host": re.compile(
        r"(deb|security|archive|snapshot)\.(debia[n]|ubunt[u])\.|pypi\.or[g]|npmjs\.(or[g]|com)|crates\.i[o]\b|golang\.or[g]"),
    "a mark of unfinished work": re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|not (yet )?implemente[d]", re.IGNORECASE),
}

LONGEST = 450
# Lists that the standard made long: they read as tables.
TABLES = {}


class Tidiness(unittest.TestCase):
    def test_no_file_holds_what_belongs_elsewhere(self):
        found = [
            f"{path}:{number}: {what}: {line.strip()[:100]}"
            for path in FILES
            for number, line in enumerate(text_of(path).splitlines(), 1)
            for what, pattern in FORBIDDEN.items()
            if pattern.search(line)
        ]
        self.assertEqual([], found)

    def test_forbidden_words_are_found(self):
        lines = ["see /wor" + "k/main/src", "TOD" + "O: later", "apt from deb.debia" + "n.org"]
        for (what, pattern), line in zip(FORBIDDEN.items(), [lines[0], lines[2], lines[1]]):
            self.assertTrue(pattern.search(line), what)

    def test_no_source_file_has_grown_past_one_subject(self):
        sources = [path for path in FILES if path.parts[0] == "src" and path.suffix in (".cpp", ".hpp")]
        lengths = {str(path): len(text_of(path).splitlines()) for path in sources}
        self.assertEqual({}, {path: n for path, n in lengths.items() if n > LONGEST and path not in TABLES})

    def test_every_folder_of_src_says_what_lives_there(self):
        folders = {path.parts[1] for path in FILES if path.parts[0] == "src" and len(path.parts) > 2}
        self.assertEqual([], sorted(name for name in folders if not (ROOT / "src" / name / "README.md").is_file()))


if __name__ == "__main__":
    unittest.main()
