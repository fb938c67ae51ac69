#!/usr/bin/python3
"""Every type of command from a control room through the whole chain to an RTU, directly and selected; refused,
cancelled, too late, not permitted. The RTU's journal says what was executed, the control room's log what it heard, and
tshark reads both lines."""
import json
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "interop"))
from command_chain import PARAMETERS, VALUES, ControlRoom, command_points, entries, journal, stages, substation
from harness import check, free_port, run_story, wait_for

MAX_AGE = 2.0


def executed(bench, ioa=None):
    return [line for line in journal(bench.folder / "rtu.jsonl")
            if line["what"] == "executed" and ioa in (None, line["ioa"])]


def executes_every_type(bench, room):
    """Directly and selected, with and without time tag: executed once, confirmed, returned, terminated, in this order."""
    for index, (type_, (word, value)) in enumerate(VALUES.items()):
        ioa = 6001 + index
        for tagged in (False, True):
            for mode in ("direct", "select"):
                if type_ == 51 and mode == "select":
                    continue  # a bit string has no S/E
                before = len(executed(bench, ioa))
                wire = type_ + 13 if tagged else type_
                outcomes, lines = room.command(f"{wire} 101 {ioa} {word} {mode}", "terminated")
                expected = ["confirmed", "terminated"]
                check(outcomes == (["selected"] if mode == "select" else []) + expected, f"{wire} {mode}: {outcomes}")
                done = executed(bench, ioa)[before:]
                check(len(done) == 1 and done[0]["value"] == value and done[0]["type"] == wire, f"{wire} {mode}: {done}")
                if type_ in (45, 46, 47):
                    order_is_kept(lines, ioa, 1001 + index, f"{wire} {mode}")


def order_is_kept(lines, ioa, status, what):
    answers = [i for i, line in enumerate(lines) if line["what"] == "answer" and line["ioa"] == ioa]
    returned = [i for i, line in enumerate(lines)
                if line["what"] == "object" and line["ioa"] == status and line.get("cot") == 11]
    check(len(returned) == 1, f"{what}: return information once: {returned}")
    check(answers[-2] < returned[0] < answers[-1], f"{what}: confirmation, return information, termination: {lines}")


def converts_values(bench, room):
    """A mapping's inverse: 30 is (30 - 10) / 2 at the station, and on is off."""
    before = len(executed(bench))
    room.command("50 101 7006 30", "terminated")
    room.command("45 101 7001 on", "terminated")
    done = executed(bench)[before:]
    check([(line["ioa"], line["value"]) for line in done] == [(6006, 10), (6001, False)], f"converted: {done}")
    outcomes, _ = room.command("49 101 7005 32767", "refused")  # 32767 x 10 does not fit
    check(outcomes == ["refused"] and len(executed(bench)) == before + 2, "what does not fit is refused")


def refuses(bench, room):
    before = len(executed(bench))
    for words, cause in (("45 101 6011 on", 7),         # the RTU's interlock
                         ("45 101 9999 on", 47),        # not mapped
                         ("45 101 6002 on", 7),         # another type than the object's
                         ("46 101 6002 0", 7), ("46 101 6002 3", 7), ("47 101 6003 0", 7),
                         ("45 101 6001 on qualifier=4", 7), ("45 101 6001 on test", 7),
                         ("45 101 6013 on", 7),         # must be selected
                         ("45 101 7013 on select", 7),  # cannot be selected
                         ("45 102 1 on", 7),            # its line is down
                         ("45 103 1 on", 7)):           # nobody owns it: refused when the time is over
        began = time.monotonic()
        _, lines = room.command(words, "refused")
        answer = [line for line in lines if line["what"] == "answer"][-1]
        check(answer["cot"] == cause and answer["negative"], f"'{words}': {answer}")
        if " 103 " in words:
            check(MAX_AGE - 0.2 < time.monotonic() - began < MAX_AGE + 3, "refused when the time is over")
    check(len(executed(bench)) == before, f"nothing of it was executed: {executed(bench)[before:]}")


def cancels(bench, room):
    outcomes, _ = room.command("45 101 6013 on select-only", "selected")
    outcomes, _ = room.command("45 101 6013 on cancel", "cancelled")
    before = len(executed(bench))
    room.command("45 101 6013 on", "refused")
    check(len(executed(bench)) == before, "nothing is executed after a cancel")


def selections_are_bound(bench, room, port):
    """Another control room can neither execute, nor select, nor cancel; a selection ends with its connection."""
    other = ControlRoom(bench, "scada-other", port)
    other.command("45 101 6013 on select-only", "selected")
    before = len(executed(bench))
    for words in ("45 101 6013 on", "45 101 6013 on select-only", "45 101 6013 on cancel"):
        room.command(words, "refused")
    check(len(executed(bench)) == before, "another's selection is not executed")
    other.program.stop()
    wait_for(lambda: any(line["what"] == "command" and line["ioa"] == 6013 and line["cot"] == 8
                         for line in journal(bench.folder / "rtu.jsonl")[-20:]), "the RTU hears that it ended")
    room.command("45 101 6013 on select", "terminated")


def silence_is_unknown(bench, room):
    """The RTU executes without a word: SCADA hears nothing, the result stream says unknown."""
    known = set(stages(bench))
    before = room.tell("command 45 101 6012 on")
    wait_for(lambda: [s for id_, s in stages(bench).items() if id_ not in known and "unknown" in s], "it is unknown", 15)
    check(not [line for line in room.seen("answer", before)], "SCADA hears nothing")
    check(len(executed(bench, 6012)) == 1, "executed once")


def others_may_not(bench, port):
    room = ControlRoom(bench, "scada-outsider", port)
    before = len(executed(bench))
    room.command("45 101 6001 on", "refused")
    check(len(executed(bench)) == before, "a peer that may not command does not")


def a_shell_may(bench):
    """`busbar store command` gives one, shows its stages, and says by its exit code how it ended."""
    def give(*words):
        program = bench.busbar(f"shell-{time.monotonic_ns()}", "store", "--host", bench.socket, "command", *words)
        code = program.process.wait(20)
        return code, program.output.read_text()
    before = len(executed(bench, 6001))
    code, text = give("--casdu", 101, "--ioa", 6001, "--type", 45, "--value", "on")
    check(code == 0 and "confirmed" in text and "terminated" in text, f"{code}: {text}")
    code, text = give("--casdu", 101, "--ioa", 6001, "--type", 45, "--value", "off", "--select")
    check(code == 0 and "selected" in text and "confirmed" in text, f"{code}: {text}")
    check([line["value"] for line in executed(bench, 6001)[before:]] == [True, False], "executed as given")
    code, text = give("--casdu", 101, "--ioa", 6011, "--type", 45, "--value", "on")
    check(code == 1 and "refused" in text, f"{code}: {text}")
    code, text = give("--casdu", 103, "--ioa", 1, "--type", 45, "--value", "on", "--max-age", 1)
    check(code == 1 and "refused" in text, f"nobody's: {code}: {text}")
    code, text = give("--casdu", 101, "--ioa", 7103, "--type", 112, "--value", 0.25, "--qualifier", 3)
    check(code == 0 and "confirmed" in text, f"a parameter: {code}: {text}")
    code, text = give("--casdu", 101, "--ioa", 7103, "--type", 113, "--value", 2, "--cancel")
    check(code == 0 and "cancelled" in text, f"its deactivation: {code}: {text}")


def loads_parameters(bench, room):
    """Each type and kind once; activated and deactivated; what makes no sense is refused, nothing is sent twice."""
    def loaded():
        return [line for line in journal(bench.folder / "rtu.jsonl") if line["what"] == "command" and line["type"] >= 110]
    before = len(loaded())
    given = [(f"{type_} 101 {ioa} 0.5 qualifier={kind}".replace("111 101 7102 0.5", "111 101 7102 5"), "confirmed", 7)
             for ioa, (type_, _) in PARAMETERS.items() for kind in (1, 2, 3, 4)]
    given += [("113 101 1006 3", "confirmed", 7), ("113 101 1006 3 cancel", "cancelled", 9), ("113 101 7103 2 cancel", "cancelled", 9),
              ("113 101 7103 2", "confirmed", 7), ("113 101 0 1", "confirmed", 7)]
    for words, outcome, cause in given:
        outcomes, lines = room.command(words, outcome)
        answer = [line for line in lines if line["what"] == "answer"][-1]
        check(outcomes == [outcome] and answer["cot"] == cause and not answer.get("negative"), f"'{words}': {answer}")
    sent = len(loaded()) - before
    check(sent == len(given), f"each was sent once: {sent} of {len(given)}")
    for words, cause in (("112 101 7103 1 qualifier=5", 7), ("112 101 7103 1", 7), ("113 101 7103 4", 7), ("112 101 7999 1 qualifier=1", 47),
                         ("112 101 7101 1 qualifier=1", 7), ("113 101 0 2", 47), ("112 102 1 1 qualifier=1", 47)):
        _, lines = room.command(words, "refused")
        answer = [line for line in lines if line["what"] == "answer"][-1]
        check(answer["cot"] == cause and answer["negative"], f"'{words}': {answer}")
    check(len(loaded()) == before + sent, "nothing of it was sent")
    interrogations_give_them(bench, room)


def interrogations_give_them(bench, room):
    bench.ask("XADD", "connectors:client:requests", "*", "id", "gi", "action", "interrogate", "data", '{"casdu":101}')
    stored = wait_for(lambda: bench.image(101, 7103), "the RTU's parameters are in the image")
    check((stored["type"], stored["value"], stored["qualifier"]) == (112, 0.5, 4), f"the one loaded last: {stored}")

    def interrogated():
        """What came in answer; a point whose event is still on its way to the server connector is left out."""
        before = room.tell("interrogate 101 20")
        wait_for(lambda: any(not line["complete"] or line["qualifier"] == 20 for line in room.seen("interrogation", before)), "interrogated")
        found = {line["ioa"]: line for line in room.seen("object", before) if line["type"] >= 110}
        return found if set(found) == set(PARAMETERS) else None
    found = wait_for(interrogated, "an interrogation gives all parameters")
    check(all(line["cot"] == 20 for line in found.values()), f"with cause 20: {found}")


def freezes_counters(bench, room):
    """At the RTU by an operator's request, and at the server connector by the control room."""
    for id_, data in (("freeze", {"casdu": 101, "freeze": "freeze"}), ("read", {"casdu": 101})):
        bench.ask("XADD", "connectors:client:requests", "*", "id", id_, "action", "counters", "data", json.dumps(data))
    stored = wait_for(lambda: (bench.image(101, 1015) or {}).get("sequence") and bench.image(101, 1015), "the frozen reading")
    check((stored["value"], stored["sequence"]) == (317, 1), f"frozen at the RTU: {stored}")
    for qcc, outcome in ((0x45, True), (0x85, False), (5, True)):
        before = room.tell(f"counters 101 {qcc}")
        ended = wait_for(lambda: room.seen("counter_interrogation", before), f"QCC {qcc} is answered")
        check(ended[0]["qualifier"] == qcc and ended[0]["complete"] == outcome, f"QCC {qcc}: {ended}")
    reading = [line for line in room.seen("object", before) if line["ioa"] == 1015]
    check([(line["value"], line["sequence"], line["cot"]) for line in reading] == [(317, 2, 37)], f"frozen at the gateway: {reading}")


def resets_the_rtu(bench, room):
    """An operator's request, confirmed by the station: the line is lost and comes again, commands go again."""
    def lines(what):
        return [line for line in journal(bench.folder / "rtu.jsonl") if line["what"] == what]
    def reply(id_):
        found = [dict(zip(words[::2], words[1::2])) for _, words in bench.ask("XRANGE", "connectors:client:replies", "-", "+")]
        return next((json.loads(entry["data"]) for entry in found if entry["id"] == id_), None)
    before = len(lines("transfer_started"))
    for id_, data, answer in (("reset-1", {"casdu": 101}, {"confirmed": True}), ("reset-2", {"casdu": 7}, None), ("reset-3", {}, None)):
        bench.ask("XADD", "connectors:client:requests", "*", "id", id_, "action", "reset_process", "data", json.dumps(data))
        told = wait_for(lambda: reply(id_), f"{id_} is answered")
        check(told == answer if answer else "error" in told, f"{id_}: {told}")
    wait_for(lambda: len(lines("transfer_started")) > before, "the line is there again")
    check(len(lines("restarted")) == 1, "the RTU was reset once")
    wait_for(lambda: room.command("45 101 6001 on", "terminated")[0], "commands go again")


def malformed_entries_harm_nothing(bench, room):
    for fields in (("nothing", "1"), ("casdu", "101"), ("casdu", "x", "ioa", "y", "id", "z", "data", "{"),
                   ("casdu", "101", "ioa", "6001", "id", "bad-1", "data", "{"),
                   ("casdu", "101", "ioa", "6001", "id", "bad-2", "data", '{"type":45}'),
                   ("casdu", "101", "ioa", "6001", "id", "bad-3", "data", '{"type":36,"value":1}'),
                   ("casdu", "101", "ioa", "6001", "id", "bad-4", "data", '{"type":51,"value":1,"select":true}'),
                   ("casdu", "101", "ioa", "6001", "id", "bad-5", "data", '{"type":58,"value":true}'),
                   ("casdu", "101", "ioa", "6001", "id", "x" * 201, "data", '{"type":45,"value":true}')):
        bench.ask("XADD", "process:commands", "*", *fields)
    for fields in (("id", "srv:1"), ("casdu", "1", "ioa", "1", "id", "srv:1", "data", "[]"), ("a", "b")):
        bench.ask("XADD", "process:command-results", "*", *fields)
    before = len(executed(bench))
    wait_for(lambda: len([id_ for _, f in entries(bench, "process:command-results") if (id_ := f.get("id", "")).startswith("bad-")]) == 5,
             "each that has an address and an id is refused")
    room.command("45 101 6001 on", "terminated")
    check(len(executed(bench)) == before + 1, "nothing else was executed")


def lines_are_well_formed(bench, captures):
    if not shutil.which("tshark"):
        print("tshark is not installed: captures are not looked at")
        return
    from tshark_chain import tshark
    for port, capture in captures.items():
        bad = tshark(capture, port, "-Y", "_ws.malformed || _ws.expert.severity >= 0x600000")
        check(not bad, f"{capture.name}: {bad[:5]}")
        types = {t for line in tshark(capture, port, "-T", "fields", "-e", "iec60870_asdu.typeid") for t in line.split(",") if t}
        wanted = {str(t) for t in (15, *range(45, 52), *range(58, 65), 101, *range(110, 114))}
        check(wanted <= types, f"{capture.name}: types {sorted(types)}")


def commands(bench):
    bench.store()
    rtu_port, scada_port, outsider_port = free_port(), free_port(), free_port()
    captures = {rtu_port: bench.folder / "rtu.pcap", scada_port: bench.folder / "scada.pcap"}
    (bench.folder / "points.toml").write_text(substation())
    rtu = bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--points", bench.folder / "points.toml", "--log",
                       bench.folder / "rtu.jsonl", "--events-per-second", 0, "--capture", captures[rtu_port])
    for connector, stations in (("client", [{"casdu": 101, "remote": 1}]), ("away", [{"casdu": 102}])):
        bench.ask("SET", f"connectors:{connector}:config", json.dumps({"stations": stations, "commands": {"max_age": MAX_AGE}}))
    client = bench.client("client", rtu_port)
    bench.client("away", free_port())
    points = [*command_points(101, {6001 + i: type_ for i, type_ in enumerate(VALUES)}),
              *command_points(101, {6011: 45, 6012: 45, 6014: 45}), *command_points(101, {6013: 45}, select="select"),
              *command_points(101, {7006: 50}, scale=2, offset=10, **{"from": {"casdu": 101, "ioa": 6006}}),
              *command_points(101, {7005: 49}, scale=0.1, **{"from": {"casdu": 101, "ioa": 6005}}),
              *command_points(101, {7001: 45}, invert=True, **{"from": {"casdu": 101, "ioa": 6001}}),
              *command_points(101, {7013: 45}, select="direct", **{"from": {"casdu": 101, "ioa": 6013}}),
              *command_points(101, {ioa: type_ for ioa, (type_, _) in PARAMETERS.items()}),
              *command_points(101, {0: 113, 1006: 113, 7103: 113}), *command_points(102, {1: 45}), *command_points(103, {1: 45})]
    rules = {"commands": {"max_age": MAX_AGE}}
    bench.server("srv", scada_port, config=rules, mapping={"points": points})
    network = {"host": "127.0.0.1", "port": outsider_port, "any_port": True, "command_clients": ["10.0.0.0/8"]}
    bench.server("srv-outside", outsider_port, config={"network": network, **rules}, mapping={"points": points})
    bench.wait_running("client", "srv", "srv-outside")
    wait_for(lambda: bench.image(101, 1001), "the RTU's values are there")
    room = ControlRoom(bench, "scada", scada_port, "--capture", captures[scada_port])

    executes_every_type(bench, room)
    converts_values(bench, room)
    refuses(bench, room)
    cancels(bench, room)
    selections_are_bound(bench, room, scada_port)
    silence_is_unknown(bench, room)
    others_may_not(bench, outsider_port)
    a_shell_may(bench)
    malformed_entries_harm_nothing(bench, room)
    loads_parameters(bench, room)
    freezes_counters(bench, room)
    resets_the_rtu(bench, room)
    for program in (room.program, client, rtu):
        program.stop()
    lines_are_well_formed(bench, captures)


if __name__ == "__main__":
    run_story(commands)
