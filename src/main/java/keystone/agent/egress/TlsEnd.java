package keystone.agent.egress;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketImpl;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One end of a connection whose TLS ends here: what is inside of it. Read by one thread and
/// written by one. What is written goes out with [#flush].
final class TlsEnd implements End {
    private static final int BUFFER = 16 << 10;

    private final SSLSocket socket;
    private final LineSocket below;
    private final InputStream in;
    private final OutputStream out;
    private final ByteBuffer incoming = ByteBuffer.allocate(BUFFER).flip();
    private volatile boolean deaf;

    private TlsEnd(SSLSocket socket, LineSocket below) throws IOException {
        this.socket = socket;
        this.below = below;
        this.in = socket.getInputStream();
        this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    }

    /// Answers a guest in a host's place, and returns when they have agreed.
    ///
    /// @param context with the certificate of that host
    static TlsEnd answering(SSLContext context, Line guest) throws IOException {
        var below = new LineSocket(guest);
        var socket = (SSLSocket) context.getSocketFactory().createSocket(below, null, true);
        socket.setHandshakeApplicationProtocolSelector(
                (_, offered) -> Spoken.of(offered).map(Spoken::word).orElse(null));
        socket.startHandshake();
        return new TlsEnd(socket, below);
    }

    /// Connects to a server, which must prove that it is that host.
    ///
    /// @param trust whom to believe
    /// @param spoken what it is to speak, and nothing else
    static TlsEnd asking(SSLContext trust, Target target, Line server, Spoken spoken)
            throws IOException {
        var below = new LineSocket(server);
        String host = target.host().text();
        var socket =
                (SSLSocket) trust.getSocketFactory().createSocket(below, host, target.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {spoken.word()});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new TlsEnd(socket, below);
    }

    /// The host that the guest said it wants; empty when it said nothing.
    Optional<String> wanted() {
        return ((ExtendedSSLSession) socket.getSession())
                .getRequestedServerNames().stream()
                        .filter(SNIHostName.class::isInstance)
                        .map(name -> ((SNIHostName) name).getAsciiName())
                        .findFirst();
    }

    /// Who says nothing of it speaks HTTP/1.1.
    Spoken spoken() {
        return Spoken.HTTP_2.word().equals(socket.getApplicationProtocol())
                ? Spoken.HTTP_2
                : Spoken.HTTP_1;
    }

    @Override
    public ByteBuffer some() throws IOException {
        if (!incoming.hasRemaining()) {
            int got = in.read(incoming.array());
            incoming.clear().limit(Math.max(got, 0));
        }
        return incoming;
    }

    /// Whether it came to its end without saying so in TLS: something may be missing.
    @Override
    public boolean isCutOff() {
        return below.ended;
    }

    @Override
    public boolean isDrained() {
        return !incoming.hasRemaining();
    }

    @Override
    public int read() throws IOException {
        return some().hasRemaining() ? incoming.get() & 0xff : -1;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes), bytes.length);
    }

    @Override
    public void write(ByteBuffer bytes, int count) throws IOException {
        try {
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), count);
            bytes.position(bytes.position() + count);
        } catch (IOException gone) {
            deaf = true;
            throw gone;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException gone) {
            deaf = true;
            throw gone;
        }
    }

    @Override
    public boolean isDeaf() {
        return deaf;
    }

    @Override
    public void finish() {
        try {
            out.flush();
            socket.shutdownOutput();
        } catch (IOException goneAlready) {
            // Then it knows.
        }
    }

    /// The socket that a `Line` would be, as far as TLS asks for one.
    private static final class LineSocket extends Socket {
        private final Line line;
        private boolean closed;
        private volatile boolean ended;

        LineSocket(Line line) throws IOException {
            super((SocketImpl) null);
            this.line = line;
        }

        @Override
        public InputStream getInputStream() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    int next = line.read();
                    ended |= next < 0;
                    return next;
                }

                @Override
                public int read(byte[] bytes, int from, int length) throws IOException {
                    if (length == 0) {
                        return 0;
                    }
                    ByteBuffer some = line.some();
                    int taken = Math.min(length, some.remaining());
                    some.get(bytes, from, taken);
                    ended |= taken == 0;
                    return taken == 0 ? -1 : taken;
                }

                @Override
                public int available() {
                    return 0;
                }
            };
        }

        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    line.write(new byte[] {(byte) b});
                }

                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    line.write(ByteBuffer.wrap(bytes, from, length));
                }
            };
        }

        @Override
        public @Nullable InetAddress getInetAddress() {
            return null;
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public boolean isBound() {
            return true;
        }

        @Override
        public synchronized boolean isClosed() {
            return closed;
        }

        @Override
        public boolean isInputShutdown() {
            return false;
        }

        @Override
        public boolean isOutputShutdown() {
            return false;
        }

        @Override
        public void shutdownInput() {
            // Whoever owns the line ends it.
        }

        @Override
        public void shutdownOutput() {
            line.finish();
        }

        @Override
        public int getSoTimeout() {
            return 0;
        }

        @Override
        public void setSoTimeout(int milliseconds) {
            // The exchange has the time limits.
        }

        @Override
        public void setTcpNoDelay(boolean on) {
            // It is.
        }

        @Override
        public synchronized void close() {
            closed = true;
            line.close();
        }
    }
}
