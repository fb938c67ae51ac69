"""The chain that commands go through - control room, server connector, store, client connector, RTU - and what each end
wrote down about them."""
import json

from harness import check, wait_for

# value at SCADA, and as the RTU's journal has it
VALUES = {45: ("on", True), 46: ("2", 2), 47: ("higher", 2), 48: ("0.5", 0.5), 49: ("-1200", -1200), 50: ("12.5", 12.5),
          51: ("4660", 4660)}
PARAMETERS = {7101: (110, 1004), 7102: (111, 1005), 7103: (112, 1006)}  # type, and the measured value it is for
STATUS = {45: 1, 46: 3, 47: 5}  # types whose status point can say "return information"


def substation():
    """Commands of every type at 6001-6007 with a status each, and some that misbehave."""
    rows = []
    for index, type_ in enumerate(VALUES):
        status = 1001 + index
        rows.append(dict(casdu=1, ioa=status, type=STATUS.get(type_, {48: 9, 49: 11, 50: 13, 51: 7}.get(type_)),
                         **({"min": -32768, "max": 32767} if type_ in (49, 50) else {})))
        rows.append(dict(casdu=1, ioa=6001 + index, type=type_, status=status))
    rows.append(dict(casdu=1, ioa=6011, type=45, refuse=True))
    rows.append(dict(casdu=1, ioa=6012, type=45, silent=True))
    rows.append(dict(casdu=1, ioa=6013, type=45, select="select"))
    rows.append(dict(casdu=1, ioa=6014, type=45, running=2))
    rows.append(dict(casdu=1, ioa=1015, type=15, value=317))
    rows += [dict(casdu=1, ioa=ioa, type=type_, of=of) for ioa, (type_, of) in PARAMETERS.items()]
    return "\n".join("[[point]]\n" + "\n".join(f"{k} = {json.dumps(v)}" for k, v in row.items()) for row in rows) + "\n"


def command_points(casdu, ioas, **more):
    return [{"casdu": casdu, "ioa": ioa, "type": type_, "command": True, **more} for ioa, type_ in ioas.items()]


class ControlRoom:
    """A simulated control room that is told commands one by one."""

    def __init__(self, bench, name, port, *more):
        self.program = bench.busbar(name, "sim", "scada", "--port", port, "--json", "--stdin", *more)
        wait_for(lambda: self.seen("transfer_started"), f"{name} is connected")

    def seen(self, what, since=0):
        return [line for line in self.program.lines()[since:] if line.get("what") == what]

    def tell(self, words):
        """Returns the number of lines before; the command's own lines come after."""
        before = len(self.program.lines())
        self.say(words)
        return before

    def say(self, words):
        self.program.process.stdin.write(f"{words}\n".encode())
        self.program.process.stdin.flush()

    def outcomes(self, since, ioa):
        return [line["outcome"] for line in self.seen("command_result", since) if line["ioa"] == ioa]

    def command(self, words, last, limit=8.0):
        """Gives a command and waits for its last outcome; returns all of them and the lines."""
        ioa = int(words.split()[2])
        before = self.tell("command " + words)
        wait_for(lambda: last in self.outcomes(before, ioa), f"'{words}' ends in {last}: {self.outcomes(before, ioa)}", limit)
        return self.outcomes(before, ioa), self.program.lines()[before:]


def journal(path):
    text = path.read_text(errors="replace") if path.exists() else ""
    return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]


def entries(bench, stream):
    """(id of the entry, fields with `data` read) of a whole stream."""
    found = []
    for entry, words in bench.ask("XRANGE", stream, "-", "+"):
        fields = dict(zip(words[::2], words[1::2]))
        try:
            fields["data"] = json.loads(fields.get("data", "null"))
        except ValueError:
            pass
        found.append((entry, fields))
    return found


def stages(bench):
    """Command id -> stages in the order in which they were written."""
    result = {}
    for _, fields in entries(bench, "process:command-results"):
        result.setdefault(fields["id"], []).append(fields["data"]["stage"])
    return result
