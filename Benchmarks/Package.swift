// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "verb-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "verb", path: ".."),
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .executableTarget(
            name: "verb-benchmarks",
            dependencies: [
                .product(name: "ActionModels", package: "verb"),
                .product(name: "CLIP", package: "verb"),
                .product(name: "Datasets", package: "verb"),
                .product(name: "Recognition", package: "verb"),
                .product(name: "Torch", package: "verb"),
                .product(name: "Training", package: "verb"),
                .product(name: "Video", package: "verb"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .treatAllWarnings(as: .error),
            ])
    ],
    cxxLanguageStandard: .cxx20
)
