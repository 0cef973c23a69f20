import Foundation

/// Runs the body in a new folder with the given files, which is removed afterwards.
func withFiles(_ files: [String: String], _ body: (String) throws -> Void) throws {
    try withData(files.mapValues { Data($0.utf8) }, body)
}

func withData(_ files: [String: Data], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lists-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(files, to: folder)
    try body(folder.path)
}

/// The same for a body that waits.
func withFiles(_ files: [String: String], _ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lists-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(files.mapValues { Data($0.utf8) }, to: folder)
    try await body(folder.path)
}

/// Names may hold slashes; what ends with one is a folder.
private func write(_ files: [String: Data], to folder: URL) throws {
    for (name, data) in files {
        let place = folder.appendingPathComponent(name)
        let parent = name.hasSuffix("/") ? place : place.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        if !name.hasSuffix("/") { try data.write(to: place) }
    }
}
