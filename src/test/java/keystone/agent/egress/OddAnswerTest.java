package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import keystone.agent.model.HostName;
import keystone.agent.model.SandboxName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that answers nonsense while its guest still sends.
@Timeout(60)
final class OddAnswerTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path directory;

    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger readers = new AtomicInteger();
    private final AtomicInteger mostReaders = new AtomicInteger();

    @AfterEach
    void close() {
        over.countDown();
    }

    /// A text comes, and its end after whatever [#await] waits for.
    private abstract static class Scripted implements End {
        private final ByteBuffer incoming;
        final StringBuilder written = new StringBuilder();

        Scripted(String incoming) {
            byte[] bytes = incoming.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
            this.incoming = ByteBuffer.wrap(bytes);
        }

        abstract void await() throws InterruptedException;

        @Override
        public ByteBuffer some() throws IOException {
            if (!incoming.hasRemaining()) {
                try {
                    await();
                } catch (InterruptedException stop) {
                    throw new IOException(stop);
                }
            }
            return incoming;
        }

        @Override
        public int read() throws IOException {
            return some().hasRemaining() ? incoming.get() & 0xff : -1;
        }

        @Override
        public boolean isCutOff() {
            return false;
        }

        @Override
        public boolean isDrained() {
            return !incoming.hasRemaining();
        }

        @Override
        public void write(byte[] bytes) {
            written.append(new String(bytes, StandardCharsets.US_ASCII));
        }

        @Override
        public void write(ByteBuffer bytes, int count) {
            bytes.position(bytes.position() + count);
        }

        @Override
        public void flush() {}

        @Override
        public boolean isDeaf() {
            return false;
        }

        @Override
        public void finish() {}
    }

    private final class Guest extends Scripted {
        private Guest(String incoming) {
            super(incoming);
        }

        @Override
        void await() throws InterruptedException {
            int now = readers.incrementAndGet();
            mostReaders.accumulateAndGet(now, Math::max);
            reading.countDown();
            boolean _ = over.await(10, TimeUnit.SECONDS);
            readers.decrementAndGet();
        }
    }

    private final class Server extends Scripted {
        private Server() {
            super("HTTP/9 what\n\n");
        }

        @Override
        public int read() throws IOException {
            try {
                boolean _ = reading.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException stop) {
                throw new IOException(stop);
            }
            return super.read();
        }

        @Override
        void await() {}
    }

    @Test
    void one_thread_reads_what_the_guest_still_sends() throws Exception {
        var target = new Target(HostName.parse("api.example.org"), 443);
        var origins =
                new Secrets.Origins(
                        Map.of(), directory, directory, new StoredSecrets(directory), _ -> false);
        var secrets =
                Secrets.open(
                        new Secrets.Run(new SandboxName("blue"), Map.of(), new Redactor()),
                        List.of(),
                        origins,
                        Upstream.NONE,
                        InstantSource.system());
        var exchange = new Exchange(SocketChannel.open(), new Limits(1, 8 << 10, LONG, LONG, LONG));
        var report = new Report(InstantSource.system(), (_, _) -> {});
        var guest = new Guest("POST / HTTP/1.1\nHost: api.example.org\nContent-Length: 9\n\npart");

        new SecretExchange(
                        secrets,
                        new SecretSwap(secrets, List.of(), exchange),
                        target,
                        exchange,
                        report)
                .serve(new SecretExchange.Ends(guest, Optional.empty(), Server::new, 443), null);

        assertThat(guest.written.toString()).startsWith("HTTP/1.1 502 ");
        assertThat(mostReaders).hasValue(1);
        exchange.close();
    }
}
