"""What this machine's processor can do, as far as the system tells."""

import os
import pathlib

# Processors with these multiply numbers of 16 bits (bfloat16) at about twice the rate.
_BFLOAT16 = {"avx512_bf16", "amx_bf16"}


def told(about: str) -> str:
    """Return what Linux says about the first processor; nothing on other systems."""
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return ""
    said = (line.partition(":") for line in text.splitlines())
    return next((value.strip() for name, _, value in said if name.strip() == about), "")


def flags() -> list[str]:
    """Return the processor's instructions, where the system tells them."""
    return told("flags").split()


def multiplies_bfloat16() -> bool:
    """Tell whether TensorFlow multiplies bfloat16 fast here: by such instructions, in oneDNN."""
    return os.environ.get("TF_ENABLE_ONEDNN_OPTS") != "0" and not _BFLOAT16.isdisjoint(flags())
