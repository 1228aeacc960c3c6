package keystone.agent.desktop;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import keystone.agent.model.UserError;

/// Whoever sits at this host: shown a sentence, they may press a button (Desktop Notifications
/// Specification 1.2).
public final class Desktop {
    private final Path socket;

    private Desktop(Path socket) {
        this.socket = socket;
    }

    /// Empty where nobody has a desktop.
    public static Optional<Desktop> find(Map<String, String> environment) {
        return BusAddress.find(environment).map(Desktop::new);
    }

    /// Shows it, until it is closed, or whoever sees it has done with it.
    ///
    /// @param pressed is told which button was, counted from 0; runs on a thread of ours
    /// @throws UserError when it cannot be shown
    public ShownNotice show(Notice notice, IntConsumer pressed) throws InterruptedException {
        try {
            return ShownNotice.show(socket, notice, pressed);
        } catch (IOException | IllegalArgumentException | BufferUnderflowException failed) {
            // Whatever is at the other end need not keep to the protocol.
            throw new UserError(
                    UserError.Kind.FAILED,
                    "the desktop shows no notification: " + failed.getMessage(),
                    "keystone-agent doctor",
                    failed);
        }
    }

    /// Shows it, and leaves it there.
    ///
    /// @throws UserError when it cannot be shown
    public void tell(Notice notice) throws InterruptedException {
        show(notice, _ -> {}).leave();
    }
}
