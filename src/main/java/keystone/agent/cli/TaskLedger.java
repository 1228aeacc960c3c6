package keystone.agent.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import keystone.agent.model.HostContact;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskUpdate;

/// What a task's log comes to: what was told and asked, and every tool with how long it took.
final class TaskLedger {
    private static final int MOST_SAID = 20_000;

    /// One tool, as far as the agent told of it.
    static final class Tool {
        private final Instant began;
        private Instant last;
        private String title = "";
        private String status = "";
        private int characters;

        Tool(Instant began) {
            this.began = began;
            this.last = began;
        }

        String title() {
            return title;
        }

        String status() {
            return status;
        }

        /// The length of what it came to, as it was told.
        int characters() {
            return characters;
        }

        Duration took() {
            return Duration.between(began, last);
        }

        private void add(Instant at, TaskUpdate.Tool update) {
            last = at;
            title = update.title() == null ? title : update.title();
            status = update.status() == null ? status : update.status();
            characters += update.detail() == null ? 0 : update.detail().length();
        }
    }

    final List<String> prompts = new ArrayList<>();
    final List<String> answers = new ArrayList<>();
    /// What the guest asked its exit for meanwhile.
    final Set<HostContact> hosts = new LinkedHashSet<>();

    private final Map<String, Tool> tools = new LinkedHashMap<>();
    private final StringBuilder said = new StringBuilder();
    private final Map<String, TaskQuestion> open = new LinkedHashMap<>();

    void add(TaskEntry entry) {
        switch (entry.update()) {
            case TaskUpdate.Prompted(String text) -> {
                prompts.add(text);
                // Of several turns the last one's words sum up.
                said.setLength(0);
            }
            case TaskUpdate.Said(String text) -> say(text);
            case TaskUpdate.Output(String text) -> say(text);
            case TaskUpdate.Tool tool ->
                    tools.computeIfAbsent(tool.id(), _ -> new Tool(entry.at()))
                            .add(entry.at(), tool);
            case TaskUpdate.Asked(TaskQuestion question) -> open.put(question.id(), question);
            case TaskUpdate.Answered(String id, String answer) -> {
                TaskQuestion question = open.remove(id);
                answers.add((question == null ? "?" : question.text()) + " - " + answer);
            }
            case TaskUpdate.Contacted(HostContact contact) -> hosts.add(contact);
            case TaskUpdate.Thought _,
                    TaskUpdate.Plan _,
                    TaskUpdate.Usage _,
                    TaskUpdate.Session _,
                    TaskUpdate.Note _ -> {
                // Nothing that lasts.
            }
            case TaskUpdate.Began _, TaskUpdate.Ended _ -> open.clear();
        }
    }

    private void say(String text) {
        said.append(text);
        said.delete(0, Math.max(0, said.length() - MOST_SAID));
    }

    List<Tool> tools() {
        return List.copyOf(tools.values());
    }

    /// The last turn's words.
    String said() {
        return said.toString();
    }
}
