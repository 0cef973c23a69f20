import Foundation

/// Runs the body in a new folder with the given files, which is removed afterwards.
func withFiles(_ files: [String: String], _ body: (String) throws -> Void) throws {
    try withData(files.mapValues { Data($0.utf8) }, body)
}

func withData(_ files: [String: Data], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lists-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in files { try data.write(to: folder.appendingPathComponent(name)) }
    try body(folder.path)
}
