internal import CLIP
internal import Foundation

extension SpatialVocabulary {
    /// The largest file of a vocabulary in bytes.
    private static let sizeLimit = 4 << 20

    /// The names of the bundled vocabularies, sorted.
    ///
    /// - Parameter programFolder: the folder of the program, where its resources are; nil finds it.
    /// - Returns: the names.
    /// - Throws: `TrainingError.noPresets` when the program was moved without its resources.
    public static func names(programFolder: String? = nil) throws(TrainingError) -> [String] {
        try files(programFolder).names
    }

    /// A vocabulary that a user names: a JSON file's path, or the name of a bundled one.
    ///
    /// - Parameters:
    ///   - nameOrPath: a path ends in `.json`.
    ///   - programFolder: the folder of the program, where its resources are; nil finds it.
    /// - Returns: the vocabulary.
    /// - Throws: `TrainingError.unknownVocabulary` with names that are near, `.noPresets` or `.badVocabulary`.
    public static func find(
        _ nameOrPath: String, programFolder: String? = nil
    ) throws(TrainingError) -> SpatialVocabulary {
        if nameOrPath.lowercased().hasSuffix(".json") { return try SpatialVocabulary(contentsOf: nameOrPath) }
        let files = try files(programFolder), names = files.names
        guard names.contains(nameOrPath) else {
            throw .unknownVocabulary(String(nameOrPath.prefix(80)), near: NearNames.near(nameOrPath, in: names))
        }
        return try SpatialVocabulary(contentsOf: files.path(of: nameOrPath))
    }

    /// Reads a file.
    ///
    /// - Parameter path: the path of a JSON file.
    /// - Throws: `TrainingError.badVocabulary` naming the file and the place.
    public init(contentsOf path: String) throws(TrainingError) {
        guard let data = RegularFile.beginning(of: path, atMost: Self.sizeLimit + 1), data.count <= Self.sizeLimit
        else {
            throw .badVocabulary(
                path: path, detail: "it cannot be read, is no file, or is larger than \(Self.sizeLimit >> 20) MiB")
        }
        do { self = try SortedJSON.value(from: data) } catch {
            throw .badVocabulary(path: path, detail: SortedJSON.words(error))
        }
    }

    private static func files(_ programFolder: String?) throws(TrainingError) -> BundledFiles {
        try BundledFiles("vocabularies", ending: ".json", programFolder: programFolder)
    }
}
