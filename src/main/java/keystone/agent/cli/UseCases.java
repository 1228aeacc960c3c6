package keystone.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import keystone.agent.model.Check;
import keystone.agent.model.Image;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import keystone.agent.sandbox.CopyRequest;
import keystone.agent.sandbox.ExecRequest;
import keystone.agent.sandbox.ImageEntry;
import keystone.agent.sandbox.LogSource;
import keystone.agent.sandbox.Observation;
import keystone.agent.sandbox.Prunable;
import keystone.agent.sandbox.SandboxImages;
import keystone.agent.sandbox.Sandboxes;
import keystone.agent.sandbox.Sessions;
import keystone.agent.sandbox.StartListener;
import keystone.agent.sandbox.StartRequest;
import keystone.agent.sandbox.Started;
import org.jspecify.annotations.Nullable;

/// What the commands ask of room `sandbox`. The roof makes each part when it is first asked for.
public interface UseCases {
    OfSandboxes sandboxes();

    OfSessions sessions();

    OfImages images();

    OfHost host();

    /// See [Sandboxes].
    interface OfSandboxes {
        Started start(StartRequest request, StartListener listener) throws InterruptedException;

        void stop(SandboxName name, Sandboxes.StopMode mode, StartListener listener)
                throws InterruptedException;

        Started restart(SandboxName name, Settings settings, StartListener listener)
                throws InterruptedException;

        void destroy(SandboxName name, StartListener listener) throws InterruptedException;

        List<Prunable> prunable();

        void prune(Prunable prunable);

        List<Observation> list();

        Observation status(SandboxName name);

        SandboxName choose(@Nullable String name, Path directory);

        Path project(Path directory);
    }

    /// See [Sessions].
    interface OfSessions {
        int exec(SandboxName name, ExecRequest request) throws InterruptedException;

        void ssh(SandboxName name, List<String> command);

        void attach(SandboxName name);

        void copy(CopyRequest request) throws InterruptedException;

        void logs(
                SandboxName name, LogSource source, Sessions.Follow follow, Consumer<String> lines)
                throws InterruptedException;
    }

    /// See [SandboxImages].
    interface OfImages {
        Image build(SandboxImages.Versions versions, StartListener listener)
                throws InterruptedException;

        List<ImageEntry> list();

        ImageEntry inspect(String digestPrefix);

        void remove(String digestPrefix);

        List<ImageEntry> removeUnused();
    }

    /// See [keystone.agent.sandbox.Doctor].
    interface OfHost {
        List<Check> checks();

        List<Check> fix(StartListener listener);

        /// Whether `line` is a fix that [#runFix] can run.
        boolean canRun(String line);

        void runFix(String line) throws InterruptedException;
    }
}
