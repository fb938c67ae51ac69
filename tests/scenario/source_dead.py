#!/usr/bin/python3
"""Case 124: the client connector itself dies, by a kill or in good order. The server connector sends its points with NT,
interrogated values too, although the store's image says nothing of it; when the connector is back the marks go.

usage: source_dead.py [seed]
"""
from harness import check, free_port, run_story, wait_for

POINTS = 40


def flagged(line):
    return bool({"NT", "IV"} & set(line["quality"]))


def source_dead(bench):
    bench.store()
    rtu_port, scada_port = free_port(), free_port()
    bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--generate", POINTS, "--casdu", 11, "--events-per-second", 0)
    client = bench.client("client", rtu_port)
    server = bench.server("srv", scada_port)
    bench.wait_running("client", "srv")
    wait_for(lambda: " interrogated: " in client.text(), "the client has interrogated")
    room = bench.busbar("room", "sim", "scada", "--port", scada_port, "--json", "--stdin")
    points = {int(key.split(":")[5]) for key in bench.ask("KEYS", "process:image:casdu:11:*")}

    def since(mark):
        return [line for line in room.lines()[mark:] if line.get("what") == "object"]

    wait_for(lambda: {line["ioa"] for line in since(0)} == points, "the control room knows every point")
    check(not any(map(flagged, since(0))), "all are good")
    bench.ask("SET", "process:image:casdu:11:ioa:60000", '{"type":1,"value":true,"source":"a script"}')

    for number, end in enumerate((client.kill, None)):
        mark = len(room.lines())
        end() if end else bench.programs[-1].stop()
        wait_for(lambda: {line["ioa"] for line in since(mark) if flagged(line)} >= points, "each of its points comes with NT", 30)
        check(all(line["cot"] == 3 for line in since(mark) if flagged(line)), "spontaneously")
        check(" source_gone: " in server.text(), "the log says whose")
        check(not any("NT" in bench.image(11, ioa).get("quality", ()) for ioa in points), "the image is the writer's")

        mark = len(room.lines())
        room.process.stdin.write(b"interrogate 11\n")
        room.process.stdin.flush()
        wait_for(lambda: any(line.get("what") == "interrogation" for line in room.lines()[mark:]), "an interrogation")
        answers = {line["ioa"]: line for line in since(mark) if line["cot"] == 20}
        check(set(answers) >= points and all(flagged(answers[ioa]) for ioa in points), "interrogated values have it too")
        check(60000 in answers and not flagged(answers[60000]), "other writers are not judged")

        mark = len(room.lines())
        bench.client("client", rtu_port, name=f"client-{number}")
        wait_for(lambda: {line["ioa"] for line in since(mark) if not flagged(line)} >= points, "the marks go", 30)
    print(f"{len(points)} points marked and cleared twice")


if __name__ == "__main__":
    run_story(source_dead)
