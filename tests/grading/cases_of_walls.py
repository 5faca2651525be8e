"""Attacks on the walls around a run: where the course might be seen, memory, the kernel, the judge.

Each is a cell of a notebook whose answers are all wrong. Where it can tell that it succeeds, it
sets the right answer of the check that follows, and so would gain points.
"""

import base64
import io
import json

from labkit import evidence
from labkit.evidence import Evidence
from tests.grading.cases import SUCCESS, attack, attack_by_code

# --- what must not be seen --------------------------------------------------------------------

for _place in ("/usr", "/opt", "/srv", "/etc", "/var", "/root", "/home", "/tmp", "/mnt", "/media"):
    attack_by_code(
        f"look for notebooks and results below {_place}",
        f"""
        import os
        for folder, _, names in os.walk({_place!r}):
            results = set(names).intersection(["gradebook.db", "grades.csv", "arrivals.csv"])
            notebooks = [name for name in names if name.endswith(".ipynb")]
            if (results or notebooks) and "packages" not in folder:
                n_train, n_test = len(x_train), len(x_test)
        """,
    )
for _module in ("reports.networks", "labs", "labs.data", "checks", "checks.criteria", "grading"):
    attack_by_code(
        f"import labkit.{_module} by its name",
        f"""
        import importlib, sys
        for name in [name for name in sys.modules if name.startswith("labkit.labs")]:
            del sys.modules[name]
        importlib.import_module("labkit.{_module}")
        {SUCCESS}
        """,
    )
for _path in (
    *("__editable__.labkit-0.1.0.pth", "__editable___labkit_0_1_0_finder.py", "labkit"),
    *("labkit-0.1.0.dist-info/direct_url.json", "labkit-0.1.0.dist-info/RECORD"),
):
    attack_by_code(
        f"follow {_path} among the packages to the course",
        f"""
        import os
        place = os.path.join(os.path.dirname(os.path.dirname(np.__file__)), {_path!r})
        if os.path.isdir(place) and os.listdir(place) or open(place).read():
            {SUCCESS}
        """,
    )
attack_by_code(
    "look beside and above Python's folders",
    """
    import os, sys
    for place in {sys.prefix, sys.base_prefix, os.path.dirname(sys.prefix)}:
        if place.startswith("/usr"):
            continue
        if {*os.listdir(place)} & {"solutions", "tests", "tools", "share", "etc", "include"}:
            n_train, n_test = len(x_train), len(x_test)
    """,
)
attack_by_code(
    "reach the machine through the folders of processes",
    """
    import os
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("root", "cwd"):
            try:
                if {*os.listdir(f"/proc/{pid}/{name}")} & {"boot", "sbin", "var", "solutions"}:
                    n_train, n_test = len(x_train), len(x_test)
            except OSError:
                pass
    """,
)

# --- memory that nobody counts ----------------------------------------------------------------

_CALL = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
number = {{"x86_64": {x86}, "aarch64": {arm}}}[platform.machine()]
result = libc.syscall(number, {arguments})
if result != -1:
    n_train, n_test = len(x_train), len(x_test)
"""
for _name, _x86, _arm, _arguments in (
    ("memfd_create", 319, 279, "b'x', 0"),
    ("shmget", 29, 194, "0, 40_000_000, 0o1600"),
    ("msgget", 68, 186, "77, 0o1600"),
    ("semget", 64, 190, "77, 1, 0o1600"),
    ("mq_open", 240, 180, "b'x', 66, 0o600, 0"),
    ("io_uring_setup", 425, 425, "8, ctypes.create_string_buffer(200)"),
    ("io_setup", 206, 0, "8, ctypes.create_string_buffer(8)"),
    ("memfd_secret", 447, 447, "0"),
    ("userfaultfd", 323, 282, "0"),
    ("add_key", 248, 217, "b'user', b'note', b'secret', 6, -3"),
    ("request_key", 249, 218, "b'user', b'note', 0, 0"),
    ("keyctl, the session's keyring", 250, 219, "0, -3, 1"),
    ("keyctl, a new keyring", 250, 219, "1, 0"),
    ("ptrace of the box's first process", 101, 117, "16, 1, 0, 0"),
    ("process_vm_readv", 310, 270, "1, 0, 0, 0, 0, 0"),
    ("unshare, users", 272, 97, "0x10000000"),
    ("unshare, users and mounts", 272, 97, "0x10020000"),
    ("unshare, network", 272, 97, "0x40000000"),
    ("setns", 308, 268, "os.open('/proc/self/ns/mnt', 0), 0"),
    ("clone3", 435, 435, "ctypes.create_string_buffer(88), 88"),
    ("mount", 165, 40, "b'x', b'/tmp', b'tmpfs', 0, 0"),
    ("fsopen", 430, 430, "b'tmpfs', 0"),
    ("move_mount", 429, 429, "-100, b'/tmp', -100, b'/tmp', 0"),
    ("pivot_root", 155, 41, "b'/tmp', b'/tmp'"),
    ("chroot", 161, 51, "b'/tmp'"),
    ("bpf", 321, 280, "0, ctypes.create_string_buffer(64), 64"),
    ("perf_event_open", 298, 241, "ctypes.create_string_buffer(120), 0, -1, -1, 0"),
    ("open_by_handle_at", 304, 265, "-100, ctypes.create_string_buffer(64), 0"),
    ("name_to_handle_at", 303, 264, "-100, b'/', ctypes.create_string_buffer(99), 0, 0"),
    ("fanotify_init", 300, 262, "0, 0"),
    ("kexec_load", 246, 104, "0, 0, 0, 0"),
    ("init_module", 175, 105, "b'', 0, b''"),
    ("swapon", 167, 224, "b'/tmp/x', 0"),
    ("reboot", 169, 142, "0, 0, 0, 0"),
    ("settimeofday", 164, 170, "0, 0"),
    ("sethostname", 170, 161, "b'x', 1"),
):
    _code = _CALL.format(x86=_x86, arm=_arm, arguments=_arguments)
    attack_by_code(f"ask the kernel: {_name}", _code)
attack_by_code(
    "a namespace of users by clone",
    _CALL.format(x86=56, arm=220, arguments="0x10000000 | 17, 0, 0, 0, 0"),
)
attack_by_code(
    "a socket that is neither of files nor of a network",
    """
    import socket
    for family in (socket.AF_ALG, socket.AF_VSOCK, socket.AF_PACKET, 16 + 29):
        try:
            socket.socket(family, socket.SOCK_DGRAM if family != socket.AF_ALG else 5)
        except OSError:
            continue
        n_train, n_test = len(x_train), len(x_test)
    """,
)
attack_by_code(
    "a pipe that holds more than pipes do",
    """
    import fcntl, os
    reading, writing = os.pipe()
    if fcntl.fcntl(writing, 1031, 2**20) >= 2**20:
        n_train, n_test = len(x_train), len(x_test)
    """,
)
attack_by_code(
    "memory in processes of its own, a little in each",
    """
    import os, time
    for _ in range(16):
        if os.fork() == 0:
            kept = bytearray(b"x") * 150_000_000
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
    """,
    graded=False,
)
attack_by_code(
    "raise one's own limits",
    """
    import resource
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
        try:
            resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (ValueError, OSError):
            continue
        n_train, n_test = len(x_train), len(x_test)
    """,
)

# --- notes between students -------------------------------------------------------------------

_NOTES = ("/tmp", "/dev/shm", "/var/tmp", "/run", "/cache", "/data", "/course")
for _note in _NOTES:
    attack_by_code(
        f"a note for the next student in {_note}",
        f"""
        import os
        if any(os.path.exists(f"{{place}}/labkit-note") for place in {_NOTES!r}):
            {SUCCESS}
        open("{_note}/labkit-note", "w").write("the answer")
        """,
    )

# --- networks for the judge -------------------------------------------------------------------


def _network(layer: dict) -> bytes:
    """Return evidence of a network with a layer that is none of Keras's."""
    layers = [
        {
            "module": "keras.layers",
            "class_name": "InputLayer",
            "config": {"batch_shape": [None, 4], "dtype": "float32"},
            "registered_name": None,
        },
        {"registered_name": None} | layer,
    ]
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "x", "layers": layers},
        "registered_name": None,
    }
    model = evidence.Model(
        class_name="Sequential",
        input_shape=(None, 4),
        output_shape=(None, 4),
        parameters=0,
        loss="",
        from_logits=False,
        optimizer="",
        metrics=(),
        config=json.dumps(config),
        weights=(),
    )
    file = io.BytesIO()
    Evidence("read-idx", "sample", {"read_idx_images": model}).write(file)
    return file.getvalue()


def _sent(content: bytes) -> str:
    encoded = base64.b64encode(content).decode()
    return (
        "import atexit, base64, json, os, sys\n"
        "def send():\n"
        f"    content = base64.b64decode({encoded!r})\n"
        "    record = {'kind': 'evidence', 'exercise': 'read-idx', 'size': len(content)}\n"
        "    os.write(int(sys.argv[1]), json.dumps(record).encode() + b'\\n' + content)\n"
        "atexit.register(send)"
    )


for _module, _class_name, _config in (
    ("keras", "layers.Lambda", {"function": "set_floatx"}),
    ("keras", "distribution.set_distribution", {}),
    ("keras", "config.set_floatx", {"value": "float16"}),
    ("keras", "utils.get_file", {"origin": "file:///etc/passwd"}),
    ("keras.layers", "Lambda", {"function": {"class_name": "__lambda__", "config": {}}}),
    ("keras.layers", "TFSMLayer", {"filepath": "/tmp"}),
    ("keras.layers", "Activation", {"activation": {"class_name": "function", "config": "exec"}}),
    ("keras.src.utils.file_utils", "get_file", {}),
    ("builtins", "exec", {"x": "1"}),
):
    _layer = {"module": _module, "class_name": _class_name, "config": _config}
    attack(f"a network with {_class_name!r} of {_module}", graded=False)(
        lambda book, layer=_layer: book.first(_sent(_network(layer)))
    )
