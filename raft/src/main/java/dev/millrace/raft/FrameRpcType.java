package dev.millrace.raft;

import dev.millrace.quorum.voters.Agreement;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/** Tells Ratis to talk through {@link FrameRpc}. Made by Ratis from its name. */
public final class FrameRpcType implements RpcType {
  private static final String TRANSPORT = "millrace.transport";

  private static final String APPENDERS = "millrace.appenders";

  static Parameters parameters(Agreement.Transport transport, Appenders appenders) {
    Parameters parameters = new Parameters();
    parameters.put(TRANSPORT, transport, Agreement.Transport.class);
    parameters.put(APPENDERS, appenders, Appenders.class);
    return parameters;
  }

  @Override
  public String name() {
    return FrameRpcType.class.getName();
  }

  @Override
  public ServerFactory newFactory(Parameters parameters) {
    Agreement.Transport transport = parameters.getNonNull(TRANSPORT, Agreement.Transport.class);
    Appenders appenders = parameters.getNonNull(APPENDERS, Appenders.class);
    return new ServerFactory() {
      @Override
      public LogAppender newLogAppender(
          RaftServer.Division server, LeaderState state, FollowerInfo follower) {
        LogAppender appender = LogAppender.newLogAppenderDefault(server, state, follower);
        appenders.add(appender);
        return appender;
      }

      @Override
      public RaftServerRpc newRaftServerRpc(RaftServer server) {
        return new FrameRpc(transport);
      }

      @Override
      public RpcType getRpcType() {
        return FrameRpcType.this;
      }
    };
  }
}
