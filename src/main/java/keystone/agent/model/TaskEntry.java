package keystone.agent.model;

import java.time.Instant;

/// An update as it stands in a task's log.
///
/// @param number from 1 on, without a gap
public record TaskEntry(long number, Instant at, TaskUpdate update) {}
