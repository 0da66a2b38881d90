"""Signing in at an identity provider: a real one on this machine, honest and not."""

from __future__ import annotations

import base64
import hmac
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey
from tests.access.conftest import CHEAP, PASSWORD
from tests.access.provider import BACK, CLIENT, SECRET, LocalProvider

from clew.access import accounts, sessions
from clew.access.oidc import Provider, _opened
from clew.access.oidc_provider import ProviderError
from clew.access.oidc_settings import Settings
from clew.model.errors import DeniedError

# What is checked before a database has a say is tried on one of them.
ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ROLES = {"clew-analysts": frozenset(["analyst"]), "clew-chiefs": frozenset(["supervisor", "analyst"])}


@pytest.fixture
def local():
    made = LocalProvider()
    yield made
    made.stop()


@pytest.fixture
def make(local):
    """A provider with some settings."""
    made = []

    def one(**more):
        made.append(Provider(Settings(local.issuer, CLIENT, SECRET, **more)))
        return made[-1]

    yield one
    for each in made:
        each.close()


@pytest.fixture
def come(db, keys, local, make):
    """Go there and come back, with the settings of the first time."""
    held = {}

    def back(**more):
        provider = held.setdefault("provider", None) or make(**more)
        held["provider"] = provider
        begun = provider.begin(keys, BACK)
        return provider.finish(db, keys, begun.ticket, local.visit(begun.url), address="192.0.2.7")

    return back


def test_what_the_provider_is_asked(keys, local, make):
    local.description = {"authorization_endpoint": f"{local.issuer}/auth?tenant=1"}
    provider = make()
    begun = provider.begin(keys, BACK)
    parts = urlsplit(begun.url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (parts.path, asked.pop("tenant")) == ("/realms/unit/auth", "1")
    fresh = {name: asked.pop(name) for name in ("state", "nonce", "code_challenge")}
    assert asked == {
        "response_type": "code", "client_id": CLIENT, "redirect_uri": BACK, "scope": "openid profile",
        "code_challenge_method": "S256",
    }  # fmt: skip
    again = parse_qs(urlsplit(provider.begin(keys, BACK).url).query)
    for name, value in fresh.items():
        assert len(value) == 43
        assert again[name] != [value]
        assert value not in begun.ticket


@ONE
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("kind", ["ES256", "RS256", "EdDSA"])
def test_who_has_an_account_comes_in(come, local, ann, ledger, kind):
    local.rotate(kind)
    local.claims = {"preferred_username": "Ann"}
    assert come() == ann
    assert ledger.newest() == ("ann", "login", "account ann", {"with": ["provider"]})
    assert local.asked[0]["code_verifier"] not in ledger.text()
    assert come() == ann
    assert local.fetched == 1  # the keys are kept


@ONE
@pytest.mark.parametrize("ways", [["client_secret_basic"], ["client_secret_post"], None])
def test_the_client_says_who_it_is(come, local, ann, ways):
    local.description = {"token_endpoint_auth_methods_supported": ways} if ways else {}
    assert come() == ann
    assert ("client_secret" in local.asked[0]) == (ways == ["client_secret_post"])


def test_keys_that_changed_are_fetched_anew(come, local, ann):
    come()
    local.rotate()
    assert come() == ann
    local.rotate(kid=local.key.kid)  # another key under the old name
    assert come() == ann
    assert local.fetched == 3


def _none(local):
    def forge(claims):
        parts = [{"alg": "none"}, claims]
        head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
        return f"{head}.{body}."

    return forge


def _shared(local):
    """Signed with HMAC under the public key, which a careless reader would take for the secret."""

    def forge(claims):
        parts = ({"alg": "HS256", "kid": local.key.kid}, claims)
        signed = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
        digest = hmac.digest(local.key.as_pem(private=False), signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    return forge


def _other_key(local):
    def forge(claims):
        return jwt.encode({"alg": "ES256", "kid": local.key.kid}, claims, ECKey.generate_key("P-256"), ["ES256"])

    return forge


def _carries_key(local):
    """The header brings the key along."""

    def forge(claims):
        key = ECKey.generate_key("P-256", {"kid": "mine"})
        return jwt.encode({"alg": "ES256", "kid": "mine", "jwk": key.as_dict(private=False)}, claims, key, ["ES256"])

    return forge


def _changed(local):
    def forge(claims):
        head, _, signature = local.signed(claims).split(".")
        body = base64.urlsafe_b64encode(json.dumps(claims | {"preferred_username": "ann"}).encode())
        return ".".join((head, body.rstrip(b"=").decode(), signature))

    return forge


@ONE
@pytest.mark.parametrize("forge", [_none, _shared, _other_key, _carries_key, _changed])
def test_signatures_that_do_not_hold(come, local, ann, ledger, forge):
    local.claims = {"preferred_username": "eve"} if forge is _changed else {}
    local.forge = forge(local)
    with pytest.raises(DeniedError, match="is not accepted"):
        come()
    assert ledger.newest() == ("nobody", "refuse", "sign-in", {"reason": "provider"})


@ONE
@pytest.mark.parametrize("text", ["", "x", "a.b.c", "....", "é.é.é", "e30.e30.", "A" * 5000])
def test_texts_that_are_no_token(come, local, ann, text):
    local.forge = lambda claims: text
    with pytest.raises(DeniedError, match="is not accepted"):
        come()


LONG_AGO, FAR_OFF = 1_000_000_000, 4_000_000_000


@ONE
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"aud": [CLIENT, "another"]},  # of several, none says for whom
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"exp": LONG_AGO},
        {"exp": None},
        {"exp": "soon"},
        {"exp": float("inf")},
        {"iat": None},
        {"iat": FAR_OFF},
        {"nbf": FAR_OFF},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"preferred_username": None},
        {"preferred_username": ["ann"]},
        {"preferred_username": "ann and more"},
    ],
    ids=str,
)
def test_claims_that_are_not_right(come, local, ann, claims):
    local.claims = claims
    with pytest.raises(DeniedError):
        come()
    local.claims = {"aud": [CLIENT, "another"], "azp": CLIENT, "exp": FAR_OFF}
    assert come() == ann


def test_a_clock_that_is_a_little_off(come, local, ann):
    now = int(time.time())
    local.claims = {"iat": now + 40, "exp": now - 20}
    assert come() == ann


def test_another_answer_than_was_asked_for(db, keys, local, make, ann, ledger):
    provider = make()
    begun, other = provider.begin(keys, BACK), provider.begin(keys, BACK)
    right = local.visit(begun.url)
    wrong = [
        (other.ticket, right),  # of another browser
        (begun.ticket, right | {"state": "x"}),
        (begun.ticket, right | {"state": "\ud800"}),
        (begun.ticket, {"code": right["code"]}),
        (begun.ticket, right | {"iss": "https://elsewhere.example"}),
        (begun.ticket, {"state": right["state"], "error": "access_denied"}),
        (begun.ticket, {"state": right["state"]}),
        (begun.ticket[:-2], right),
        ("", right),
        (begun.ticket, right | {"code": "of nobody"}),
    ]
    for ticket, answer in wrong:
        with pytest.raises(DeniedError):
            provider.finish(db, keys, ticket, answer)
    assert len([entry for entry in ledger.all() if entry.act == "refuse"]) == len(wrong)
    with pytest.raises(DeniedError, match="took too long"):
        provider.finish(db, keys, begun.ticket, right, at=datetime.now(UTC) + timedelta(minutes=11))
    assert provider.finish(db, keys, begun.ticket, right) == ann
    with pytest.raises(DeniedError, match="does not take the code"):  # a code works once
        provider.finish(db, keys, begun.ticket, right)


def test_a_code_of_another_sign_in(db, keys, local, make, ann):
    """The verifier does not fit: PKCE."""
    provider = make()
    begun, stolen = provider.begin(keys, BACK), local.visit(provider.begin(keys, BACK).url)
    state = local.visit(begun.url)["state"]
    with pytest.raises(DeniedError, match="does not take the code"):
        provider.finish(db, keys, begun.ticket, {"code": stolen["code"], "state": state})


def test_who_has_no_account_stays_out(come, local, ann, db):
    local.claims = {"preferred_username": "eve"}
    with pytest.raises(DeniedError, match="There is no account eve"):
        come()
    assert [each.name for each in accounts.all_of(db)] == ["ann"]


def test_a_locked_account_stays_out(come, local, ann, bob, db):
    local.claims = {"preferred_username": "bob"}
    assert come() == bob
    accounts.lock(db, ann, "bob")
    with pytest.raises(DeniedError, match="bob is locked"):
        come()


def test_an_account_stays_with_whom_it_was_tied_to(come, local, ann, bob, db):
    assert come() == ann
    assert accounts.find(db, "ann").outside
    local.claims = {"sub": "9c11"}  # somebody else has the name now
    with pytest.raises(DeniedError, match="somebody else"):
        come()
    local.claims = {"preferred_username": "bob"}  # the first has another name now, also one of ours
    assert come() == ann


def test_accounts_are_made_with_the_roles_of_groups(come, local, ann, db, ledger):
    local.claims = {"preferred_username": "eve", "groups": ["clew-chiefs", "other", 7], "sub": "1"}
    assert come(provision=True, roles=ROLES).roles == {"analyst", "supervisor"}
    made = accounts.find(db, "eve")
    assert (made.outside, made.password, made.handed, made.who) == (True, False, False, "clew")
    secret = sessions.begin(db, replace(ann, name="eve"))
    local.claims["groups"] = "clew-analysts"
    assert come().roles == {"analyst"}
    assert sessions.actor(db, secret) is None
    for groups in (None, [], ["other"], {"clew-chiefs": 1}):
        local.claims["groups"] = groups
        with pytest.raises(DeniedError, match="None of your groups"):
            come()
    local.claims = {"preferred_username": "nobody", "sub": "2", "groups": ["clew-chiefs"]}
    with pytest.raises(DeniedError):
        come()


def test_roles_that_were_given_here_stay(come, local, ann):
    local.claims = {"groups": ["clew-analysts"]}
    assert come(provision=True, roles=ROLES) == ann


def test_the_provider_makes_no_first_account(come, local, db):
    local.claims = {"groups": ["clew-chiefs"]}
    with pytest.raises(DeniedError, match="There is no account"):
        come(provision=True, roles=ROLES)
    assert not accounts.any(db)


def test_mail_addresses_only_if_verified(come, local, owner, db):
    accounts.add(db, owner, "ann@unit.example", ["administrator"], PASSWORD, CHEAP)
    local.claims = {"email": "Ann@Unit.example"}
    for verified in (None, False, "true"):
        local.claims["email_verified"] = verified
        with pytest.raises(DeniedError):
            come(name_claim="email")
    local.claims["email_verified"] = True
    assert come().name == "ann@unit.example"


@ONE
@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/.well-known/openid-configuration", (500, b"{}")),
        ("/.well-known/openid-configuration", (200, b"not JSON")),
        ("/.well-known/openid-configuration", (200, b"[]")),
        ("/.well-known/openid-configuration", (200, b"[" * 100_000)),
        ("/keys", (302, b"")),
        ("/keys", (200, b'{"keys": []}')),
        ("/keys", (200, b'{"keys": {}}')),
        ("/keys", (200, b'{"keys": [{"kty": "oct", "k": "AAAA"}]}')),
    ],
)
def test_a_provider_that_does_not_answer_as_it_should(come, local, ann, path, answer):
    local.answers[path] = answer
    with pytest.raises(ProviderError):
        come()


@ONE
def test_a_provider_that_says_it_is_another(come, local, ann):
    local.description = {"issuer": "https://elsewhere.example"}
    with pytest.raises(ProviderError, match="says that it is another one"):
        come()


@ONE
def test_an_answer_without_end(come, local, ann):
    local.description = {"more": "x" * (1 << 20)}
    with pytest.raises(ProviderError, match="answers with too much"):
        come()


@ONE
@pytest.mark.parametrize("url", ["http://elsewhere.example/token", "file:///etc/passwd", "", 7, None, "https://"])
def test_addresses_that_are_not_asked(come, local, ann, url):
    local.description = {"token_endpoint": url}
    with pytest.raises(ProviderError, match="no token_endpoint that may be asked"):
        come()


def test_a_provider_that_is_not_there(keys, make, local):
    local.stop()
    with pytest.raises(ProviderError, match="does not answer"):
        make().begin(keys, BACK)


@given(ticket=st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_may_be_a_ticket(some_keys, ticket):
    assert _opened(some_keys, ticket) == {}


@pytest.fixture(scope="module")
def some_keys(tmp_path_factory):
    from clew.vault.keys import open_keys

    return open_keys(tmp_path_factory.mktemp("ticket"))
