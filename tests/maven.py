"""Programs in Java that tests run: their jars, fetched once by Maven into the user's cache, and the Java to run them.

Only the standard library is used, so that any Python runs it.
"""

import os
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


class UnavailableError(Exception):
    """A program cannot be had on this machine; says why."""


def version(pom: Path, name: str) -> str:
    """The version that the pom names in its property `NAME.version`."""
    found = ET.parse(pom).find(f".//{{*}}{name}.version")
    assert found is not None and found.text
    return found.text


def fetch(pom: Path, name: str) -> Path:
    """The folder of the jars that the pom asks for, fetched by Maven where it is not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "citation-graph-kb"
    jars = cache / f"{name}-{version(pom, name)}"
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise UnavailableError(f"Maven (mvn) is not installed: it fetches the jars of {name}")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        part = Path(folder) / "lib"
        order = [maven, "-B", "-q", "-f", str(pom), COPY, "-DincludeScope=runtime", f"-DoutputDirectory={part}"]
        done = subprocess.run(order, capture_output=True, text=True)
        if done.returncode:
            reason = next((line for line in done.stdout.splitlines() if "ERROR" in line), "mvn failed")
            raise UnavailableError(f"the jars of {name} cannot be fetched: {reason}")
        with suppress(OSError):  # another run was faster
            part.rename(jars)
    return jars


def java() -> str:
    """The Java to run; UnavailableError where there is none."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None) or shutil.which("java")
    if found is None:
        raise UnavailableError("Java (17 or 21) is not installed")
    return found
