package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class SetbackTest {
    private final UserError dead = UserError.failed("it died", "start it");

    private final Setback setback = new Setback();

    private static boolean waitLong() throws InterruptedException {
        return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
    }

    @Test
    void a_start_that_meets_with_nothing_ends_as_it_does() throws Exception {
        assertThat(setback.<String>run(() -> "up")).isEqualTo("up");
        assertThatThrownBy(
                        () ->
                                new Setback()
                                        .run(
                                                () -> {
                                                    throw new IllegalStateException("own");
                                                }))
                .hasMessage("own");
    }

    @Test
    void whoever_waits_is_told_at_once_and_is_not_interrupted_afterwards() {
        Thread.startVirtualThread(() -> setback.because(dead));

        assertThatThrownBy(() -> setback.run(SetbackTest::waitLong)).isSameAs(dead);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void the_first_reason_is_told_whatever_came_of_it() {
        assertThatThrownBy(
                        () ->
                                setback.run(
                                        () -> {
                                            setback.because(dead);
                                            setback.because(UserError.failed("later", "wait"));
                                            throw new IllegalStateException("consequence");
                                        }))
                .isSameAs(dead)
                .satisfies(error -> assertThat(error.getSuppressed()).hasSize(1));
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void a_start_that_nobody_noticed_it_failed_has_failed() {
        assertThatThrownBy(
                        () ->
                                setback.run(
                                        () -> {
                                            setback.because(dead);
                                            return true;
                                        }))
                .isSameAs(dead);
    }

    @Test
    void what_comes_after_the_end_of_a_start_interrupts_nobody() throws Exception {
        assertThat(setback.<Boolean>run(() -> true)).isTrue();

        setback.because(dead);

        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void an_interrupt_without_a_reason_is_one() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> setback.run(SetbackTest::waitLong))
                .isInstanceOf(InterruptedException.class);
    }
}
