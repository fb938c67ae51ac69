"""The guide's page of log messages says what the catalogue says, and the catalogue says what is logged.

BUSBAR_UPDATE_MANUAL=1 writes the tables of the page anew.
"""

import ast
import os
import re
import unittest

from tracked import ROOT, text_of, tracked_files

CATALOGUE = "src/connector/common/messages.hpp"
PAGE = ROOT / "docs/guide/log-messages.md"
LITERALS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
ENTRY = re.compile(r"^// --- (?P<section>.+)$|Message (?P<name>\w+)\{\s*\"(?P<said>\w+)\",\s*level::(?P<level>\w+),\s*"
                   + LITERALS + r",\s*" + LITERALS + r"\};", re.MULTILINE)
LEVELS = {"info": "info", "warn": "warning", "err": "error", "critical": "critical"}


def catalogue(text):
    """[(section, [(name, level, sentence, advice)])] in the order of the source."""
    sections = []
    for match in ENTRY.finditer(text):
        if match["section"]:
            sections.append((match["section"], []))
            continue
        sentence, advice = (ast.literal_eval(f"({literals})") for literals in match.groups()[-2:])
        assert match["name"] == match["said"], f"{match['name']} calls itself {match['said']}"
        sections[-1][1].append((match["name"], LEVELS[match["level"]], sentence, advice))
    return sections


def table(section, messages):
    lines = [f"<!-- messages: {section} -->", "| message | level | it says | what to do |", "|---|---|---|---|"]
    for name, level, sentence, advice in messages:
        lines.append(f"| `{name}` | {level} | {sentence.replace('{}', '…')} | {advice or 'Nothing.'} |")
    return "\n".join(lines + ["<!-- end -->"])


def calls(text):
    """(message, number of values) of each log(messages::…) in a source file."""
    for match in re.finditer(r"\blog\(messages::(\w+)", text):
        depth, quoted, values, at = 1, False, 0, match.end()
        while depth:
            if text[at] == "\\":
                at += 1
            elif text[at] == '"':
                quoted = not quoted
            elif not quoted:
                depth += (text[at] in "([{") - (text[at] in ")]}")
                values += text[at] == "," and depth == 1
            at += 1
        yield match[1], values


class LogMessages(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.sections = catalogue(text_of(CATALOGUE))
        cls.messages = {message[0]: message for _, messages in cls.sections for message in messages}

    def test_every_entry_was_read(self):
        self.assertEqual(text_of(CATALOGUE).count("constexpr Message "), len(self.messages))

    def test_every_message_is_logged_with_as_many_values_as_it_names(self):
        logged = {}
        for path in tracked_files():
            if path.parts[0] == "src" and path.suffix == ".cpp":
                for name, values in calls(text_of(path)):
                    logged.setdefault(name, set()).add(values)
        self.assertEqual({name: {m[2].count("{}")} for name, m in self.messages.items()}, logged)

    def test_warnings_and_errors_say_what_to_do(self):
        self.assertEqual([], [name for name, level, _, advice in self.messages.values() if level != "info" and not advice])

    def test_the_page_says_what_the_catalogue_says(self):
        tables = [table(*section) for section in self.sections]
        page = PAGE.read_text()
        if os.environ.get("BUSBAR_UPDATE_MANUAL"):
            for section, new in zip(self.sections, tables):
                begin = re.escape(f"<!-- messages: {section[0]} -->")
                page = re.sub(begin + r".*?<!-- end -->", lambda _, new=new: new, page, flags=re.DOTALL)
            PAGE.write_text(page)
        for expected in tables:
            self.assertTrue(expected in page, f"{PAGE.name} has to say (BUSBAR_UPDATE_MANUAL=1 does it):\n{expected}")
        self.assertEqual(len(tables), page.count("<!-- messages: "), "a table of no section")


if __name__ == "__main__":
    unittest.main()
