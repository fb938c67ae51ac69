"""Every test case of the protocol reference that is claimed has a test with its number in its name."""

import re
import unittest
from pathlib import Path

from tracked import text_of, tracked_files

LIST = Path(__file__).with_name("protocol_cases.txt")

# TEST(Suite, Name), the name of an instantiation, the name of a scenario: what `ctest -N` lists.
NAMES = re.compile(r"""\bTEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)
                    | \bINSTANTIATE_TEST_SUITE_P\(\s*(\w+)
                    | \b(?:story|busbar_scenario|busbar_unit_check)\(([\w.]+)""", re.VERBOSE)


def numbers_required(text):
    numbers = set()
    for line in text.splitlines():
        match = re.match(r"(\d+)(?:-(\d+))?\b", line)
        if match:
            numbers.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return numbers


def names_of(text):
    return [".".join(filter(None, groups)) for groups in NAMES.findall(text)]


def numbers_tested(text):
    return {int(number) for name in names_of(text) if "DISABLED_" not in name for number in re.findall(r"Case0*(\d+)", name)}


class ProtocolCases(unittest.TestCase):
    def test_each_has_a_test_with_its_number(self):
        required = numbers_required(LIST.read_text())
        self.assertGreater(len(required), 100)
        files = [path for path in tracked_files() if path.parts[0] == "tests" and path.suffix in (".cpp", ".txt")]
        tested = set().union(*(numbers_tested(text_of(path)) for path in files))
        self.assertEqual([], sorted(required - tested), f"cases without a test; the list is {LIST.name}")

    def test_those_that_the_page_of_choices_names_are_there(self):
        files = [path for path in tracked_files() if path.parts[0] == "tests" and path.suffix in (".cpp", ".txt")]
        names = {name for path in files for name in names_of(text_of(path))}
        page = text_of(Path("docs/protocol-choices.md"))
        named = set(re.findall(r"`([A-Z]\w+\.\w[\w.]*)`", page)) - {"Interop.foreign_control_room"}  # named in a loop
        self.assertGreater(len(named), 30)
        self.assertEqual([], sorted(named - names))

    def test_numbers_are_read_from_names_only(self):
        text = """// Case1 is mentioned; TEST(Link, SomethingElse) {
        TEST_F(Link, Case07_StartTwice) { }
        TEST(Case142,
             OfADate) { }
        TEST(Link, DISABLED_Case9_Never) { }
        INSTANTIATE_TEST_SUITE_P(
            Case74, Refuses, Values(1));
        story(Scenario.Case124.SourceLost case.py)
        """
        self.assertEqual({7, 142, 74, 124}, numbers_tested(text))

    def test_ranges_are_read(self):
        self.assertEqual({3, 4, 5, 9}, numbers_required("# 1-100 no\n3-5  link\n9\n\nno 7\n"))


if __name__ == "__main__":
    unittest.main()
