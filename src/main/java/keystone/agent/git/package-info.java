/// The host's side of a sandbox that has a git directory of its own: the project's repository as
/// this host has it, what of it the guest borrows, and how the guest's commits come home.
///
/// The guest writes the project's files, among them `.gitattributes`, and names its branches; it
/// does not reach `.git`. Git is therefore run so that nothing it is told to run can be chosen by a
/// file of the project, and everything that comes from the guest is data of limited size. Start
/// reading at [keystone.agent.git.HostRepository]. May use `model` and `process`.
@NullMarked
package keystone.agent.git;

import org.jspecify.annotations.NullMarked;
