package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.model.HostAnswer;
import keystone.agent.model.HostContact;
import keystone.agent.model.HostName;
import keystone.agent.process.Owned;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContactsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final HostName HOST = HostName.parse("api.example.org");

    @TempDir private Path directory;
    private final List<HostContact> heard = new ArrayList<>();
    private final List<HostAnswer> troubles = new ArrayList<>();
    private EgressLog log;
    private boolean isFull;

    @BeforeEach
    void open() {
        log = EgressLog.open(directory.resolve("egress.jsonl"));
    }

    @AfterEach
    void close() {
        log.close();
    }

    private Owned.Ending listen() {
        return log.listen(
                NOW,
                new EgressLog.Hearing() {
                    @Override
                    public void contacted(HostContact contact) {
                        requireRoom();
                        heard.add(contact);
                    }

                    @Override
                    public void troubled(HostAnswer answer) {
                        requireRoom();
                        troubles.add(answer);
                    }
                });
    }

    private void requireRoom() {
        if (isFull) {
            throw new UncheckedIOException(new IOException("the disk is full"));
        }
    }

    private void passed(
            Instant time, @Nullable HostName host, @Nullable Integer port, Outcome outcome) {
        log.add(new Passed(time, "connect", host, port, outcome, "", 1, 2, 3));
    }

    @Test
    void each_host_is_told_once_for_each_verdict() {
        try (Owned.Ending _ = listen()) {
            passed(NOW, HOST, 443, Outcome.ALLOWED);
            passed(NOW, HOST, 443, Outcome.ALLOWED);
            passed(NOW, HOST, 443, Outcome.FAILED);
            log.add(Passed.lookUp(NOW, HOST, Outcome.ALLOWED, ""));
            log.add(Passed.lookUp(NOW, HOST, Outcome.REFUSED, ""));
        }

        assertThat(heard)
                .containsExactly(
                        new HostContact("api.example.org", 443, "allowed"),
                        new HostContact("api.example.org", 443, "failed"),
                        new HostContact("api.example.org", null, "refused"));
    }

    @Test
    void what_was_asked_for_before_or_after_is_somebody_elses() {
        try (Owned.Ending _ = listen()) {
            passed(NOW.minus(Duration.ofMillis(1)), HOST, 443, Outcome.ALLOWED);
            passed(NOW, null, null, Outcome.MALFORMED);
        }
        passed(NOW, HOST, 443, Outcome.ALLOWED);

        assertThat(heard).isEmpty();
    }

    @Test
    void a_guest_that_asks_for_ever_fills_no_log() {
        try (Owned.Ending _ = listen()) {
            for (int port = 1; port <= 2 * Contacts.MOST; port++) {
                passed(NOW, HOST, port, Outcome.REFUSED);
            }
        }

        assertThat(heard)
                .hasSize(Contacts.MOST + 1)
                .endsWith(new HostContact(HostContact.MORE, null, "refused"));
    }

    @Test
    void what_was_refused_hides_nothing_that_was_not() {
        try (Owned.Ending _ = listen()) {
            for (int i = 0; i <= Contacts.MOST; i++) {
                var name = HostName.parse("x" + i + ".example.org");
                log.add(Passed.lookUp(NOW, name, Outcome.REFUSED, ""));
            }
            passed(NOW, HOST, 443, Outcome.ALLOWED);
        }

        assertThat(heard).endsWith(new HostContact("api.example.org", 443, "allowed"));
    }

    @Test
    void an_answer_after_which_programs_ask_again_is_told_and_its_repetitions_are_not() {
        var limited = new HostAnswer("api.example.org", 429);
        var overloaded = new HostAnswer("api.example.org", 529);
        try (Owned.Ending _ = listen()) {
            log.answered(NOW, new HostAnswer("api.example.org", 200));
            log.answered(NOW, new HostAnswer("api.example.org", 401));
            log.answered(NOW, limited);
            log.answered(NOW.plusSeconds(5), limited);
            log.answered(NOW.plusSeconds(6), overloaded);
            log.answered(NOW.plus(Contacts.QUIET), limited);
        }
        log.answered(NOW.plus(Contacts.QUIET.multipliedBy(2)), limited);

        assertThat(troubles).containsExactly(limited, overloaded, limited);
        assertThat(limited.sentence())
                .isEqualTo(
                        "api.example.org answers 429: it is asked too often, or a quota is used up");
    }

    @Test
    void a_host_with_many_names_that_always_fails_fills_no_log() {
        try (Owned.Ending _ = listen()) {
            for (int i = 0; i < 2 * Contacts.MOST; i++) {
                log.answered(NOW, new HostAnswer(i + ".example.org", 503));
            }
        }

        assertThat(troubles).hasSize(Contacts.MOST);
    }

    @Test
    void what_cannot_be_written_down_ends_no_connection_and_is_told_the_next_time() {
        var answer = new HostAnswer(HOST.text(), 503);
        try (Owned.Ending _ = listen()) {
            isFull = true;
            passed(NOW, HOST, 443, Outcome.REFUSED);
            log.answered(NOW, answer);
            isFull = false;
            passed(NOW, HOST, 443, Outcome.REFUSED);
            log.answered(NOW, answer);
        }

        assertThat(heard).containsExactly(new HostContact(HOST.text(), 443, "refused"));
        assertThat(troubles).containsExactly(answer);
    }
}
