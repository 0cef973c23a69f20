internal import Foundation

/// The resources of a target, which SwiftPM puts into a folder beside the program.
///
/// Not `Bundle.module`, which ends the process when the program was moved without its resources.
package struct ProgramResources: Sendable {
    private let folders: [String]

    /// Makes a search.
    ///
    /// - Parameters:
    ///   - target: the target's name.
    ///   - programFolder: the folder of the program; nil finds it.
    package init(of target: String, programFolder: String? = nil) {
        let folder = programFolder ?? Self.runningProgramFolder
        folders = ["resources", "bundle"].map { "\(folder)/verb_\(target).\($0)" }
    }

    /// The folder of the running program.
    package static var runningProgramFolder: String {
        let program = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments.first ?? "verb")
        return program.resolvingSymlinksInPath().deletingLastPathComponent().path
    }

    /// Finds a resource.
    ///
    /// - Parameter name: the path of a file or folder below the target's resources.
    /// - Returns: its path; nil where there is none.
    package func path(of name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
    }
}
