package keystone.agent.desktop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import keystone.agent.process.HostUser;
import keystone.agent.process.Owned;
import keystone.agent.process.PipeThread;

/// A connection to a message bus. One thread calls at a time; signals are heard by another.
final class Bus implements Owned.Ending {
    /// Whoever answers may have to be started first.
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private static final int LONGEST_LINE = 512;
    private static final Message WELCOME =
            new Message(Message.REPLY, 0, "", "", ByteBuffer.allocate(0));
    private static final Message GONE =
            new Message(Message.NONE, 0, "", "", ByteBuffer.allocate(0));

    private final SocketChannel channel;
    private final Consumer<Message> signals;
    private final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();
    private int serial;

    private Bus(SocketChannel channel, Consumer<Message> signals) {
        this.channel = channel;
        this.signals = signals;
    }

    /// One call of somebody's method.
    ///
    /// @param signature of the body
    record Call(
            String destination,
            String path,
            String interfaceName,
            String member,
            String signature,
            Marshalled body) {}

    /// Connects, and is greeted.
    ///
    /// @param signals must not call
    /// @param ended when there is no bus any more, also after [#close]
    static Bus open(Path socket, Consumer<Message> signals, Runnable ended)
            throws IOException, InterruptedException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        var bus = new Bus(channel, signals);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            Thread _ = PipeThread.start("desktop", () -> bus.hear(ended));
            Message _ = bus.next("the bus did not let us in");
            Message _ = bus.call(driver("Hello", "", new Marshalled()));
            return bus;
        } catch (IOException | RuntimeException | InterruptedException failed) {
            bus.close();
            throw failed;
        }
    }

    /// A call of the bus itself.
    private static Call driver(String member, String signature, Marshalled body) {
        return new Call(
                "org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus",
                member,
                signature,
                body);
    }

    private void hear(Runnable ended) {
        try {
            logIn();
            answers.add(WELCOME);
            while (true) {
                Message message = Message.read(channel);
                switch (message.type()) {
                    case Message.REPLY, Message.ERROR -> answers.add(message);
                    case Message.SIGNAL -> signals.accept(message);
                    default -> {
                        // Nobody has anything to call here.
                    }
                }
            }
        } catch (IOException | RuntimeException gone) {
            close();
        } finally {
            answers.add(GONE);
            ended.run();
        }
    }

    /// As the user that the socket's other end sees (D-Bus specification, "EXTERNAL").
    private void logIn() throws IOException {
        String uid = Integer.toString(HostUser.current().ids().uid());
        String hex = HexFormat.of().formatHex(uid.getBytes(US_ASCII));
        write(("\0AUTH EXTERNAL " + hex + "\r\n").getBytes(US_ASCII));
        if (!line().startsWith("OK ")) {
            throw new IOException("the bus does not know us");
        }
        write("BEGIN\r\n".getBytes(US_ASCII));
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (line.indexOf("\n") < 0) {
            if (line.length() > LONGEST_LINE || channel.read(one.clear()) < 0) {
                throw new EOFException("the bus has hung up");
            }
            line.append((char) (one.get(0) & 0xff));
        }
        return line.toString();
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            int _ = channel.write(buffer);
        }
    }

    /// Has signals that match brought here.
    void listen(String rule) throws IOException, InterruptedException {
        Message _ = call(driver("AddMatch", "s", new Marshalled().string(rule)));
    }

    /// Calls, and waits for the answer.
    Message call(Call call) throws IOException, InterruptedException {
        int mine = send(call);
        Message answer;
        do {
            answer = next("`" + call.member() + "` was not answered");
        } while (answer.replyTo() != mine);
        if (answer.type() == Message.ERROR) {
            throw new IOException("`" + call.member() + "` was refused");
        }
        return answer;
    }

    private Message next(String otherwise) throws IOException, InterruptedException {
        Message answer = answers.poll(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null || answer.type() == Message.NONE) {
            throw new IOException(otherwise);
        }
        return answer;
    }

    private int send(Call call) throws IOException {
        serial++;
        byte[] body = call.body().bytes();
        var fields = new Marshalled();
        field(fields, Message.PATH, "o").string(call.path());
        field(fields, Message.INTERFACE, "s").string(call.interfaceName());
        field(fields, Message.MEMBER, "s").string(call.member());
        field(fields, Message.DESTINATION, "s").string(call.destination());
        if (!call.signature().isEmpty()) {
            field(fields, Message.SIGNATURE, "g").signature(call.signature());
        }
        var message =
                new Marshalled()
                        .octet('l')
                        .octet(Message.CALL)
                        .octet(0)
                        .octet(1)
                        .number(body.length)
                        .number(serial)
                        .structures(fields)
                        .align(8);
        write(message.bytes());
        write(body);
        return serial;
    }

    private static Marshalled field(Marshalled fields, int code, String type) {
        return fields.align(8).octet(code).signature(type);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("cannot close a connection to the bus", e);
        }
    }
}
