"""`visavis doctor`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape

from visavis import __version__
from visavis.bootstrap.doctor import Finding, State, examine, is_healthy
from visavis.cli.console import EXIT_FAILED, clear_errors, doing, say
from visavis.cli.serve import DATA_HELP

_STYLES: Final = {State.OK: "green", State.WARNING: "yellow", State.PROBLEM: "red"}


@clear_errors
def doctor(
    host: Annotated[str, typer.Option(help="Address on which the server is to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Its port.", min=0, max=65_535)] = 8000,
    data: Annotated[Path | None, typer.Option(help=DATA_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check this machine and the settings, and say what to do.

    It checks parts, processor, memory, disk, codecs, models, database, ports, TLS and services. It starts and
    changes nothing. The exit status is 1 if something cannot work.
    """
    findings: list[Finding] = []
    with doing("Checking") as now:
        for finding in examine(data, host, port):
            findings.append(finding)
            now(f"Checking: {finding.name}")
            if not as_json:
                _show(finding)
    healthy = is_healthy(findings)
    if as_json:
        checks = [asdict(each) for each in findings]
        text = json.dumps(
            {"version": __version__, "healthy": healthy, "checks": checks}, indent=2, ensure_ascii=False
        )
        typer.echo(text)
    else:
        problems, warnings = (
            sum(each.state is state for each in findings) for state in (State.PROBLEM, State.WARNING)
        )
        say.print(f"{len(findings)} checks: {problems} problems, {warnings} warnings")
    if not healthy:
        raise typer.Exit(EXIT_FAILED)


def _show(finding: Finding) -> None:
    style = _STYLES[finding.state]
    say.print(
        f"[{style}]{finding.state.value:8}[/] {escape(finding.name)}: {escape(finding.found)}",
    )
    if finding.advice:
        say.print(f"{'':8} → {escape(finding.advice)}")
