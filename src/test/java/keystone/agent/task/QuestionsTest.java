package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskQuestion.Kind;
import keystone.agent.model.TaskQuestion.Need;
import keystone.agent.model.TaskUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

    /// A supervisor holds the questions of several tasks, and tells them in one answer.
    @Test
    @Timeout(20)
    void one_that_nobody_could_read_to_its_end_is_not_asked() throws Exception {
        var log = new ArrayList<TaskUpdate>();
        var questions = new Questions(log::add);
        String text = "x".repeat(Questions.LONGEST / 30);
        List<Choice> choices =
                IntStream.rangeClosed(1, 10).mapToObj(_ -> new Choice(text, text, text)).toList();
        var field = new Field("colour", "", Kind.CHOICE, choices, Need.REQUIRED);

        assertThat(questions.ask(new TaskQuestion("q1", "Which? Which? Which?", List.of(field))))
                .isEmpty();

        assertThat(log).singleElement().isInstanceOf(TaskUpdate.Note.class);
        assertThat(questions.isOpen()).isFalse();
    }
}
