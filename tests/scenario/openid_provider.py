"""OpenID providers for the stories: a real one (tests/openid), and one of our own that can lie."""
import base64
import hashlib
import hmac
import http.server
import json
import subprocess
import threading
import time
import urllib.parse

from harness import SOURCE, check, free_port, skip, wait_for

CLIENT, SECRET = "busbar", "a secret: 100% & more"


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def openssl(*arguments, octets=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=octets, check=True, capture_output=True).stdout


class SigningKey:
    """Of RS256 or ES256, made by openssl; `kid` None: keys without a name."""

    def __init__(self, folder, kid, algorithm="RS256"):
        self.kid, self.algorithm, self.file = kid, algorithm, folder / f"{algorithm}-{kid}.pem"
        kind = ("RSA", "rsa_keygen_bits:2048") if algorithm == "RS256" else ("EC", "ec_paramgen_curve:prime256v1")
        openssl("genpkey", "-algorithm", kind[0], "-pkeyopt", kind[1], "-out", self.file)

    def public_pem(self):
        return openssl("pkey", "-in", self.file, "-pubout")

    def jwk(self):
        if self.algorithm == "RS256":
            modulus = openssl("rsa", "-in", self.file, "-noout", "-modulus").decode().strip().split("=")[1]
            key = {"kty": "RSA", "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}
        else:
            point = openssl("pkey", "-in", self.file, "-pubout", "-outform", "DER")[-64:]
            key = {"kty": "EC", "crv": "P-256", "x": base64url(point[:32]), "y": base64url(point[32:])}
        return {**key, "use": "sig", "alg": self.algorithm, **({"kid": self.kid} if self.kid else {})}

    def sign(self, text):
        signature = openssl("dgst", "-sha256", "-sign", self.file, octets=text)
        if self.algorithm == "RS256":
            return signature
        numbers, rest = [], signature[2:]  # SEQUENCE of two INTEGERs
        for _ in range(2):
            size = rest[1]
            numbers.append(int.from_bytes(rest[2:2 + size], "big").to_bytes(32, "big"))
            rest = rest[2 + size:]
        return b"".join(numbers)

    def token(self, claims, header=None):
        header = header or {"alg": self.algorithm, **({"kid": self.kid} if self.kid else {})}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        return f"{text}.{base64url(self.sign(text.encode()))}"


def unsigned(claims):
    return ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)) + "."


def signed_with_public_key(key, claims):
    """The old confusion: the public key as the secret of HS256."""
    text = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": key.kid}, claims))
    return f"{text}.{base64url(hmac.new(key.public_pem(), text.encode(), hashlib.sha256).digest())}"


class LyingProvider:
    """Discovery, keys and tokens on loopback; the story says which token comes next."""

    def __init__(self, folder):
        self.keys = [SigningKey(folder, "one")]
        self.published, self.token, self.form = list(self.keys), None, None
        self.delay, self.asked, self.discovery = 0.0, [], {}
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self)

            def do_POST(self):
                provider.form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
                provider.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request):
        self.asked.append(request.path)
        time.sleep(self.delay)
        status, body = self.page(request)
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.send_response(status)
        if status == 302:
            request.send_header("location", self.issuer + "/keys")
        request.send_header("content-length", str(len(octets)))
        request.end_headers()
        try:
            request.wfile.write(octets)
        except OSError:
            pass  # the client has had enough

    def page(self, request):
        if request.path == "/.well-known/openid-configuration":
            return 200, {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/login", "token_endpoint": self.issuer + "/token",
                         "jwks_uri": self.issuer + "/keys", **self.discovery}
        if request.path == "/keys":
            return 200, {"keys": [key.jwk() for key in self.published]}
        if request.path == "/token":
            return self.token if isinstance(self.token, tuple) else (200, {"access_token": "a", "token_type": "Bearer", "id_token": self.token})
        return 404, {}

    def claims(self, nonce, /, **changes):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "4711", "nonce": nonce, "iat": now, "exp": now + 300,
                  "preferred_username": "lena", "roles": ["operators"], **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def end(self):
        self.server.shutdown()
        self.server.server_close()


def real_provider(bench, redirect):
    """Its issuer and its process."""
    folder = SOURCE / "tests/openid"
    if not (folder / "node_modules/oidc-provider").exists():
        try:
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True,
                                  timeout=250)
        except FileNotFoundError:
            skip("no npm: scripts/setup.sh test")
        check(done.returncode == 0, f"npm ci installs the provider: {done.stderr[-500:]}")
    port = free_port()
    program = bench.start("provider", "node", folder / "provider.js", port, redirect)
    wait_for(lambda: "listening" in program.output.read_text(), "the provider listens", 60)
    return f"http://127.0.0.1:{port}", program
