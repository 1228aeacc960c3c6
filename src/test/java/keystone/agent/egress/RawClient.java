package keystone.agent.egress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import keystone.agent.process.Owned;

/// A guest's program, byte for byte.
final class RawClient implements Owned.Ending {
    final SocketChannel channel;
    private final InputStream in;

    private RawClient(SocketChannel channel) {
        this.channel = channel;
        this.in = Channels.newInputStream(channel);
    }

    static RawClient to(Path socket) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new RawClient(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Line feeds become CR and LF.
    RawClient head(String text) throws IOException {
        return send(text.replace("\n", "\r\n"));
    }

    RawClient send(String bytes) throws IOException {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        return this;
    }

    RawClient finish() throws IOException {
        channel.shutdownOutput();
        return this;
    }

    /// Everything to the end; what came before a reset, when there is one.
    String all() {
        var bytes = new ByteArrayOutputStream();
        try {
            in.transferTo(bytes);
        } catch (IOException reset) {
            // The other side had not read everything.
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    byte[] exactly(int length) throws IOException {
        return in.readNBytes(length);
    }

    /// To the end of an answer's head.
    String answerHead() throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }

    /// Opens a tunnel, and returns when it is there.
    RawClient tunnelTo(String host, int port) throws IOException {
        head("CONNECT %s:%d HTTP/1.1\nHost: %s:%d\n\n".formatted(host, port, host, port));
        String answer = answerHead();
        if (!answer.startsWith("HTTP/1.1 200 ")) {
            throw new IOException("no tunnel: " + answer);
        }
        return this;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
