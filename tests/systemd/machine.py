"""A machine to boot: this one's programs and libraries below a layer of its own, with a real systemd as PID 1, in namespaces.

Nothing outside changes: what the machine writes lies in a tmpfs, its mounts are in the caller's private mount namespace
(`unshare --mount`), and its network is one of its own that the caller enters, too: what the caller starts is "on the line" and
outlives a reboot, and no port of this machine is touched. All of it is gone when the caller ends.
"""
import ctypes
import os
import shutil
import signal
import subprocess
import time
import uuid
from pathlib import Path

from harness import Failure, check, wait_for

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
PACKAGES = ["systemd", "systemd-sysv", "dbus", "polkitd", "python3"]
LAYERED = ["usr", "etc", "var"]
LINKED = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]
# What looks for hardware, asks people, or would be felt outside: as in a container.
MASKED = ["systemd-udevd.service", "systemd-udevd-kernel.socket", "systemd-udevd-control.socket", "systemd-udev-trigger.service",
          "systemd-udev-settle.service", "getty.target", "console-getty.service", "systemd-binfmt.service",
          "systemd-modules-load.service", "systemd-sysctl.service", "kmod-static-nodes.service", "systemd-networkd.service",
          "systemd-networkd.socket", "systemd-resolved.service", "systemd-timesyncd.service", "systemd-random-seed.service",
          "systemd-journald-audit.socket", "systemd-firstboot.service", "systemd-repart.service", "systemd-tmpfiles-clean.timer",
          "dev-hugepages.mount", "sys-fs-fuse-connections.mount", "sys-kernel-config.mount", "sys-kernel-debug.mount",
          "sys-kernel-tracing.mount", "proc-sys-fs-binfmt_misc.automount", "systemd-networkd-wait-online.service"]
DROPPED = "-sys_module,-sys_time,-sys_rawio,-syslog,-audit_control,-audit_read,-audit_write,-mac_admin,-mac_override,-wake_alarm"
# In namespaces of its own, as their first process. $1: the root.
START = r"""
set -e
cd "$1"
mount -t tmpfs -o mode=755,nosuid,nodev,size=256m run run
mount -t tmpfs -o mode=1777,nosuid,nodev,size=256m tmp tmp
mount -t proc -o nosuid,nodev,noexec proc proc
mount --bind proc/sys proc/sys
cp proc/sys/kernel/random/uuid run/boot-id
mount --bind run/boot-id proc/sys/kernel/random/boot_id
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755,nosuid,size=16m dev dev
for node in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
    set -- $node
    mknod -m 666 "dev/$1" c "$2" "$3"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev,size=256m shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
hostname busbar-boot
mkdir run/outside
pivot_root . run/outside
cd /
umount -l run/outside
rmdir run/outside
exec env -i container=busbar-boot PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    setpriv --bounding-set DROPS /lib/systemd/systemd --unit=multi-user.target --log-target=journal --show-status=no
""".replace("DROPS", DROPPED)


def command(*words, **more):
    """Runs it and returns what it wrote; a failure says what."""
    run = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    check(run.returncode == 0, f"{' '.join(map(str, words))}: exit code {run.returncode}: {run.stderr[-2000:]}{run.stdout[-2000:]}")
    return run.stdout


def use_own_network():
    """This process and its children leave the machine's network for an empty one."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK) != 0:
        raise Failure(f"no network namespace: {os.strerror(ctypes.get_errno())}")


class Machine:
    """Its layers, while they are being made and between boots."""

    def __init__(self, folder, log):
        """`folder`: an empty one, in a private mount namespace. `log`: where the console's output goes."""
        self.root, self.layers, self.log = folder / "root", folder / "layers", log
        self.cgroups = folder / "cgroups"
        self.outer = self.init = self.cgroup = None
        self.boots = 0
        for each in (self.root, self.layers, self.cgroups):
            each.mkdir()
        command("mount", "-t", "cgroup2", "none", self.cgroups)
        command("mount", "-t", "tmpfs", "-o", "mode=755,size=2g", "layers", self.layers)
        command("mount", "-t", "tmpfs", "-o", "mode=755,size=64m", "root", self.root)
        self.lay()

    def lay(self):
        for name in LAYERED:
            upper, work = self.layers / name / "upper", self.layers / name / "work"
            upper.mkdir(parents=True)
            work.mkdir()
            shutil.copystat(f"/{name}", upper)
            (self.root / name).mkdir()
            command("mount", "-t", "overlay", "-o", f"lowerdir=/{name},upperdir={upper},workdir={work}", "overlay", self.root / name)
        for name in LINKED:
            if Path(f"/{name}").is_symlink():
                (self.root / name).symlink_to(os.readlink(f"/{name}"))
        for name in ("dev", "proc", "sys", "run", "tmp", "root", "home", "mnt", "srv", "opt", "boot"):
            (self.root / name).mkdir(mode=0o700 if name == "root" else 0o755)

    def path(self, absolute):
        return self.root / absolute.lstrip("/")

    def write(self, absolute, text, mode=0o644):
        file = self.path(absolute)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def prepare(self):
        """As after an installation of Debian that nobody has changed; needs the network only where packages are missing."""
        self.install_missing()
        shutil.rmtree(self.path("/etc/systemd/system"), ignore_errors=True)
        self.path("/etc/systemd/system").mkdir(parents=True)
        for old in ("/etc/busbar", "/var/lib/busbar", "/var/log/journal", "/etc/systemd/journald.conf.d"):
            shutil.rmtree(self.path(old), ignore_errors=True)
        for pattern in ("local/bin/busbar*", "local/lib/systemd/system/busbar*", "local/lib/sysusers.d/busbar*",
                        "local/lib/tmpfiles.d/busbar*", "local/share/polkit-1/rules.d/*busbar*"):
            for file in self.path("/usr").glob(pattern):
                file.unlink()
        self.path("/etc/machine-id").write_text(uuid.uuid4().hex + "\n")
        self.write("/etc/fstab", "")
        self.write("/etc/hostname", "busbar-boot\n")
        self.write("/etc/systemd/journald.conf.d/boot.conf", "[Journal]\nStorage=persistent\nSyncIntervalSec=1s\n"
                   "RateLimitIntervalSec=0\nReadKMsg=no\nAudit=no\n")
        for unit in MASKED:
            self.path(f"/etc/systemd/system/{unit}").symlink_to("/dev/null")
        self.path("/etc/systemd/system/default.target").symlink_to("/lib/systemd/system/multi-user.target")

    def install_missing(self):
        installed = subprocess.run(["chroot", self.root, "dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *PACKAGES],
                                   capture_output=True, text=True).stdout.splitlines()
        missing = [name for name in PACKAGES if f"installed {name}" not in installed]
        if not missing:
            return
        print(f"installing into the machine: {' '.join(missing)}", flush=True)
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
        resolver = self.path("/etc/resolv.conf")
        resolver.unlink(missing_ok=True)
        resolver.write_text(Path("/etc/resolv.conf").read_text())
        command("mount", "-t", "proc", "proc", self.path("/proc"))
        command("mount", "--bind", "/dev", self.path("/dev"))
        try:
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["chroot", self.root, "apt-get", "-q", "update"], capture_output=True, env=quiet)
            command("chroot", self.root, "apt-get", "-q", "-y", "--no-install-recommends", "install", *missing, env=quiet)
        finally:
            command("umount", self.path("/dev"))
            command("umount", self.path("/proc"))
        self.path("/usr/sbin/policy-rc.d").unlink()

    def boot(self):
        """Returns when systemd has done all that the boot asks for."""
        self.boots += 1
        self.cgroup = self.cgroups / f"busbar-boot-{os.getpid()}-{self.boots}"
        self.cgroup.mkdir()
        self.outer = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child",
             "/bin/sh", "-c", START, "start", self.root],
            stdin=subprocess.DEVNULL, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT, preexec_fn=self.enter_cgroup)
        self.init = wait_for(self.first_process, f"the machine starts; see {self.log}")
        wait_for(lambda: self.has_booted(), f"the machine has booted; see {self.log}", 60)

    def enter_cgroup(self):
        """In the child: it dies with this process, and what it starts is below a group of its own."""
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        (self.cgroup / "cgroup.procs").write_text(str(os.getpid()))

    def first_process(self):
        check(self.outer.poll() is None, f"the machine did not start; see {self.log}")
        children = Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def has_booted(self):
        check(self.outer.poll() is None, f"the machine ended while it booted; see {self.log}")
        return self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def run(self, *words, user=None, stdin=None):
        """In the machine, as root or `user`; the finished process, whatever its exit code."""
        who = ["setpriv", f"--reuid={user}", f"--regid={self.do('id', '-g', user).strip()}", "--init-groups"] if user else []
        return subprocess.run(["nsenter", f"--target={self.init}", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--", *who,
                               *map(str, words)], capture_output=True, text=True, input=stdin, timeout=120, cwd="/",
                              env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"})

    def do(self, *words, user=None):
        """In the machine; what it wrote. It has to succeed."""
        run = self.run(*words, user=user)
        check(run.returncode == 0, f"{' '.join(map(str, words))}: exit code {run.returncode}: {run.stdout}{run.stderr}")
        return run.stdout

    def shows(self, unit):
        """The properties of a unit."""
        return dict(line.partition("=")[::2] for line in self.do("systemctl", "show", unit).splitlines())

    def journal(self, *options):
        return self.do("journalctl", "--no-pager", "--output=cat", *options)

    def power_off(self, limit=90):
        """As somebody at the machine does it; returns how many seconds it took."""
        began = time.monotonic()
        self.run("systemctl", "poweroff", "--no-block")
        try:
            self.outer.wait(limit)
        except subprocess.TimeoutExpired:
            raise Failure(f"the machine is not down within {limit} s") from None
        self.leave()
        return time.monotonic() - began

    def leave(self):
        """Whatever still runs in it ends."""
        if self.outer and self.outer.poll() is None:
            self.outer.kill()
            self.outer.wait()
        self.outer = self.init = None
        if self.cgroup:
            wait_for(self.remove_cgroups, "nothing of the machine runs any more")
        self.cgroup = None

    def remove_cgroups(self):
        try:
            for folder, _, _ in os.walk(self.cgroup, topdown=False):
                os.rmdir(folder)
            return True
        except OSError:
            return False

    def fold(self):
        """Between boots: its layers are forgotten."""
        for each in (*(self.root / name for name in LAYERED), self.root, self.layers, self.cgroups):
            command("umount", each)
