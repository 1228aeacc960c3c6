/// What a guest boots: made from the host's own package sources, kept by digest, checked, removed.
///
/// [keystone.agent.image.Images] is the door. An image is decided by its inputs: the lock (exact
/// versions of every package and of the kernel), the guest's files (`src/main/resources/guest`),
/// and the version of the builder; their digest names its directory. Start reading at
/// [keystone.agent.image.Images#build], then `BaseBuild` and `LayerBuild`. May use `model`,
/// `process`, `json`; the only room that writes tar and cpio archives for the guest's disks.
@NullMarked
package keystone.agent.image;

import org.jspecify.annotations.NullMarked;
