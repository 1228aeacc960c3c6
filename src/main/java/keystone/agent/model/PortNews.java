package keystone.agent.model;

import java.util.List;

/// What has been said of a sandbox's ports.
///
/// @param count how many sentences were said so far, these among them; negative when these were the
///     last
/// @param sentences the newest, in order
public record PortNews(long count, List<String> sentences) {
    public PortNews {
        sentences = List.copyOf(sentences);
    }
}
