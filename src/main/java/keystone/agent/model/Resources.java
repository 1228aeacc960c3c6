package keystone.agent.model;

/// What a sandbox may use of the machine.
///
/// @param memory the guest's RAM; at least [#LEAST_MEMORY]
/// @param cpus virtual processors, 1 to 64
/// @param disk the writable disk's capacity; it is sparse, and grows but never shrinks
public record Resources(ByteSize memory, int cpus, ByteSize disk) {
    /// Below it the kernel and sshd do not fit.
    public static final ByteSize LEAST_MEMORY = ByteSize.ofMib(256);
    private static final ByteSize LEAST_DISK = ByteSize.ofGib(1);
    private static final int MOST_CPUS = 64;

    /// What a sandbox gets when nobody says otherwise and the host has enough.
    public static final Resources DEFAULT = new Resources(ByteSize.ofGib(4), 2, ByteSize.ofGib(20));

    public Resources {
        if (memory.compareTo(LEAST_MEMORY) < 0) {
            throw UserError.usage(
                    memory + " of memory is too little for a guest", "use --memory 256m or more");
        }
        if (cpus < 1 || cpus > MOST_CPUS) {
            throw UserError.usage(
                    cpus + " processors cannot be given to a guest", "use --cpus 1 to 64");
        }
        if (disk.compareTo(LEAST_DISK) < 0) {
            throw UserError.usage(
                    disk + " of disk is too little for a guest", "use --disk 1g or more");
        }
    }

    /// What settings say, and these where they say nothing.
    public Resources changedBy(Settings settings) {
        ByteSize otherMemory = settings.memory();
        Integer otherCpus = settings.cpus();
        ByteSize otherDisk = settings.disk();
        return new Resources(
                otherMemory == null ? memory : otherMemory,
                otherCpus == null ? cpus : otherCpus,
                otherDisk == null ? disk : otherDisk);
    }

    /// The same with other memory.
    public Resources with(ByteSize otherMemory) {
        return new Resources(otherMemory, cpus, disk);
    }
}
