# A server on each ADDRESS PORT that it is given, as dev servers are: says where it was asked, sends as many bytes as are
# wanted, and echoes over WebSocket. Prints `ready` once all listen, and ends with its input.
import base64, hashlib, os, socket, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CHUNK = bytes(range(256)) * 256


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade", "").lower() == "websocket":
            return self.echo()
        if self.path.startswith("/bytes/"):
            return self.send(int(self.path[7:]))
        body = ("%s %d" % self.server.server_address[:2]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        left, digest = int(self.headers["Content-Length"]), hashlib.sha256()
        while left:
            some = self.rfile.read(min(left, 1 << 16))
            left -= len(some)
            digest.update(some)
        body = digest.hexdigest().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send(self, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        while length:
            some = CHUNK[:length]
            self.wfile.write(some)
            length -= len(some)

    def echo(self):
        # RFC 6455, for frames of less than 126 bytes.
        accept = base64.b64encode(hashlib.sha1(self.headers["Sec-WebSocket-Key"].encode() + GUID).digest()).decode()
        self.wfile.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n\r\n" % accept).encode())
        while True:
            head = self.rfile.read(2)
            if len(head) < 2:
                return
            length = head[1] & 0x7F
            mask, data = self.rfile.read(4), self.rfile.read(length)
            self.wfile.write(bytes([head[0], length]) + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))
            if head[0] & 0x0F == 8:
                self.close_connection = True
                return

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, port):
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, port), Handler)

    def server_bind(self):
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # Not the class's own, which looks names up.
        self.socket.bind(self.server_address)


if __name__ == "__main__":
    for address, port in zip(sys.argv[1::2], sys.argv[2::2]):
        threading.Thread(target=Server(address, int(port)).serve_forever, daemon=True).start()
    print("ready", flush=True)
    while os.read(0, 4096):
        pass
