package keystone.agent.models;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.json.Json;

/// The Responses API, as Codex speaks it.
final class Responses implements Dialect {
    /// Takes JavaScript in which the other tools are functions.
    private static final String CODE = "exec";

    private static final String SHELL = "exec_command";
    private static final String QUESTION = "request_user_input";

    @Override
    public boolean understands(Request request) {
        return request.path().endsWith("/responses");
    }

    @Override
    public boolean isTurn(Json.Obj body) {
        List<String> tools = tools(body);
        return tools.contains(CODE) || tools.contains(SHELL);
    }

    /// Some models get theirs in the first message.
    private static List<String> tools(Json.Obj body) {
        var names = new ArrayList<String>();
        Json tools = body.get("tools");
        if (tools != null) {
            names.addAll(Dialect.names(tools));
        }
        if (body.get("input") instanceof Json.Arr(List<Json> input) && !input.isEmpty()) {
            names.addAll(Dialect.names(input.getFirst()));
        }
        return names;
    }

    @Override
    public void answer(Step step, Request request, Json.Obj body, Reply reply) throws IOException {
        switch (step) {
            case Step.Say(String text) -> items(reply, message(text));
            case Step.Run(String command) -> items(reply, shell(command, body));
            case Step.Ask ask -> {
                boolean can = tools(body).contains(QUESTION);
                items(
                        reply,
                        can
                                ? function(QUESTION, question(ask), body)
                                : message(Dialect.words(ask)));
            }
            case Step.Fail(int status) -> reply.json(status, error(status));
            case Step.Hang _ -> reply.events();
            case Step.Once(_, Step then) -> answer(then, request, body, reply);
        }
    }

    private static Json.Obj shell(String command, Json.Obj body) {
        Json.Obj arguments = Json.object().with("cmd", command);
        if (!tools(body).contains(CODE)) {
            return function(SHELL, arguments, body);
        }
        String code = "text((await tools." + SHELL + "(" + arguments.compact() + ")).output)";
        return Json.object()
                .with("type", "custom_tool_call")
                .with("id", "ctc_scripted")
                .with("call_id", callId(body))
                .with("name", CODE)
                .with("input", code);
    }

    private static Json.Obj function(String name, Json.Obj arguments, Json.Obj body) {
        return Json.object()
                .with("type", "function_call")
                .with("id", "fc_scripted")
                .with("call_id", callId(body))
                .with("name", name)
                .with("arguments", arguments.compact());
    }

    private static String callId(Json.Obj body) {
        return "call_" + Integer.toUnsignedString(body.compact().hashCode());
    }

    private static Json.Obj question(Step.Ask ask) {
        Json.Obj question =
                Json.object()
                        .with("id", "choice")
                        .with("header", "Choice")
                        .with("question", ask.question())
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

    private static Json.Obj message(String text) {
        Json.Obj content =
                event("output_text").with("text", text).with("annotations", Json.array());
        return event("message")
                .with("id", "msg_scripted")
                .with("role", "assistant")
                .with("content", Json.array().add(content));
    }

    private static void items(Reply reply, Json.Obj item) throws IOException {
        Json.Obj usage =
                Json.object()
                        .with("input_tokens", 10)
                        .with("input_tokens_details", (String) null)
                        .with("output_tokens", 5)
                        .with("output_tokens_details", (String) null)
                        .with("total_tokens", 15);
        reply.events();
        reply.event(event("response.created").with("response", response()));
        reply.event(event("response.output_item.done").with("output_index", 0).with("item", item));
        reply.event(event("response.completed").with("response", response().with("usage", usage)));
    }

    private static Json.Obj response() {
        return Json.object().with("id", "resp_scripted");
    }

    private static Json.Obj event(String type) {
        return Json.object().with("type", type);
    }

    private static Json.Obj error(int status) {
        String code = status == 401 ? "invalid_api_key" : "rate_limit_exceeded";
        return Json.object()
                .with(
                        "error",
                        event(code).with("message", "scripted " + status).with("code", code));
    }
}
