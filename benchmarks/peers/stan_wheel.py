"""Mend httpstan 4.17: `python -m benchmarks.peers.stan_wheel`, which `tools/peers` calls once.

Its wheel for CPython 3.13 holds an object file that was compiled against 3.10: every program builds, and none can be
imported. The object's source is in the wheel too. Compiled again, with the options that httpstan compiles programs
with, it works; that takes a minute or two.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

GONE = "_PyThreadState_UncheckedGet"
"""What the wrong object asks CPython for, and CPython 3.13 no longer has."""
_MACROS = (
    "BOOST_DISABLE_ASSERTS",
    "BOOST_PHOENIX_NO_VARIADIC_EXPRESSION",
    "STAN_THREADS",
    "_REENTRANT",
    "_GLIBCXX_USE_CXX11_ABI=0",
)


def mend(folder: Path) -> bool:
    """Compile the object in httpstan's folder again, if it is the wrong one; whether it was."""
    wrong = folder / "stan_services.o"
    if hasattr(ctypes.pythonapi, GONE) or GONE.encode() not in wrong.read_bytes():
        return False
    mended = wrong.with_suffix(".mended")
    includes = (folder / "include", folder, Path(sysconfig.get_paths()["include"]))
    options = [*(f"-D{macro}" for macro in _MACROS), *(f"-I{path}" for path in includes)]
    source = folder / "stan_services.cpp"
    subprocess.run(["g++", "-O3", "-std=c++17", "-fPIC", "-w", *options, "-c", source, "-o", mended], check=True)
    mended.replace(wrong)
    return True


def main() -> int:
    """Nothing to do where httpstan is not installed."""
    found = find_spec("httpstan")
    if found is None or found.origin is None:
        print("httpstan is not installed")
        return 0
    print("mended" if mend(Path(found.origin).parent) else "nothing to mend")
    return 0


if __name__ == "__main__":
    sys.exit(main())
