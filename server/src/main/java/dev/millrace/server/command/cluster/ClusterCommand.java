package dev.millrace.server.command.cluster;

import picocli.CommandLine.Command;

/** The commands about the cluster as a whole. */
@Command(
    name = "cluster",
    description =
        "Describe the cluster, its quorum and its disks; start one to try; add, drain and remove"
            + " nodes and even them out.",
    subcommands = {
      ClusterDescribe.class,
      ClusterQuorum.class,
      ClusterAddVoter.class,
      ClusterRemoveVoter.class,
      ClusterLogDirs.class,
      ClusterMoveDir.class,
      ClusterStart.class,
      ClusterAdd.class,
      ClusterBalance.class,
      ClusterDrain.class,
      ClusterRemove.class,
      ClusterWait.class
    })
public final class ClusterCommand {}
