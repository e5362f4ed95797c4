"""`visavis orgs`, on the database of a running server."""

import csv
import io
import json

from typer.testing import CliRunner

from tests.support.organizations import PATH, a_user
from tests.support.server import Server
from visavis.cli.main import app


def test_organizations_on_the_command_line(server: Server) -> None:
    runner = CliRunner()

    def visavis(*words: str, fails: str = "") -> str:
        done = runner.invoke(app, [*words, "--data", str(server.data)])
        assert (done.exit_code == 0) is (not fails), done.output
        assert fails in done.output
        return done.stdout

    owner = a_user(server, "owner@commands.example")
    made = visavis("orgs", "create", "Of the command line", "--owner", "owner@commands.example")
    slug = made.partition("(")[2].partition(")")[0]
    assert slug.startswith("of-the-command-line")
    assert slug in visavis("orgs", "list")
    visavis("orgs", "create", "Nobody's", "--owner", "nobody@commands.example", fails="no user")
    visavis("orgs", "add", slug, "member@commands.example", "--role", "admin", "--name", "Mel")
    visavis("orgs", "add", slug, "member@commands.example", fails="already")
    key = visavis("keys", "create", "theirs", "--owner", "member@commands.example", "--org", slug)
    visavis("keys", "create", "theirs", "--org", slug, fails="--owner")
    with server.client(key.splitlines()[0].rpartition(" ")[2]) as client:
        organizations = client.get(PATH).json()["organizations"]
        assert [(each["slug"], each["role"]) for each in organizations] == [(slug, "admin")]
        visavis("orgs", "role", slug, "member@commands.example", "member")
        assert client.get(PATH).json()["organizations"][0]["role"] == "member"
        shown = visavis("orgs", "members", slug)
        assert "Mel" in shown
        assert "owner@commands.example" in shown
        visavis("orgs", "recover", slug, "member@commands.example", fails="Only an owner")
        assert "/sign-in#" in visavis("orgs", "recover", slug, "owner@commands.example")
        visavis("orgs", "remove", slug, "owner@commands.example", fails="last owner")
        visavis("orgs", "remove", slug, "nobody@commands.example", fails="no member")
        visavis("orgs", "remove", slug, "member@commands.example")
        assert client.get(PATH).status_code == 403
    entries = json.loads(visavis("orgs", "audit", slug, "--format", "json"))["entries"]
    assert {each["actor_kind"] for each in entries} == {"machine"}
    rows = list(csv.DictReader(io.StringIO(visavis("orgs", "audit", slug))))
    assert [row["action"] for row in rows] == [each["action"] for each in entries]
    assert rows[0]["action"] == "member.removed"
    visavis("orgs", "delete", slug, "--yes")
    visavis("orgs", "members", slug, fails="no organization")
    with server.client(owner) as client:
        assert client.get(PATH).json() == {"organizations": []}
