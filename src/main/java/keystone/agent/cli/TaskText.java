package keystone.agent.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import keystone.agent.model.HostContact;
import keystone.agent.model.PlainText;
import keystone.agent.model.Printable;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskQuestion.Need;
import keystone.agent.model.TaskResult;
import keystone.agent.model.TaskState;
import keystone.agent.model.TaskUpdate;
import keystone.agent.sandbox.TaskView;
import org.jspecify.annotations.Nullable;

/// Shows a task to a person: what the agent says and what commands print on standard output,
/// everything else as news.
final class TaskText implements TaskPrinter {
    /// Longer than any question in plain words.
    private static final int MOST_SAID = 8_000;

    private final Call call;
    private final Map<String, String> titles = new HashMap<>();
    private boolean midLine;

    /// The end of what the agent has said last.
    private final StringBuilder said = new StringBuilder();

    TaskText(Call call) {
        this.call = call;
    }

    @Override
    public void print(TaskEntry entry) {
        switch (entry.update()) {
            case TaskUpdate.Said(String text) -> {
                said.append(text);
                said.delete(0, Math.max(0, said.length() - MOST_SAID));
                text(text);
            }
            case TaskUpdate.Output(String text) -> text(text);
            case TaskUpdate.Thought _,
                    TaskUpdate.Usage _,
                    TaskUpdate.Session _,
                    TaskUpdate.Contacted _ -> {
                // Of no interest until the end.
            }
            case TaskUpdate.Began _ -> {
                // What it was told follows.
            }
            case TaskUpdate.Prompted(String text) -> news("> " + firstLine(text));
            case TaskUpdate.Note(String text) -> news("note: " + PlainText.line(text));
            case TaskUpdate.Tool tool -> tool(tool);
            case TaskUpdate.Plan(List<TaskUpdate.Step> steps) -> steps.forEach(this::step);
            case TaskUpdate.Asked(TaskQuestion question) -> asked(question);
            case TaskUpdate.Answered(var _, String answer) ->
                    news("answered: " + PlainText.line(answer));
            case TaskUpdate.Ended _ -> breakLine();
        }
    }

    /// In plain words it has just been said, unless it is asked again, or the beginning was left
    /// out.
    private void asked(TaskQuestion question) {
        boolean isSaid =
                question.isInPlainWords() && said.toString().strip().endsWith(question.text());
        said.setLength(0);
        if (isSaid) {
            breakLine();
        } else {
            question(question).forEach(this::news);
        }
    }

    private void text(String text) {
        String plain = PlainText.lines(text);
        if (!plain.isEmpty()) {
            PrintStream out = call.out();
            out.print(plain);
            out.flush();
            midLine = !plain.endsWith("\n");
        }
    }

    @Override
    public void breakLine() {
        if (midLine) {
            call.out().println();
            call.out().flush();
            midLine = false;
        }
    }

    private void news(String line) {
        breakLine();
        call.say(line);
    }

    private static String firstLine(String text) {
        String stripped = text.strip();
        int end = stripped.indexOf('\n');
        return end < 0
                ? PlainText.line(stripped)
                : PlainText.line(stripped.substring(0, end)) + " …";
    }

    /// Once when it begins, and when it fails.
    private void tool(TaskUpdate.Tool tool) {
        String title = tool.title();
        if (title != null && !title.isBlank() && !title.equals(titles.get(tool.id()))) {
            titles.put(tool.id(), title);
            news("* " + PlainText.line(title));
        }
        if ("failed".equals(tool.status())) {
            String detail = tool.detail();
            news("  failed" + (detail == null ? "" : ": " + firstLine(detail)));
        }
    }

    private void step(TaskUpdate.Step step) {
        String mark =
                switch (step.status()) {
                    case "completed" -> "[x] ";
                    case "in_progress" -> "[>] ";
                    default -> "[ ] ";
                };
        news(mark + PlainText.line(step.text()));
    }

    /// With what can be answered.
    static List<String> question(TaskQuestion question) {
        var lines = new ArrayList<String>();
        lines.add("? " + PlainText.line(question.text()));
        for (Field field : question.fields()) {
            boolean isAlone = question.fields().size() == 1;
            if (!isAlone || field.choices().isEmpty()) {
                lines.add("  " + describe(field));
            }
            int number = 1;
            for (Choice choice : field.choices()) {
                String more = PlainText.line(choice.description());
                boolean adds = !more.isEmpty() && !more.equals(PlainText.line(choice.title()));
                lines.add(
                        "  %d) %s%s"
                                .formatted(
                                        number++,
                                        PlainText.line(choice.title()),
                                        adds ? " - " + more : ""));
            }
        }
        return lines;
    }

    static String describe(Field field) {
        String kind = field.kind().name().toLowerCase(Locale.ROOT);
        return "%s (%s, %s%s)"
                .formatted(
                        PlainText.line(field.title()),
                        PlainText.line(field.name()),
                        kind,
                        field.need() == Need.OPTIONAL ? ", may be left out" : "");
    }

    @Override
    public void end(TaskView seen) {
        breakLine();
        summary(seen).forEach(call::say);
    }

    /// What the exit was asked for, and what it said unless it was yes.
    static String contact(HostContact contact) {
        String target = PlainText.line(contact.target());
        return contact.verdict().equals("allowed")
                ? target
                : target + " (" + PlainText.line(contact.verdict()) + ")";
    }

    /// What came of it, and what to do with it.
    static List<String> summary(TaskView seen) {
        var lines = new ArrayList<String>();
        String id = seen.task().id().value();
        TaskResult result = seen.result();
        lines.add(headline(seen, id, result));
        if (result == null) {
            if (seen.state() instanceof TaskState.Ended) {
                lines.add("go on with it: keystone-agent task resume " + id);
            }
            return lines;
        }
        result.notes().forEach(note -> lines.add("note: " + Printable.of(note)));
        Printable.lines(result.stat()).lines().forEach(lines::add);
        if (result.commits() > 0 && seen.settled().isEmpty()) {
            lines.add("look at it: keystone-agent task diff " + id);
            lines.add("take it:    keystone-agent task accept " + id);
        }
        return lines;
    }

    private static String headline(TaskView seen, String id, @Nullable TaskResult result) {
        var line = new StringBuilder("task ").append(id).append(' ').append(seen.state().word());
        if (seen.state() instanceof TaskState.Ended(TaskOutcome outcome)
                && !outcome.reason().isEmpty()) {
            line.append(": ").append(PlainText.line(outcome.reason()));
        }
        if (seen.state() instanceof TaskState.Unknown) {
            line.append(": its supervisor does not answer");
        }
        if (result != null) {
            Duration took = Duration.between(result.began(), result.ended());
            line.append(" (").append(Ages.rough(took));
            if (result.cost() != null) {
                line.append(", ").append(PlainText.line(result.cost()));
            }
            line.append(')');
            if (result.commits() > 0) {
                line.append(": ")
                        .append(result.commits())
                        .append(result.commits() == 1 ? " commit on " : " commits on ")
                        .append(Printable.of(String.valueOf(seen.task().branch())));
            }
        }
        return line.toString();
    }
}
