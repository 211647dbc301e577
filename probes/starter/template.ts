/** A contract to begin with, every part explained. It is valid as it stands. */
export const TEMPLATE = `# The contract: which headers must arrive on which route. \`headgate gate\` proves it.
version: 1
name: shop

environments: # where the system stands; a route's \${domain} is filled in from here
  staging:
    project: example-staging
    region: us-central1
    domain: staging.example.com

headers: # what crosses the edge, and how it must arrive
  # unchanged: as the client sent it. \${token} is drawn anew for each request, or is HEADGATE_TOKEN.
  authorization: { name: Authorization, send: "Bearer \${token}", arrives: unchanged }
  # A page cannot set Authorization on a WebSocket: its token travels as a subprotocol, and the service selects another one.
  session-token: { name: Sec-WebSocket-Protocol, send: "auth, token.\${token:base64url}", arrives: unchanged, answer: auth }
  session-cookie: { name: Cookie, send: "session=\${token}", arrives: unchanged }
  # appended: the edge adds to what the client sent.
  client-address: { name: X-Forwarded-For, send: "203.0.113.7", arrives: appended }
  # set: the edge writes it, whatever the client sent. \`value\` is what the generated edge writes.
  # request-source: { name: X-Request-Source, value: public-edge, arrives: { set: "^public-edge$" } }
  # never: a client must not be able to smuggle it in.
  identity: { name: X-User-Id, arrives: never }

services: # Cloud Run
  backend:
    image: us-docker.pkg.dev/example/shop/backend@sha256:0000000000000000000000000000000000000000000000000000000000000000
    port: 8000
    timeout: 3600s # also the longest life of a WebSocket: 300s unless it is said
    # address: google_cloud_run_v2_service.backend   # instead of an image, for a service that other Terraform defines
  frontend:
    image: us-docker.pkg.dev/example/shop/frontend@sha256:0000000000000000000000000000000000000000000000000000000000000000

routes: # the most specific host and path wins, not the order here
  - host: api.\${domain}
    paths: [/ws, /ws/*] # /ws/* does not cover /ws itself
    service: backend
    protocol: websocket # tried as an upgrade, and as a plain request
    clients: [browser, native]
    headers: [authorization, session-token, session-cookie, identity]
    lifetime: 3600s
  - host: api.\${domain}
    paths: [/*]
    service: backend
    headers: [authorization, session-cookie, client-address, identity]
  - host: app.\${domain}
    paths: [/*]
    service: frontend
    headers: [session-cookie, identity]
`;
