# Sourced: whether what ./millrace runs is as new as the sources (a walk of some milliseconds).

# Whether the build in source tree $1 is there and no source is newer than its start.
is_fresh() {
  fresh_mark=$1/server/target/dist/built
  [ -f "$fresh_mark" ] || return 1
  fresh_newer=$(find "$1/pom.xml" "$1"/*/pom.xml "$1"/*/src/main \
    "$1"/scripts/*.sh "$1"/scripts/*.java -newer "$fresh_mark" -print)
  [ -z "$fresh_newer" ]
}
