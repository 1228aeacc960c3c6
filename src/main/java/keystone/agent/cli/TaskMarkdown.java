package keystone.agent.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import keystone.agent.model.PlainText;
import keystone.agent.model.Printable;
import keystone.agent.model.Task;
import keystone.agent.model.TaskResult;
import keystone.agent.sandbox.TaskView;

/// A task as Markdown. Whatever is not our own words stands in a block whose fence it cannot close.
final class TaskMarkdown {
    private static final int MOST_TOOLS = 200;

    private final TaskView seen;
    private final TaskLedger ledger;

    TaskMarkdown(TaskView seen, TaskLedger ledger) {
        this.seen = seen;
        this.ledger = ledger;
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        Task task = seen.task();
        lines.add("## Task " + task.id());
        lines.add("");
        lines.add("| | |");
        lines.add("|---|---|");
        lines.add("| agent | " + task.order().agent().name() + " |");
        lines.add("| outcome | " + seen.state().word() + " |");
        TaskResult result = seen.result();
        if (result != null) {
            lines.add(
                    "| took | "
                            + Ages.rough(Duration.between(result.began(), result.ended()))
                            + " |");
            if (result.cost() != null) {
                lines.add("| cost | " + Printable.of(result.cost()).replace("|", "") + " |");
            }
        }
        ledger.prompts.forEach(prompt -> block(lines, "Prompt", prompt));
        ledger.answers.forEach(answer -> block(lines, "Question", answer));
        tools(lines);
        block(
                lines,
                "Hosts that the sandbox asked for meanwhile",
                ledger.hosts.stream().map(TaskText::contact).collect(Collectors.joining("\n")));
        block(lines, "Result", ledger.said());
        if (result != null) {
            block(lines, "Changes", result.stat());
        }
        return lines;
    }

    private void tools(List<String> lines) {
        List<TaskLedger.Tool> all = ledger.tools();
        var text = new StringBuilder();
        for (TaskLedger.Tool each : all.subList(0, Math.min(MOST_TOOLS, all.size()))) {
            text.append(
                    "%s (%s, %s, %d characters)%n"
                            .formatted(
                                    PlainText.line(each.title()),
                                    PlainText.line(each.status()),
                                    Ages.precise(each.took()),
                                    each.characters()));
        }
        if (all.size() > MOST_TOOLS) {
            text.append("and ").append(all.size() - MOST_TOOLS).append(" more\n");
        }
        block(lines, "Tools", text.toString());
    }

    private static void block(List<String> lines, String title, String text) {
        String plain = PlainText.lines(text).stripTrailing();
        if (plain.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add("### " + title);
        lines.add("");
        String fence = fence(plain);
        lines.add(fence);
        // The first line keeps what it begins with: a table would lose its alignment.
        plain.lines().dropWhile(String::isBlank).forEach(lines::add);
        lines.add(fence);
    }

    /// Longer than any in the text (CommonMark, 4.5).
    private static String fence(String text) {
        int longest = 2;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return "`".repeat(longest + 1);
    }
}
