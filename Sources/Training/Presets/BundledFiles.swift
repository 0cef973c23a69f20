internal import CLIP
internal import Foundation

/// A folder of files that belong to the program: presets, recipes or vocabularies.
struct BundledFiles {
    private let folder: String
    private let ending: String

    /// Finds a folder.
    ///
    /// - Parameters:
    ///   - name: the folder among the program's resources.
    ///   - ending: how its files end.
    ///   - programFolder: the folder of the program; nil finds it.
    /// - Throws: `TrainingError.noPresets` when the program was moved without its resources.
    init(_ name: String, ending: String = ".yaml", programFolder: String?) throws(TrainingError) {
        guard let path = ProgramResources(of: "Training", programFolder: programFolder).path(of: name) else {
            throw .noPresets
        }
        (folder, self.ending) = (path, ending)
    }

    /// The names of the files without their end, sorted.
    var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
    }

    /// The path of a file.
    func path(of name: String) -> String { "\(folder)/\(name)\(ending)" }

    /// Whether a user's word is the path of a file of their own rather than a name.
    static func isPath(_ nameOrPath: String) -> Bool { nameOrPath.hasSuffix(".yaml") || nameOrPath.hasSuffix(".yml") }
}
