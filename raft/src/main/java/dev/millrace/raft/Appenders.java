package dev.millrace.raft;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.server.leader.LogAppender;

/**
 * What sends entries to the other voters while this one leads. Ratis tells them how far entries are
 * committed with the next entries, or with a heartbeat up to 250 ms later; here they are told at
 * once, since whoever is to lead a partition, and whoever asked for a change, waits for it. Safe
 * for any thread.
 */
final class Appenders {
  private final List<LogAppender> all = new CopyOnWriteArrayList<>();

  void add(LogAppender appender) {
    all.removeIf(one -> one.getFollowerId().equals(appender.getFollowerId()));
    all.add(appender);
  }

  /** Tells the others that an entry is committed. Does not wait. */
  void committed(long index) {
    for (LogAppender appender : all) {
      if (appender.getFollower().getCommitIndex() < index && appender.isRunning()) {
        appender.triggerHeartbeat();
      }
    }
  }
}
