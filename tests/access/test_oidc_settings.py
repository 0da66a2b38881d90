"""The file of settings for an identity provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.access import oidc_settings
from clew.model.errors import InputError

WHOLE = """
issuer = "https://login.example.org/realms/unit"
client_id = "clew"
secret_file = "{secret}"
name_claim = "upn"
scopes = ["openid", "groups"]
provision = true
roles_claim = "groups"
[roles]
"clew-chiefs" = ["supervisor", "analyst"]
"""


def test_everything_that_can_be_said(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("s3cret\n")
    file = tmp_path / "oidc.toml"
    file.write_text(WHOLE.format(secret=tmp_path / "secret"))
    monkeypatch.setenv("CLEW_OIDC", str(file))
    found = oidc_settings.from_environment()
    assert (found.client_id, found.secret, found.name_claim, found.scopes) == ("clew", "s3cret", "upn", ("groups",))
    assert (found.provision, found.roles) == (True, {"clew-chiefs": {"analyst", "supervisor"}})
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize("where", ["module", "docs"])
def test_the_examples_that_are_given(tmp_path, where):
    docs = Path(__file__).parents[2] / "docs" / "accounts.md"
    text = oidc_settings.__doc__ if where == "module" else docs.read_text().split("```toml")[1].split("```")[0]
    lines = [line.strip() for line in text.partition("::\n")[2 if where == "module" else 0].splitlines()]
    file = tmp_path / "oidc.toml"
    file.write_text("\n".join(line for line in lines if "secret_file" not in line))
    assert oidc_settings.read(file).roles == {"clew-analysts": {"analyst"}}


def test_no_provider(monkeypatch):
    monkeypatch.delenv("CLEW_OIDC", raising=False)
    assert oidc_settings.from_environment() is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml",
        'client_id = "clew"',
        'issuer = "https://a.example"',
        'issuer = "http://a.example"\nclient_id = "clew"',
        'issuer = "https://[a"\nclient_id = "clew"',
        'issuer = 7\nclient_id = "clew"',
        'issuer = "https://a.example"\nclient_id = "clew"\nclient_secret = "x"',
        'issuer = "https://a.example"\nclient_id = "clew"\nsecret_file = "/nowhere/at/all"',
        'issuer = "https://a.example"\nclient_id = "clew"\nsecret_file = 7',
        'issuer = "https://a.example"\nclient_id = "clew"\nscopes = [7]',
        'issuer = "https://a.example"\nclient_id = "clew"\nprovision = "yes"',
        'issuer = "https://a.example"\nclient_id = "clew"\n[roles]\na = "analyst"',
        'issuer = "https://a.example"\nclient_id = "clew"\n[roles]\na = ["king"]',
        'issuer = "https://a.example"\nclient_id = "clew"\n[roles]\na = [7]',
    ],
)
def test_what_cannot_be_used(tmp_path, text):
    file = tmp_path / "oidc.toml"
    file.write_text(text)
    with pytest.raises(InputError):
        oidc_settings.read(file)
