"""Makes the virtual environment, installing Debian's part of Python for that when it is missing."""

import importlib.util
import subprocess
import sys

from tools.debian import install


def main(folder: str) -> int | str:
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not install(package):
            return (
                f"{sys.executable} cannot make a virtual environment: install the package "
                f"{package} (as root: apt-get install {package}), then run make again."
            )
    return subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
