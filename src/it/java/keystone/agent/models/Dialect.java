package keystone.agent.models;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.json.Json;

/// One of the interfaces that models are spoken to by.
sealed interface Dialect permits Anthropic, Responses, Gemini {
    boolean understands(Request request);

    /// Whether it is a turn of the agent's work: what else agents ask models for, such as a title,
    /// comes without the tool for shell commands.
    boolean isTurn(Json.Obj body);

    /// What the model says to whatever is no turn.
    default String aside() {
        return "Scripted.";
    }

    void answer(Step step, Request request, Json.Obj body, Reply reply) throws IOException;

    /// The names of the tools among `declarations`, wherever they stand in them.
    static List<String> names(Json declarations) {
        var names = new ArrayList<String>();
        switch (declarations) {
            case Json.Arr(List<Json> items) -> items.forEach(each -> names.addAll(names(each)));
            case Json.Obj object -> {
                if (object.get("name") instanceof Json.Str(String name)) {
                    names.add(name);
                }
                for (String inner : List.of("tools", "functionDeclarations")) {
                    Json list = object.get(inner);
                    if (list != null) {
                        names.addAll(names(list));
                    }
                }
            }
            case Json.Str _, Json.Int _, Json.Num _, Json.Bool _, Json.Null _ -> {}
        }
        return names;
    }

    /// A question in words.
    static String words(Step.Ask ask) {
        return ask.question() + " (" + String.join(", ", ask.options()) + ")";
    }
}
