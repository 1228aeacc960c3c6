package keystone.agent.guest;

/// One entry of an archive. Names are bytes, each as the character of the same number.
///
/// @param mode the permission bits, without setuid, setgid and sticky
/// @param link where a symbolic link leads, else empty
record TarEntry(String name, Kind kind, int mode, long size, String link) {
    enum Kind {
        FILE,
        DIRECTORY,
        SYMBOLIC_LINK,
        /// Devices, pipes and what else there may be.
        OTHER
    }
}
