package keystone.agent.model;

/// What a machine boots: an image of ours, or a runner that somebody else built around one.
public sealed interface Bootable permits Image, Runner {}
