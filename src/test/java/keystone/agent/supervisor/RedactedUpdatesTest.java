package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import keystone.agent.egress.Redactor;
import keystone.agent.egress.Secrets;
import keystone.agent.egress.StoredSecrets;
import keystone.agent.egress.Upstream;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskUpdate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedactedUpdatesTest {
    private static final String VALUE = "ghp_canary4d1f0a77b2c94e5f8a60tail";

    private final Redactor redactor = new Redactor();
    private final List<TaskUpdate> kept = new ArrayList<>();
    private final RedactedUpdates updates = new RedactedUpdates(redactor, kept::add);

    @BeforeEach
    void deliver(@TempDir Path directory) throws Exception {
        var origins =
                new Secrets.Origins(
                        Map.of("GH_TOKEN", VALUE),
                        directory,
                        directory,
                        new StoredSecrets(directory.resolve("none")),
                        _ -> false);
        Secrets secrets =
                Secrets.open(
                        new Secrets.Run(new SandboxName("blue"), Map.of(), redactor),
                        KnownSecrets.all(),
                        origins,
                        Upstream.NONE,
                        Clock.systemUTC());
        secrets.deliver(new SecretName("GH_TOKEN"), OutputStream.nullOutputStream());
    }

    @Test
    void whatever_has_a_secret_in_it_is_kept_without() {
        String with = "it is " + VALUE;
        for (TaskUpdate each :
                List.of(
                        new TaskUpdate.Prompted(with),
                        new TaskUpdate.Tool(with, with, with, with, with),
                        new TaskUpdate.Plan(List.of(new TaskUpdate.Step(with, with))),
                        new TaskUpdate.Asked(question(with)),
                        new TaskUpdate.Answered("q", with),
                        new TaskUpdate.Note(with),
                        new TaskUpdate.Ended(new TaskOutcome.Failed(with)))) {
            updates.accept(each);

            assertThat(kept.removeLast().toString())
                    .contains("it is [GH_TOKEN]")
                    .doesNotContain("canary");
        }
        assertThat(updates.redacted(new TaskOutcome.Refused(with)))
                .isEqualTo(new TaskOutcome.Refused("it is [GH_TOKEN]"));
        assertThat(updates.redacted(question(with))).isEqualTo(question("it is [GH_TOKEN]"));
    }

    private static TaskQuestion question(String text) {
        var choice = new TaskQuestion.Choice(text, text, text);
        var field =
                new TaskQuestion.Field(
                        text,
                        text,
                        TaskQuestion.Kind.CHOICE,
                        List.of(choice),
                        TaskQuestion.Need.OPTIONAL);
        return new TaskQuestion("q", text, List.of(field));
    }

    @Test
    void a_text_may_come_in_any_pieces() {
        for (int i = 0; i < VALUE.length(); i++) {
            updates.accept(new TaskUpdate.Output(VALUE.substring(i, i + 1)));
            assertThat(kept).filteredOn(each -> !each.toString().contains("[")).isEmpty();
        }
        updates.accept(new TaskUpdate.Output("\n"));

        assertThat(kept)
                .containsExactly(new TaskUpdate.Output("[GH_TOKEN]"), new TaskUpdate.Output("\n"));
    }

    @Test
    void what_waited_comes_before_what_happens_next_and_under_its_own_kind() {
        updates.accept(new TaskUpdate.Said("the end is ghp_can"));
        updates.accept(new TaskUpdate.Thought("ary, or gh"));
        updates.accept(new TaskUpdate.Began());

        assertThat(kept)
                .containsExactly(
                        new TaskUpdate.Said("the end is "),
                        new TaskUpdate.Said("ghp_can"),
                        new TaskUpdate.Thought("ary, or "),
                        new TaskUpdate.Thought("gh"),
                        new TaskUpdate.Began());
    }
}
