package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the supervisor asks of a guest.
@ExtendWith(GuestExtension.class)
final class GuestIT {
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
    void the_shared_connection_is_made_again_when_it_dies() throws Exception {
        String pid =
                SshCommand.check(box.address.config(), TestGuest.NAME)
                        .run(TestGuest.LIMIT)
                        .errors()
                        .replaceAll("\\D+", "");
        ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();

        assertThat(box.guest.run(List.of("echo", "hi"), TestGuest.LIMIT).output())
                .isEqualTo("hi\n");
        assertThat(box.exec("true").status()).isZero();
    }

    @Test
    void the_clock_is_right_after_a_pause() throws Exception {
        clockAfterAPauseOf(Duration.ofSeconds(4));
    }

    private void clockAfterAPauseOf(Duration length) throws Exception {
        box.machine.pause();
        new java.util.concurrent.CountDownLatch(1)
                .await(length.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        box.machine.resume();

        Duration behind = box.guest.setClock();
        long guest = Long.parseLong(box.exec("date", "+%s").output().strip());

        System.out.println("behind by " + behind);
        assertThat(behind).isBetween(length.minusSeconds(2), length.plusSeconds(2));
        assertThat(System.currentTimeMillis() / 1000 - guest).isBetween(-2L, 2L);
    }

    @Test
    void what_uses_it_is_counted() throws Exception {
        assertThat(box.guest.usage().sessions()).isZero();
    }
}
