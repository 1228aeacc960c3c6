package keystone.agent.model;

/// A numeric user and group of the host: who owns a project, and so whom its guest works as.
public record Owner(int uid, int gid) {
    public Owner {
        if (uid < 0 || gid < 0) {
            throw new IllegalArgumentException("negative uid or gid");
        }
    }

    public boolean isRoot() {
        return uid == 0;
    }
}
