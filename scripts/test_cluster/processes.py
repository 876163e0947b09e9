"""The processes of one cluster: started below one folder, watched, and stopped by their ids."""

import ctypes
import signal
import subprocess
import sys

# Loaded before a process is forked: nothing may be loaded between fork and exec.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Processes:
    """Each writes its log to NAME.log in `folder`, which is its working directory."""

    def __init__(self, folder):
        self.folder = folder
        self.running = {}

    def spawn(self, name, command, environment=None, called=None):
        """In a session of its own, so that Ctrl-C reaches it only through us. It is told that its name is `called`."""
        with open(self.folder / f"{name}.log", "a") as log:
            process = subprocess.Popen(
                [called or command[0], *command[1:]],
                executable=command[0],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self.running[name] = process
        return process

    def forget(self, name):
        """Let a process end without this being the cluster's end."""
        return self.running.pop(name)

    def ended(self):
        """What to say of a process that ended by itself, or None."""
        for name, process in self.running.items():
            if process.poll() is not None:
                lines = (self.folder / f"{name}.log").read_text().splitlines()[-5:]
                return "\n".join([f"{process.args[0]} ended with {process.returncode}; its last words:", *lines])
        return None

    def stop(self):
        """Only etcd keeps anything, so only etcd is given time to close it. It was started first, and ends last."""
        for name, process in reversed(self.running.items()):
            process.send_signal(signal.SIGTERM if name == "etcd" else signal.SIGKILL)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def die_with_parent():
    """On Linux a process ends with us even if we are killed."""
    if LIBC is not None:
        LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
