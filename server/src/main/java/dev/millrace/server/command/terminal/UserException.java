package dev.millrace.server.command.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.Serial;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Something the person at the keyboard can mend. The message is one line and says how. */
public final class UserException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  private UserException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The command was called in a wrong way. */
  public static UserException usage(String message) {
    return new UserException(ExitCode.USAGE, message);
  }

  /** The command was right and could not be done. */
  public static UserException failed(String message) {
    return new UserException(ExitCode.FAILED, message);
  }

  /** A file that was named can not be read. */
  public static UserException unreadable(Object file, IOException cause) {
    String why =
        switch (cause) {
          case NoSuchFileException _ -> "no such file";
          case AccessDeniedException _ -> "not allowed to read";
          case CharacterCodingException _ -> "is no text in UTF-8";
          case JsonProcessingException wrong -> "is no JSON, " + wrong.getOriginalMessage();
          default -> "can't read, cause=" + cause.getMessage();
        };
    return failed(why.lines().findFirst().orElse("can't read") + ", file=" + file);
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
