package dev.millrace.server.command.doctor;

import dev.millrace.client.Cluster;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.UserException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace doctor [DIR]}: what is wrong with a cluster or a data directory. */
@Command(
    name = "doctor",
    description = {
      "Look for what is wrong with a cluster, or with a data directory, and say what to do.",
      "The node that a directory belongs to must not run."
    })
public final class DoctorCommand extends Connected {
  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "A data directory to look at instead of a cluster; nothing is changed in it.")
  private @Nullable Path directory;

  @Override
  public boolean isDoneOffline() {
    if (directory == null) {
      return false;
    }
    tell(new DirectoryCheck(directory).look());
    return true;
  }

  @Override
  public void run(Cluster cluster) {
    tell(new ClusterCheck(cluster).look());
  }

  private void tell(Findings findings) {
    print(findings.listing());
    if (findings.isIll()) {
      throw UserException.failed("something is wrong, see above");
    }
  }
}
