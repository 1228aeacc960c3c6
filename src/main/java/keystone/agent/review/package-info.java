/// What changed in a project, and what of it this host would run or obey: the guest of a sandbox
/// writes the files that its user's git, shell, editor and build tools read next.
///
/// Everything here is hostile: names are bytes, trees are of any size and change while they are
/// walked, and no link is followed. Start reading at [keystone.agent.review.Reviewer]. May use
/// `model` and `process`.
@NullMarked
package keystone.agent.review;

import org.jspecify.annotations.NullMarked;
