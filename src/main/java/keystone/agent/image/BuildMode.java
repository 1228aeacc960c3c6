package keystone.agent.image;

/// Which versions an image is built from.
public enum BuildMode {
    /// Those of the lock; the newest ones where there is no lock yet, or where it does not name all
    /// packages that the image needs now.
    LOCKED,
    /// The newest ones that the host's package sources have; the lock is written anew.
    UPDATE
}
