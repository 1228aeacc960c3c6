package keystone.agent.git;

/// What a branch needs to come home.
sealed interface Assessment {
    /// Nothing, or nothing that can be done.
    record Settled(SyncOutcome outcome) implements Assessment {}

    /// It can be brought forward.
    ///
    /// @param from where it is; [ObjectId#NONE] when it is to be made
    /// @param commits that it does not have yet
    record Move(String branch, ObjectId from, ObjectId to, int commits, Place place)
            implements Assessment {
        boolean isCheckedOut() {
            return place != Place.NOT_CHECKED_OUT;
        }

        String ref() {
            return RefReader.BRANCHES + branch;
        }

        /// What read-tree compares with.
        ObjectId treeBefore() {
            return from.equals(ObjectId.NONE) ? ObjectId.EMPTY_TREE : from;
        }
    }

    enum Place {
        /// In the project, whose files are those that the guest has committed: the index follows.
        CHECKED_OUT,
        /// In the project, but the commits were made elsewhere: index and files follow.
        CHECKED_OUT_BEHIND,
        NOT_CHECKED_OUT
    }
}
