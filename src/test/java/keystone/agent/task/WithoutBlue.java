package keystone.agent.task;

import java.util.function.Consumer;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskUpdate;

/// Hears what happens, and lets nobody see of a question that something is blue.
record WithoutBlue(Consumer<TaskUpdate> hearing) implements TaskRunner.Listener {
    private static final Choice HIDDEN = new Choice("[HIDDEN]", "[HIDDEN]", "");

    @Override
    public void update(TaskUpdate update) {
        hearing.accept(update);
    }

    @Override
    public TaskQuestion shown(TaskQuestion question) {
        return new TaskQuestion(
                question.id(),
                question.text(),
                question.fields().stream().map(WithoutBlue::withoutBlue).toList());
    }

    private static Field withoutBlue(Field field) {
        return new Field(
                field.name(),
                field.title(),
                field.kind(),
                field.choices().stream()
                        .map(each -> each.value().equals("Blue") ? HIDDEN : each)
                        .toList(),
                field.need());
    }
}
