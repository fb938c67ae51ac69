#!/usr/bin/python3
"""The metrics file of a connector: every number of the status, the state of one that works, stands by, has no store, or was
stopped; and a file that cannot be written harms nobody."""
import re
import time

from harness import SOURCE, check, free_port, logged, read_metrics, run_story, state_in, wait_for

CASDU, POINTS = 11, 40


class Case:
    def __init__(self, bench):
        self.bench = bench

    def file(self, name):
        return self.bench.folder / f"{name}.prom"

    def says(self, name, state, detail=""):
        """Waits until the file does, and returns the metrics."""
        shown = wait_for(lambda: state_in(read_metrics(self.file(name))) == (state, detail) and read_metrics(self.file(name)),
                         f"the metrics of {name} say {state}: {detail}")
        check(abs(time.time() - shown[("busbar_connector_heartbeat_timestamp_seconds",)]) < 10, f"{name}: {shown}")
        return shown

    def client(self, name, connector, port, *more):
        return self.bench.client(connector, port, "--metrics-file", self.file(name), *more, name=name)

    def check_numbers(self, connector, points):
        """Every number in the status is a metric too, and the metrics know what goes on."""
        rows = (SOURCE / "src/connector/common/metric_rows.cpp").read_text()
        fields = set(re.findall(r'MetricRow\{"(\w+)"', rows)) | {"heartbeat"}
        wait_for(lambda: read_metrics(self.file(connector)).get(points, 0) >= POINTS, f"{connector}'s metrics count its points")
        numbers = {name for name, value in self.bench.status(connector).items() if re.fullmatch(r"-?\d+", value)}
        check(len(numbers) > 20 and numbers <= fields, f"{connector}: no metric for {numbers - fields}")
        metrics = self.says(connector, "Running")
        for name in ("busbar_store_up", "busbar_connector_active", "busbar_link_up", "busbar_started_dt"):
            check(metrics[(name,)] == 1, f"{connector}: {name} in {metrics}")


def metrics(bench):
    case = Case(bench)
    bench.store()
    rtu_port, scada_port = free_port(), free_port()
    bench.busbar("substation", "sim", "rtu", "--port", rtu_port, "--generate", POINTS, "--casdu", CASDU, "--events-per-second", 10)
    rtu = case.client("rtu", "rtu", rtu_port)
    srv = bench.server("srv", scada_port, environment={"BUSBAR_IEC104_SERVER_METRICS_FILE": str(case.file("srv"))})
    bench.wait_running("rtu", "srv")
    bench.busbar("scada", "sim", "scada", "--port", scada_port, "--quiet", "--reconnect")
    case.check_numbers("rtu", ("busbar_points_total", "outcome=stored"))
    case.check_numbers("srv", ("busbar_points",))

    other = free_port()  # nobody is there
    case.client("standby", "rtu", rtu_port, "--instance", "standby")
    holder = bench.ask("GET", "connectors:rtu:lease").split()[0]
    shown = case.says("standby", "Starting", f"standing by: active elsewhere ({holder})")
    check(shown[("busbar_connector_active",)] == 0, f"{shown}")

    bench.busbar("lonely", "iec104-client", "--id", "lonely", "--metrics-file", case.file("lonely"), "client", "--host",
                 "127.0.0.1", "redis", "--host", bench.folder / "no.sock")
    wait_for(lambda: state_in(read_metrics(case.file("lonely")))[0] == "Error", "a connector that finds no store says so")
    state, detail = state_in(read_metrics(case.file("lonely")))
    check(detail.startswith("the store is away: ") and "no.sock" in detail, detail)
    check(read_metrics(case.file("lonely"))[("busbar_store_up",)] == 0, "and that it has none")

    nowhere = bench.busbar("nowhere", "iec104-client", "--id", "nowhere", "--metrics-file", bench.folder / "none" / "x.prom",
                           "client", "--host", "127.0.0.1", "--port", other, "redis", "--host", bench.socket)
    bench.wait_running("nowhere")
    wait_for(lambda: int(bench.status("nowhere")["heartbeat"]) - int(bench.status("nowhere")["since"]) > 4500, "it goes on")
    told = [sentence for _, sentence in logged(nowhere, "metrics_failed")]
    check(told == [f"The metrics file {bench.folder}/none/x.prom cannot be written: No such file or directory"], f"{told}")

    for name, program in (("rtu", rtu), ("srv", srv)):
        program.stop()
        case.says(name, "Stopped")
    check(case.says("standby", "Running")[("busbar_connector_active",)] == 1, "who stood by has taken over")


if __name__ == "__main__":
    run_story(metrics)
