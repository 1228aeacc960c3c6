package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;

/// A program that knows no proxy, for a JVM in a guest: `HOST PORT`; it prints what the server says
/// last.
final class PlainSocketMain {
    private PlainSocketMain() {}

    public static void main(String[] arguments) throws IOException {
        try (var socket = new Socket(arguments[0], Integer.parseInt(arguments[1]))) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            String all = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            System.out.println(all.lines().toList().getLast());
        }
    }
}
