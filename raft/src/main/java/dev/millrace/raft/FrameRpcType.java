package dev.millrace.raft;

import dev.millrace.quorum.voters.Agreement;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;

/** Tells Ratis to talk through {@link FrameRpc}. Made by Ratis from its name. */
public final class FrameRpcType implements RpcType {
  private static final String TRANSPORT = "millrace.transport";

  static Parameters parameters(Agreement.Transport transport) {
    Parameters parameters = new Parameters();
    parameters.put(TRANSPORT, transport, Agreement.Transport.class);
    return parameters;
  }

  @Override
  public String name() {
    return FrameRpcType.class.getName();
  }

  @Override
  public ServerFactory newFactory(Parameters parameters) {
    Agreement.Transport transport = parameters.getNonNull(TRANSPORT, Agreement.Transport.class);
    return new ServerFactory() {
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
