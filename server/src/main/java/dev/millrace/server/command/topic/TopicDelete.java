package dev.millrace.server.command.topic;

import dev.millrace.client.ClientException;
import dev.millrace.client.Cluster;
import dev.millrace.client.Topics;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic delete NAME}. */
@Command(name = "delete", description = "Delete topics with all their records.")
final class TopicDelete extends Connected {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of topics.")
  private List<String> names = List.of();

  @Option(names = "--if-there", description = "A topic that is not there is no error.")
  private boolean ifThere;

  @Override
  protected void run(Cluster cluster) {
    Topics topics = new Topics(cluster);
    for (String name : names) {
      try {
        topics.delete(name);
        say("deleted topic " + name);
      } catch (ClientException e) {
        if (!ifThere || !e.is(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)) {
          throw e;
        }
      }
    }
  }
}
