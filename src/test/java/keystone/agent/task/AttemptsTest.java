package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.TaskUpdate;
import org.junit.jupiter.api.Test;

final class AttemptsTest {
    private static final TaskUpdate FALLING_BACK =
            new TaskUpdate.Note("Falling back from WebSockets to HTTPS transport.");

    private final Attempts attempts = new Attempts();

    private static TaskUpdate attempt(int number) {
        return new TaskUpdate.Note("Reconnecting... %d/5: request %d".formatted(number, number));
    }

    private List<TaskUpdate> told(TaskUpdate... updates) {
        var told = new ArrayList<TaskUpdate>();
        for (TaskUpdate each : updates) {
            told.addAll(attempts.of(each));
        }
        return told;
    }

    /// As Codex does where WebSockets are refused.
    @Test
    void of_those_that_led_to_something_else_the_first_and_the_last_are_told() {
        assertThat(
                        told(
                                attempt(2),
                                attempt(3),
                                new TaskUpdate.Usage(1, null),
                                attempt(4),
                                attempt(5),
                                FALLING_BACK,
                                attempt(1)))
                .containsExactly(
                        attempt(2),
                        new TaskUpdate.Usage(1, null),
                        attempt(5),
                        FALLING_BACK,
                        attempt(1));
    }

    /// The agent then says why it failed.
    @Test
    void that_there_will_be_no_more_is_told_at_once() {
        assertThat(told(attempt(1), attempt(4), attempt(5)))
                .containsExactly(attempt(1), attempt(5));
        assertThat(attempts.end(new Turn.Failed("no model"))).isEmpty();
    }

    @Test
    void the_last_is_told_when_the_agent_gives_up_early() {
        assertThat(told(attempt(1), attempt(2), attempt(3), FALLING_BACK))
                .containsExactly(attempt(1), attempt(3), FALLING_BACK);
        assertThat(told(attempt(1), attempt(2), attempt(3))).containsExactly(attempt(1));
        assertThat(attempts.end(new Turn.Failed("no model"))).contains(attempt(3));

        assertThat(told(attempt(1))).containsExactly(attempt(1));
        assertThat(attempts.end(new Turn.Failed("no model"))).isEmpty();
    }

    @Test
    void of_those_of_which_one_came_through_only_the_first_is_told() {
        var said = new TaskUpdate.Said("Hello.");

        assertThat(told(attempt(1), attempt(2), said, attempt(1), attempt(2)))
                .containsExactly(attempt(1), said, attempt(1));
        assertThat(attempts.end(new Turn.Through(""))).isEmpty();
    }

    @Test
    void a_first_one_is_told_also_without_words_before_its_number() {
        var bare = new TaskUpdate.Note("1/3 again");

        assertThat(told(FALLING_BACK, bare, new TaskUpdate.Note("2/3 again")))
                .containsExactly(FALLING_BACK, bare);
    }

    @Test
    void what_counts_nothing_is_always_told() {
        assertThat(told(FALLING_BACK, FALLING_BACK)).containsExactly(FALLING_BACK, FALLING_BACK);
    }
}
