#!/usr/bin/python3
"""Logging in by OpenID Connect: at a real provider, as a browser does it; and at one that lies in every way the protocol
knows, is slow, away, or changes its keys."""
import html
import http.cookiejar
import re
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from harness import check, run_story, wait_for
from management import Answer, Management
from openid_provider import CLIENT, SECRET, LyingProvider, SigningKey, real_provider, signed_with_public_key, unsigned

ROLES = {"operators": "operator", "engineers": "engineer"}


class KeepRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """Cookies, forms, and redirects that are followed one by one."""

    def __init__(self):
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), KeepRedirects)

    def ask(self, url, form=None):
        octets = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with self.opener.open(url, octets, timeout=30) as answer:
                return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, {k.lower(): v for k, v in answer.headers.items()}, answer.read())

    def walk(self, url, until, form=None):
        """Follows redirects; the answer, or the redirect whose target contains `until`."""
        for _ in range(20):
            answer = self.ask(url, form)
            form = None
            if answer.status not in (302, 303):
                return url, answer
            url = urllib.parse.urljoin(url, answer.headers["location"])
            if until in url:
                return url, answer
        check(False, "redirects end")


def own(service, target):
    return f"http://127.0.0.1:{service.port}{target}"


def at_provider(service, browser, person):
    """Logs in at the real provider; the address of the callback."""
    url, page = browser.walk(own(service, "/api/v1/openid/login"), "/openid/callback")
    for prompt in ("login", "consent"):
        action = re.search(rb'<form[^>]*action="([^"]+)"', page.body)
        check(page.status == 200 and action, f"the provider asks for {prompt}: {page.status} {page.body[:500]}")
        form = {"prompt": prompt, "login": person, "password": "x"}
        url, page = browser.walk(urllib.parse.urljoin(url, html.unescape(action[1].decode())), "/openid/callback", form)
    check("/openid/callback?" in url, f"the provider sends the browser back: {url}")
    return url


def set_up(service, issuer, **more):
    wish = {"issuer": issuer, "client_id": CLIENT, "client_secret": SECRET, "scopes": ["openid", "profile", "roles"], "roles": ROLES,
            "title": "Work", **more}
    answer = service.ask("PUT", "/api/v1/openid", wish)
    check(answer.status == 200, f"OpenID Connect is set up: {answer.body}")


def real(bench, service):
    issuer, program = real_provider(bench, own(service, "/api/v1/openid/callback"))
    set_up(service, issuer)
    check(service.ask("GET", "/api/v1/openid/offer").json == {"title": "Work"}, "the page knows of it")
    browser = Browser()
    callback = at_provider(service, browser, "olga+operators+x")
    answer = browser.ask(callback)
    check(answer.status == 303 and answer.headers["location"] == "/", f"olga is in: {answer.status} {answer.body}")
    session = browser.ask(own(service, "/api/v1/session")).json
    check((session["user"], session["role"]) == ("olga", "operator"), f"with the role of her values: {session}")
    cookie = next(each for each in browser.cookies if each.name == "busbar_session")
    wait_for(lambda: cookie.expires and 0 < cookie.expires - time.time() <= 12 * 3600, "for twelve hours at most")
    request = urllib.request.Request(own(service, "/api/v1/session"), method="DELETE", headers={"x-csrf-token": session["csrf"]})
    with browser.opener.open(request) as gone:
        check(gone.status == 204, "she logs out, here")
    check(browser.ask(callback).code == "openid_state", "the callback is good once")
    stranger = Browser()
    check(stranger.ask(at_provider(service, stranger, "nemo+strangers")).code == "no_role", "without a role nobody gets in")
    other, thief = Browser(), Browser()
    stolen = at_provider(service, other, "olga+engineers")
    check(thief.ask(stolen).code == "openid_state", "only the browser that began may come back")
    check(other.ask(stolen).status == 303, "and it still may")
    check(browser_role(service, other) == "engineer", "her role is what the provider says now")
    again = Browser()
    check(again.ask(at_provider(service, again, "anna+operators")).code == "local_user", "a user with a password is not taken over")
    denied = Browser()
    url, page = denied.walk(own(service, "/api/v1/openid/login"), "/openid/callback")
    check(page.status == 200, "the provider's page")
    abort = re.search(rb'href="([^"]*/abort)"', page.body)
    if abort:
        url, _ = denied.walk(urllib.parse.urljoin(url, abort[1].decode()), "/openid/callback")
        check(denied.ask(url).code == "openid_refused", "who cancels at the provider is not in")
    program.stop()


def browser_role(service, browser):
    return browser.ask(own(service, "/api/v1/session")).json["role"]


class Attempt:
    """At the lying provider: its page is not visited, the way back is made up."""

    def __init__(self, service, expect=302):
        self.service, self.browser = service, Browser()
        self.answer = self.browser.ask(own(service, "/api/v1/openid/login"))
        check(self.answer.status == expect, f"to the provider: {self.answer.status} {self.answer.body}")
        if expect == 302:
            self.asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.answer.headers["location"]).query))

    def back(self, state=None, browser=None, **more):
        query = urllib.parse.urlencode({"state": state or self.asked["state"], "code": "c", "session_state": "s", **more})
        return (browser or self.browser).ask(own(self.service, "/api/v1/openid/callback?" + query))


def forged_tokens(provider, key):
    """What, and the token for a nonce."""
    def with_claims(**changes):
        return lambda nonce: key.token(provider.claims(nonce, **changes))
    stranger = SigningKey(key.file.parent, "stranger")
    yield "of another provider", with_claims(iss="http://127.0.0.1:1")
    yield "for another client", with_claims(aud="other")
    yield "for several, asked for by another", with_claims(aud=[CLIENT, "other"], azp="other")
    yield "of another login", with_claims(nonce="x")
    yield "without a nonce", with_claims(nonce=None)
    yield "expired", with_claims(exp=int(time.time()) - 100)
    yield "without an end", with_claims(exp=None)
    yield "from the future", with_claims(iat=int(time.time()) + 600)
    yield "from before the login", with_claims(iat=int(time.time()) - 600)
    yield "without a subject", with_claims(sub=None)
    yield "unsigned", lambda nonce: unsigned(provider.claims(nonce))
    yield "HS256 with the public key", lambda nonce: signed_with_public_key(key, provider.claims(nonce))
    yield "by an unknown key", lambda nonce: stranger.token(provider.claims(nonce))
    yield "by another key under the name of a known one", lambda nonce: stranger.token(
        provider.claims(nonce), {"alg": "RS256", "kid": key.kid})
    yield "said to be of another kind of key", lambda nonce: key.token(provider.claims(nonce), {"alg": "ES256", "kid": key.kid})
    yield "altered", lambda nonce: altered(key.token(provider.claims(nonce)))
    yield "cut", lambda nonce: key.token(provider.claims(nonce)).rpartition(".")[0]
    yield "nothing", lambda nonce: ""


def altered(token):
    header, claims, signature = token.split(".")
    return f"{header}.{claims[:-4]}{'AAAA' if claims[-4:] != 'AAAA' else 'BBBB'}.{signature}"


def lies(service, provider):
    key = provider.keys[0]
    first = Attempt(service)
    check(first.asked["code_challenge_method"] == "S256" and len(first.asked["code_challenge"]) == 43, f"PKCE: {first.asked}")
    provider.token = key.token(provider.claims(first.asked["nonce"]))
    check(first.back().status == 303 and browser_role(service, first.browser) == "operator", "a good token is good")
    check(provider.form["code_verifier"] and provider.form["redirect_uri"] == first.asked["redirect_uri"], "the code is redeemed as it should")
    check(first.back().code == "openid_state", "once")
    check(Attempt(service).back(state="x" * 43).code == "openid_state", "another state")
    for what, token in forged_tokens(provider, key):
        service.restart_if_limited()
        attempt = Attempt(service)
        provider.token = token(attempt.asked["nonce"])
        answer = attempt.back()
        check(answer.status == 401 and answer.code == "openid_refused", f"a token {what} is refused: {answer.status} {answer.body}")
        check("set-cookie" not in answer.headers, "without a session")
    service.restart_if_limited()
    answer = Attempt(service).back(iss="http://127.0.0.1:1")
    check(answer.code == "openid_refused", "another provider's answer is refused")
    answer = Attempt(service).back(error="access_denied")
    check(answer.code == "openid_refused" and "access_denied" in answer.json["detail"], "what the provider refuses")


def good_login(service, provider, key, what, **changes):
    service.restart_if_limited()
    attempt = Attempt(service)
    provider.token = key.token(provider.claims(attempt.asked["nonce"], **changes))
    answer = attempt.back()
    check(answer.status == 303, f"{what}: {answer.status} {answer.body}")


def rotation(bench, service, provider):
    service.restart_if_limited(always=True)
    good_login(service, provider, provider.keys[0], "with the first key")
    second, elliptic = SigningKey(bench.folder, "two"), SigningKey(bench.folder, "curve", "ES256")
    provider.published = [second, elliptic]
    asked = provider.asked.count("/keys")
    good_login(service, provider, second, "with a new key, at once")
    good_login(service, provider, elliptic, "with a key of another kind")
    check(provider.asked.count("/keys") == asked + 1, "keys are read again only when they are not known")
    service.restart_if_limited()
    attempt = Attempt(service)
    provider.token = provider.keys[0].token(provider.claims(attempt.asked["nonce"]))
    check(attempt.back().code == "openid_refused", "the old key is good no more")
    nameless = SigningKey(bench.folder, None)
    provider.published = [nameless]
    good_login(service, provider, nameless, "with a key that has no name")
    provider.published = [provider.keys[0]]


def troubles(service, provider):
    """The provider is of no use: a clear problem, and everything else goes on."""
    answers = {"no JSON": (200, b"<html>"), "too much": (200, b"x" * (3 << 20)), "its own failure": (500, {}), "a redirect": (302, {}),
               "a refusal": (400, {"error": "invalid_grant"}), "no token": (200, {})}
    for what, answer in answers.items():
        service.restart_if_limited()
        attempt, provider.token = Attempt(service), answer
        code = attempt.back().code
        check(code == ("openid_refused" if what in ("a refusal", "no token") else "provider_away"), f"{what} of the provider: {code}")
    service.restart_if_limited(always=True)
    provider.discovery = {"issuer": "http://127.0.0.1:1"}
    check(Attempt(service, 503).answer.code == "provider_away", "it calls itself otherwise")
    provider.discovery = {"token_endpoint": "http://example.org/token"}
    check(Attempt(service, 503).answer.code == "provider_away", "it wants the secret in the open")
    provider.discovery, provider.delay = {}, 30
    began = time.monotonic()
    waiting = Browser()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(waiting.ask(own(service, "/api/v1/openid/login"))))
    thread.start()
    wait_for(lambda: len(provider.asked) and provider.asked[-1].startswith("/.well-known"), "the provider is asked")
    asked = time.monotonic()
    service.log_in()
    check(service.ask("GET", "/api/v1/connectors").status == 200 and time.monotonic() - asked < 8, "others log in and work meanwhile")
    thread.join()
    check(answers[0].code == "provider_away" and time.monotonic() - began < 25, f"a slow provider is given up: {answers[0].body}")
    provider.delay = 0
    provider.end()
    answer = Attempt(service, 503).answer
    check(answer.code == "provider_away" and provider.issuer in answer.json["detail"], f"a provider that is away is named: {answer.body}")
    service.log_in()


def secrecy(bench, service):
    answer = service.ask("GET", "/api/v1/openid")
    check(answer.json["has_client_secret"] and SECRET not in answer.body.decode(), "the secret is not shown")
    database = sqlite3.connect(bench.folder / "data/busbar.db")
    for table in ("audit", "revision"):
        rows = str(database.execute(f"SELECT * FROM {table}").fetchall())
        check(SECRET not in rows, f"nor in the {table}")
    check("local_user" in str(database.execute("SELECT * FROM audit").fetchall()), "the audit has what was refused")
    check(SECRET not in service.program.text() + service.program.output.read_text(), "nor in what the service says")


class Service(Management):
    """Attempts of one address are limited; the story, which is one address, begins anew with a new process."""
    attempts = 0

    def restart_if_limited(self, always=False):
        self.attempts += 2
        if always or self.attempts > 20:
            check(self.program.stop() == 0, "the service stops in good order")
            self.start()
            self.attempts = 0


def management_openid(bench):
    service = Service(bench, first_user=True)
    real(bench, service)
    secrecy(bench, service)
    provider = LyingProvider(bench.folder)
    service.restart_if_limited(always=True)
    set_up(service, provider.issuer)
    lies(service, provider)
    rotation(bench, service, provider)
    troubles(service, provider)
    check(service.ask("DELETE", "/api/v1/openid").status == 204, "OpenID Connect is taken away")
    check(service.program.stop() == 0, "the service stops in good order")


if __name__ == "__main__":
    run_story(management_openid)
