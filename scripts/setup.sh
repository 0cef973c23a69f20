#!/usr/bin/env bash
# Installs what Verb needs to build and that is missing, and is quick when nothing is:
#   - Debian/Ubuntu packages: FFmpeg's development files, zlib, pkg-config, pip (macOS: Homebrew's ffmpeg);
#   - a Swift toolchain, when `swift` is not on the PATH;
#   - LibTorch, out of the `torch` wheel, into .deps/libtorch (or a link to $LIBTORCH when that is set);
#   - CLIP's vocabulary, out of the `open_clip_torch` wheel, into .deps/clip.
# Nothing is written outside of this checkout except the system packages.
set -euo pipefail
cd "$(dirname "$0")/.."

TORCH_VERSION=2.13.0
OPEN_CLIP_VERSION=3.3.0
SWIFT_VERSION=6.3.1
VOCABULARY_SHA256=924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "not root and no sudo; run as root: $*"; fi
}

install_packages() {
    case "$(uname -s)" in
    Darwin)
        command -v brew >/dev/null || fail "Homebrew is needed for FFmpeg: https://brew.sh"
        for formula in ffmpeg pkgconf; do brew list "$formula" >/dev/null 2>&1 || brew install "$formula"; done
        ;;
    Linux)
        local wanted=(libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libavdevice-dev zlib1g-dev
            pkg-config unzip ca-certificates python3 python3-pip make git curl) missing=()
        command -v dpkg-query >/dev/null || fail "this script knows Debian and Ubuntu only; install: ${wanted[*]}"
        command -v pip3 >/dev/null && wanted=("${wanted[@]/python3-pip/}")
        for package in "${wanted[@]}"; do
            [ -z "$package" ] && continue
            dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
        done
        [ ${#missing[@]} -eq 0 ] && return
        say "installing ${missing[*]}"
        as_root apt-get update -qq
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
        ;;
    *) fail "unsupported system $(uname -s)" ;;
    esac
}

install_swift() {
    command -v swift >/dev/null && return
    [ "$(uname -s)" = Linux ] || fail "swift is missing: install Xcode 26 or a toolchain from https://swift.org/install"
    if [ ! -x .deps/swift/usr/bin/swift ]; then
        . /etc/os-release
        local platform="$ID$VERSION_ID" suffix=""
        [ "$(uname -m)" = aarch64 ] && suffix=-aarch64
        local folder="https://download.swift.org/swift-$SWIFT_VERSION-release/${platform//./}$suffix/swift-$SWIFT_VERSION-RELEASE"
        local name="swift-$SWIFT_VERSION-RELEASE-$platform$suffix"
        say "fetching Swift $SWIFT_VERSION for $platform"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            binutils libc6-dev libcurl4-openssl-dev libedit2 libgcc-12-dev libncurses-dev libpython3-dev \
            libsqlite3-0 libstdc++-12-dev libxml2-dev libz3-dev tzdata >/dev/null
        rm -rf .deps/swift .deps/swift.part
        mkdir -p .deps/swift.part
        curl -fsSL "$folder/$name.tar.gz" | tar -xz --strip-components 1 -C .deps/swift.part ||
            fail "could not fetch Swift; install it from https://swift.org/install"
        mv .deps/swift.part .deps/swift
    fi
}

# Downloads a wheel without its dependencies into $1; the remaining arguments go to pip.
download_wheel() {
    local folder=$1
    shift
    rm -rf "$folder"
    mkdir -p "$folder"
    python3 -m pip download --quiet --no-deps --dest "$folder" "$@" 2>"$folder/log"
}

install_libtorch() {
    if [ -n "${LIBTORCH:-}" ]; then
        [ -e "$LIBTORCH/lib" ] && [ -e "$LIBTORCH/include" ] || fail "LIBTORCH=$LIBTORCH has no lib/ and include/"
        local own
        own=$(cd "$LIBTORCH" && pwd -P)
        grep -qs "TORCH_VERSION_MINOR $(echo $TORCH_VERSION | cut -d. -f2)" "$own/include/torch/headeronly/version.h" ||
            say "LIBTORCH=$own does not look like version $TORCH_VERSION, which Verb is tested with"
        if [ "$(readlink .deps/libtorch 2>/dev/null || true)" != "$own" ]; then
            rm -rf .deps/libtorch
            ln -s "$own" .deps/libtorch
        fi
        return
    fi
    # A link that an earlier set-up made to a LibTorch of the user's own.
    [ -L .deps/libtorch ] && [ -e .deps/libtorch/lib ] && [ -e .deps/libtorch/include ] && return
    [ -e .deps/libtorch/complete ] && [ "$(cat .deps/libtorch/complete)" = "$TORCH_VERSION" ] && return
    local wheels=.deps/wheels any=(--only-binary :all: --python-version 3.12 --implementation cp --abi cp312)
    say "fetching LibTorch $TORCH_VERSION"
    if [ "$(uname -s)" = Linux ] && [ "$(uname -m)" = x86_64 ]; then
        local platform=(--platform manylinux_2_28_x86_64)
        download_wheel $wheels "torch==$TORCH_VERSION+cpu" ||
            download_wheel $wheels "${any[@]}" "${platform[@]}" "torch==$TORCH_VERSION+cpu" ||
            download_wheel $wheels "${any[@]}" "${platform[@]}" \
                --index-url https://download.pytorch.org/whl/cpu "torch==$TORCH_VERSION+cpu" ||
            download_wheel $wheels "${any[@]}" "${platform[@]}" "torch==$TORCH_VERSION" ||
            fail "no CPU wheel of torch $TORCH_VERSION: $(tail -n 1 $wheels/log). Set LIBTORCH to an unpacked LibTorch."
    else
        download_wheel $wheels "torch==$TORCH_VERSION" ||
            fail "no wheel of torch $TORCH_VERSION: $(tail -n 1 $wheels/log). Set LIBTORCH to an unpacked LibTorch."
    fi
    rm -rf .deps/libtorch .deps/unpacked
    mkdir -p .deps/unpacked
    unzip -q $wheels/torch-*.whl 'torch/lib/*' 'torch/include/*' 'torch-*.dist-info/*' -d .deps/unpacked ||
        fail "could not unpack the torch wheel"
    [ -e .deps/unpacked/torch/include ] || fail "the torch wheel has no headers"
    mv .deps/unpacked/torch .deps/libtorch
    mv .deps/unpacked/torch-*.dist-info .deps/libtorch/licenses
    rm -rf .deps/unpacked $wheels
    printf '%s' "$TORCH_VERSION" >.deps/libtorch/complete
}

install_vocabulary() {
    local file=.deps/clip/bpe_simple_vocab_16e6.txt.gz
    [ -e $file ] && return
    say "fetching CLIP's vocabulary"
    download_wheel .deps/wheels "open_clip_torch==$OPEN_CLIP_VERSION" ||
        fail "no wheel of open_clip_torch $OPEN_CLIP_VERSION: $(tail -n 1 .deps/wheels/log)"
    mkdir -p .deps/clip
    unzip -q -p .deps/wheels/open_clip_torch-*.whl open_clip/bpe_simple_vocab_16e6.txt.gz >$file.part
    local sum
    sum=$(python3 -c 'import hashlib,sys; print(hashlib.sha256(open(sys.argv[1],"rb").read()).hexdigest())' $file.part)
    [ "$sum" = $VOCABULARY_SHA256 ] || fail "the vocabulary's sha256 is $sum, expected $VOCABULARY_SHA256"
    mv $file.part $file
    rm -rf .deps/wheels
}

mkdir -p .deps
install_packages
install_swift
install_libtorch
install_vocabulary
