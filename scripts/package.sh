#!/bin/sh
# Makes what is shipped: target/package/millrace-VERSION-linux-ARCH.tar.gz, a folder with a Java
# runtime of only the modules that are needed, the jars, the native libraries, the start-up caches
# and bin/millrace. The last line says where it lies. docs/decisions/0084-package.md has the why.
#   package.sh           makes it
#   package.sh --check   makes it and tries it in an empty environment (scripts/package/check.sh)
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/jdk.sh"
. "$root/scripts/jvm.sh"
. "$root/scripts/caches.sh"
find_jdk

check=${1:-}
case $check in
  '' | --check) ;;
  *)
    echo "dev package: unknown option $check; there is --check" >&2
    exit 2
    ;;
esac
if [ "$(uname -s)" != Linux ]; then
  echo "dev package: packages are made on Linux" >&2
  exit 1
fi

"$root/scripts/build.sh"
jars=$root/server/target/$(readlink "$root/server/target/dist")/lib

# The names that machines and libraries have for the architecture.
arch=$(uname -m)
case $arch in
  x86_64) java_arch=amd64 ;;
  *) java_arch=$arch ;;
esac
version=$(sed -n 's:^ *<version>\(.*\)</version>.*:\1:p' "$root/pom.xml" | head -n 1)
name=millrace-$version-linux-$arch
out=$root/target/package
home=$out/$name
rm -rf "$out"
mkdir -p "$home/bin" "$home/lib/native"

# The JDK's modules that ours name, and what libraries use without naming it. Ratis and the room
# around it are no modules: their jars share packages, which a module path refuses.
mkdir "$out/modules"
for jar in "$jars"/*.jar; do
  case ${jar##*/} in
    ratis-* | millrace-raft-*) ;;
    *) ln -s "$jar" "$out/modules/" ;;
  esac
done
"$JAVA_HOME/bin/java" -p "$out/modules" --limit-modules dev.millrace.server --list-modules \
  >"$out/modules.txt" || { cat "$out/modules.txt" >&2; exit 1; }
modules=$(sed -n '/ /d; s/@.*//p' "$out/modules.txt" | tr '\n' ',')jdk.unsupported,java.management
rm -rf "$out/modules" "$out/modules.txt"
"$JAVA_HOME/bin/jlink" --add-modules "$modules" --output "$home/runtime" --vm server \
  --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-0 \
  --dedup-legal-notices error-if-not-same-content

# Jars as they are, but for libraries that bring native code for every system on earth: its part
# for this one goes to lib/native, so that nothing is unpacked into a temporary folder at run time.
carry() {
  jar=$1
  native=$2
  if [ -z "$native" ]; then
    cp -p "$jar" "$home/lib/"
    return
  fi
  unpacked=$out/unpacked
  mkdir "$unpacked"
  (cd "$unpacked" && "$JAVA_HOME/bin/jar" --extract --file "$jar")
  cp "$unpacked/$native" "$home/lib/native/"
  find "$unpacked" -type f \( -name '*.so' -o -name '*.dll' -o -name '*.dylib' -o -name '*.jnilib' \
    -o -name '*.a' \) -exec rm -f {} +
  mv "$unpacked/META-INF/MANIFEST.MF" "$out/manifest"
  (cd "$unpacked" && "$JAVA_HOME/bin/jar" --create --file "$home/lib/$(basename "$jar")" \
    --manifest "$out/manifest" .)
  rm -rf "$unpacked" "$out/manifest"
}
for jar in "$jars"/*.jar; do
  case ${jar##*/} in
    zstd-jni-*) carry "$jar" "linux/$java_arch/lib$(basename "$jar" .jar).so" ;;
    lz4-java-*) carry "$jar" "net/jpountz/util/linux/$java_arch/liblz4-java.so" ;;
    snappy-java-*) carry "$jar" "org/xerial/snappy/native/Linux/$arch/libsnappyjava.so" ;;
    jspecify-*) ;; # for the compiler only
    *) carry "$jar" '' ;;
  esac
done

cp "$root/scripts/package/millrace" "$home/bin/millrace"
cp "$root/scripts/jvm.sh" "$home/lib/jvm.sh"
cp "$root/LICENSE" "$root/scripts/package/NOTICE" "$home/"
cp "$root/scripts/package/README.md" "$home/README.md"
make_caches "$home/runtime" "$home/lib"

(cd "$out" && tar -cf - --owner=0 --group=0 "$name" | gzip -6 >"$name.tar.gz")
if [ -n "$check" ]; then
  "$root/scripts/package/check.sh" "$out/$name.tar.gz"
fi
echo "package: $(du -sm "$home" | cut -f1) MB unpacked, $(du -m "$out/$name.tar.gz" | cut -f1) MB packed"
echo "$out/$name.tar.gz"
