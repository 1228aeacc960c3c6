package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import keystone.agent.model.HostName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HostNamesTest {
    private static final InetAddress THERE = InetAddress.ofLiteral("93.184.216.34");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
    private final HostNames names =
            new HostNames(
                    Duration.ofSeconds(10),
                    name -> {
                        asked.add(name);
                        return new InetAddress[] {THERE};
                    },
                    now::get);

    @AfterEach
    void close() {
        names.close();
    }

    private void look(String name) throws Exception {
        assertThat(names.addresses(HostName.parse(name))).containsExactly(THERE);
    }

    @Test
    void an_answer_is_kept_for_a_moment() throws Exception {
        look("a.example");
        look("a.example");
        assertThat(asked).containsExactly("a.example");

        now.addAndGet(HostNames.KEPT.toNanos());
        look("a.example");

        assertThat(asked).containsExactly("a.example", "a.example");
    }

    @Test
    void a_guest_that_asks_for_new_names_all_the_time_fills_no_memory() throws Exception {
        for (int i = 0; i <= HostNames.MOST_KEPT; i++) {
            look("n" + i + ".example");
        }
        asked.clear();

        look("n1.example");
        look("n0.example");

        assertThat(asked).as("the oldest was let go").containsExactly("n0.example");
        assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("0");
        assertThat(Security.getProperty("networkaddress.cache.negative.ttl")).isEqualTo("0");
    }
}
