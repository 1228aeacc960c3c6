package keystone.agent.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.GuestListener;
import keystone.agent.model.PortNews;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Publication;
import keystone.agent.model.PublishedPort;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Real ports of this host. The guest is a server of the test's that answers with the port and the
/// address that it was asked for, then with whatever it is sent.
final class PublisherTest {
    private static final InetAddress IPV4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress IPV6 = InetAddress.ofLiteral("::1");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private volatile Set<Integer> kept = Set.of();
    private Publisher publisher;
    private Guest guest;

    @BeforeEach
    void open() throws IOException {
        guest = new Guest();
        publisher = publishing(PortsPolicy.USUAL);
    }

    private Publisher publishing(PortsPolicy policy) {
        return new Publisher(new SandboxName("blue"), policy, guest::connect, () -> kept, log::add);
    }

    @AfterEach
    void close() throws IOException {
        publisher.close();
        guest.close();
    }

    @Test
    void a_listener_is_there_under_its_number_on_both_loopbacks() throws Exception {
        int port = freeNumber();

        publisher.saw(List.of(new GuestListener(port, "::1", "node")));

        assertThat(told(IPV4, port)).isEqualTo(port + " ::1 hello");
        assertThat(told(IPV6, port)).isEqualTo(port + " ::1 hello");
        assertThat(log)
                .containsExactly(
                        "port %d of `blue` is on http://127.0.0.1:%d".formatted(port, port));
        assertThat(publisher.now().ports())
                .containsExactly(
                        new PublishedPort(port, port, "node", PublishedPort.By.ITSELF, ""));
    }

    @Test
    void a_number_that_is_taken_on_either_loopback_stays_its_owners() throws Exception {
        for (InetAddress each : List.of(IPV4, IPV6)) {
            try (var owners = new ServerSocket(0, 1, each)) {
                int taken = owners.getLocalPort();

                publisher.saw(List.of(listener(taken)));

                PublishedPort now =
                        publisher.now().ports().stream()
                                .filter(port -> port.guest() == taken)
                                .findFirst()
                                .orElseThrow();
                assertThat(now.host()).isNotNull().isNotEqualTo(taken);
                assertThat(now.note()).isEqualTo(taken + " of this host is taken");
                assertThat(told(IPV4, Objects.requireNonNull(now.host())))
                        .startsWith(taken + " 127.0.0.1");
            }
        }
    }

    @Test
    void a_low_number_is_never_taken() {
        publisher.saw(List.of(listener(80), listener(443), listener(1023)));

        assertThat(publisher.now().ports()).hasSize(3).allMatch(each -> hostOf(each) >= 1024);
    }

    @Test
    void at_most_so_many_come_by_themselves() {
        List<GuestListener> many =
                IntStream.range(20_000, 25_000).mapToObj(PublisherTest::listener).toList();

        publisher.saw(many);

        assertThat(publisher.now().ports()).hasSize(Publisher.MOST);
        assertThat(publisher.now().note()).isEqualTo("4936 more are not published: at most 64 are");
    }

    @Test
    void a_port_goes_a_while_after_its_listener() throws Exception {
        int port = freeNumber();
        publisher.saw(List.of(listener(port)));

        publisher.saw(List.of());

        assertThat(publisher.now().ports()).map(PublishedPort::note).containsExactly(Entry.SILENT);
        assertThat(Patience.until(LIMIT, () -> publisher.now().ports().isEmpty())).isTrue();
        assertThat(isFree(port)).isTrue();
        assertThat(log)
                .last()
                .isEqualTo(
                        "port %d of `blue` is no longer on http://127.0.0.1:%d"
                                .formatted(port, port));
    }

    @Test
    void one_that_comes_and_goes_is_said_once() {
        int port = freeNumber();

        for (int i = 0; i < 50; i++) {
            publisher.saw(List.of(listener(port)));
            publisher.saw(List.of());
        }

        assertThat(log).hasSize(1);
        assertThat(publisher.now().ports()).hasSize(1);
    }

    @Test
    void the_log_is_spared_of_what_changes_all_the_time() {
        for (int i = 0; i < 10; i++) {
            PortsPolicy policy = PortsPolicy.of(i % 2 == 0 ? AutoPorts.AUTO : AutoPorts.NONE);
            publisher.follow(policy);
            publisher.saw(
                    IntStream.range(30_000, 30_064).mapToObj(PublisherTest::listener).toList());
        }

        assertThat(log).hasSizeLessThan(130).last().asString().contains("too quickly");
    }

    @Test
    void what_is_asked_for_is_there_before_somebody_listens_and_stays() throws Exception {
        int host = freeNumber();

        publisher.follow(PortsPolicy.of(AutoPorts.NONE).with(new Publication(host, 80)));

        assertThat(told(IPV4, host)).isEqualTo("80 127.0.0.1 hello");
        assertThat(publisher.now().ports())
                .containsExactly(
                        new PublishedPort(80, host, "", PublishedPort.By.YOU, Entry.SILENT));
        publisher.saw(List.of(new GuestListener(80, "::1", "nginx")));
        assertThat(told(IPV4, host)).isEqualTo("80 ::1 hello");
    }

    @Test
    void what_was_asked_for_before_is_there_from_the_beginning() {
        int host = freeNumber();

        try (Publisher _ = publishing(PortsPolicy.USUAL.with(new Publication(host, 3000)))) {
            assertThat(Patience.until(LIMIT, () -> !isFree(host))).isTrue();
        }
        assertThat(isFree(host)).isTrue();
    }

    @Test
    void what_is_asked_for_at_a_number_that_is_taken_waits_for_it() throws Exception {
        int taken;
        try (var owners = new ServerSocket(0, 1, IPV4)) {
            taken = owners.getLocalPort();
            publisher.follow(PortsPolicy.USUAL.with(new Publication(taken, 3000)));

            PublishedPort waiting = publisher.now().ports().getFirst();
            assertThat(waiting.host()).isNull();
            assertThat(waiting.note())
                    .startsWith(taken + " of this host cannot be had: `")
                    .endsWith("(pid " + ProcessHandle.current().pid() + ")");
        }

        assertThat(Patience.until(LIMIT, () -> publisher.now().ports().getFirst().host() != null))
                .isTrue();
    }

    @Test
    void a_person_comes_before_a_listener() throws Exception {
        int number = freeNumber();
        publisher.saw(List.of(listener(number), listener(3000)));

        publisher.follow(PortsPolicy.USUAL.with(new Publication(number, 3000)));

        assertThat(told(IPV4, number)).startsWith("3000 ");
        assertThat(publisher.now().ports()).hasSize(2).noneMatch(each -> each.host() == null);
    }

    @Test
    void what_is_unpublished_or_not_automatic_is_released_at_once() {
        int one = freeNumber();
        int other = freeNumber();
        publisher.saw(List.of(listener(one), listener(other)));

        publisher.follow(PortsPolicy.USUAL.without(one));
        assertThat(isFree(one)).isTrue();
        assertThat(isFree(other)).isFalse();

        publisher.follow(PortsPolicy.of(AutoPorts.NONE));
        assertThat(isFree(other)).isTrue();
        assertThat(publisher.now().ports()).isEmpty();
    }

    /// Behind it somebody else is expected, who may be shown secrets.
    @Test
    void a_number_that_is_kept_is_no_guests() throws Exception {
        int port = freeNumber();
        kept = Set.of(port);

        publisher.saw(List.of(listener(port)));
        publisher.follow(PortsPolicy.USUAL.with(new Publication(port, 3000)));

        assertThat(isFree(port)).isTrue();
        List<PublishedPort> ports = publisher.now().ports();
        assertThat(ports).extracting(PublishedPort::guest).containsExactlyInAnyOrder(port, 3000);
        assertThat(ports).extracting(PublishedPort::host).doesNotContain(port);
        assertThat(ports)
                .extracting(PublishedPort::note)
                .contains(
                        port
                                + " of this host is for a service of its own, which the guest may reach");
    }

    @Test
    void one_that_is_kept_from_now_on_is_given_up() {
        int port = freeNumber();
        publisher.saw(List.of(listener(port)));
        assertThat(isFree(port)).isFalse();

        kept = Set.of(port);
        publisher.reconsider();

        assertThat(isFree(port)).isTrue();
        assertThat(publisher.now().ports()).extracting(PublishedPort::host).doesNotContain(port);
    }

    @Test
    void what_is_unpublished_ends_for_whoever_uses_it() throws Exception {
        int port = freeNumber();
        publisher.saw(List.of(listener(port)));
        try (var client = new Socket(IPV4, port)) {
            client.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            assertThat(client.getInputStream().read()).isPositive();

            publisher.follow(PortsPolicy.USUAL.without(port));

            assertThat(readToTheEnd(client)).isNotNull();
        }
    }

    @Test
    void nothing_is_left_when_it_is_closed() throws Exception {
        int port = freeNumber();
        publisher.saw(List.of(listener(port)));
        try (var client = new Socket(IPV4, port)) {
            client.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            assertThat(client.getInputStream().read()).isPositive();

            publisher.close();

            assertThat(isFree(port)).isTrue();
            assertThat(readToTheEnd(client)).isNotNull();
        }
        publisher.saw(List.of(listener(port)));
        assertThat(isFree(port)).isTrue();
    }

    @Test
    void what_the_guest_refuses_ends_at_once() throws Exception {
        int port = freeNumber();
        publisher.saw(List.of(listener(port)));
        guest.close();

        try (var client = new Socket(IPV4, port)) {
            client.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            assertThat(readToTheEnd(client)).isEmpty();
        }
    }

    @Test
    void whoever_follows_hears_each_once_and_of_the_end() throws Exception {
        PortNews before = publisher.news(-1, LIMIT);
        int port = freeNumber();

        publisher.saw(List.of(listener(port)));

        PortNews first = publisher.news(before.count(), LIMIT);
        assertThat(first.sentences()).hasSize(1);
        assertThat(publisher.news(first.count(), Duration.ofMillis(1)).sentences()).isEmpty();
        publisher.close();
        assertThat(publisher.news(first.count(), LIMIT).count()).isNegative();
    }

    private static GuestListener listener(int port) {
        return new GuestListener(port, GuestListener.LOOPBACK, "");
    }

    private static int hostOf(PublishedPort port) {
        return Objects.requireNonNull(port.host());
    }

    /// On both loopbacks, a moment ago; below those that the kernel gives to whoever asks for any,
    /// as it may do until this one is used.
    private static int freeNumber() {
        return ThreadLocalRandom.current()
                .ints(25_100, 29_900)
                .limit(100)
                .filter(PublisherTest::isFree)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int number) {
        return Loopback.ofThisHost()
                .listen(number)
                .map(
                        port -> {
                            port.close();
                            return true;
                        })
                .orElse(false);
    }

    /// What the guest says to whoever says hello there.
    private static String told(InetAddress host, int port) throws IOException {
        try (var client = new Socket(host, port)) {
            client.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            return readToTheEnd(client);
        }
    }

    private static String readToTheEnd(Socket client) {
        try (InputStream in = client.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException reset) {
            return "";
        }
    }

    /// Says where it was asked for, then what it is told, once that has ended.
    private static final class Guest implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, IPV4);

        Guest() throws IOException {}

        SocketChannel connect(int port, String address) throws IOException {
            SocketChannel channel =
                    SocketChannel.open(new InetSocketAddress(IPV4, server.getLocalPort()));
            Socket accepted = server.accept();
            Thread.startVirtualThread(() -> answer(accepted, port + " " + address + " "));
            return channel;
        }

        private static void answer(Socket accepted, String first) {
            try (accepted) {
                accepted.getOutputStream().write(first.getBytes(StandardCharsets.UTF_8));
                accepted.getInputStream().transferTo(accepted.getOutputStream());
            } catch (IOException ended) {
                // By whoever is tested.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
