package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import keystone.agent.egress.Redactor;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class WatchTest {
    private static final Duration IDLE_STOP = Duration.ofMillis(40);

    private static final Duration SOON = Duration.ofSeconds(60);

    private final AtomicBoolean used = new AtomicBoolean();
    private final AtomicInteger looks = new AtomicInteger();

    private final Watch.Inside idle =
            new Watch.Inside() {
                @Override
                public boolean isIdle() {
                    looks.incrementAndGet();
                    return true;
                }

                @Override
                public Duration setClock() {
                    return Duration.ZERO;
                }
            };

    private Watch watch() {
        return new Watch(
                idle,
                used::get,
                new SupervisorLog(System.err, Clock.systemUTC(), new Redactor()),
                Clock.systemUTC(),
                IDLE_STOP);
    }

    @Test
    void what_nobody_uses_is_idle_once_that_has_lasted() {
        long begun = System.nanoTime();
        Watch watch = watch();

        boolean atOnce = watch.isIdle();
        boolean tooSoon = System.nanoTime() - begun < IDLE_STOP.toNanos();
        assertThat(atOnce && tooSoon).isFalse();
        assertThat(Patience.until(SOON, watch::isIdle)).isTrue();
        assertThat(looks).hasPositiveValue();
    }

    @Test
    void what_the_host_knows_to_be_used_is_not_idle_whatever_the_guest_says() {
        used.set(true);
        Watch watch = watch();

        assertThat(Patience.until(IDLE_STOP.multipliedBy(5), watch::isIdle)).isFalse();
        assertThat(looks).hasValue(0);

        used.set(false);
        assertThat(Patience.until(SOON, watch::isIdle)).isTrue();
    }
}
