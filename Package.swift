// swift-tools-version: 6.2
import Foundation
import PackageDescription

// LibTorch is looked for in $LIBTORCH, else where scripts/setup.sh puts it.
let libtorch = Context.environment["LIBTORCH"] ?? "\(Context.packageDirectory)/.deps/libtorch"
let hasCUDA = FileManager.default.fileExists(atPath: "\(libtorch)/lib/libtorch_cuda.so")

// NCCL between GPUs is asked for, since it needs the headers of CUDA and NCCL, which LibTorch does not bring.
let usesNCCL = hasCUDA && Context.environment["VERB_NCCL"] == "1"

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// LibTorch's GPU libraries register themselves when loaded, so they must be linked although no symbol names them.
let cudaLibraries =
    hasCUDA ? ["-Xlinker", "--no-as-needed", "-ltorch_cuda", "-lc10_cuda", "-Xlinker", "--as-needed"] : []

let package = Package(
    name: "verb",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "verb", targets: ["verb"]),
        .library(name: "Torch", targets: ["Torch"]),
        .library(name: "Video", targets: ["Video"]),
        .library(name: "CLIP", targets: ["CLIP"]),
        .library(name: "Hub", targets: ["Hub"]),
        .library(name: "Datasets", targets: ["Datasets"]),
        .library(name: "ActionModels", targets: ["ActionModels"]),
        .library(name: "Training", targets: ["Training"]),
        .library(name: "Recognition", targets: ["Recognition"]),
    ],
    dependencies: [
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // HTTP with streaming bodies and TLS, and checksums: for fetching models.
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        // YAML for presets, which people read, copy and edit: Foundation knows JSON only, which has no comments.
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        // The C ABI over LibTorch: the only C++ in the package.
        .target(
            name: "CTorch",
            cxxSettings: [
                .unsafeFlags([
                    "-isystem", "\(libtorch)/include", "-isystem", "\(libtorch)/include/torch/csrc/api/include",
                    "-Wall", "-Wextra", "-Werror",
                ]),
                // Names of Gloo's types, for LibTorch's own header.
                .headerSearchPath("gloo"),
            ] + (usesNCCL ? [.define("VERB_NCCL")] : []),
            linkerSettings: [
                .unsafeFlags(
                    ["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"] + cudaLibraries),
                .linkedLibrary("torch_cpu"), .linkedLibrary("torch"), .linkedLibrary("c10"),
            ]
        ),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavdevice",
            providers: [.apt(["libavdevice-dev", "libavformat-dev", "libswscale-dev"]), .brew(["ffmpeg"])]),
        .target(name: "Torch", dependencies: ["CTorch", "CZlib"], swiftSettings: swiftSettings),
        .target(name: "Video", dependencies: ["CFFmpeg"], swiftSettings: swiftSettings),
        .target(name: "CLIP", dependencies: ["CZlib", "Torch", "Video"], swiftSettings: swiftSettings),
        .target(
            name: "Hub",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .target(name: "ActionModels", dependencies: ["CLIP", "Torch"], swiftSettings: swiftSettings),
        .target(
            name: "Datasets", dependencies: ["Video", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: swiftSettings),
        .target(
            name: "Training",
            dependencies: [
                "ActionModels", "CLIP", "Datasets", "Torch", "Video", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [
                .copy("Resources/presets"), .copy("Resources/recipes"), .copy("Resources/vocabularies"),
            ], swiftSettings: swiftSettings),
        .target(
            name: "Recognition", dependencies: ["ActionModels", "CLIP", "Torch", "Video"],
            resources: [
                .copy("Resources/verb-tiny"), .copy("Resources/verb-tiny-m2clip"), .copy("Resources/verb-tiny-student"),
            ], swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "verb",
            dependencies: [
                "ActionModels", "CLIP", "Datasets", "Hub", "Recognition", "Torch", "Training", "Video",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
        // What all tests share: recorded cases and comparison.
        .target(
            name: "FixtureSupport", dependencies: ["ActionModels", "CLIP", "Torch"], path: "Tests/Support",
            swiftSettings: swiftSettings),
        // What the tests of live sources connect to.
        .target(name: "TestServers", path: "Tests/TestServers", swiftSettings: swiftSettings),
        // One process of a group, which tests start several of.
        .executableTarget(
            name: "process-group-probe", dependencies: ["Torch"], path: "Tests/ProcessGroupProbe",
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TorchTests", dependencies: ["FixtureSupport", "Torch", "process-group-probe"],
            swiftSettings: swiftSettings),
        .testTarget(name: "VideoTests", dependencies: ["TestServers", "Video"], swiftSettings: swiftSettings),
        .testTarget(
            name: "CLIPTests",
            dependencies: [
                "CLIP", "CZlib", "FixtureSupport", "Video", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "RecognitionTests",
            dependencies: ["ActionModels", "CLIP", "Datasets", "Recognition", "Torch", "Video"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "VerbTests",
            dependencies: [
                "ActionModels", "CLIP", "Datasets", "Recognition", "TestServers", "Torch", "Training", "Video", "verb",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ActionModelsTests", dependencies: ["ActionModels", "CLIP", "FixtureSupport", "Torch"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "FixtureSupport", "Video"], swiftSettings: swiftSettings),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["ActionModels", "CLIP", "Datasets", "FixtureSupport", "Torch", "Training", "Video"],
            swiftSettings: swiftSettings),
        // The tests' own hub is a server on SwiftNIO, which the HTTP client brings along.
        .testTarget(
            name: "HubTests",
            dependencies: [
                "Hub",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
    ],
    cxxLanguageStandard: .cxx20
)
