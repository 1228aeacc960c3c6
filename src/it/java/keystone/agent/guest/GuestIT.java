package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import keystone.agent.model.HostChange;
import keystone.agent.model.UserError;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What the supervisor asks of a guest.
@ExtendWith(GuestExtension.class)
final class GuestIT {
    @TempDir Path home;
    private final TestGuest box;

    GuestIT(TestGuest box) {
        this.box = box;
    }

    @Test
    void it_says_which_guest_it_is() throws InterruptedException {
        assertThat(box.guest.identity())
                .isEqualTo(new Guest.Identity(box.buildId.value(), TestGuest.NONCE));
    }

    @Test
    void another_machine_on_the_port_is_told_apart() throws Exception {
        SshKeys others = SshKeys.ensure(home.resolve("ssh"), TestGuest.NAME);

        assertThatThrownBy(() -> Guest.connect(address(others), TestGuest.LIMIT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("another machine answered on port " + box.address.port());
    }

    @Test
    void a_guest_that_does_not_take_our_key_is_told_apart() throws Exception {
        SshKeys.ensure(home.resolve("ssh"), TestGuest.NAME);
        Path pinned = box.address.keys().knownHostsFile();
        for (String file : List.of("known_hosts", "ssh_host_ed25519_key.pub")) {
            Files.copy(
                    pinned.resolveSibling(file),
                    home.resolve("ssh").resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        SshKeys mixed = SshKeys.ensure(home.resolve("ssh"), TestGuest.NAME);

        assertThatThrownBy(() -> Guest.connect(address(mixed), TestGuest.LIMIT))
                .hasMessageContaining("does not take the key of the sandbox `blue`");
    }

    private GuestAddress address(SshKeys keys) {
        return new GuestAddress(
                TestGuest.NAME,
                box.address.port(),
                keys,
                home.resolve("ssh_config"),
                home.resolve("m.sock"),
                box.address.cipher());
    }

    @Test
    void the_shared_connection_is_made_again_when_it_dies() throws Exception {
        masterProcess().destroyForcibly();

        assertThat(box.guest.run(List.of("echo", "hi"), TestGuest.LIMIT).output())
                .isEqualTo("hi\n");
        assertThat(box.exec("true").status()).isZero();
    }

    private ProcessHandle masterProcess() throws InterruptedException {
        String said =
                SshCommand.check(box.address.config(), TestGuest.NAME)
                        .run(TestGuest.LIMIT)
                        .errors();
        return ProcessHandle.of(Long.parseLong(said.replaceAll("\\D+", ""))).orElseThrow();
    }

    @Test
    void a_command_whose_connection_is_lost_is_an_error_and_not_a_status() throws Exception {
        try (OwnedProcess exec =
                box.command(
                        "exec", SessionToken.create(), "sh", "-c", "echo ready; exec sleep 4200")) {
            new Transcript(exec.output()).await("ready");
            var errors = new Transcript(exec.errors());

            masterProcess().destroyForcibly();

            errors.await("the connection to the sandbox `blue` was lost");
        }
        box.exec("pkill", "-x", "sleep");
    }

    @Test
    void a_command_that_takes_too_long_is_ended() {
        assertThatThrownBy(() -> box.guest.run(List.of("sleep", "4300"), Duration.ofSeconds(2)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("did not answer within 2 s");
    }

    @Test
    void the_program_that_nudges_is_no_use_of_the_guest_and_ends_with_its_connection()
            throws Exception {
        int before = box.guest.usage().sessions();
        String lookFor = "ps -eo args | grep -c '^python3 -I -S' || true";
        try (var watchers = GuestWatchers.start(TestGuest.NAME, box.address.config())) {
            watchers.awaitReady(TestGuest.LIMIT);
            List<HostChange> batch =
                    List.of(new HostChange.Gone("no/such"), new HostChange.Everything());

            assertThat(watchers.tell(batch, TestGuest.LIMIT)).isZero();

            assertThat(said(lookFor)).isEqualTo("1\n");
            assertThat(box.guest.usage().sessions()).isEqualTo(before);
        }
        assertThat(Patience.until(TestGuest.LIMIT, () -> said(lookFor).equals("0\n"))).isTrue();
    }

    private String said(String script) {
        try {
            return box.exec("sh", "-c", script).output();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stop);
        }
    }

    @Test
    void a_guest_without_what_it_takes_says_what_is_missing() throws Exception {
        box.exec("sudo", "mv", "/usr/bin/python3", "/usr/bin/gone");
        try (var watchers = GuestWatchers.start(TestGuest.NAME, box.address.config())) {
            assertThatThrownBy(() -> watchers.awaitReady(TestGuest.LIMIT))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("sudo: python3: command not found");
        } finally {
            box.exec("sudo", "mv", "/usr/bin/gone", "/usr/bin/python3");
        }
    }

    @Test
    void a_clock_that_is_right_is_left_alone() throws Exception {
        box.guest.setClock();
        long asked = System.nanoTime();

        Duration off = box.guest.setClock().abs();

        // The host's time is as old as the call when the guest compares; whole seconds are told.
        Duration took = Duration.ofNanos(System.nanoTime() - asked);
        assertThat(off).isLessThanOrEqualTo(took.plusSeconds(1));
    }

    @Test
    void the_clock_is_right_after_a_short_pause() throws Exception {
        assertClockAfterAPauseOf(Duration.ofSeconds(5));
    }

    @Test
    @Tag("full")
    void the_clock_is_right_after_a_minutes_pause() throws Exception {
        assertClockAfterAPauseOf(Duration.ofMinutes(1));
    }

    /// A session that is open all the while goes on, too. What a busy host adds is measured: every
    /// call takes its own time, and what is said of the guest's clock is only known to that.
    private void assertClockAfterAPauseOf(Duration length) throws Exception {
        Asked before = Asked.of(box);
        try (OwnedProcess exec =
                box.command("exec", SessionToken.create(), "sh", "-c", "echo ready; exec cat")) {
            var output = new Transcript(exec.output());
            output.await("ready");
            long pausing = System.nanoTime();
            box.machine.pause();
            long paused = System.nanoTime();
            assertThat(new CountDownLatch(1).await(length.toMillis(), TimeUnit.MILLISECONDS))
                    .isFalse();
            Duration shortest = since(paused);
            box.machine.resume();
            Duration longest = since(pausing);

            Asked after = Asked.of(box);

            System.out.printf("%s, before the pause %s%n", after, before);
            // It was set to the time of a call, or left alone when it was less than two seconds
            // off, and is compared with that of another call, in whole seconds.
            assertThat(after.behind)
                    .isGreaterThan(shortest.minus(after.setting).minusSeconds(3))
                    .isLessThan(longest.plus(before.setting).plusSeconds(3));
            assertThat(after.guest)
                    .isAfter(after.reading.minus(after.setting).minusSeconds(1))
                    .isBeforeOrEqualTo(after.read);
            assertThat(after.took()).isLessThan(before.took().multipliedBy(5).plusSeconds(1));
            exec.input().write("on\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            exec.input().close();
            output.await("on");
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /// The guest's clock was set, and then read.
    ///
    /// @param behind what it was
    /// @param setting what that took
    /// @param reading the host's time before it was read
    /// @param read and after that
    private record Asked(
            Duration behind, Duration setting, Instant reading, Instant guest, Instant read) {
        static Asked of(TestGuest box) throws InterruptedException {
            long begun = System.nanoTime();
            Duration behind = box.guest.setClock();
            Duration setting = since(begun);
            Instant reading = Instant.now();
            String guest = box.exec("date", "+%s").output().strip();
            return new Asked(
                    behind,
                    setting,
                    reading,
                    Instant.ofEpochSecond(Long.parseLong(guest)),
                    Instant.now());
        }

        Duration took() {
            return setting.plus(Duration.between(reading, read));
        }
    }
}
