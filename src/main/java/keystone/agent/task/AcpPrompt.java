package keystone.agent.task;

import java.util.List;
import java.util.Optional;
import keystone.agent.json.Json;

/// A prompt as ACP has it: the words, and what comes with them.
final class AcpPrompt {
    /// Of images in all, as they are: a supervisor is small, and holds each several times. What is
    /// more, the agent opens by itself.
    static final long MOST_IN_IMAGES = 2 << 20;

    private AcpPrompt() {}

    /// For an agent that was at it before, and remembers nothing of that.
    ///
    /// @param task what it was asked first
    /// @param next what it is asked now
    static String anew(String task, String next) {
        return """
        %s

        (You have worked at this before, in a session that is lost. What you had done is in the files here.)

        %s"""
                .formatted(task, next);
    }

    /// Puts them together.
    ///
    /// @param able what the agent says that it can
    static Json.Arr of(String text, List<Attachment> attached, Json.Obj able) {
        Json.Arr blocks = Json.array().add(Json.object().with("type", "text").with("text", text));
        boolean sees =
                Members.object(able, "promptCapabilities").get("image")
                                instanceof Json.Bool(boolean can)
                        && can;
        long left = MOST_IN_IMAGES;
        for (Attachment each : attached) {
            blocks = blocks.add(each.link());
            Optional<String> type = each.image();
            if (sees && type.isPresent() && each.size() <= left) {
                left -= each.size();
                blocks = blocks.add(each.block(type.get()));
            }
        }
        return blocks;
    }
}
