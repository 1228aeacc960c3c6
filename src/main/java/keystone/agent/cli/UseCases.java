package keystone.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.BranchName;
import keystone.agent.model.Check;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.HostContact;
import keystone.agent.model.HostPattern;
import keystone.agent.model.Image;
import keystone.agent.model.NetCheck;
import keystone.agent.model.PortsChange;
import keystone.agent.model.PortsNow;
import keystone.agent.model.Review;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.Settings;
import keystone.agent.model.StopMode;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TokenEntry;
import keystone.agent.model.TokenTrial;
import keystone.agent.sandbox.AgentEntry;
import keystone.agent.sandbox.Alias;
import keystone.agent.sandbox.CopyRequest;
import keystone.agent.sandbox.ExecRequest;
import keystone.agent.sandbox.ImageEntry;
import keystone.agent.sandbox.LogSource;
import keystone.agent.sandbox.MountRequest;
import keystone.agent.sandbox.Mounted;
import keystone.agent.sandbox.Observation;
import keystone.agent.sandbox.OpenRequest;
import keystone.agent.sandbox.Opening;
import keystone.agent.sandbox.Orphan;
import keystone.agent.sandbox.Prunable;
import keystone.agent.sandbox.Returning;
import keystone.agent.sandbox.SandboxImages;
import keystone.agent.sandbox.Sandboxes;
import keystone.agent.sandbox.Sessions;
import keystone.agent.sandbox.StartListener;
import keystone.agent.sandbox.StartRequest;
import keystone.agent.sandbox.Started;
import keystone.agent.sandbox.TaskTail;
import keystone.agent.sandbox.TaskView;
import keystone.agent.sandbox.Worktree;
import keystone.agent.sandbox.Worktrees;
import org.jspecify.annotations.Nullable;

/// What the commands ask of room `sandbox`. The roof makes each part when it is first asked for.
public interface UseCases {
    OfSandboxes sandboxes();

    OfSessions sessions();

    OfReviews reviews();

    OfReturning returning();

    OfWorktrees worktrees();

    OfTasks tasks();

    OfNetworks networks();

    OfPorts ports();

    OfEditors editors();

    OfTokens tokens();

    OfAgents agents();

    OfDevshells devshells();

    OfImages images();

    OfHost host();

    /// See [Sandboxes].
    interface OfSandboxes {
        Started start(StartRequest request, StartListener listener) throws InterruptedException;

        boolean stop(SandboxName name, StopMode mode, StartListener listener)
                throws InterruptedException;

        Started restart(SandboxName name, Settings settings, StartListener listener)
                throws InterruptedException;

        void destroy(SandboxName name, Sandboxes.Unfetched unfetched) throws InterruptedException;

        List<Prunable> prunable(Path directory) throws InterruptedException;

        void prune(Prunable prunable) throws InterruptedException;

        List<Orphan> orphans() throws InterruptedException;

        List<Observation> list() throws InterruptedException;

        Path projectOf(SandboxName name);

        Observation status(SandboxName name) throws InterruptedException;

        SandboxName choose(@Nullable String name, Path directory);

        Path project(Path directory);

        List<Path> writable();
    }

    /// See [Sessions].
    interface OfSessions {
        int exec(SandboxName name, ExecRequest request) throws InterruptedException;

        void ssh(SandboxName name, List<String> command) throws InterruptedException;

        void attach(SandboxName name) throws InterruptedException;

        void attach(SandboxName name, BranchName worktree) throws InterruptedException;

        List<String> copy(CopyRequest request) throws InterruptedException;

        void logs(
                SandboxName name, LogSource source, Sessions.Follow follow, Consumer<String> lines)
                throws InterruptedException;
    }

    /// See [keystone.agent.sandbox.Reviewing].
    interface OfReviews {
        void review(SandboxName name, Consumer<Review> reader);

        Review glance(SandboxName name);

        Review again(SandboxName name);
    }

    /// See [Returning].
    interface OfReturning {
        Returning.Result sync(SandboxName name, Optional<String> branch, Returning.Reach reach)
                throws InterruptedException;

        GitIdentity identify(SandboxName name, Settings settings) throws InterruptedException;

        String diff(SandboxName name, Optional<String> branch, Returning.Form form)
                throws InterruptedException;
    }

    /// See [Worktrees].
    interface OfWorktrees {
        String add(SandboxName name, BranchName branch, @Nullable BranchName from)
                throws InterruptedException;

        /// As [keystone.agent.sandbox.Worktrees#copy].
        List<String> copy(SandboxName name, String directory, List<String> paths)
                throws InterruptedException;

        List<Worktree> list(SandboxName name) throws InterruptedException;

        void remove(SandboxName name, BranchName branch, Worktrees.Losses losses)
                throws InterruptedException;
    }

    /// See [keystone.agent.sandbox.Tasks].
    interface OfTasks {
        Optional<String> obstacle(Path project) throws InterruptedException;

        /// Hands a task to a running sandbox.
        ///
        /// @param attached files that come with the prompt, absolute
        TaskId submit(SandboxName name, TaskOrder order, List<Path> attached)
                throws InterruptedException;

        List<TaskView> list() throws InterruptedException;

        List<TaskView> list(SandboxName name) throws InterruptedException;

        TaskView show(TaskId id) throws InterruptedException;

        TaskTail follow(TaskId id);

        /// What its guest asked the exit for while it worked.
        List<HostContact> hosts(TaskId id);

        void answer(TaskId id, TaskAnswer answer) throws InterruptedException;

        void reply(TaskId id, String prompt) throws InterruptedException;

        void resume(TaskId id) throws InterruptedException;

        void cancel(TaskId id) throws InterruptedException;

        String diff(TaskId id, Returning.Form form) throws InterruptedException;

        /// Whether the branch of one that has ended goes beyond what is shown and accepted.
        ///
        /// @return a printable sentence
        Optional<String> beyond(TaskId id) throws InterruptedException;

        Returning.Result accept(TaskId id, Returning.Reach reach) throws InterruptedException;

        String reject(TaskId id) throws InterruptedException;
    }

    /// See [keystone.agent.sandbox.Networks].
    interface OfNetworks {
        EgressPolicy policy(SandboxName name) throws InterruptedException;

        List<HostPattern> balanced();

        EgressPolicy add(SandboxName name, EgressPolicy.Rule rule, EgressPolicy.Holding holding)
                throws InterruptedException;

        NetCheck check(SandboxName name, String url) throws InterruptedException;
    }

    /// See [keystone.agent.sandbox.Aliases], [keystone.agent.sandbox.Editing] and
    /// [keystone.agent.sandbox.Mounting].
    interface OfEditors {
        List<Alias> aliases();

        Alias alias(SandboxName name);

        String include();

        Path userConfig();

        boolean isInstalled();

        boolean install();

        boolean uninstall();

        Started startAgain(SandboxName name, Settings settings, StartListener listener)
                throws InterruptedException;

        void connect(SandboxName name);

        Opening plan(SandboxName name, OpenRequest request);

        void launch(Opening opening);

        Mounted mount(SandboxName name, MountRequest request) throws InterruptedException;

        List<Mounted> unmount(SandboxName name, @Nullable String which, Path directory)
                throws InterruptedException;
    }

    /// See [keystone.agent.sandbox.Ports].
    interface OfPorts {
        PortsNow now(SandboxName name) throws InterruptedException;

        PortsNow change(SandboxName name, PortsChange change) throws InterruptedException;

        void follow(SandboxName name, Consumer<PortsNow> first, Consumer<String> sentences)
                throws InterruptedException;
    }

    /// See [keystone.agent.sandbox.Tokens].
    interface OfTokens {
        List<TokenEntry> list(List<SecretRef> own, Path directory) throws InterruptedException;

        List<String> set(List<SecretRef> own, SecretName name, String held, Encoding encoding)
                throws InterruptedException;

        List<String> remove(SecretName name) throws InterruptedException;

        TokenTrial test(List<SecretRef> own, SecretName name, Path directory)
                throws InterruptedException;
    }

    /// See [keystone.agent.sandbox.ProjectDevshells].
    interface OfDevshells {
        DevshellStanding look(Path directory);

        Devshell refresh(Path directory, DevshellInputs approved) throws InterruptedException;
    }

    /// See [SandboxImages].
    interface OfImages {
        Image build(SandboxImages.Versions versions, StartListener listener)
                throws InterruptedException;

        Image buildAgents(SandboxImages.Versions versions, StartListener listener)
                throws InterruptedException;

        List<ImageEntry> list();

        ImageDetails inspect(String digestPrefix);

        void remove(String digestPrefix) throws InterruptedException;

        List<ImageEntry> removeUnused() throws InterruptedException;
    }

    /// See [keystone.agent.sandbox.AgentsOnHost].
    interface OfAgents {
        List<AgentEntry> list(AgentChoice choice, List<SecretRef> own, Path directory)
                throws InterruptedException;
    }

    /// See [keystone.agent.sandbox.Doctor].
    interface OfHost {
        List<Check> checks() throws InterruptedException;

        List<Check> fix(StartListener listener) throws InterruptedException;

        /// Whether `command`, of a [Check], is one that [#runFix] can run.
        boolean canRun(List<String> command) throws InterruptedException;

        void runFix(List<String> command) throws InterruptedException;
    }
}
