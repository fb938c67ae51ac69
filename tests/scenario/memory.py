"""Memory and open files of programs, read again and again while a story goes on: neither may keep growing."""
import os

from harness import check


class Memory:
    def __init__(self):
        self.readings = {}

    def read(self, programs):
        """`programs`: by name. One that was started again begins anew."""
        for name, program in programs.items():
            reading = (program.resident_kb(), len(os.listdir(f"/proc/{program.process.pid}/fd")))
            self.readings.setdefault((name, program.process.pid), []).append(reading)
        return {name: self.readings[(name, program.process.pid)][-1] for name, program in programs.items()}

    def check_flat(self):
        """From a third of the time on, of what was not started again since."""
        for (name, _), readings in self.readings.items():
            settled = readings[len(readings) // 3:]
            if len(settled) < 4:
                continue
            memory, files = zip(*settled)
            check(memory[-1] < memory[0] * 1.2 + 4000, f"{name}: memory grew from {memory[0]} to {memory[-1]} kB")
            check(files[-1] <= files[0] + 4, f"{name}: open files grew from {files[0]} to {files[-1]}")
