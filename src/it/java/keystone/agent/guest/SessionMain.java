package keystone.agent.guest;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What the command line does of this room, as a process that tests can signal and kill.
final class SessionMain {
    private SessionMain() {}

    /// Does one thing: the arguments are verb, ssh config, master socket, token, words.
    public static void main(String[] arguments) throws InterruptedException {
        var sessions =
                new GuestSessions(TestGuest.NAME, Path.of(arguments[1]), Path.of(arguments[2]));
        List<String> words = List.of(arguments).subList(4, arguments.length);
        switch (arguments[0]) {
            case "exec" ->
                    System.exit(
                            sessions.exec(
                                    request(arguments[3], words), ExecStreams.ofThisProcess()));
            case "exec-t" -> throw sessions.becomeExec(request(arguments[3], words));
            case "ssh" -> throw sessions.becomeSsh(words);
            case "attach" -> throw sessions.becomeAttach("main", "/workspace");
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static ExecRequest request(String token, List<String> words) {
        return new ExecRequest(
                ExactArguments.lastOfThisProcess(words),
                "/workspace",
                Map.of(),
                new SessionToken(token));
    }
}
