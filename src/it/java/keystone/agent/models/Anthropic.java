package keystone.agent.models;

import java.io.IOException;
import java.util.List;
import keystone.agent.json.Json;

/// The Messages API, as Claude Code speaks it.
final class Anthropic implements Dialect {
    private static final String SHELL = "Bash";
    private static final String QUESTION = "AskUserQuestion";

    @Override
    public boolean understands(Request request) {
        return request.path().contains("/v1/messages");
    }

    @Override
    public boolean isTurn(Json.Obj body) {
        return tools(body).contains(SHELL);
    }

    private static List<String> tools(Json.Obj body) {
        Json tools = body.get("tools");
        return tools == null ? List.of() : Dialect.names(tools);
    }

    @Override
    public void answer(Step step, Request request, Json.Obj body, Reply reply) throws IOException {
        if (request.path().contains("count_tokens")) {
            reply.json(200, Json.object().with("input_tokens", 1));
            return;
        }
        switch (step) {
            case Step.Say(String text) -> text(text, body, reply);
            case Step.Run(String command) ->
                    call(
                            SHELL,
                            Json.object().with("command", command).with("description", "Works"),
                            body,
                            reply);
            case Step.Ask ask -> {
                if (tools(body).contains(QUESTION)) {
                    call(QUESTION, question(ask), body, reply);
                } else {
                    text(Dialect.words(ask), body, reply);
                }
            }
            case Step.Fail(int status) -> reply.json(status, error(status));
            case Step.Hang _ -> reply.events();
            case Step.Once(_, Step then) -> answer(then, request, body, reply);
        }
    }

    private static Json.Obj question(Step.Ask ask) {
        Json.Obj question =
                Json.object()
                        .with("question", ask.question())
                        .with("header", "Choice")
                        .with("multiSelect", false)
                        .with(
                                "options",
                                Json.array(
                                        ask.options(),
                                        each ->
                                                Json.object()
                                                        .with("label", each)
                                                        .with("description", each)));
        return Json.object().with("questions", Json.array().add(question));
    }

    private static void text(String text, Json.Obj body, Reply reply) throws IOException {
        Json.Obj block = Json.object().with("type", "text");
        Json.Obj delta = Json.object().with("type", "text_delta").with("text", text);
        message(block, "text", text, delta, "end_turn", body, reply);
    }

    private static void call(String tool, Json.Obj input, Json.Obj body, Reply reply)
            throws IOException {
        Json.Obj block =
                Json.object()
                        .with("type", "tool_use")
                        .with("id", "toolu_" + Integer.toUnsignedString(body.compact().hashCode()))
                        .with("name", tool)
                        .with("input", Json.object());
        Json.Obj delta =
                Json.object()
                        .with("type", "input_json_delta")
                        .with("partial_json", input.compact());
        message(block, "", "", delta, "tool_use", body, reply);
    }

    private static void message(
            Json.Obj block,
            String member,
            String whole,
            Json.Obj delta,
            String reason,
            Json.Obj body,
            Reply reply)
            throws IOException {
        boolean streams = body.get("stream") instanceof Json.Bool(boolean value) && value;
        Json.Obj message =
                Json.object()
                        .with("id", "msg_scripted")
                        .with("type", "message")
                        .with("role", "assistant")
                        .with("model", body.string("model"))
                        .with("stop_sequence", (String) null)
                        .with(
                                "usage",
                                Json.object().with("input_tokens", 10).with("output_tokens", 1));
        if (!streams) {
            Json content = Json.array().add(block.with(member, whole));
            reply.json(200, message.with("content", content).with("stop_reason", reason));
            return;
        }
        if (!member.isEmpty()) {
            block.with(member, "");
        }
        reply.events();
        message.with("content", Json.array()).with("stop_reason", (String) null);
        reply.event(event("message_start").with("message", message));
        reply.event(event("content_block_start").with("index", 0).with("content_block", block));
        reply.event(event("content_block_delta").with("index", 0).with("delta", delta));
        reply.event(event("content_block_stop").with("index", 0));
        reply.event(
                event("message_delta")
                        .with(
                                "delta",
                                Json.object()
                                        .with("stop_reason", reason)
                                        .with("stop_sequence", (String) null))
                        .with("usage", Json.object().with("output_tokens", 5)));
        reply.event(event("message_stop"));
    }

    private static Json.Obj event(String type) {
        return Json.object().with("type", type);
    }

    private static Json.Obj error(int status) {
        String type =
                switch (status) {
                    case 401 -> "authentication_error";
                    case 429 -> "rate_limit_error";
                    case 529 -> "overloaded_error";
                    default -> "api_error";
                };
        Json.Obj error = event(type).with("message", "scripted " + status);
        return event("error").with("error", error);
    }
}
