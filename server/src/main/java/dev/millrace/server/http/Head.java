package dev.millrace.server.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the body of a request (RFC 9112). Lines end with a line feed, with or without
 * a carriage return.
 *
 * @param method in the letters that came
 * @param path begins with a slash, still encoded; its encoding is right
 * @param query still encoded; null for none
 * @param isOneShot whether the connection ends with the answer
 * @param lines the header's fields as they came
 */
record Head(
    String method, String path, @Nullable String query, boolean isOneShot, List<String> lines) {
  private static final int FIELDS_MAX = 200;
  private static final int BAD = 400;
  private static final int NOT_THERE = 501;
  private static final int OTHER_VERSION = 505;

  /** A request that cannot be taken, and what its author is told. */
  static final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    BadRequest(int status, String message) {
      super(message, null, false, false);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /**
   * Reads a head.
   *
   * @param to behind its empty line
   */
  static Head parse(byte[] bytes, int from, int to) throws BadRequest {
    List<String> lines = new ArrayList<>();
    int start = from;
    for (int at = from; at < to; at++) {
      if (bytes[at] == '\n') {
        int end = at > start && bytes[at - 1] == '\r' ? at - 1 : at;
        if (end > start) {
          lines.add(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
        }
        start = at + 1;
      }
    }
    String[] words = lines.isEmpty() ? new String[0] : lines.removeFirst().split(" ", -1);
    if (words.length != 3 || !isToken(words[0])) {
      throw new BadRequest(BAD, "this is no request of HTTP");
    }
    if (!words[2].equals("HTTP/1.1") && !words[2].equals("HTTP/1.0")) {
      throw new BadRequest(
          words[2].startsWith("HTTP/") ? OTHER_VERSION : BAD, "only HTTP/1.1 is spoken here");
    }
    checkFields(lines);
    String target = origin(words[1]);
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    checkEncoding(target);
    Head head =
        new Head(
            words[0],
            path,
            question < 0 ? null : target.substring(question + 1),
            false,
            List.copyOf(lines));
    boolean isOld = words[2].equals("HTTP/1.0");
    return new Head(head.method, head.path, head.query, head.ends(isOld), head.lines);
  }

  private boolean ends(boolean isOld) {
    String wish = field("Connection");
    return wish == null ? isOld : isOld != contains(wish, isOld ? "keep-alive" : "close");
  }

  private static boolean contains(String list, String word) {
    for (String one : list.split(",")) {
      if (one.strip().equalsIgnoreCase(word)) {
        return true;
      }
    }
    return false;
  }

  private static void checkFields(List<String> lines) throws BadRequest {
    if (lines.size() > FIELDS_MAX) {
      throw new BadRequest(431, "too many header fields, max=" + FIELDS_MAX);
    }
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon <= 0 || !isToken(line.substring(0, colon)) || line.indexOf('\0') >= 0) {
        throw new BadRequest(BAD, "a header field cannot be read");
      }
    }
  }

  /** {@code http://host/path} means the same as {@code /path}. */
  private static String origin(String target) throws BadRequest {
    int scheme = target.startsWith("http://") ? 7 : target.startsWith("https://") ? 8 : 0;
    if (scheme > 0) {
      int slash = target.indexOf('/', scheme);
      return slash < 0 ? "/" : target.substring(slash);
    }
    if (target.equals("*")) {
      return "/";
    }
    if (!target.startsWith("/")) {
      throw new BadRequest(BAD, "the path must begin with a slash");
    }
    return target;
  }

  private static void checkEncoding(String target) throws BadRequest {
    for (int at = 0; at < target.length(); at++) {
      char letter = target.charAt(at);
      boolean isEncoded = letter == '%';
      if (letter <= ' ' || letter >= 0x7f || isEncoded && !isHex(target, at + 1)) {
        throw new BadRequest(BAD, "the path is not encoded as it must be");
      }
    }
  }

  private static boolean isHex(String text, int at) {
    return at + 1 < text.length()
        && Character.digit(text.charAt(at), 16) >= 0
        && Character.digit(text.charAt(at + 1), 16) >= 0;
  }

  private static boolean isToken(String text) {
    for (int at = 0; at < text.length(); at++) {
      char letter = text.charAt(at);
      boolean isPlain =
          letter >= 'a' && letter <= 'z'
              || letter >= 'A' && letter <= 'Z'
              || letter >= '0' && letter <= '9'
              || "!#$%&'*+-.^_`|~".indexOf(letter) >= 0;
      if (!isPlain) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** The first field of this name, without spaces around it; null when there is none. */
  @Nullable String field(String name) {
    for (String line : lines) {
      if (isField(line, name)) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return null;
  }

  private static boolean isField(String line, String name) {
    return line.length() > name.length()
        && line.charAt(name.length()) == ':'
        && line.regionMatches(true, 0, name, 0, name.length());
  }

  /** Whether the client waits to be told that it may send its body. */
  boolean expectsContinue() {
    return "100-continue".equalsIgnoreCase(field("Expect"));
  }

  /**
   * How long the body is.
   *
   * @return bytes, 0 for none, {@link Content#CHUNKED} when it comes in pieces
   * @throws BadRequest when two readers could take it for two lengths
   */
  long length() throws BadRequest {
    String coding = field("Transfer-Encoding");
    String length = null;
    for (String line : lines) {
      if (isField(line, "Content-Length")) {
        String other = line.substring("Content-Length:".length()).strip();
        if (length != null && !length.equals(other)) {
          throw new BadRequest(BAD, "there are two lengths of the body");
        }
        length = other;
      }
    }
    if (coding != null) {
      if (!coding.equalsIgnoreCase("chunked")) {
        throw new BadRequest(NOT_THERE, "the only transfer encoding is chunked");
      }
      if (length != null) {
        throw new BadRequest(BAD, "a body in chunks has no length");
      }
      return Content.CHUNKED;
    }
    return length == null ? 0 : number(length);
  }

  private static long number(String length) throws BadRequest {
    boolean isNumber =
        !length.isEmpty() && length.length() <= 18 && length.chars().allMatch(Head::isDigit);
    if (!isNumber) {
      throw new BadRequest(BAD, "the length of the body is no number");
    }
    return Long.parseLong(length);
  }

  private static boolean isDigit(int letter) {
    return letter >= '0' && letter <= '9';
  }
}
