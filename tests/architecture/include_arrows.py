"""Who may include whom: the arrows of docs/architecture.md, checked line by line.

The compiler cannot do this: every folder below src/ is on the same include path, and Boost lies in /usr/include.
"""

import re
from pathlib import Path

# A folder of src/ and the folders it may include. Left to right, nothing points back.
ARROWS = {
    "base": [],
    "iec60870": ["base"],
    "iec104": ["base", "iec60870"],
    "iec102": ["base", "iec60870"],
    "files": ["base", "iec60870", "iec104"],
    "point": ["base"],
    "config": ["base"],
    "net": ["base", "iec60870", "iec104", "iec102"],
    "store": ["base", "point", "net"],
    "connector": ["base", "iec60870", "iec104", "iec102", "files", "net", "point", "store", "config"],
    "sim": ["base", "iec60870", "iec104", "iec102", "files", "net", "point"],
    "manage": ["base", "net", "point", "store", "config", "connector"],
    "busbar": ["base", "iec60870", "iec104", "iec102", "files", "net", "point", "store", "config", "connector", "sim", "manage"],
}

# Arrows between the parts of one folder, the same way.
INNER_ARROWS = {
    "iec60870": {"element": [], "asdu": ["element"]},
    "iec104": {"apci": [], "link": ["apci"], "station": ["apci", "link"]},
    "iec102": {"ft12": [], "link": ["ft12"], "meter": ["ft12", "link"]},
    "connector": {"common": [], "iec104_client": ["common"], "iec104_server": ["common"],
                  "iec102_client": ["common"]},
    "manage": {"database": [], "supervise": [], "tables": [], "openid": [], "live": ["database"],
               "actions": ["database", "supervise", "tables", "openid", "live"],
               "rest": ["actions", "database", "supervise", "live"]},
}

# The pure folders: no sockets, clocks, threads, files. They are told the time and given the octets.
PURE = {"base", "iec60870", "iec104", "iec102", "point"}
IMPURE_HEADER = re.compile(
    r"thread|mutex|shared_mutex|condition_variable|future|semaphore|stop_token|fstream|iostream|filesystem"
    r"|(sys|arpa|net|netinet)/.*|unistd\.h|poll\.h|netdb\.h|pthread\.h|time\.h")
CLOCK = re.compile(r"\b(steady|system|high_resolution|utc|file)_clock::now\b|\bclock_gettime\b|\bgettimeofday\b")

# Libraries that only some folders may name.
CONFINED = {
    "boost/asio": {"net", "store", "manage/rest"},
    "boost/beast": {"manage/rest"},
    "SQLiteCpp": {"manage/database"},
    "zip": {"manage/tables"},
    "xlsxwriter": {"manage/tables"},
    "sodium": {"manage/database", "manage/actions", "manage/openid"},
    "valijson": {"manage/rest"},
    "openssl": {"net", "store", "manage/openid"},
    "curl": {"manage/openid"},
    "hiredis": {"store"},
    "CLI": {"config", "busbar"},
    "pcap": {"sim", "busbar"},
    "prometheus": {"connector", "manage"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def faults_of_file(path, text):
    """What is wrong with the file `path` (relative to src/), one sentence with its line number each."""
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        fault = include_fault(path, found[1] == '"', found[2]) if found else clock_fault(path, line)
        if fault:
            faults.append(f"src/{path}:{number}: {fault}")
    return faults


def include_fault(path, quoted, header):
    folder, target = path.parts[0], Path(header).parts
    if target[0] in ARROWS:
        return arrow_fault(path.parts, target)
    if quoted:
        return f'"{header}" does not name a folder of src/; write it as "folder/file.hpp"'
    places = {folder, "/".join(path.parts[:2])}
    for library, folders in CONFINED.items():
        if (header + "/").startswith((library + "/", library + ".")) and not places & folders:
            return f"<{header}>: {library} is only for {', '.join(sorted(folders))}"
    if folder in PURE and IMPURE_HEADER.fullmatch(header):
        return f"<{header}>: {folder} has no sockets, clocks, threads or files"
    return None


def arrow_fault(source, target):
    if source[0] != target[0]:
        if target[0] not in ARROWS[source[0]]:
            return f"{source[0]} must not know {target[0]}"
        return None
    parts = INNER_ARROWS.get(source[0])
    if not parts or len(source) < 3 or len(target) < 3 or source[1] == target[1]:
        return None
    if target[1] not in parts[source[1]]:
        return f"inside {source[0]}, {source[1]} must not know {target[1]}"
    return None


def clock_fault(path, line):
    if path.parts[0] in PURE and CLOCK.search(line.split("//")[0]):
        return f"{path.parts[0]} reads a clock; it is told the time instead"
    return None


def unknown_folder_faults(path):
    """A folder that nobody gave arrows yet."""
    if len(path.parts) > 1 and path.parts[0] not in ARROWS:
        return [f"src/{path}: give src/{path.parts[0]} its arrows in ARROWS"]
    parts = INNER_ARROWS.get(path.parts[0], {})
    if parts and len(path.parts) > 2 and path.parts[1] not in parts:
        return [f"src/{path}: give src/{path.parts[0]}/{path.parts[1]} its arrows in INNER_ARROWS"]
    return []


def faults_of_tree(source_dir):
    faults = []
    for file in sorted(source_dir.rglob("*.[ch]pp")):
        path = file.relative_to(source_dir)
        faults += unknown_folder_faults(path) or faults_of_file(path, file.read_text(encoding="utf-8"))
    return faults
