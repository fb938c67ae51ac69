#!/usr/bin/python3
"""The commands of the guide do what it says: every ```sh block of docs/guide/users.md, of management.md, then of imports.md, in
their order."""
import re

from harness import SOURCE, check, free_port, run_story
from management import Management


def management_guide(bench):
    blocks = []
    for page in ("users.md", "management.md", "imports.md"):
        found = re.findall(r"^```sh\n(.*?)^```", (SOURCE / "docs/guide" / page).read_text(), re.MULTILINE | re.DOTALL)
        check(len(found) >= 3, f"{page} has its commands")
        blocks += found
    rtu_port = free_port()
    bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--casdu", 21, "--generate", 20, "--events-per-second", 5)
    service = Management(bench)
    environment = {"PORT": str(service.port), "SECRET": service.secret, "RTU_PORT": str(rtu_port),
                   "SERVER_PORT": str(free_port()), "DATA": str(bench.folder / "data")}
    script = "set -eu -o pipefail\n" + "\n".join(blocks)
    run = bench.start("guide", "timeout", "120", "bash", "-x", "-c", script, environment=environment)
    code = run.process.wait()
    check(code == 0, f"every command does what the page says: {code} {run.output.read_text()[-1500:]}\n{run.text()[-3000:]}")
    check(service.program.stop() == 0, "the service stops in good order")


if __name__ == "__main__":
    run_story(management_guide)
