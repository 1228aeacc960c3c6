package keystone.agent.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import keystone.agent.json.Json;
import keystone.agent.model.Danger;
import keystone.agent.model.Printable;
import keystone.agent.model.Review;
import keystone.agent.model.Review.Change;
import keystone.agent.model.Review.Concern;
import keystone.agent.model.Review.Kind;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;

/// A review in words and as JSON.
final class ReviewText {
    /// How much is shown of what there is too much of.
    enum Length {
        /// So that what is serious stays on the screen.
        SHORT(10),
        WHOLE(Integer.MAX_VALUE);

        private final int most;

        Length(int most) {
            this.most = most;
        }
    }

    private final Call call;
    private final Length length;

    ReviewText(Call call, Length length) {
        this.call = call;
        this.length = length;
    }

    /// The whole of it.
    List<String> lines(Review review) {
        var lines = new ArrayList<String>();
        lines.add(counts(review) + " " + since(review));
        lines.addAll(concerns(review));
        if (!review.complete()) {
            lines.add("");
            lines.add(
                    call.style()
                            .red("there are more files than are looked at; the rest is unseen"));
        }
        if (length == Length.WHOLE && !review.changes().isEmpty()) {
            lines.add("");
            lines.add(call.style().bold("every change"));
            review.changes().forEach(each -> lines.add("  " + line(each)));
        } else if (!review.changes().isEmpty()) {
            lines.add("");
            lines.add("every change: keystone-agent review --again --all");
        }
        return lines;
    }

    /// Ends another command with one line, when there is anything to review.
    static void remind(Call call, SandboxName sandbox) {
        if (call.flags().quiet) {
            return;
        }
        try {
            Review review = glance(call, sandbox);
            if (!review.changes().isEmpty() || review.needsLook()) {
                call.say(summary(review) + ": keystone-agent review " + sandbox);
            }
        } catch (UserError untold) {
            // The command that this follows has done its work: the failure is told, and is none of
            // its own.
            call.say(
                    "what changed in the project cannot be told: "
                            + Printable.of(untold.problem())
                            + "; then: "
                            + Printable.of(untold.fix()));
        }
    }

    /// Says what needs a look of a sandbox that is about to be forgotten, and with it what its
    /// project and mounts were like before.
    static void remindForTheLastTime(Call call, SandboxName sandbox) {
        if (call.flags().quiet) {
            return;
        }
        try {
            Review review = glance(call, sandbox);
            if (review.needsLook()) {
                call.say(summary(review) + ", and once " + sandbox + " is gone none can be told:");
                new ReviewText(call, Length.SHORT).concerns(review).forEach(call::say);
            }
        } catch (UserError untold) {
            // It was never started, or there is nothing left to look at.
        }
    }

    /// A guest can make a tree so large that it takes a minute; a person at a terminal is told.
    static Review glance(Call call, SandboxName sandbox) {
        if (!call.streams().errIsTerminal()) {
            return call.use().reviews().glance(sandbox);
        }
        try (News news = call.news()) {
            news.at("looking at what changed");
            return call.use().reviews().glance(sandbox);
        }
    }

    private static String summary(Review review) {
        return "%s changed since %s, %s"
                .formatted(files(review.changes().size()), review.before().words(), looks(review));
    }

    private static String looks(Review review) {
        if (!review.complete()) {
            return "and there is more than is looked at";
        }
        int count = review.concerns().size();
        return review.needsLook()
                ? "%d of them %s a look".formatted(count, count == 1 ? "needs" : "need")
                : "none needs a look";
    }

    private static String files(long count) {
        return count == 1 ? "1 file" : count + " files";
    }

    private static String counts(Review review) {
        if (review.changes().isEmpty() && review.concerns().isEmpty()) {
            return "nothing changed";
        }
        return "%s added, %d changed, %d removed"
                .formatted(
                        files(review.count(Kind.ADDED)),
                        review.count(Kind.CHANGED),
                        review.count(Kind.REMOVED));
    }

    private String since(Review review) {
        Duration age = Duration.between(review.since(), call.now());
        return "since " + review.before().words() + ", " + Ages.rough(age) + " ago";
    }

    private List<String> concerns(Review review) {
        var lines = new ArrayList<String>();
        byDanger(review)
                .forEach(
                        (danger, concerns) -> {
                            lines.add("");
                            lines.add(call.style().yellow(danger.word()) + ": " + danger.reason());
                            concerns.stream()
                                    .limit(length.most)
                                    .forEach(each -> lines.add("  " + line(each)));
                            int more = concerns.size() - length.most;
                            if (more > 0) {
                                lines.add("  and " + more + " more");
                            }
                        });
        return lines;
    }

    /// In the order of how serious they are.
    private static Map<Danger, List<Concern>> byDanger(Review review) {
        var map = new EnumMap<Danger, List<Concern>>(Danger.class);
        for (Concern each : review.concerns()) {
            map.computeIfAbsent(each.danger(), _ -> new ArrayList<>()).add(each);
        }
        return map;
    }

    private static String line(Concern concern) {
        String detail = concern.detail();
        return line(concern.change()) + (detail.isEmpty() ? "" : " -> " + Printable.of(detail));
    }

    private static String line(Change change) {
        return "%-8s %s".formatted(change.kind().word(), Printable.of(change.path()));
    }

    static Json json(Review review) {
        return Json.object()
                .with("since", review.since().toString())
                .with("comparedWith", review.before().name().toLowerCase(Locale.ROOT))
                .with("needsLook", review.needsLook())
                .with("complete", review.complete())
                .with("concerns", Json.array(review.concerns(), ReviewText::json))
                .with("changes", Json.array(review.changes(), ReviewText::json));
    }

    private static Json json(Concern concern) {
        String detail = concern.detail();
        return json(concern.change())
                .with("danger", concern.danger().word())
                .with("reason", concern.danger().reason())
                .with("target", detail.isEmpty() ? null : detail);
    }

    private static Json.Obj json(Change change) {
        return Json.object().with("path", change.path()).with("change", change.kind().word());
    }
}
