package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.git.Head;
import keystone.agent.git.HostRefs;
import keystone.agent.git.HostRepository;
import keystone.agent.git.ObjectId;
import keystone.agent.git.Submodule;
import keystone.agent.guest.GuestRepository;
import keystone.agent.guest.GuestRepository.Disk;
import keystone.agent.guest.GuestRepository.Followed;
import keystone.agent.guest.HostState;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.process.OpenFile;
import keystone.agent.supervisor.GitAccess.Told;

/// What a guest is to be told of the project's repository and of those in it: all of it is pinned.
///
/// @param news in the order in which it is told
record GitNews(SandboxName name, List<News> news) {
    /// Bytes, some 35 000 files. It is in memory once on its way, beside tens of thousands of refs,
    /// in a process of 64 MiB that does more than this.
    private static final int MOST_OF_INDEX = 4 << 20;

    GitNews {
        news = List.copyOf(news);
    }

    /// What is told of one repository.
    ///
    /// @param path of a submodule; empty for the project itself
    record News(String path, HostRepository repository, HostRefs refs) {}

    /// Pins what the guest borrows.
    static GitNews pinned(GitAccess.Own git, SandboxName name) throws InterruptedException {
        var news = new ArrayList<News>();
        news.add(new News("", git.repository(), git.repository().pin(name)));
        for (Submodule.Present each : git.present()) {
            news.add(new News(each.path(), each.repository(), each.repository().pin(name)));
        }
        return new GitNews(name, news);
    }

    /// Tells the guest.
    ///
    /// @param config of the connection, as in [GuestRepository]
    Told tell(Path config, Disk disk) throws InterruptedException {
        var guest = new GuestRepository(name, config);
        var sentences = new ArrayList<String>();
        Followed.Kind kind = Followed.Kind.DONE;
        for (News each : news) {
            HostRepository repository = each.repository();
            GuestRepository to =
                    each.path().isEmpty() ? guest : guest.module(GitAccess.id(repository));
            Followed followed = to.follow(state(repository, each.refs()), index(repository), disk);
            sentences.addAll(sentences(each, followed));
            kind = followed.kind() == Followed.Kind.NOT_NOW ? followed.kind() : kind;
        }
        return new Told(kind, sentences);
    }

    private static List<String> sentences(News news, Followed followed) {
        String where = news.path().isEmpty() ? "" : "in `" + Printable.of(news.path()) + "`, ";
        var sentences = new ArrayList<String>();
        for (Path borrowed : news.repository().borrowed()) {
            sentences.add(
                    where
                            + "the guest can read the objects that the repository borrows: "
                            + Printable.of(borrowed.toString()));
        }
        sentences.addAll(sentences(where, followed));
        return sentences;
    }

    /// @param where the beginning of each
    static List<String> sentences(String where, Followed followed) {
        var sentences = new ArrayList<String>();
        for (String branch : followed.diverged()) {
            sentences.add(
                    "%s`%s` has moved on both sides; inside, this host's is `host/%s`"
                            .formatted(where, branch, branch));
        }
        if (followed.kind() == Followed.Kind.NOT_NOW) {
            sentences.add(
                    where
                            + "the guest's git does not know of this host's branches yet: another git is at"
                            + " work there, or branches are in each other's way");
        }
        return sentences;
    }

    /// Its branches, tags and `HEAD`, as a guest is told of them.
    static HostState state(HostRepository repository, HostRefs refs) {
        String head =
                switch (refs.head()) {
                    case Head.OnBranch(String branch) -> "ref: refs/heads/" + branch;
                    case Head.Detached(ObjectId commit) -> commit.hex();
                };
        return new HostState(
                hex(refs.branches()),
                hex(refs.tags()),
                head,
                repository.shallow().orElse(""),
                repository.isPartial() ? HostState.Objects.SOME : HostState.Objects.ALL);
    }

    private static Map<String, String> hex(Map<String, ObjectId> refs) {
        var all = new TreeMap<String, String>();
        refs.forEach((name, object) -> all.put(name, object.hex()));
        return all;
    }

    /// Empty when the guest makes its own, which takes it longer.
    private static byte[] index(HostRepository repository) {
        try (Stream<Path> entries = Files.list(repository.gitDirectory());
                OpenFile file = OpenFile.itself(repository.index())) {
            boolean isSplit =
                    entries.anyMatch(
                            each -> each.getFileName().toString().startsWith("sharedindex."));
            if (isSplit || Files.size(repository.index()) > MOST_OF_INDEX) {
                return new byte[0];
            }
            return file.read(MOST_OF_INDEX);
        } catch (IOException thereIsNone) {
            return new byte[0];
        }
    }
}
