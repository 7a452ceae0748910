package dev.millrace.raft;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Settings of Ratis: what differs from its defaults, and why. */
final class Ratis {
  private static final SizeInBytes ENTRY_BYTES_MAX = SizeInBytes.valueOf("6MB");

  private Ratis() {}

  static RaftProperties properties(Path directory, boolean isAlone) {
    RaftProperties properties = new RaftProperties();
    RaftConfigKeys.Rpc.setType(properties, new FrameRpcType());
    RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(properties, directory.resolve("removed").toFile());
    // a pause of the JVM must not end the server; the others elect another leader meanwhile
    RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(1, TimeUnit.DAYS));
    timeouts(properties, isAlone);
    sizes(properties);
    // snapshots are taken when the log above wants it, and the log behind them is not kept
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setCreationGap(properties, 1);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    return properties;
  }

  private static void timeouts(RaftProperties properties, boolean isAlone) {
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, ms(500));
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, ms(1000));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, ms(isAlone ? 10 : 150));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, ms(isAlone ? 20 : 450));
    RaftServerConfigKeys.Rpc.setRequestTimeout(properties, ms(2000));
    // to a voter that is gone, its only use: each try costs a connection, threads and a stack trace
    RaftServerConfigKeys.Rpc.setSleepTime(properties, ms(200));
    // broker
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, ms(3000));
    // requests are asked once: what was answered is not kept for long
    RaftServerConfigKeys.RetryCache.setExpiryTime(properties, ms(5000));
    RaftServerConfigKeys.RetryCache.setStatisticsExpiryTime(properties, ms(5000));
  }

  private static void sizes(RaftProperties properties) {
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("8MB"));
    RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("64KB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("8MB"));
    // the largest change of metadata is 4 MB
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, ENTRY_BYTES_MAX);
    RaftServerConfigKeys.Log.setWriteBufferSize(
        properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX.getSize() + 1024));
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(
        properties, SizeInBytes.valueOf("1MB"));
  }

  private static TimeDuration ms(long ms) {
    return TimeDuration.valueOf(ms, TimeUnit.MILLISECONDS);
  }
}
