# Sourced by ./millrace and ./dev: sets JAVA_HOME to a JDK 25 or newer, or says in one line what to
# install. The version comes from the JDK's "release" file, so that no JVM is started to ask.

JDK_LOWEST=25

# Prints the feature version (25) of the JDK in folder $1, or nothing.
jdk_version() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  while IFS='="' read -r name _ version _; do
    [ "$name" = JAVA_VERSION ] && echo "${version%%[.+-]*}" && return 0
  done < "$1/release"
}

# Whether folder $1 holds a JDK that is new enough.
jdk_fits() {
  jdk_found=$(jdk_version "$1")
  case $jdk_found in '' | *[!0-9]*) return 1 ;; esac
  [ "$jdk_found" -ge "$JDK_LOWEST" ]
}

find_jdk() {
  on_path=$(command -v java 2>/dev/null || true)
  if [ -n "$on_path" ]; then
    on_path=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
    on_path=${on_path%/bin/java}
  fi
  for home in \
    "${JAVA_HOME:-}" "$on_path" \
    /usr/lib/jvm/* /usr/java/* /usr/local/openjdk* /usr/local/lib/jvm/* \
    /opt/java/* /opt/jdk* /opt/* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* \
    "$HOME"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*; do
    if [ -n "$home" ] && jdk_fits "$home"; then
      JAVA_HOME=$home
      export JAVA_HOME
      return 0
    fi
  done
  echo "millrace: no JDK $JDK_LOWEST or newer found; install one (for example Eclipse Temurin $JDK_LOWEST) and set JAVA_HOME to its folder" >&2
  exit 1
}
