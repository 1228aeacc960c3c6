package keystone.agent.models;

import java.io.IOException;
import java.util.List;
import keystone.agent.json.Json;

/// The Gemini API, as Gemini CLI speaks it.
final class Gemini implements Dialect {
    private static final String SHELL = "run_shell_command";

    @Override
    public boolean understands(Request request) {
        return request.path().matches(".*:(streamG|g)enerateContent.*");
    }

    @Override
    public boolean isTurn(Json.Obj body) {
        Json tools = body.get("tools");
        return tools != null && Dialect.names(tools).contains(SHELL);
    }

    /// It is asked how hard the work is, in order to choose a model, and until the answer is one.
    @Override
    public String aside() {
        return Json.object()
                .with("complexity_reasoning", "scripted")
                .with("complexity_score", 10)
                .compact();
    }

    @Override
    public void answer(Step step, Request request, Json.Obj body, Reply reply) throws IOException {
        boolean streams = request.path().contains(":streamGenerateContent");
        switch (step) {
            case Step.Say(String text) -> part(text(text), streams, reply);
            case Step.Run(String command) -> part(shell(command), streams, reply);
            case Step.Ask ask -> part(text(Dialect.words(ask)), streams, reply);
            case Step.Fail(int status) -> reply.json(status, error(status));
            case Step.Hang _ -> reply.events();
            case Step.Once(_, Step then) -> answer(then, request, body, reply);
        }
    }

    private static Json.Obj text(String text) {
        return Json.object().with("text", text);
    }

    private static Json.Obj shell(String command) {
        Json.Obj arguments = Json.object().with("command", command).with("description", "Works");
        return Json.object()
                .with("functionCall", Json.object().with("name", SHELL).with("args", arguments));
    }

    private static void part(Json.Obj part, boolean streams, Reply reply) throws IOException {
        Json.Obj content =
                Json.object().with("role", "model").with("parts", Json.array().add(part));
        Json.Obj candidate =
                Json.object()
                        .with("content", content)
                        .with("finishReason", "STOP")
                        .with("index", 0);
        Json.Obj answer =
                Json.object()
                        .with("candidates", Json.array().add(candidate))
                        .with(
                                "usageMetadata",
                                Json.object()
                                        .with("promptTokenCount", 10)
                                        .with("candidatesTokenCount", 5)
                                        .with("totalTokenCount", 15));
        if (!streams) {
            reply.json(200, answer);
            return;
        }
        reply.events();
        reply.data(answer);
    }

    private static Json.Obj error(int status) {
        String word =
                switch (status) {
                    case 401 -> "UNAUTHENTICATED";
                    case 429 -> "RESOURCE_EXHAUSTED";
                    default -> "UNAVAILABLE";
                };
        List<String> details = List.of();
        return Json.object()
                .with(
                        "error",
                        Json.object()
                                .with("code", status)
                                .with("message", "scripted " + status)
                                .with("status", word)
                                .with("details", Json.array(details, Json::string)));
    }
}
