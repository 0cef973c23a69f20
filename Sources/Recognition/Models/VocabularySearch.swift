internal import Foundation

/// Where CLIP's vocabulary is looked for when a model came without one.
struct VocabularySearch: Sendable {
    static let variable = "VERB_VOCABULARY"
    private static let place = ".deps/clip/bpe_simple_vocab_16e6.txt.gz"

    /// The process's environment.
    let environment: [String: String]
    /// Folders that the set-up may have filled, or whose parents it may have.
    let folders: [String]

    /// The first that there is: the environment's, then below the folders and their parents.
    func path() -> String? {
        if let named = environment[Self.variable], !named.isEmpty { return named }
        for folder in folders {
            var place = URL(fileURLWithPath: folder).standardizedFileURL
            while true {
                let file = place.appendingPathComponent(Self.place).path
                if FileManager.default.fileExists(atPath: file) { return file }
                guard place.path != "/", !place.path.isEmpty else { break }
                place = place.deletingLastPathComponent()
            }
        }
        return nil
    }
}
