package keystone.agent.git;

import java.time.Duration;
import keystone.agent.process.Command;

/// How to reach the guest's repository: a program that speaks as `git upload-pack` on its standard
/// input and output, such as `ssh … git-upload-pack /workspace`.
///
/// A program and not a URL for git: it runs as whoever runs us, who may use the sandbox's
/// connection, while git runs as the project's owner, who may not. And what passes between the two
/// can be counted.
///
/// @param limit for all of it; then both sides are killed
/// @param mostBytes that the guest may send
public record Transport(Command uploadPack, Duration limit, long mostBytes) {
    private static final Duration USUAL_LIMIT = Duration.ofMinutes(10);
    private static final long USUAL_BYTES = 4L << 30;

    public static Transport of(Command uploadPack) {
        return new Transport(uploadPack, USUAL_LIMIT, USUAL_BYTES);
    }
}
