package keystone.agent.git;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;

/// What a fetch would take out of a sandbox's namespace and nothing else on this host holds: a
/// branch that the guest has removed or rewritten, or all that was fetched of another guest before,
/// which had the same name. There is no reflog of such refs, so they get new names, below a time.
final class LetGo {
    /// Of refs that are kept so: a guest can rewrite a branch as often as it likes. The oldest go
    /// first, and never those of the last fetch.
    private static final int MOST = 2000;

    /// Of a ref's name in bytes; with more before it, a longer one may be none that can be written.
    private static final int LONGEST = 200;

    /// In names of refs.
    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final GitEnclosure enclosure;
    private final RefReader reader;
    private final SandboxName name;

    LetGo(GitEnclosure enclosure, RefReader reader, SandboxName name) {
        this.enclosure = enclosure;
        this.reader = reader;
        this.name = name;
    }

    /// What is to be done in the transaction that removes them. Those that only a branch or a tag
    /// of this host's holds are pinned from now on, since the guest's reflogs may name them.
    ///
    /// @param instructions for `update-ref --stdin -z`
    /// @param place where new ones begin
    record Kept(String instructions, Optional<String> place) {
        private static final Kept NOTHING = new Kept("", Optional.empty());
    }

    /// @param held the guest's refs as they were fetched before, by name
    /// @param come the same as they are now
    Kept keep(Map<String, ObjectId> held, Map<String, ObjectId> come) throws InterruptedException {
        var changed = new LinkedHashMap<String, ObjectId>();
        held.entrySet().stream()
                .filter(each -> !each.getValue().equals(come.get(each.getKey())))
                // Of those that are the same, a branch tells more than what is checked out.
                .sorted(Comparator.comparing(each -> each.getKey().equals(RefReader.WORKSPACE)))
                .forEach(each -> changed.put(each.getKey(), each.getValue()));
        if (changed.isEmpty()) {
            return Kept.NOTHING;
        }
        Map<String, ObjectId> old = reader.below(RefReader.old(name));
        var kept = new LinkedHashSet<>(come.values());
        kept.addAll(reader.below(RefReader.tasks(name)).values());
        kept.addAll(old.values());
        Set<ObjectId> gone = beyond(changed.values(), kept);
        if (gone.isEmpty()) {
            return Kept.NOTHING;
        }
        changed.values().retainAll(gone);
        return keep(changed, new TreeMap<>(old));
    }

    private Kept keep(Map<String, ObjectId> gone, NavigableMap<String, ObjectId> old)
            throws InterruptedException {
        var values = new LinkedHashSet<>(gone.values());
        values.addAll(old.values());
        Set<ObjectId> abroad = beyond(values, atHome());
        String place = RefReader.old(name) + time(old) + "/";
        var instructions = new StringBuilder();
        var seen = new HashSet<ObjectId>();
        var pinned = new LinkedHashSet<>(values);
        pinned.removeAll(abroad);
        pinned.forEach(each -> instructions.append(Pins.pinning(name, each)));
        gone.forEach(
                (ref, object) -> {
                    if (abroad.contains(object) && seen.add(object)) {
                        instructions.append(
                                "create " + place + shortened(ref, object) + '\0' + object + '\0');
                    }
                });
        for (String ref : spare(old, abroad, MOST - seen.size())) {
            instructions.append("delete " + RefReader.old(name) + ref + "\0\0");
        }
        return new Kept(
                instructions.toString(), seen.isEmpty() ? Optional.empty() : Optional.of(place));
    }

    /// Those kept before that this host's branches and tags hold by now, and the oldest of too
    /// many.
    private static List<String> spare(
            NavigableMap<String, ObjectId> old, Set<ObjectId> abroad, int most) {
        var spare = new ArrayList<String>();
        int left = 0;
        for (Map.Entry<String, ObjectId> each : old.descendingMap().entrySet()) {
            boolean isAbroad = abroad.contains(each.getValue());
            left += isAbroad ? 1 : 0;
            if (!isAbroad || left > most) {
                spare.add(each.getKey());
            }
        }
        return spare;
    }

    private Set<ObjectId> atHome() throws InterruptedException {
        HostRefs refs = reader.read();
        var home = new LinkedHashSet<>(refs.branches().values());
        home.addAll(refs.tags().values());
        if (refs.head() instanceof Head.Detached detached) {
            home.add(detached.commit());
        }
        return home;
    }

    /// Those that neither are one of the others nor are reached by one; in doubt all of them.
    private Set<ObjectId> beyond(Collection<ObjectId> objects, Collection<ObjectId> others)
            throws InterruptedException {
        var candidates = new LinkedHashSet<>(objects);
        candidates.removeAll(others);
        if (candidates.isEmpty()) {
            return candidates;
        }
        var revisions = new ArrayList<String>();
        candidates.forEach(each -> revisions.add(each.hex()));
        others.forEach(each -> revisions.add("^" + each));
        var beyond = new LinkedHashSet<ObjectId>();
        try {
            enclosure.eachCommit(
                    commit -> {
                        var object = new ObjectId(commit.strip());
                        if (candidates.contains(object)) {
                            beyond.add(object);
                        }
                    },
                    revisions);
        } catch (UserError unreadable) {
            return candidates;
        }
        candidates.removeAll(beyond);
        beyond.addAll(noCommits(candidates));
        return beyond;
    }

    /// Nothing but a tag reaches a tag.
    private Set<ObjectId> noCommits(Set<ObjectId> candidates) throws InterruptedException {
        if (candidates.isEmpty()) {
            return Set.of();
        }
        var noCommits = new LinkedHashSet<>(candidates);
        String types =
                enclosure.answer(
                        candidates.stream().map(ObjectId::hex).toList(),
                        "cat-file",
                        "--batch-check=%(objecttype) %(objectname)");
        types.lines()
                .filter(line -> line.startsWith("commit "))
                .map(line -> new ObjectId(line.substring("commit ".length())))
                .forEach(noCommits::remove);
        return noCommits;
    }

    private static String shortened(String ref, ObjectId object) {
        return ref.getBytes(StandardCharsets.UTF_8).length > LONGEST ? "objects/" + object : ref;
    }

    /// Now, or as soon after it as no other fetch has taken.
    private static String time(NavigableMap<String, ObjectId> old) {
        Instant time = Instant.now();
        while (isTaken(TIME.format(time) + "/", old)) {
            time = time.plusSeconds(1);
        }
        return TIME.format(time);
    }

    private static boolean isTaken(String place, NavigableMap<String, ObjectId> old) {
        String next = old.ceilingKey(place);
        return next != null && next.startsWith(place);
    }
}
