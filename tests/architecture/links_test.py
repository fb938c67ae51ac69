"""Every relative link in the documents leads somewhere."""

import re
import unittest

from tracked import ROOT, text_of, tracked_files

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def broken_links(path):
    text = FENCE.sub("", text_of(path))
    for target in LINK.findall(text):
        file, _, heading = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        place = (ROOT / path).parent / file if file else ROOT / path
        if not place.exists():
            yield f"{path}: {target}: no such file"
        elif heading and heading not in headings(place.read_text(encoding="utf-8")):
            yield f"{path}: {target}: no such heading"


def headings(text):
    """Anchors as git hosts make them: lower case, blanks to '-', most punctuation dropped."""
    titles = re.findall(r"^#+ +(.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


class Links(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        documents = [path for path in tracked_files() if path.suffix == ".md"]
        self.assertEqual([], [fault for path in documents for fault in broken_links(path)])

    def test_headings_become_anchors(self):
        self.assertEqual({"store-away", "what-it-does-not-promise"}, headings("# Store away\n## What it does not promise?\n"))


if __name__ == "__main__":
    unittest.main()
