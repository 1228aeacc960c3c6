package keystone.agent.sandbox;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import keystone.agent.devshell.Devshells;
import keystone.agent.model.Devshell;
import keystone.agent.model.Devshell.Extent;
import keystone.agent.model.DevshellMode;
import keystone.agent.model.DevshellStanding;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.UserError;
import keystone.agent.process.Programs;
import org.jspecify.annotations.Nullable;

/// Finds the devshell that the guest of a start gets. Whatever is wrong with it, the start goes on.
record Furnishing(Devshells devshells) {
    /// Somebody waits for the sandbox.
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String REFRESH = "keystone-agent devshell refresh";

    /// Many mounts take long to make, and bubblewrap takes so many words (its `MAX_ARGS` is 9000).
    private static final int MOST_MOUNTS = 2000;

    Optional<Devshell> forStart(
            SandboxSpec spec, @Nullable DevshellMode asked, StartListener listener)
            throws InterruptedException {
        DevshellMode mode = asked == null ? DevshellMode.AUTO : asked;
        if (mode == DevshellMode.NONE
                || (mode == DevshellMode.AUTO && Programs.locate("nix-store").isEmpty())) {
            return Optional.empty();
        }
        try {
            Optional<Devshell> found = find(spec, listener);
            if (mode == DevshellMode.STORE) {
                return found.map(each -> each.with(Extent.STORE));
            }
            return found.filter(each -> isSmall(each, listener));
        } catch (UserError failed) {
            listener.notice(
                    "the guest gets no devshell: %s; fix: %s"
                            .formatted(failed.problem(), failed.fix()));
            return Optional.empty();
        } catch (UncheckedIOException unwritten) {
            listener.notice(
                    "the guest gets no devshell: %s; fix: %s"
                            .formatted(unwritten.getMessage(), REFRESH));
            return Optional.empty();
        }
    }

    private Optional<Devshell> find(SandboxSpec spec, StartListener listener)
            throws InterruptedException {
        return switch (devshells.look(spec.project())) {
            case DevshellStanding.Absent _ -> Optional.empty();
            case DevshellStanding.Unapproved(var inputs, var approved, var last) -> {
                listener.notice(notApproved(inputs.main(), approved != null, last != null));
                yield Optional.ofNullable(last);
            }
            case DevshellStanding.Approved(var inputs, var captured) -> {
                if (captured == null) {
                    listener.at("evaluating the devshell");
                    yield Optional.of(devshells.capture(spec.project(), inputs, LIMIT));
                }
                yield Optional.of(captured);
            }
        };
    }

    private static String notApproved(String main, boolean isChange, boolean isThere) {
        String gets =
                isThere ? "the guest gets the devshell of before" : "the guest gets no devshell";
        String why =
                isChange
                        ? main + ", or what it needs, has changed since you approved it"
                        : main + " would be evaluated on this host, and is not approved";
        return "%s: %s; fix: %s".formatted(gets, why, REFRESH);
    }

    private static boolean isSmall(Devshell devshell, StartListener listener) {
        if (devshell.closure().size() <= MOST_MOUNTS) {
            return true;
        }
        listener.notice(
                "the guest gets no devshell: it needs %d entries of the store, and %d can be shown"
                                .formatted(devshell.closure().size(), MOST_MOUNTS)
                        + " singly; fix: keystone-agent start --devshell store");
        return false;
    }
}
