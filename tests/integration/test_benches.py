"""The quick form of every benchmark runs. Its figures are not checked."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
NOT_HERE = 77  # exit status of a bench that lacks a program, a package or data
AT_ONCE = 3  # they wait more than they work

STARTED_BY_OTHERS: set[str] = set()
BENCHES = sorted(
    path.stem
    for path in (REPOSITORY / "bench").glob("*.py")
    if '__name__ == "__main__"' in path.read_text() and path.stem not in STARTED_BY_OTHERS
)

Ran = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def ran() -> Iterator[Callable[[str], Ran]]:
    """The quick form of a bench, once it is over."""

    def run(name: str) -> Ran:
        if "--quick" not in (REPOSITORY / f"bench/{name}.py").read_text():
            raise LookupError(
                f"bench.{name} has no quick form"
            )  # and is not tried: the whole may do anything
        command = [sys.executable, "-m", f"bench.{name}", "--quick"]
        return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=240)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        running: dict[str, Future[Ran]] = {name: pool.submit(run, name) for name in BENCHES}
        # A test that is repeated runs its bench again.
        yield lambda name: (running.pop(name, None) or pool.submit(run, name)).result()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("face_models_folder")
@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_runs(name: str, ran: Callable[[str], Ran]) -> None:
    done = ran(name)
    if done.returncode == NOT_HERE:
        pytest.skip(f"{name}: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_there_are_benches() -> None:
    assert {"api", "engine", "live", "live_browser", "rooms", "speech"} <= set(BENCHES)
