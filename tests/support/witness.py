"""A witness over HTTP, written from docs/witness-protocol.md alone. Arguments: service. Key: HEADGATE_KEY."""
import base64, datetime, hashlib, hmac, json, os, socketserver, sys, time, urllib.parse, uuid

KEY, SERVICE = os.environ["HEADGATE_KEY"].encode(), sys.argv[1]
INSTANCE, STARTED = str(uuid.uuid4()), datetime.datetime.now(datetime.timezone.utc).isoformat()
used = {}  # nonce -> claim, until it expires


def claim_of(target, headers):
    found = [v for n, v in headers if n.lower() == "x-headgate-signature"]
    query = urllib.parse.parse_qs(target.partition("?")[2]).get("headgate-signature", [])
    tokens = [t for t in found + query if t]
    if len(found) > 1 or len(query) > 1 or len(set(tokens)) != 1 or tokens[0].count(".") != 1:
        return None
    payload, mac = tokens[0].encode("latin-1").split(b".")
    expected = base64.urlsafe_b64encode(hmac.new(KEY, payload, hashlib.sha256).digest()).rstrip(b"=")
    if not hmac.compare_digest(mac, expected):
        return None
    claim = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    now = time.time() * 1000
    for nonce in [n for n, (*_, expiry) in list(used.items()) if expiry <= now]:
        used.pop(nonce, None)
    if len(claim) != 4 or claim[3] <= now or len(claim[2]) > 128 or len(used) > 65536:
        return None
    # setdefault is atomic: of two threads with one nonce, one finds the other's list.
    return claim if used.setdefault(claim[2], claim) is claim else None


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        start, *lines = iter(lambda: self.rfile.readline(262144).decode("latin-1").rstrip("\r\n"), "")
        method, target, version = start.split(" ")
        headers = [[n, v.strip(" \t")] for n, _, v in (line.partition(":") for line in lines)]
        claim, status, body = claim_of(target, headers), "404 Not Found", b""
        if claim is not None:
            status, body = "200 OK", json.dumps({
                "schema": "headgate-witness/1", "nonce": claim[2], "service": SERVICE, "revision": "unknown", "image": None,
                "instance": INSTANCE, "startedAt": STARTED, "method": method, "target": target,
                "httpVersion": version.removeprefix("HTTP/"), "headers": headers}).encode()
        self.wfile.write((f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
                          f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
