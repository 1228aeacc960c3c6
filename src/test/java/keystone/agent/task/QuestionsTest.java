package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import keystone.agent.model.TaskQuestion;
import org.junit.jupiter.api.Test;

final class QuestionsTest {
    @Test
    void one_that_could_not_be_written_down_does_not_stay_open() {
        var questions =
                new Questions(
                        _ -> {
                            throw new UncheckedIOException(new IOException("the disk is full"));
                        });

        assertThatThrownBy(() -> questions.ask(new TaskQuestion("q1", "Which?", List.of())))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(questions.isOpen()).isFalse();
    }
}
